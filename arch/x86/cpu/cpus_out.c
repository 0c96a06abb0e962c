/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/cpus_out.h"

#include "arch/x86/irq/apic.h"
#include "arch/x86/machine.h"

static const struct {
    const char *name, *text;
} words[CPU_OUT_REASONS] = {
    [CPU_RUNS] = {"runs", "it runs"},
    [CPU_OUT_CMDLINE] = {"cmdline", "cpus= on the command line"},
    [CPU_OUT_LIMIT] = {"limit", "idlelab starts no more"},
    [CPU_OUT_ID] = {"id", "not tried: CPUID leaves no room for such an id"},
    [CPU_OUT_XAPIC] = {"xapic", "not tried: out of reach in xAPIC mode"},
    [CPU_OUT_MEMORY] = {"memory", "not tried: no memory for its stacks"},
    [CPU_OUT_LOW_PAGE] = {"low_page", "not tried: no page below 640 KiB is free"},
    [CPU_OUT_SILENT] = {"silent", "no answer in time"},
};

/* In xAPIC mode destination 255 is broadcast: such a CPU can be reached in x2APIC mode only. */
enum cpu_out cpu_judge(const struct cpu_rules *rules, uint32_t apic_id, uint32_t taken)
{
    if (rules->limit && taken >= rules->limit)
        return CPU_OUT_CMDLINE;
    if (!topology_id_plausible(rules->topology, apic_id))
        return CPU_OUT_ID;
    if (!rules->x2apic && apic_id >= APIC_ID_BROADCAST)
        return CPU_OUT_XAPIC;
    return taken >= CPU_MAX ? CPU_OUT_LIMIT : CPU_RUNS;
}

void cpu_note_out(struct machine *machine, uint32_t apic_id, enum cpu_out why)
{
    const struct acpi_madt *madt = &machine->acpi.madt;
    struct cpus_out *out = &machine->out;
    struct cpu_named *named = &out->named[out->named_count];

    out->count[why]++;
    if (why <= CPU_OUT_LIMIT || out->named_count == CPUS_OUT_NAMED)
        return;
    out->named_count++;
    *named = (struct cpu_named){.apic_id = apic_id, .why = why};
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id == apic_id)
            named->uid = madt->cpus[i].uid;
}

const char *cpu_out_name(enum cpu_out why)
{
    return words[why].name;
}

const char *cpu_out_text(enum cpu_out why)
{
    return words[why].text;
}
