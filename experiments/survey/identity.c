/* SPDX-License-Identifier: MIT */
/* What `survey` says about the processor: identity, raw CPUID, topology; and about the firmware. */
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/features.h"
#include "experiments/kit/identity.h"
#include "experiments/kit/kinds.h"
#include "experiments/kit/results.h"
#include "experiments/survey/parts.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/text.h"

static void report_identity(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;
    char words[SURVEY_WORDS_BYTES] = "";
    const struct cpu_feature *feature;

    identity_emit(step->results->stream, step->machine);
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++)
        if (cpu_has(cpu, feature->field))
            text_list(words, sizeof(words), " ", feature->name);
    result_cpu(step, "features", words);
}

static void report_missing(struct step *step, enum cpu_out why)
{
    const struct machine *machine = step->machine;
    const struct cpus_out *out = &machine->out;
    char list[SURVEY_WORDS_BYTES] = "";
    uint32_t left = out->count[why];

    for (uint32_t i = 0; i < out->named_count; i++) {
        const struct cpu_named *named = &out->named[i];
        char text[64];

        if (named->why != why)
            continue;
        fmt(text, sizeof(text), "%xh (uid %xh)%s", named->apic_id, named->uid, --left ? "," : "");
        text_list(list, sizeof(list), " ", text);
    }
    result_say(step, "cpus_missing", CONFIDENCE_NONE, "%u of %u CPUs did not start (%s): APIC id %s%s", out->count[why],
               machine->cpus_listed, cpu_out_text(why), list, left ? " and more" : "");
}

/* They sleep as the firmware left them, and a core or a package is no deeper than its shallowest CPU. */
static void report_left(struct step *step)
{
    const struct machine *machine = step->machine;
    const uint32_t *count = machine->out.count;

    result_say(
        step, "cpus_left", CONFIDENCE_NONE,
        "%u of %u CPUs are left in the firmware's hands (%u by cpus=, %u above %u): their cores and packages may "
        "not reach deep states",
        cpus_left(&machine->out), machine->cpus_listed, count[CPU_OUT_CMDLINE], count[CPU_OUT_LIMIT], CPU_MAX);
}

static void report_count(struct step *step, const char *key, const char *why, uint32_t count)
{
    if (count)
        result_write(step, "t:%s k:%s why:%s v:%u", "cpu", key, why, count);
}

static void report_no_madt(struct step *step)
{
    result_say(step, "no_madt", CONFIDENCE_NONE,
               "no usable MADT (%s): no CPU but CPU 0 is known, and no I/O APIC; CPU 0 runs alone",
               step->machine->acpi.found ? "the ACPI root table leads to none" : "no ACPI root table was found");
}

/* What the MADT lists, and what became of it. */
static void report_counts(struct step *step)
{
    const struct machine *machine = step->machine;
    const struct acpi_madt *madt = &machine->acpi.madt;

    result_cpu_uint(step, "cpus_listed", machine->cpus_listed);
    result_cpu_uint(step, "cpu_bytes", machine->cpu_bytes);
    result_cpu_uint(step, "cpus_bytes", machine->cpus_bytes);
    for (uint32_t why = CPU_RUNS + 1; why < CPU_OUT_REASONS; why++)
        report_count(step, "cpus_out", cpu_out_name(why), machine->out.count[why]);
    report_count(step, "cpus_off", "disabled", madt->disabled);
    report_count(step, "cpus_off", "empty", madt->empty_slots);
    report_count(step, "cpus_off", "double", madt->doubles);
    report_count(step, "cpus_off", "refused", madt->refused);
    for (enum cpu_out why = CPU_OUT_LIMIT + 1; why < CPU_OUT_REASONS; why++)
        if (machine->out.count[why])
            report_missing(step, why);
    if (!madt->present)
        report_no_madt(step);
    if (cpus_left(&machine->out))
        report_left(step);
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
    report_counts(step);
    for (uint32_t i = 0; i < machine->cpu_count; i++)
        report_place(step, machine->cpus[i]);
    kinds_report(step);
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
        text_list(words, sizeof(words), " ", acpi->tables[i].signature);
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
    identity_report_leaves(step);
}
