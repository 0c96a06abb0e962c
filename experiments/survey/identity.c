/* SPDX-License-Identifier: MIT */
/* What `survey` says about the processor: identity, raw CPUID, topology; and about the firmware. */
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/features.h"
#include "experiments/kit/identity.h"
#include "experiments/kit/results.h"
#include "experiments/survey/parts.h"
#include "lib/fmt.h"
#include "lib/json.h"

static void report_identity(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;
    char words[SURVEY_WORDS_BYTES] = "";
    const struct cpu_feature *feature;

    identity_emit(step->results->stream, step->machine);
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++)
        if (cpu_has(cpu, feature->field))
            survey_append_word(words, sizeof(words), feature->name);
    result_cpu(step, "features", words);
}

static void report_leaves(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;

    for (uint32_t i = 0; i < cpu->leaf_count; i++) {
        const struct cpuid_leaf *leaf = &cpu->leaves[i];
        char name[24], regs[33];

        fmt(name, sizeof(name), "%08x.%u", leaf->leaf, leaf->subleaf);
        fmt(regs, sizeof(regs), "%08x%08x%08x%08x", leaf->regs.eax, leaf->regs.ebx, leaf->regs.ecx, leaf->regs.edx);
        result_write(step, "t:%s leaf:%s r:%s", "cpu", name, regs);
    }
}

static void report_missing(struct step *step)
{
    const struct machine *machine = step->machine;
    uint32_t named = machine->missing_count < CPUS_MISSING_NAMED ? machine->missing_count : CPUS_MISSING_NAMED;
    char list[SURVEY_WORDS_BYTES] = "";

    for (uint32_t i = 0; i < named; i++) {
        const struct cpu_missing *missing = &machine->missing[i];
        char text[128];

        fmt(text, sizeof(text), "APIC id %xh (uid %xh) %s%s", missing->apic_id, missing->uid, missing->why,
            i + 1 < named ? "," : "");
        survey_append_word(list, sizeof(list), text);
    }
    result_say(step, "cpus_missing", CONFIDENCE_NONE, "%u of %u CPUs started; %s%s",
               machine->cpus_wanted - machine->missing_count, machine->cpus_wanted, list,
               named < machine->missing_count ? ", and more" : "");
}

/* They sleep as the firmware left them, and a core or a package is no deeper than its shallowest CPU. */
static void report_left(struct step *step)
{
    const struct machine *machine = step->machine;
    uint32_t left = machine->cpus_listed - machine->cpus_wanted;

    if (left)
        result_say(
            step, "cpus_left", CONFIDENCE_NONE,
            "%u of %u CPUs are left in the firmware's hands%s: their cores and packages may not reach deep states",
            left, machine->cpus_listed,
            machine->cpus_wanted < CPU_MAX ? " (cpus= on the command line)" : "; idlelab starts no more");
}

/* `mod` where there are modules, `type` where cores are of several. */
static void report_place(struct step *step, const struct percpu *cpu)
{
    const char *type = cpu_core_type(machine_cpuid(step->machine, cpu));
    char text[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, text, sizeof(text));
    json_add(&json, "t:%s cpu:%u apic:%u pkg:%u", "cpu", cpu->index, cpu->apic_id, cpu->place.package);
    if (topology_has_modules(&step->machine->topology))
        json_uint(&json, "mod", cpu->place.module);
    json_add(&json, "core:%u smt:%u type:%s", cpu->place.core, cpu->place.thread, type);
    result_record(step, &json);
}

static void report_topology(struct step *step)
{
    const struct machine *machine = step->machine;

    result_cpu(step, "topology", topology_source_name(machine->topology.source));
    result_cpu_uint(step, "cpus_listed", machine->cpus_listed);
    for (uint32_t i = 0; i < machine->cpu_count; i++)
        report_place(step, machine->cpus[i]);
    if (machine->missing_count)
        report_missing(step);
    report_left(step);
    survey_report_kinds(step);
}

static void report_problem(struct step *step, const struct acpi_problem *problem)
{
    const char *why = acpi_reason_name(problem->reason), *table = problem->table;
    unsigned long long address = problem->address;

    switch (problem->effect) {
    case ACPI_TABLE_REFUSED:
        result_say(step, "acpi_refused", CONFIDENCE_NONE, "table %s at %llx refused: %s", table, address, why);
        break;
    case ACPI_TABLE_USED:
        result_say(step, "acpi_damaged", CONFIDENCE_NONE, "table %s at %llx used all the same: %s", table, address,
                   why);
        break;
    case ACPI_ENTRY_IGNORED:
        result_say(step, "acpi_damaged", CONFIDENCE_NONE,
                   "table %s at %llx: ignored entries %u, the first at byte %u: %s", table, address, problem->count,
                   problem->offset, why);
        break;
    case ACPI_TAIL_IGNORED:
        result_say(step, "acpi_damaged", CONFIDENCE_NONE, "table %s at %llx: ignored from byte %u on: %s", table,
                   address, problem->offset, why);
        break;
    }
}

static void report_firmware(struct step *step)
{
    const struct acpi_info *acpi = &step->machine->acpi;
    char words[SURVEY_WORDS_BYTES] = "";

    result_env(step, "acpi_root", acpi_rsdp_source_name(acpi->rsdp.source));
    result_env(step, "acpi_oem", acpi->oem);
    for (uint32_t i = 0; i < acpi->table_count; i++)
        survey_append_word(words, sizeof(words), acpi->tables[i].signature);
    result_env(step, "acpi_tables", words);
    for (uint32_t i = 0; i < acpi->problems.count; i++)
        report_problem(step, &acpi->problems.list[i]);
    if (acpi->problems.lost)
        result_finding(step, "acpi_damaged", CONFIDENCE_NONE, "more is wrong with the ACPI tables than is listed");
    result_env(step, "memory_type", mtrr_type_name(mtrr_type_at(&step->machine->mtrr, (uint64_t)(uintptr_t)step->cpu)));
}

void survey_report_identity(struct step *step)
{
    report_identity(step);
    report_topology(step);
    report_firmware(step);
    report_leaves(step);
}
