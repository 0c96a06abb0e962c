/* SPDX-License-Identifier: MIT */
/*
 * The switches that a script may change: pre-wake, C1E promotion, demotion, the package limit, the clock. Each is one
 * request to the gate, which knows what may be written here; the outcome is kept for the log. Most of these registers
 * are a core's or a thread's own, and a demotion left on elsewhere would keep the package shallow, so they are changed
 * on all CPUs. They are restored at the end of the batch.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/cpu/smp.h"
#include "experiments/cstate/parts.h"
#include "lib/fixed.h"

enum {
    LIMIT_AS_IS = 15,
    BYTE = 0xff,
    PLATFORM_BASE_SHIFT = 8,
    PLATFORM_LEAST_SHIFT = 40,
    RATIO_SHIFT = 8,
};

static bool is_like(const struct msr_outcome *a, const struct msr_outcome *b)
{
    return a->wish.msr == b->wish.msr && a->wish.mask == b->wish.mask && a->end == b->end && a->old == b->old &&
           a->wanted == b->wanted;
}

/* The outcome is kept once: a later batch makes the same change again. */
static enum msr_change_end ask(struct cstate *cstate, uint32_t msr, uint64_t mask, uint64_t value, const char *why)
{
    struct msr_wish wish = {.msr = msr, .mask = mask, .value = value, .why = why};
    struct percpu *cpu = cstate->turning;
    struct msr_outcome outcome = msr_gate_change(&cstate->gate, &cpu->msr_saves, &wish);
    struct cstate_change *change = cstate->change, *end = change + cstate->changes;

    if (cstate->turned)
        return outcome.end;
    while (change < end && !is_like(&change->outcome, &outcome))
        change++;
    if (change == end && cstate->changes < CSTATE_CHANGES) {
        *change = (struct cstate_change){.outcome = outcome, .cpu = cpu->index};
        cstate->changes++;
    }
    if (change < cstate->change + CSTATE_CHANGES)
        change->cpus++;
    return outcome.end;
}

static unsigned wish_of(const struct cstate *cstate, enum cstate_key key)
{
    return cstate->step->plan->values[key].choice;
}

static void switch_demotion(struct cstate *cstate)
{
    bool on = wish_of(cstate, KEY_DEMOTION) == TURN_ON;
    uint64_t mask = msr_writable_bits(step_cpuid(cstate->step), MSR_PKG_CST_CONFIG_CONTROL) &
                    (PKG_CST_DEMOTE_MASK | PKG_CST_UNDEMOTE_MASK | PKG_CST_PKG_MASK);

    /* 0 in these registers means that the processor does not demote by itself; other values are not documented. */
    if (power_model_has(cstate->model, POWER_C6_POLICY) && !on) {
        ask(cstate, MSR_CC6_DEMOTION_POLICY, UINT32_MAX, 0, "demotion");
        ask(cstate, MSR_MC6_DEMOTION_POLICY, UINT32_MAX, 0, "demotion");
        return;
    }
    if (!mask)
        mask = PKG_CST_DEMOTE_MASK; /* the gate says that they are not listed */
    ask(cstate, MSR_PKG_CST_CONFIG_CONTROL, mask, on ? mask : 0, "demotion");
}

/* Reads the levels of the clock. Where no register has them, requests none, and the log names the absent register. */
static bool read_levels(struct cstate *cstate, uint32_t msr, uint64_t *value)
{
    bool there = msr_read(msr, value);

    if (!there)
        ask(cstate, msr, 0, 0, "freq");
    return there;
}

/* Writes a level of the clock, which is so many parts of the base clock's level; 0 of 0: nobody knows. */
static void hold(struct cstate *cstate, const struct msr_wish *wish, uint64_t level, uint64_t base)
{
    struct cstate_clock *clock = &cstate->clock;
    bool changed = ask(cstate, wish->msr, wish->mask, wish->value, "freq") == MSR_CHANGED;

    if (cstate->turning != cstate->step->cpu || cstate->turned)
        return;
    clock->changed = changed;
    clock->asked_ppm = base ? muldiv_u64(level, CSTATE_PPM, base) : 0;
}

/* HWP: least and most performance the same. SDM volume 3, 15.4.4. */
static void hold_hwp(struct cstate *cstate, unsigned wish)
{
    uint64_t capabilities, level, base;

    if (!read_levels(cstate, MSR_IA32_HWP_CAPABILITIES, &capabilities))
        return;
    base = capabilities >> 8 & BYTE; /* guaranteed */
    level = capabilities & BYTE;     /* highest */
    if (wish == FREQ_BASE)
        level = base;
    if (wish == FREQ_MIN)
        level = capabilities >> 24 & BYTE; /* lowest */
    hold(cstate, &(struct msr_wish){MSR_IA32_HWP_REQUEST, HWP_REQUEST_LEVELS, level << 8 | level, NULL},
         wish == FREQ_MAX ? base : level, base);
    cstate->clock.at_least = wish == FREQ_MAX; /* how far turbo goes depends on the other cores, power and heat */
}

