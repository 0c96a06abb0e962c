/* SPDX-License-Identifier: MIT */
/* What `survey` says about the processor: identity, raw CPUID, topology; and about the firmware. */
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/features.h"
#include "experiments/kit/identity.h"
#include "experiments/kit/results.h"
#include "experiments/survey/parts.h"
#include "lib/fmt.h"
#include "lib/json.h"

static void report_identity(struct run *run)
{
    const struct cpu_snapshot *cpu = &run->machine->snapshot;
    char words[SURVEY_WORDS_BYTES] = "";
    const struct cpu_feature *feature;

    identity_emit(run->results->stream, run->machine);
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++)
        if (cpu_has(cpu, feature->field))
            survey_append_word(words, sizeof words, feature->name);
    result_cpu(run, "features", words);
}

static void report_leaves(struct run *run)
{
    const struct cpu_snapshot *cpu = &run->machine->snapshot;

    for (uint32_t i = 0; i < cpu->leaf_count; i++) {
        const struct cpuid_leaf *leaf = &cpu->leaves[i];
        char name[24], regs[33], text[JSON_OBJECT_BYTES];
        struct json json;

        fmt(name, sizeof name, "%08x.%u", leaf->leaf, leaf->subleaf);
        fmt(regs, sizeof regs, "%08x%08x%08x%08x", leaf->regs.eax, leaf->regs.ebx, leaf->regs.ecx, leaf->regs.edx);
        json_begin(&json, text, sizeof text);
        json_str(&json, "t", "cpu");
        json_str(&json, "leaf", name);
        json_str(&json, "r", regs);
        result_record(run, &json);
    }
}

static void report_topology(struct run *run)
{
    const struct machine *machine = run->machine;

    result_cpu(run, "topology", topology_source_name(machine->topology.source));
    result_cpu_uint(run, "cpus_listed", machine->cpus_listed);
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];
        char text[JSON_OBJECT_BYTES];
        struct json json;

        json_begin(&json, text, sizeof text);
        json_str(&json, "t", "cpu");
        json_uint(&json, "cpu", i);
        json_uint(&json, "apic", cpu->apic_id);
        json_uint(&json, "pkg", cpu->place.package);
        json_uint(&json, "core", cpu->place.core);
        json_uint(&json, "smt", cpu->place.thread);
        result_record(run, &json);
    }
    if (machine->cpu_count + (machine->watchdog.peer ? 1 : 0) < machine->cpus_wanted)
        result_finding(run, "cpus_missing", CONFIDENCE_NONE, "some CPUs that the firmware lists did not start");
}

static void report_firmware(struct run *run)
{
    const struct acpi_info *acpi = &run->machine->acpi;
    char words[SURVEY_WORDS_BYTES] = "";

    result_env(run, "acpi_root", acpi_rsdp_source_name(acpi->rsdp.source));
    result_env(run, "acpi_oem", acpi->oem);
    for (uint32_t i = 0; i < acpi->table_count; i++)
        survey_append_word(words, sizeof words, acpi->tables[i].signature);
    result_env(run, "acpi_tables", words);
    for (uint32_t i = 0; i < acpi->problems.count; i++) {
        const struct acpi_problem *problem = &acpi->problems.list[i];
        char text[96];

        fmt(text, sizeof text, "table %s at %llx refused: %s", problem->table, (unsigned long long)problem->address,
            acpi_reason_name(problem->reason));
        result_finding(run, "acpi_refused", CONFIDENCE_NONE, text);
    }
    result_env(run, "memory_type", mtrr_type_name(mtrr_type_at(&run->machine->mtrr, (uint64_t)(uintptr_t)run->cpu)));
}

void survey_report_identity(struct run *run)
{
    report_identity(run);
    report_topology(run);
    report_firmware(run);
    report_leaves(run);
}
