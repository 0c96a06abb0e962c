/* SPDX-License-Identifier: MIT */
/*
 * Polling without a wait instruction: the lowest latency and the highest cost, the bound for every other method. The
 * loop ends when the handler has counted the wake, or another CPU has stored.
 */
#include "arch/x86/idle/idle.h"

#define LOOP                                                                                                           \
    "1:\n\t"                                                                                                           \
    "cmpq %[was], (%[watch])\n\t"                                                                                      \
    "je 1b\n\t"

#define WAIT(name, open, fence) WINDOW_OPEN(name) open LOOP fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void spin_wait(struct idle_call *call)
{
    __asm__ volatile(WAIT("spin", INSN_STI, "")
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void spin_wait_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("spin_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void spin_wait_masked(struct idle_call *call)
{
    __asm__ volatile(WAIT("spin_masked", "", "")
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void spin_wait_masked_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("spin_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : [watch] "r"(call->watch), [was] "r"(call->watch_was)
                     : WINDOW_CLOBBERS);
}

static const struct idle_method spin_method = {
    .name = "spin",
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_STORE,
    .wait = spin_wait,
    .wait_masked = spin_wait_masked,
    .wait_fenced = spin_wait_fenced,
    .wait_masked_fenced = spin_wait_masked_fenced,
};
IDLE_METHOD(spin_method, "spin");
