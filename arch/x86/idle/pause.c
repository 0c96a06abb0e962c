/* SPDX-License-Identifier: MIT */
/*
 * Polling with PAUSE, which lasts from a few to some 140 cycles by CPU generation and may exit to the hypervisor
 * (PAUSE-loop exiting). SDM volume 2, PAUSE.
 */
#include "arch/x86/idle/idle.h"

#define LOOP                                                                                                           \
    "1:\n\t"                                                                                                           \
    "pause\n\t"                                                                                                        \
    "cmpq %[was], (%[watch])\n\t"                                                                                      \
    "je 1b\n\t"

#define WAIT(name, open, fence) WINDOW_OPEN(name) open LOOP fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void pause_wait(struct idle_call *call)
{
    __asm__ volatile(WAIT("pause", INSN_STI, "")
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void pause_wait_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("pause_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void pause_wait_masked(struct idle_call *call)
{
    __asm__ volatile(WAIT("pause_masked", "", "")
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void pause_wait_masked_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("pause_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static const struct idle_method pause_method = {
    .name = "pause",
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_STORE,
    .wait = pause_wait,
    .wait_masked = pause_wait_masked,
    .wait_fenced = pause_wait_fenced,
    .wait_masked_fenced = pause_wait_masked_fenced,
};
IDLE_METHOD(pause_method, "pause");
