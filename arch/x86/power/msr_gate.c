/* SPDX-License-Identifier: MIT */
#include "arch/x86/power/msr_gate.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_model.h"
#include "arch/x86/power/power_msr_regs.h"

enum { FAMILY_ZEN = 0x17 };

static uint64_t intel_bits(const struct cpu_snapshot *snapshot, uint32_t msr)
{
    const struct power_model *model = power_model_of(snapshot);
    uint64_t bits = 0;

    switch (msr) {
    case MSR_POWER_CTL:
        return (power_model_has(model, POWER_C1E) ? POWER_CTL_C1E : 0) |
               (power_model_has(model, POWER_PREWAKE) ? POWER_CTL_PREWAKE_DISABLE : 0);
    case MSR_PKG_CST_CONFIG_CONTROL:
        if (model && model->limits != LIMITS_UNKNOWN)
            bits = PKG_CST_LIMIT_MASK;
        if (power_model_has(model, POWER_DEMOTE))
            bits |= PKG_CST_DEMOTE_MASK;
        if (power_model_has(model, POWER_UNDEMOTE))
            bits |= PKG_CST_UNDEMOTE_MASK;
        if (power_model_has(model, POWER_PKG_DEMOTE))
            bits |= PKG_CST_PKG_MASK;
        return bits;
    case MSR_CC6_DEMOTION_POLICY:
    case MSR_MC6_DEMOTION_POLICY:
        return power_model_has(model, POWER_C6_POLICY) ? UINT32_MAX : 0;
    case MSR_IA32_HWP_REQUEST:
        return cpu_has(snapshot, CPUID_HWP) ? HWP_REQUEST_LEVELS : 0;
    case MSR_IA32_PERF_CTL:
        return cpu_has(snapshot, CPUID_EIST) ? PERF_CTL_RATIO : 0;
    case MSR_IA32_UMWAIT_CONTROL:
        return cpu_has(snapshot, CPUID_WAITPKG) ? UINT32_MAX : 0;
    default:
        return 0;
    }
}

uint64_t msr_writable_bits(const struct cpu_snapshot *snapshot, uint32_t msr)
{
    bool amd = snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;

    if (snapshot->vendor == CPU_VENDOR_INTEL)
        return intel_bits(snapshot, msr);
    if (amd && snapshot->family >= FAMILY_ZEN && msr == MSR_AMD_PSTATE_CONTROL)
        return AMD_PSTATE_COMMAND;
    return 0;
}

static bool is_locked(uint32_t msr, uint64_t now, uint64_t mask)
{
    return msr == MSR_PKG_CST_CONFIG_CONTROL && (now & PKG_CST_LOCK) && (mask & PKG_CST_LOCKED_MASK);
}

struct msr_outcome msr_gate_change(const struct msr_gate *gate, struct msr_saves *saves, const struct msr_wish *wish)
{
    struct msr_outcome outcome = {.wish = *wish, .wanted = wish->value & wish->mask};

    if (wish->mask & ~msr_writable_bits(gate->snapshot, wish->msr)) {
        outcome.end = MSR_NOT_LISTED;
        return outcome;
    }
    /* Not even read: the answer would be the hypervisor's. */
    if (gate->guest && !gate->guest_writes) {
        outcome.end = MSR_GUEST;
        return outcome;
    }
    if (!msr_read(wish->msr, &outcome.old)) {
        outcome.end = MSR_ABSENT;
        return outcome;
    }
    outcome.wanted |= outcome.old & ~wish->mask;
    if (outcome.wanted == outcome.old)
        outcome.end = MSR_SAME;
    else if (is_locked(wish->msr, outcome.old, outcome.wanted ^ outcome.old))
        outcome.end = MSR_LOCKED;
    else if (gate->dry_run)
        outcome.end = MSR_DRY;
    else
        outcome.end = msr_change(saves, wish->msr, outcome.wanted) ? MSR_CHANGED : MSR_REFUSED;
    return outcome;
}

const char *msr_change_end_name(enum msr_change_end end)
{
    static const char *const names[MSR_ENDS] = {
        [MSR_CHANGED] = "changed", [MSR_SAME] = "same",     [MSR_DRY] = "dry_run",   [MSR_NOT_LISTED] = "not_listed",
        [MSR_GUEST] = "guest",     [MSR_ABSENT] = "absent", [MSR_LOCKED] = "locked", [MSR_REFUSED] = "refused",
    };

    return names[end];
}
