/* SPDX-License-Identifier: MIT */
/* Lines of `preflight` about the platform: hypervisor, clocks, interruptions, errors, heat. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/power/health_msr_regs.h"
#include "arch/x86/cpu/microcode.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/pci/tco.h"
#include "experiments/preflight/parts.h"
#include "lib/cstring.h"

#define CPUID_PACKAGE_THERMAL CPUID_FEATURE(0x00000006, 0, EAX, 6)

static enum preflight_state spoils_if(bool bad)
{
    return bad ? PREFLIGHT_SPOILS : PREFLIGHT_OK;
}

static void check_microcode(struct preflight *page)
{
    enum cpu_vendor vendor = preflight_cpuid(page)->vendor;
    uint32_t revision = 0;
    bool known = !page->guest && microcode_read(vendor, &revision);

    preflight_add(page, "microcode", known ? PREFLIGHT_OK : PREFLIGHT_UNKNOWN, revision);
}

static void check_smi(struct preflight *page)
{
    uint64_t count = page->smi_after - page->smi_before;

    if (page->cpu) /* they go to all CPUs */
        return;
    if (!page->has_smi) {
        preflight_add(page, "smi", PREFLIGHT_UNKNOWN, 0);
        return;
    }
    preflight_add(page, "smi", spoils_if(count), count);
    preflight_add(page, "smi_ever", PREFLIGHT_OK, page->smi_after);
}

/* Banks that held errors at boot, by the CPU that saw them first. */
static uint64_t found_at_boot(const struct preflight *page)
{
    const struct machine_check_list *found = &page->machine->machine_checks.found;
    uint64_t banks = 0;

    for (uint32_t i = 0; i < found->count && i < MACHINE_CHECKS_MAX; i++)
        if (found->banks[i].cpu->index == page->cpu)
            banks |= UINT64_C(1) << found->banks[i].bank;
    return banks;
}

/* Banks with a valid error, one bit each; the errors found at boot were cleared there. */
static void check_machine_checks(struct preflight *page)
{
    uint64_t capabilities, status, bad = found_at_boot(page);

    if (page->guest || !cpu_has(preflight_cpuid(page), CPUID_MCA) || !msr_read(MSR_IA32_MCG_CAP, &capabilities)) {
        preflight_add(page, "mce", PREFLIGHT_UNKNOWN, 0);
        return;
    }
    for (uint32_t bank = 0; bank < (capabilities & MCG_CAP_BANKS) && bank < MACHINE_CHECK_BANKS; bank++)
        if (msr_read(MSR_IA32_MC_STATUS(bank), &status) && (status & MC_STATUS_VALID))
            bad |= UINT64_C(1) << bank;
    preflight_add(page, "mce", spoils_if(bad), bad);
}

/* It throttled once, and may do so again. */
static void check_heat(struct preflight *page, const char *key, uint32_t msr, struct cpuid_field need)
{
    enum preflight_state state = PREFLIGHT_UNKNOWN;
    uint64_t status = 0;

    if (!page->guest && cpu_has(preflight_cpuid(page), need) && msr_read(msr, &status)) {
        status &= THERM_STATUS_NOW | THERM_STATUS_EVER;
        state = spoils_if(status & THERM_STATUS_NOW);
        if (state == PREFLIGHT_OK && (status & THERM_STATUS_EVER))
            state = PREFLIGHT_UNKNOWN;
    }
    preflight_add(page, key, state, status);
}

static bool has_table(const struct acpi_info *acpi, const char *signature)
{
    for (uint32_t i = 0; i < acpi->table_count; i++)
        if (strncmp(acpi->tables[i].signature, signature, ACPI_NAME_BYTES) == 0)
            return true;
    return false;
}

/* Watchdogs that may reset the machine in a long run. */
static void check_watchdogs(struct preflight *page)
{
    static const enum preflight_state states[] = {
        [TCO_UNKNOWN] = PREFLIGHT_UNKNOWN, [TCO_HALTED] = PREFLIGHT_OK, [TCO_COUNTS] = PREFLIGHT_SPOILS};
    const struct acpi_info *acpi = &page->machine->acpi;

    if (page->cpu || page->guest)
        return;
    preflight_add(page, "tco", states[tco_read(&acpi->fadt)], 0);
    preflight_add(page, "bmc", has_table(acpi, "SPMI") ? PREFLIGHT_UNKNOWN : PREFLIGHT_OK, 0);
}

void preflight_platform(struct preflight *page)
{
    const struct machine *machine = page->machine;
    const struct cpu_snapshot *cpu = preflight_cpuid(page);
    bool amx = cpu_has(cpu, CPUID_AMX_TILE);
    uint32_t out = cpus_left(&machine->out) + cpus_missing(&machine->out);

    preflight_add(page, "cpus_out", spoils_if(out), out);
    preflight_add(page, "hypervisor", spoils_if(page->guest), machine->hv.kind);
    preflight_add(page, "tsc_invariant", spoils_if(!machine->clock.invariant), 0);
    preflight_add(page, "arat", spoils_if(!cpu_timer_always_runs(cpu)), 0);
    preflight_add(page, "x2apic", PREFLIGHT_OK, machine->apic.x2apic);
    check_microcode(page);
    preflight_add(page, "amx", amx ? PREFLIGHT_UNKNOWN : PREFLIGHT_OK, amx);
    check_smi(page);
    check_watchdogs(page);
    check_machine_checks(page);
    check_heat(page, "heat_core", MSR_IA32_THERM_STATUS, CPUID_ACPI_THERMAL);
    check_heat(page, "heat_package", MSR_IA32_PACKAGE_THERM_STATUS, CPUID_PACKAGE_THERMAL);
}
