/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/missing.h"

#include "arch/x86/machine.h"

void cpu_note_missing(struct machine *machine, uint32_t apic_id, const char *why)
{
    const struct acpi_madt *madt = &machine->acpi.madt;
    struct cpu_missing *missing = &machine->missing[machine->missing_count];

    if (machine->missing_count++ >= CPUS_MISSING_NAMED)
        return;
    *missing = (struct cpu_missing){.apic_id = apic_id, .why = why};
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id == apic_id)
            missing->uid = madt->cpus[i].uid;
}
