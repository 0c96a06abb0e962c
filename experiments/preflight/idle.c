/* SPDX-License-Identifier: MIT */
/*
 * Lines of `preflight` about idle: what the firmware took away or locked, what the processor does on its own, and its
 * clock.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/power/health_msr_regs.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/amd_ports.h"
#include "arch/x86/power/power_model.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/idle/known_states.h"
#include "arch/x86/idle/mwait_hints.h"
#include "experiments/preflight/parts.h"

enum { HWP_LEVEL = 0xff, HWP_MAX_SHIFT = 8, EPB_MASK = 0xf, EPB_SAVING = 8, HINT_DEEP = 0x10 };

/* A line from one register: `judge` of its value, or unknown where it cannot be read. */
static void add_read(struct preflight *page, const char *key, uint32_t msr,
                     enum preflight_state (*judge)(uint64_t value))
{
    uint64_t value = 0;
    bool read = !page->guest && msr_read(msr, &value);

    preflight_add(page, key, read ? judge(value) : PREFLIGHT_UNKNOWN, value);
}

/* The same from bits of it: which state it is where all of them are set, and which otherwise. */
static void add_bits(struct preflight *page, const char *key, uint32_t msr, uint64_t bits, enum preflight_state set,
                     enum preflight_state otherwise)
{
    uint64_t value = 0;
    bool read = !page->guest && msr_read(msr, &value);

    preflight_add(page, key, !read ? PREFLIGHT_UNKNOWN : (value & bits) == bits ? set : otherwise, value);
}

static enum preflight_state judge_nothing(uint64_t value)
{
    (void)value;
    return PREFLIGHT_OK;
}

static enum preflight_state judge_hwp(uint64_t value)
{
    return (value & HWP_LEVEL) == ((value >> HWP_MAX_SHIFT) & HWP_LEVEL) ? PREFLIGHT_OK : PREFLIGHT_UNKNOWN;
}

static enum preflight_state judge_epb(uint64_t value)
{
    return (value & EPB_MASK) >= EPB_SAVING ? PREFLIGHT_UNKNOWN : PREFLIGHT_OK;
}

/* The port that firmware calls C2 decides: that is the way in that kernels take. */
static void check_ports(struct preflight *page)
{
    struct amd_ports ports = amd_ports_read(preflight_cpuid(page), page->guest);
    enum preflight_state base = ports.base ? PREFLIGHT_OK : PREFLIGHT_SPOILS, cc6 = PREFLIGHT_UNKNOWN;

    if (ports.known)
        cc6 = ports.config & AMD_CSTATE_CONFIG_CC6EN(AMD_PORT_C2) ? PREFLIGHT_OK : PREFLIGHT_SPOILS;
    preflight_add(page, "port_base", page->guest ? PREFLIGHT_UNKNOWN : base, ports.base);
    preflight_add(page, "cc6", cc6, ports.config);
}

/* The deepest package state that this model has or counts; a limit to that state limits nothing. */
static int deepest_package(const struct power_model *model)
{
    enum { C6 = 6 };
    int depth = 0;

    if (power_model_has(model, POWER_PKG_C6))
        return C6;
    for (unsigned i = RESIDENCY_PC2; model && i <= RESIDENCY_PC10; i++)
        if (model->counters & (1u << i))
            depth = (int)residency_depth(i);
    return depth;
}

static void check_limit(struct preflight *page, const struct power_model *model)
{
    enum preflight_state state = PREFLIGHT_UNKNOWN;
    uint64_t value = 0;
    int depth = LIMIT_RESERVED;

    if (!page->guest && msr_read(MSR_PKG_CST_CONFIG_CONTROL, &value))
        depth = power_limit_depth(model, value);
    if (depth != LIMIT_RESERVED)
        state = depth >= deepest_package(model) ? PREFLIGHT_OK : PREFLIGHT_SPOILS;
    preflight_add(page, "pkg_limit", state, value);
}

/*
 * States that kernels know of this model and its CPUID does not list, a bit each, as in the table. Where none below C1
 * is left, the firmware has taken them away; else the product may lack some: one table is for notebooks, desktops and
 * servers of a model.
 */
static void check_states(struct preflight *page)
{
    const struct cpu_snapshot *cpu = preflight_cpuid(page);
    const struct kernel_table *table = known_states(cpu);
    enum preflight_state state = PREFLIGHT_UNKNOWN;
    uint64_t missing = 0;
    bool deep = false;

    for (unsigned i = 0; table && i < table->count; i++)
        if (mwait_hint_problem(cpu, table->states[i].hint))
            missing |= UINT64_C(1) << i;
        else
            deep |= table->states[i].hint >= HINT_DEEP;
    if (table && !missing)
        state = PREFLIGHT_OK;
    else if (table && !deep)
        state = PREFLIGHT_SPOILS;
    preflight_add(page, "states", state, missing);
}