/* Without HWP: the most that every core holds, without turbo. */
static void hold_ratio(struct cstate *cstate, unsigned wish)
{
    uint64_t info, ratio;

    if (!read_levels(cstate, MSR_PLATFORM_INFO, &info))
        return;
    ratio = info >> (wish == FREQ_MIN ? PLATFORM_LEAST_SHIFT : PLATFORM_BASE_SHIFT) & BYTE;
    hold(cstate, &(struct msr_wish){MSR_IA32_PERF_CTL, PERF_CTL_RATIO, ratio << RATIO_SHIFT, NULL}, ratio,
         info >> PLATFORM_BASE_SHIFT & BYTE);
}

/*
 * The clock of a P-state in parts of a common unit; 0: unknown. AMD PPR, MSRC001_0064: families 17h and 19h have a
 * multiplier in [7:0] and a divisor in [13:8], 1Ah a multiplier in [11:0].
 */
static uint64_t pstate_level(const struct cstate *cstate, uint64_t n)
{
    enum { FAMILY_ZEN5 = 0x1a, FID = 0xff, DID_SHIFT = 8, DID = 0x3f, FID_ZEN5 = 0xfff, PARTS = 1 << 20 };
    uint64_t value, divisor;

    if (!msr_read(MSR_AMD_PSTATE((uint32_t)n), &value))
        return 0;
    if (cstate->step->machine->snapshot.family >= FAMILY_ZEN5)
        return value & FID_ZEN5;
    divisor = value >> DID_SHIFT & DID;
    return divisor ? (value & FID) * PARTS / divisor : 0;
}

/* The limit register's [2:0] is the fastest P-state, [6:4] the slowest. AMD PPR, MSRC001_0061. MPERF counts at P0's. */
static void hold_pstate(struct cstate *cstate, unsigned wish)
{
    uint64_t limit, n;

    if (!read_levels(cstate, MSR_AMD_PSTATE_LIMIT, &limit))
        return;
    n = limit >> (wish == FREQ_MIN ? 4 : 0) & AMD_PSTATE_COMMAND;
    hold(cstate, &(struct msr_wish){MSR_AMD_PSTATE_CONTROL, AMD_PSTATE_COMMAND, n, NULL}, pstate_level(cstate, n),
         pstate_level(cstate, 0));
    cstate->clock.at_least = wish != FREQ_MIN; /* core performance boost goes above it */
}

static void hold_clock(struct cstate *cstate, unsigned wish)
{
    const struct cpu_snapshot *snapshot = step_cpuid(cstate->step);
    uint64_t enabled = 0;

    if (cstate->guest && !cstate->gate.guest_writes)
        ask(cstate, MSR_IA32_HWP_REQUEST, 0, 0, "freq");
    else if (snapshot->vendor != CPU_VENDOR_INTEL)
        hold_pstate(cstate, wish);
    else if (cpu_has(snapshot, CPUID_HWP) && msr_read(MSR_IA32_PM_ENABLE, &enabled) && (enabled & PM_ENABLE_HWP))
        hold_hwp(cstate, wish);
    else
        hold_ratio(cstate, wish);
}

/* On cstate->turning. */
static void turn(void *argument)
{
    struct cstate *cstate = argument;
    unsigned prewake = wish_of(cstate, KEY_PREWAKE), c1e = wish_of(cstate, KEY_C1E);
    uint64_t limit = plan_count(cstate->step->plan, "limit", LIMIT_AS_IS);
    unsigned freq = wish_of(cstate, KEY_FREQ);

    if (limit != LIMIT_AS_IS)
        ask(cstate, MSR_PKG_CST_CONFIG_CONTROL, PKG_CST_LIMIT_MASK, limit, "limit");
    if (wish_of(cstate, KEY_DEMOTION) != TURN_AS_IS)
        switch_demotion(cstate);
    if (c1e != TURN_AS_IS)
        ask(cstate, MSR_POWER_CTL, POWER_CTL_C1E, c1e == TURN_ON ? POWER_CTL_C1E : 0, "c1e");
    if (prewake != TURN_AS_IS)
        ask(cstate, MSR_POWER_CTL, POWER_CTL_PREWAKE_DISABLE, prewake == TURN_OFF ? POWER_CTL_PREWAKE_DISABLE : 0,
            "prewake");
    if (freq != FREQ_AS_IS)
        hold_clock(cstate, freq);
}

bool cstate_switch(struct cstate *cstate)
{
    struct step *step = cstate->step;
    struct machine *machine = step->machine;

    cstate->turning = step->cpu;
    turn(cstate);
    for (uint32_t i = 1; i < machine->cpu_count && cstate->changes; i++) {
        cstate->turning = machine->cpus[i];
        if (cstate->turning == step->cpu)
            continue;
        step_pet(step);
        if (!smp_call(machine, cstate->turning, turn, cstate))
            return false;
    }
    cstate->turned = true;
    return true;
}
