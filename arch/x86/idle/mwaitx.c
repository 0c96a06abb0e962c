/* SPDX-License-Identifier: MIT */
/*
 * MONITORX and MWAITX, with and without the timer. AMD APM volume 3, MONITORX and MWAITX.
 *
 * ECX bit 0 lets a masked interrupt end the wait, bit 1 enables the timer, whose count in EBX runs at the rate of the
 * TSC. Afterwards it is unknown which event ended it. Hint F0h asks for C0.
 */
#include "arch/x86/idle/idle.h"

enum {
    MWAITX_BREAK_ON_MASKED = 1 << 0,
    MWAITX_TIMER = 1 << 1,
};

static inline __attribute__((always_inline)) bool arm(const struct idle_call *call)
{
    monitorx(call->watch, 0, 0);
    return !idle_is_over(call);
}

static inline __attribute__((always_inline)) uint32_t timer_bit(const struct idle_call *call)
{
    return call->limit_tsc ? MWAITX_TIMER : 0;
}

#define WAIT(name, open, fence)                                                                                        \
    WINDOW_OPEN_LOOK(name) "movl %[hint], %%eax\n\t" open WINDOW_WAIT "mwaitx\n\t" fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void mwaitx_wait(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwaitx", INSN_STI, "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "b"((uint32_t)call->limit_tsc),
                       "c"(timer_bit(call))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwaitx_wait_fenced(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwaitx_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "b"((uint32_t)call->limit_tsc),
                       "c"(timer_bit(call))
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwaitx_wait_masked(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwaitx_masked", "", "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "b"((uint32_t)call->limit_tsc),
                       "c"(timer_bit(call) | MWAITX_BREAK_ON_MASKED)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwaitx_wait_masked_fenced(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwaitx_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "b"((uint32_t)call->limit_tsc),
                       "c"(timer_bit(call) | MWAITX_BREAK_ON_MASKED)
                     : WINDOW_CLOBBERS);
}

static const struct idle_method mwaitx_method = {
    .name = "mwaitx",
    .need = CPUID_FEATURE(0x80000001, 0, ECX, 29),
    .need_masked = CPUID_MWAIT_IBE,
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_MASKED | IDLE_ENDS_STORE | IDLE_ENDS_DEADLINE,
    .relative_limit = true,
    .wait = mwaitx_wait,
    .wait_masked = mwaitx_wait_masked,
    .wait_fenced = mwaitx_wait_fenced,
    .wait_masked_fenced = mwaitx_wait_masked_fenced,
};
IDLE_METHOD(mwaitx_method, "mwaitx[:0..0xff]");
