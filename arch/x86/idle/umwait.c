/* SPDX-License-Identifier: MIT */
/*
 * UMONITOR and UMWAIT: C0.1 or C0.2 until a store to the line, an interrupt, or the deadline. SDM volume 2, UMONITOR
 * and UMWAIT.
 *
 * Looking again after UMONITOR closes the race with a store before it, as in mwait.c.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/waitpkg.h"

/* umwait edi, encoded by hand: not every assembler has it enabled. */
#define INSN ".byte 0xf2, 0x0f, 0xae, 0xf7\n\t"
/* The stamp needs EDX:EAX, so the deadline goes there after it; nothing from the wait to SETC changes CF. */
#define WAIT(name, open, fence)                                                                                        \
    WINDOW_OPEN_LOOK(name)                                                                                             \
    "movl %[low], %%eax\n\t"                                                                                           \
    "movl %[high], %%edx\n\t" open WINDOW_WAIT INSN fence                                                              \
    WINDOW_CLOSE_CF(name)

static __attribute__((noinline)) void umwait_wait(struct idle_call *call)
{
    umonitor(call->watch);
    if (idle_is_over(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("umwait", INSN_STI, "")
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void umwait_wait_fenced(struct idle_call *call)
{
    umonitor(call->watch);
    if (idle_is_over(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("umwait_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void umwait_wait_masked(struct idle_call *call)
{
    umonitor(call->watch);
    if (idle_is_over(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("umwait_masked", "", "")
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void umwait_wait_masked_fenced(struct idle_call *call)
{
    umonitor(call->watch);
    if (idle_is_over(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("umwait_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call), [limited] "=m"(call->limited)
                     : WINDOW_LOOK_INPUTS(call), "D"(waitpkg_operand(call->argument)),
                       [low] "r"((uint32_t)call->limit_tsc), [high] "r"((uint32_t)(call->limit_tsc >> 32))
                     : WINDOW_CLOBBERS);
}

static const struct idle_method umwait_method = {
    .name = "umwait",
    .need = CPUID_FEATURE(0x00000007, 0, ECX, 5),
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_MASKED | IDLE_ENDS_STORE | IDLE_ENDS_DEADLINE,
    .wait = umwait_wait,
    .wait_masked = umwait_wait_masked,
    .wait_fenced = umwait_wait_fenced,
    .wait_masked_fenced = umwait_wait_masked_fenced,
    .begin = waitpkg_begin,
    .believe = waitpkg_believe,
};
IDLE_METHOD(umwait_method, "umwait:" WAITPKG_STATES);
