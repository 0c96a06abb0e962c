/* SPDX-License-Identifier: MIT */
/*
 * MONITOR and MWAIT with a C-state hint. SDM volume 2, MONITOR and MWAIT; volume 3, 9.10.
 *
 * C equivalent: monitor(watch); if (*watch != was) return; before = rdtsc(); sti(); mwait(hint, ext); after = rdtsc();
 * cli();
 * Looking again after MONITOR closes the race with a store before it; a store after it ends MWAIT, because the monitor
 * is armed.
 * With interrupts on, STI's shadow covers MWAIT as it covers HLT. With interrupts off, extension bit 0 makes a pending
 * interrupt end the wait without being taken: the wake alone is measured, not its delivery.
 * mwait_nomonitor needs no MONITOR (extension bit 2): it waits for interrupts only.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/mwait_hints.h"

enum {
    MWAIT_BREAK_ON_MASKED = 1 << 0,
    MWAIT_MONITORLESS = 1 << 2,
};

static inline __attribute__((always_inline)) bool arm(const struct idle_call *call)
{
    if (call->flush_line) {
        mfence();
        clflush(call->watch);
        mfence();
    }
    monitor(call->watch, 0, 0);
    return !idle_is_over(call);
}

#define WAIT(name, open, fence)                                                                                        \
    WINDOW_OPEN_LOOK(name) "movl %[hint], %%eax\n\t" open WINDOW_WAIT "mwait\n\t" fence WINDOW_CLOSE(name)

static __attribute__((noinline)) void mwait_wait(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwait", INSN_STI, "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(0)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_wait_fenced(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwait_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(0)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_wait_masked(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwait_masked", "", "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(MWAIT_BREAK_ON_MASKED)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_wait_masked_fenced(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WAIT("mwait_masked_fenced", "", WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(MWAIT_BREAK_ON_MASKED)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_nomonitor_wait(struct idle_call *call)
{
    __asm__ volatile(WAIT("mwait_nomonitor", INSN_STI, "")
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(MWAIT_MONITORLESS)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_nomonitor_wait_fenced(struct idle_call *call)
{
    __asm__ volatile(WAIT("mwait_nomonitor_fenced", INSN_STI, WINDOW_FENCE)
                     : WINDOW_OUTPUTS(call)
                     : WINDOW_LOOK_INPUTS(call), [hint] "r"(call->argument), "c"(MWAIT_MONITORLESS)
                     : WINDOW_CLOBBERS);
}

static uint8_t core_state(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    return mwait_hint_target(snapshot, hint).core;
}

static const struct idle_method mwait_method = {
    .name = "mwait",
    .privileged = true,
    .need = CPUID_FEATURE(0x00000001, 0, ECX, 3),
    .need_masked = CPUID_MWAIT_IBE,
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_MASKED | IDLE_ENDS_STORE,
    .wait = mwait_wait,
    .wait_masked = mwait_wait_masked,
    .wait_fenced = mwait_wait_fenced,
    .wait_masked_fenced = mwait_wait_masked_fenced,
    .check = mwait_hint_problem,
    .core_state = core_state,
};
IDLE_METHOD(mwait_method, "mwait[:0..0xff]");

static const struct idle_method mwait_nomonitor = {
    .name = "mwait_nomonitor",
    .privileged = true,
    .need = CPUID_FEATURE(0x00000001, 0, ECX, 3),
    .ends = IDLE_ENDS_INTERRUPT,
    .wait = mwait_nomonitor_wait,
    .wait_fenced = mwait_nomonitor_wait_fenced,
    .check = mwait_monitorless_problem,
    .core_state = core_state,
};
IDLE_METHOD(mwait_nomonitor, "mwait_nomonitor[:0..0xff]");