/* Bits of E2h, of the demotion kind, beside their lowest one's place. */
static uint64_t demotion_bits(uint64_t value, uint64_t mask)
{
    return (value & mask) / (mask & ~(mask - 1));
}

/* On those Atoms another value than 0 demotes; which, is not documented. */
static void check_atom_demotion(struct preflight *page)
{
    uint64_t core = 0, module = 0;
    bool read = !page->guest && msr_read(MSR_CC6_DEMOTION_POLICY, &core) && msr_read(MSR_MC6_DEMOTION_POLICY, &module);
    enum preflight_state state = core | module ? PREFLIGHT_SPOILS : PREFLIGHT_OK;

    preflight_add(page, "demotion", read ? state : PREFLIGHT_UNKNOWN, core | module);
}

/* What is undemoted was demoted before: of undemotion alone nothing comes. */
static void check_demotion(struct preflight *page, const struct power_model *model)
{
    uint64_t value = 0, core;
    bool read = !page->guest && msr_read(MSR_PKG_CST_CONFIG_CONTROL, &value);
    enum preflight_state package = power_model_has(model, POWER_PKG_DEMOTE) ? PREFLIGHT_SPOILS : PREFLIGHT_UNKNOWN;

    core = demotion_bits(value, PKG_CST_DEMOTE_MASK);
    preflight_add(page, "demotion", !read ? PREFLIGHT_UNKNOWN : core ? PREFLIGHT_SPOILS : PREFLIGHT_OK, core);
    if (power_model_has(model, POWER_UNDEMOTE))
        preflight_add(page, "undemotion", read ? PREFLIGHT_OK : PREFLIGHT_UNKNOWN,
                      demotion_bits(value, PKG_CST_UNDEMOTE_MASK));
    if (read && !(value & PKG_CST_PKG_DEMOTE))
        package = PREFLIGHT_OK;
    preflight_add(page, "pkg_demotion", read ? package : PREFLIGHT_UNKNOWN, demotion_bits(value, PKG_CST_PKG_MASK));
}

static void check_clock(struct preflight *page)
{
    const struct cpu_snapshot *cpu = preflight_cpuid(page);
    uint64_t enabled = 0;

    /* With turbo, clocks change with heat and with the load of other cores. */
    if (cpu_has(cpu, CPUID_TURBO))
        add_bits(page, "turbo", MSR_IA32_MISC_ENABLE, MISC_ENABLE_NO_TURBO, PREFLIGHT_OK, PREFLIGHT_UNKNOWN);
    if (cpu_has(cpu, CPUID_HWP) && !page->guest && msr_read(MSR_IA32_PM_ENABLE, &enabled) && (enabled & PM_ENABLE_HWP))
        add_read(page, "hwp", MSR_IA32_HWP_REQUEST, judge_hwp);
    if (cpu_has(cpu, CPUID_EPB))
        add_read(page, "epb", MSR_IA32_ENERGY_PERF_BIAS, judge_epb);
}

void preflight_idle(struct preflight *page)
{
    const struct cpu_snapshot *cpu = preflight_cpuid(page);
    const struct power_model *model = power_model_of(cpu);

    if (cpu->vendor == CPU_VENDOR_INTEL) {
        check_states(page);
        check_limit(page, model);
        add_bits(page, "pkg_lock", MSR_PKG_CST_CONFIG_CONTROL, PKG_CST_LOCK, PREFLIGHT_SPOILS, PREFLIGHT_OK);
        if (power_model_has(model, POWER_DEMOTE))
            check_demotion(page, model);
        else if (power_model_has(model, POWER_C6_POLICY))
            check_atom_demotion(page);
        if (power_model_has(model, POWER_C1_CONVERSION))
            add_bits(page, "c1_conversion", MSR_PKG_CST_CONFIG_CONTROL, PKG_CST_C1_CONVERSION, PREFLIGHT_SPOILS,
                     PREFLIGHT_OK);
        add_bits(page, "c1e", MSR_POWER_CTL, POWER_CTL_C1E, PREFLIGHT_SPOILS, PREFLIGHT_OK);
        if (power_model_has(model, POWER_PREWAKE))
            add_bits(page, "prewake", MSR_POWER_CTL, POWER_CTL_PREWAKE_DISABLE, PREFLIGHT_OK, PREFLIGHT_SPOILS);
        add_read(page, "feature_ctl", MSR_IA32_FEATURE_CONTROL, judge_nothing);
        check_clock(page);
    } else if (cpu->vendor == CPU_VENDOR_AMD || cpu->vendor == CPU_VENDOR_HYGON) {
        check_ports(page);
        add_bits(page, "pc6", MSR_AMD_PMGT_MISC, AMD_PMGT_MISC_PC6, PREFLIGHT_OK, PREFLIGHT_SPOILS);
        add_bits(page, "turbo", MSR_AMD_HWCR, AMD_HWCR_NO_BOOST, PREFLIGHT_OK, PREFLIGHT_UNKNOWN);
    }
}
