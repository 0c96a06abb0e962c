/* SPDX-License-Identifier: MIT */
/*
 * Lines of `preflight` about errata: what may hang the machine or stop its timer (docs/errata.md). A line is there only
 * on processors that may have the erratum.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/microcode.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/monitor_switch.h"
#include "arch/x86/power/amd_ports.h"
#include "arch/x86/power/health_msr_regs.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/preflight/parts.h"

/* True when two CPUs that run share a core. */
static bool has_siblings(const struct machine *machine)
{
    for (uint32_t i = 0; i < machine->cpu_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (topology_relation(&machine->cpus[i]->place, &machine->cpus[j]->place) == CPU_RELATION_SIBLING)
                return true;
    return false;
}

/* Core and package C6 both off is what helps, and for every way in; a register that is not there tells nothing. */
static void check_ryzen(struct preflight *page)
{
    struct amd_ports ports = amd_ports_read(preflight_cpuid(page), page->guest);
    uint64_t package = 0;
    bool off = msr_read(MSR_AMD_PMGT_MISC, &package) && !(package & AMD_PMGT_MISC_PC6) && ports.known;

    for (unsigned i = 0; i < AMD_PORTS; i++)
        off &= !(ports.config & AMD_CSTATE_CONFIG_CC6EN(i));
    preflight_add(page, "ryzen_idle", off ? PREFLIGHT_OK : PREFLIGHT_UNKNOWN, 0);
}

static void check_e400(struct preflight *page)
{
    uint64_t value = 0;
    bool read = msr_read(MSR_AMD_INT_PENDING, &value);
    enum preflight_state state = value & AMD_INT_PENDING_C1E ? PREFLIGHT_SPOILS : PREFLIGHT_OK;

    preflight_add(page, "c1e_amd", read ? state : PREFLIGHT_UNKNOWN, value);
}

/* This CPU's own revision: firmware may have updated some only. */
static void check_deadline(struct preflight *page, uint32_t needed)
{
    uint32_t revision = 0;
    bool known = microcode_read(preflight_cpuid(page)->vendor, &revision);
    enum preflight_state state = revision >= needed ? PREFLIGHT_OK : PREFLIGHT_SPOILS;

    preflight_add(page, "deadline_microcode", known ? state : PREFLIGHT_UNKNOWN, needed);
}

static void check_monitor(struct preflight *page)
{
    bool off = monitor_switch_read(&page->machine->snapshot) == MONITOR_OFF;

    preflight_add(page, "monitor_off", off ? PREFLIGHT_SPOILS : PREFLIGHT_UNKNOWN, 0);
}

void preflight_errata(struct preflight *page)
{
    const struct cpu_snapshot *cpu = preflight_cpuid(page);
    uint32_t needed = errata_deadline_revision(cpu);

    if (page->guest)
        return;
    if (errata_rapid_c6(cpu))
        preflight_add(page, "rapid_c6", has_siblings(page->machine) ? PREFLIGHT_SPOILS : PREFLIGHT_OK, 0);
    if (errata_ryzen_idle(cpu))
        check_ryzen(page);
    if (errata_has_amd_e400(cpu))
        check_e400(page);
    if (needed && cpu_has(cpu, CPUID_TSC_DEADLINE))
        check_deadline(page, needed);
    if (!cpu_has(cpu, CPUID_MONITOR))
        check_monitor(page);
}
