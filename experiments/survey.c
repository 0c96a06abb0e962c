// SPDX-License-Identifier: MIT
/*
 * Question: on what does all this run?
 * Method: report what was found at boot: processor, raw CPUID, topology, firmware tables, memory types, hypervisor, clocks with their
 *   disagreement, TSC offsets with their bounds, timers, the watchdog. Nothing is measured here that was not measured at boot.
 * Always the first step: every figure of the log is worth what this page says.
 */
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/irq/fault.h"
#include "experiments/experiment.h"
#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/json.h"

#define MSR_IA32_ARCH_CAPABILITIES     0x10A
#define ARCH_CAPABILITIES_IGN_UMONITOR (UINT64_C(1) << 29)
#define MSR_IA32_MCU_OPT_CTRL          0x123

enum {
    WORDS_BYTES = 1024,
    PERIODIC_LIMIT_PPM = 100000,
};

/* Appends a word to a list with blanks between; what does not fit is left out whole. */
static void append_word(char *list, size_t bytes, const char *word)
{
    size_t used = strlen(list);

    if (used + strlen(word) + 2 <= bytes)
        fmt(list + used, bytes - used, "%s%s", used ? " " : "", word);
}

static void report_identity(struct run *run)
{
    const struct cpu_snapshot *cpu = &run->machine->snapshot;
    char words[WORDS_BYTES] = "";
    const struct cpu_feature *feature;

    result_cpu(run, "vendor", cpu->vendor_text);
    result_cpu(run, "brand", cpu->brand);
    result_cpu_uint(run, "family", cpu->family);
    result_cpu_uint(run, "model", cpu->model);
    result_cpu_uint(run, "stepping", cpu->stepping);
    if (cpu->microcode_known)
        result_cpu_uint(run, "microcode", cpu->microcode);
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++) {
        if (cpu_has(cpu, feature->field))
            append_word(words, sizeof words, feature->name);
    }
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
        fmt(regs, sizeof regs, "%08x%08x%08x%08x", leaf->regs.eax, leaf->regs.ebx, leaf->regs.ecx,
            leaf->regs.edx);
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
    result_cpu_uint(run, "cpus", machine->cpu_count);
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
        result_finding(run, "cpus_missing", NULL,
                       "some CPUs that the firmware lists did not start");
}

static void report_firmware(struct run *run)
{
    const struct acpi_info *acpi = &run->machine->acpi;
    char words[WORDS_BYTES] = "";

    result_env(run, "acpi_root", acpi_rsdp_source_name(acpi->rsdp.source));
    result_env(run, "acpi_oem", acpi->oem);
    for (uint32_t i = 0; i < acpi->table_count; i++)
        append_word(words, sizeof words, acpi->tables[i].signature);
    result_env(run, "acpi_tables", words);
    for (uint32_t i = 0; i < acpi->problems.count; i++) {
        const struct acpi_problem *problem = &acpi->problems.list[i];
        char text[96];

        fmt(text, sizeof text, "table %s at %llx refused: %s", problem->table,
            (unsigned long long)problem->address, acpi_reason_name(problem->reason));
        result_finding(run, "acpi_refused", NULL, text);
    }
    result_env(run, "memory_type",
               mtrr_type_name(mtrr_type_at(&run->machine->mtrr, (uint64_t)(uintptr_t)run->cpu)));
}

static void report_hypervisor(struct run *run)
{
    const struct hv_info *hv = &run->machine->hv;
    char words[WORDS_BYTES] = "";

    result_env(run, "hypervisor", hv_name(hv->kind));
    result_env(run, "hypervisor_evidence", hv->evidence);
    result_env_uint(run, "emulator", hv->emulator);
    for (uint32_t i = 0; i < hv->signature_count; i++)
        result_env(run, "hypervisor_signature", hv->signatures[i].text);
    if (!hv->kvm_base)
        return;
    for (uint32_t bit = 0; bit < 32; bit++) {
        const char *name = kvm_feature_name(bit);

        if (((hv->kvm_features >> bit) & 1) && name)
            append_word(words, sizeof words, name);
    }
    result_env(run, "kvm_features", words);
    result_env_uint(run, "kvm_hints", hv->kvm_hints);
}

static void emit_cal(struct run *run, const char *key, uint64_t value, const char *extra_key,
                     const char *extra)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, text, sizeof text);
    json_str(&json, "t", "cal");
    json_str(&json, "k", key);
    json_uint(&json, "v", value);
    json_str(&json, extra_key, extra);
    result_record(run, &json);
}

static void report_references(struct run *run)
{
    const struct clock *clock = &run->machine->clock;

    for (unsigned source = 1; source < TSC_SOURCE_COUNT; source++) {
        const struct tsc_reference *reference = &clock->references[source];
        char text[JSON_OBJECT_BYTES];
        struct json json;

        if (!reference->hz)
            continue;
        json_begin(&json, text, sizeof text);
        json_str(&json, "t", "cal");
        json_str(&json, "k", "tsc_ref");
        json_str(&json, "ref", tsc_source_name(source));
        json_uint(&json, "v", reference->hz);
        json_int(&json, "ppm", clock_ppm(clock, source));
        json_uint(&json, "bound_ppm", reference->bound_ppm);
        result_record(run, &json);
    }
}

