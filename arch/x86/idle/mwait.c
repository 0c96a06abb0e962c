// SPDX-License-Identifier: MIT
/*
 * MONITOR and MWAIT with a C-state hint. SDM volume 2, MONITOR and MWAIT; volume 3, 9.10.
 *
 * C equivalent: monitor(watch); if (*watch != was) return; before = rdtsc(); sti(); mwait(hint, ext); after = rdtsc(); cli();
 * Looking again after MONITOR closes the race with a store before it; a store after it ends MWAIT, because the monitor is armed.
 * With interrupts on, STI's shadow covers MWAIT as it covers HLT. With interrupts off, extension bit 0 makes a pending interrupt end the
 * wait without being taken: the wake alone is measured, not its delivery.
 * mwait_nomonitor needs no MONITOR (extension bit 2): it waits for interrupts only.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"

enum {
    MWAIT_BREAK_ON_MASKED = 1 << 0,
    MWAIT_MONITORLESS = 1 << 2,
    HINT_STATE_SHIFT = 4,
    HINT_FIELD_MASK = 0xf,
    HINT_C0 = 0xf, /* hint Fxh asks for C0 */
    HINT_MAX = 0xff,
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

static __attribute__((noinline)) void mwait_wait(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WINDOW_OPEN("mwait") "movl %[hint], %%eax\n\t"
                                          "sti\n\t"
                                          "mwait\n\t" WINDOW_CLOSE("mwait")
                     : WINDOW_OUTPUTS(call)
                     : [hint] "r"(call->argument), "c"(0)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_wait_masked(struct idle_call *call)
{
    if (!arm(call)) {
        idle_skip(call);
        return;
    }
    __asm__ volatile(WINDOW_OPEN("mwait_masked") "movl %[hint], %%eax\n\t"
                                                 "mwait\n\t" WINDOW_CLOSE("mwait_masked")
                     : WINDOW_OUTPUTS(call)
                     : [hint] "r"(call->argument), "c"(MWAIT_BREAK_ON_MASKED)
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void mwait_nomonitor_wait(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN("mwait_nomonitor") "movl %[hint], %%eax\n\t"
                                                    "sti\n\t"
                                                    "mwait\n\t" WINDOW_CLOSE("mwait_nomonitor")
                     : WINDOW_OUTPUTS(call)
                     : [hint] "r"(call->argument), "c"(MWAIT_MONITORLESS)
                     : WINDOW_CLOBBERS);
}

/* Hint bits 7:4 plus one are the state's column in CPUID.05H:EDX, bits 3:0 its sub-state. */
static const char *check_hint(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    struct cpu_mwait info = cpu_mwait_info(snapshot);
    uint32_t state = ((hint >> HINT_STATE_SHIFT) & HINT_FIELD_MASK) + 1;

    if (hint > HINT_MAX)
        return "an MWAIT hint is 0 to FFh";
    /* C1 needs no listing: emulators offer MONITOR with an empty leaf. */
    if ((hint >> HINT_STATE_SHIFT) == HINT_C0 || hint == 0)
        return 0;
    if (state > 7 || !info.substates[state])
        return "CPUID.05H:EDX does not list that C-state";
    if ((hint & HINT_FIELD_MASK) >= info.substates[state])
        return "CPUID.05H:EDX lists fewer sub-states of that C-state";
    return 0;
}

static const char *check_monitorless(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    if (!cpu_mwait_info(snapshot).monitorless)
        return "needs CPUID.05H:ECX[3] monitor-less MWAIT";
    return check_hint(snapshot, hint);
}

static const struct idle_method mwait_method = {
    .name = "mwait",
    .title = "MONITOR and MWAIT with a C-state hint",
    .need = CPUID_FEATURE(0x00000001, 0, ECX, 3),
    .need_masked = CPUID_MWAIT_IBE,
    .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_MASKED | IDLE_ENDS_STORE,
    .yields = true,
    .wait = mwait_wait,
    .wait_masked = mwait_wait_masked,
    .check = check_hint,
};
IDLE_METHOD(mwait_method, "mwait:#");

static const struct idle_method mwait_nomonitor = {
    .name = "mwait_nomonitor",
    .title = "MWAIT without MONITOR",
    .need = CPUID_FEATURE(0x00000001, 0, ECX, 3),
    .ends = IDLE_ENDS_INTERRUPT,
    .yields = true,
    .wait = mwait_nomonitor_wait,
    .check = check_monitorless,
};
IDLE_METHOD(mwait_nomonitor, "mwait_nomonitor:#");
