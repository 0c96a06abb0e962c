// SPDX-License-Identifier: MIT
/*
 * Polling without a wait instruction: the lowest latency and the highest cost, the bound that every other method is held against.
 * The loop ends when the handler has counted the wake; interrupts are on meanwhile.
 */
#include "arch/x86/idle/idle.h"

static __attribute__((noinline)) void spin_wait(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN("spin")
                     "sti\n"
                     "1:\n\t"
                     "cmpq %[was], (%[counter])\n\t"
                     "je 1b\n\t"
                     WINDOW_CLOSE("spin")
                     : [before] "=m"(call->before_tsc), [after] "=m"(call->after_tsc)
                     : [counter] "r"(call->counter), [was] "r"(call->counter_was)
                     : "rax", "rdx", "r8", "r9", "cc", "memory");
}

static const struct idle_method spin = {
    .name = "spin",
    .title = "read a counter in memory until the interrupt handler has changed it",
    .wait = spin_wait,
};
IDLE_METHOD(spin);