static void report_offsets(struct run *run)
{
    for (uint32_t i = 1; i < run->machine->cpu_count; i++) {
        char text[JSON_OBJECT_BYTES];
        struct json json;

        json_begin(&json, text, sizeof text);
        json_str(&json, "t", "cal");
        json_str(&json, "k", "tsc_offset");
        json_uint(&json, "cpu", i);
        json_int(&json, "v", run->machine->cpus[i]->tsc_offset);
        json_uint(&json, "bound", run->machine->cpus[i]->tsc_offset_bound);
        result_record(run, &json);
    }
}

static void report_clocks(struct run *run)
{
    const struct machine *machine = run->machine;
    const struct clock *clock = &machine->clock;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    emit_cal(run, "tsc_hz", clock->tsc_hz, "src", tsc_source_name(clock->source));
    report_references(run);
    report_offsets(run);
    json_begin(&json, text, sizeof text);
    json_str(&json, "t", "cal");
    json_str(&json, "k", "tsc_read");
    json_uint(&json, "min", clock->read_min_tsc);
    json_uint(&json, "p50", clock->read_p50_tsc);
    json_uint(&json, "n", clock->read_count);
    result_record(run, &json);
    emit_cal(run, "apic_timer_hz", machine->timer.hz, "mode",
             machine->timer.one_shot == APIC_TIMER_DEADLINE ? "deadline" : "oneshot");
    if (machine->timer.periodic_error_ppm != UINT64_MAX)
        emit_cal(run, "apic_timer_periodic_ppm", machine->timer.periodic_error_ppm, "src", "tsc");
    result_env(run, "apic", machine->apic.x2apic ? "x2apic" : "xapic");
    result_env(run, "watchdog", watchdog_source_name(machine->watchdog.source));
    result_env_uint(run, "cpus_start_us", machine->smp_start_us);
}

/* Whether a monitor can be believed, before any figure of it. */
static void report_monitor(struct run *run)
{
    const struct cpu_snapshot *cpu = &run->machine->snapshot;
    uint64_t capabilities = 0, control = 0;

    if (cpu_has(cpu, CPUID_ARCH_CAPABILITIES) &&
        !rdmsr_try(MSR_IA32_ARCH_CAPABILITIES, &capabilities).valid &&
        (capabilities & ARCH_CAPABILITIES_IGN_UMONITOR))
        rdmsr_try(MSR_IA32_MCU_OPT_CTRL, &control);
    if (errata_umonitor_ignored(control))
        result_finding(run, "umonitor_ignored", NULL,
                       "IA32_MCU_OPT_CTRL[6]: UMONITOR is a no-op, UMWAIT returns at once");
    if (cpu_has(cpu, CPUID_WAITPKG))
        result_cpu_uint(run, "monitor_mitg_no", cpu_has(cpu, CPUID_MONITOR_MITG_NO));
    if (errata_flush_before_monitor(cpu))
        result_finding(run, "monitor_clflush", NULL,
                       "erratum MONITOR_CLFLUSH: the line is flushed before each MONITOR");
    if (errata_monitor_loses_stores(cpu))
        result_finding(run, "monitor_lost", NULL,
                       "erratum MONITOR_LOST: a store may not end MWAIT on this model");
}

/* What qualifies every figure of this log, in words. */
static void report_findings(struct run *run)
{
    const struct machine *machine = run->machine;
    const struct clock *clock = &machine->clock;

    if (machine->hv.emulator)
        result_finding(run, "emulated", NULL,
                       "an emulator runs this: times show function, not hardware");
    if (!clock->invariant)
        result_finding(run, "tsc_not_invariant", NULL,
                       "CPUID.80000007H:EDX[8] is clear: the TSC may change its rate or stop");
    if (clock->source == TSC_SOURCE_NONE)
        result_finding(run, "tsc_unknown", NULL,
                       "no source tells the TSC frequency: 1 GHz is assumed, ns are meaningless");
    if (machine->cpu_count > 1 && !clock->offsets_known)
        result_finding(run, "tsc_unstable", NULL,
                       "the TSC offset between CPUs is not constant or could not be measured");
    else if (!clock->synchronised)
        result_finding(
            run, "tsc_offset", NULL,
            "the TSCs are not synchronised: stamps of two CPUs are corrected by the offset");
    if (machine->timer.periodic_error_ppm > PERIODIC_LIMIT_PPM)
        result_finding(run, "apic_periodic", NULL,
                       "8 periods of 1 ms of the APIC timer did not come, or not in time");
    if (machine->watchdog.source == WATCHDOG_PEER)
        result_finding(run, "watchdog_peer", NULL,
                       "one CPU serves as the watchdog and takes part in nothing else");
    report_monitor(run);
    if (machine->watchdog.source == WATCHDOG_NONE)
        result_finding(run, "no_watchdog", NULL,
                       "no source of a watchdog NMI works here: a lost wake would stop the run");
}

static const char *survey_prepare(struct run *run)
{
    run->total = 1;
    return NULL;
}

static void survey_batch(struct run *run)
{
    run->done = 1;
    run->complete = true;
}

static void survey_finish(struct run *run)
{
    report_identity(run);
    report_topology(run);
    report_hypervisor(run);
    report_firmware(run);
    report_clocks(run);
    report_leaves(run);
    report_findings(run);
    result_metric(run, "cpus", run->machine->cpu_count, "count");
}

static const struct experiment survey = {
    .spec = {.name = "survey", .title = "the machine, its firmware, hypervisor and clocks"},
    .question = "on what does all this run?",
    .cpus = 1,
    .prepare = survey_prepare,
    .batch = survey_batch,
    .finish = survey_finish,
};
LAB_EXPERIMENT(survey);
