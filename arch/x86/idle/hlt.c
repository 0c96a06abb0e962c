/* SPDX-License-Identifier: MIT */
/*
 * HLT with interrupts on: C1 on bare metal, an exit to the host's scheduler in most virtual machines. SDM volume 2, HLT
 * and STI.
 *
 * C equivalent: before = rdtsc(); sti(); hlt(); after = rdtsc(); cli();
 * STI holds interrupts off for one more instruction, so a wake that is already pending is taken only once HLT has
 * begun, and ends it: no wake is lost between the two (SDM volume 2, STI).
 */
#include "arch/x86/idle/idle.h"

#define WAIT(name, fence) WINDOW_OPEN_LOOK(name) INSN_STI WINDOW_WAIT "hlt\n\t" fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void hlt_wait(struct idle_call *call)
{
    __asm__ volatile(WAIT("hlt", "") : WINDOW_OUTPUTS(call) : WINDOW_LOOK_INPUTS(call) : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void hlt_wait_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("hlt_fenced", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call)
                     : WINDOW_CLOBBERS);
}

static const struct idle_method hlt_method = {
    .name = "hlt",
    .privileged = true,
    .ends = IDLE_ENDS_INTERRUPT,
    .wait = hlt_wait,
    .wait_fenced = hlt_wait_fenced,
};
IDLE_METHOD(hlt_method, "hlt");
