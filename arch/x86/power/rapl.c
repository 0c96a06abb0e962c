/* SPDX-License-Identifier: MIT */
#include "arch/x86/power/rapl.h"

#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "lib/energy.h"

enum { FAMILY_NETBURST = 15, UNIT_BITS = 0x1f00 };

static bool is_one_of(uint32_t model, const uint8_t *models)
{
    while (*models && *models != model)
        models++;
    return *models != 0;
}

/* Silvermont and Airmont count in 2^n uJ. */
static const uint8_t atom_unit[] = {0x37, 0x4a, 0x4c, 0x5a, 0};
/*
 * Haswell, Broadwell, Skylake, Ice Lake servers, Xeon Phi: the DRAM unit is fixed. Later ones have the register's
 * again. Sources: Linux, tools/power/x86/turbostat and drivers/powercap.
 */
static const uint8_t fixed_dram[] = {0x3f, 0x4f, 0x55, 0x6a, 0x6c, 0x57, 0x85, 0};

/* Broadwell-D: turbostat has the fixed unit, powercap the register's: no figure is better than one of the two. */
static const uint8_t unknown_dram[] = {0x56, 0};

static void add(struct rapl *rapl, enum rapl_domain domain, uint32_t msr, uint64_t unit_pj)
{
    uint64_t value;

    if (!msr_read(msr, &value))
        return;
    rapl->there |= 1u << domain;
    rapl->msr[domain] = msr;
    rapl->unit_pj[domain] = unit_pj;
}

static void find_intel(struct rapl *rapl, const struct cpu_snapshot *snapshot, uint64_t unit)
{
    bool atom = is_one_of(snapshot->model, atom_unit);
    uint64_t unit_pj = energy_unit_pj(unit, atom ? ENERGY_ATOM : ENERGY_BINARY);

    add(rapl, RAPL_PKG, MSR_PKG_ENERGY_STATUS, unit_pj);
    add(rapl, RAPL_CORES, MSR_PP0_ENERGY_STATUS, unit_pj);
    if (!is_one_of(snapshot->model, unknown_dram))
        add(rapl, RAPL_DRAM, MSR_DRAM_ENERGY_STATUS,
            is_one_of(snapshot->model, fixed_dram) ? ENERGY_DRAM_FIXED_PJ : unit_pj);
}

static void find_amd(struct rapl *rapl, uint64_t unit)
{
    uint64_t unit_pj = energy_unit_pj(unit, ENERGY_BINARY);

    add(rapl, RAPL_PKG, MSR_AMD_PKG_ENERGY_STATUS, unit_pj);
    add(rapl, RAPL_CORE, MSR_AMD_CORE_ENERGY_STATUS, unit_pj);
}

const char *rapl_find(struct rapl *rapl, const struct cpu_snapshot *snapshot, bool guest)
{
    bool intel = snapshot->vendor == CPU_VENDOR_INTEL && snapshot->family != FAMILY_NETBURST;
    bool amd = snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;
    uint64_t unit, value;

    *rapl = (struct rapl){0};
    if (guest)
        return "a hypervisor's energy counters are not the machine's";
    if (!intel && !amd)
        return "no energy counter is known here";
    if (!msr_read(intel ? MSR_RAPL_POWER_UNIT : MSR_AMD_RAPL_POWER_UNIT, &unit))
        return "no RAPL unit register (#GP)";
    if (!(unit & UNIT_BITS))
        return "RAPL states no unit";
    if (intel)
        find_intel(rapl, snapshot, unit);
    else
        find_amd(rapl, unit);
    if (!rapl_has(rapl, RAPL_PKG))
        return "no energy counter of the package (#GP)";
    msr_read(rapl->msr[RAPL_PKG], &value);
    return (uint32_t)value ? NULL : "its energy counter stands at 0";
}

bool rapl_read(const struct rapl *rapl, struct rapl_reading *reading)
{
    bool all = true;

    for (unsigned domain = 0; domain < RAPL_DOMAINS; domain++) {
        uint64_t value = 0;

        if (rapl_has(rapl, domain))
            all &= msr_read(rapl->msr[domain], &value);
        reading->counts[domain] = (uint32_t)value;
    }
    return all;
}

uint64_t rapl_nj(const struct rapl *rapl, enum rapl_domain domain, const struct rapl_reading *before,
                 const struct rapl_reading *after)
{
    return energy_nj(energy_counts(before->counts[domain], after->counts[domain]), rapl->unit_pj[domain]);
}
