// SPDX-License-Identifier: MIT
/*
 * Polling with PAUSE, which lasts from a few to some 140 cycles by CPU generation and may leave to the hypervisor (PAUSE-loop exiting).
 * SDM volume 2, PAUSE.
 */
#include "arch/x86/idle/idle.h"

static __attribute__((noinline)) void pause_wait(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN("pause")
                     "sti\n"
                     "1:\n\t"
                     "pause\n\t"
                     "cmpq %[was], (%[counter])\n\t"
                     "je 1b\n\t"
                     WINDOW_CLOSE("pause")
                     : [before] "=m"(call->before_tsc), [after] "=m"(call->after_tsc)
                     : [counter] "r"(call->counter), [was] "r"(call->counter_was)
                     : "rax", "rdx", "r8", "r9", "cc", "memory");
}

static const struct idle_method pause = {
    .name = "pause",
    .title = "the same with PAUSE in the loop",
    .wait = pause_wait,
};
IDLE_METHOD(pause);
