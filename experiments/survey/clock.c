/* SPDX-License-Identifier: MIT */
/* What `survey` says about the clocks: the TSC with every reference, offsets, timers. */
#include "experiments/survey/parts.h"

#include "arch/x86/time/sync.h"
#include "lib/json.h"

static void begin(struct json *json, char *text, const char *key)
{
    json_begin(json, text, JSON_OBJECT_BYTES);
    json_str(json, "t", "cal");
    json_str(json, "k", key);
}

static void emit_cal(struct run *run, const char *key, uint64_t value, const char *extra_key, const char *extra)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin(&json, text, key);
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
        begin(&json, text, "tsc_ref");
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

        begin(&json, text, "tsc_offset");
        json_uint(&json, "cpu", i);
        json_int(&json, "v", run->machine->cpus[i]->tsc_offset);
        json_uint(&json, "bound", run->machine->cpus[i]->tsc_offset_bound);
        result_record(run, &json);
    }
}

/* What firmware left in IA32_TSC_ADJUST, and of whom it is not zero. */
static void report_adjust(struct run *run)
{
    enum tsc_adjust_kind kind = tsc_adjust_kind(run->machine);

    result_env(run, "tsc_adjust", tsc_adjust_kind_name(kind));
    for (uint32_t i = 0; i < run->machine->cpu_count; i++) {
        int64_t value = run->machine->cpus[i]->tsc_adjust;
        char text[JSON_OBJECT_BYTES];
        struct json json;

        if (!value)
            continue;
        begin(&json, text, "tsc_adjust");
        json_uint(&json, "cpu", i);
        json_int(&json, "v", value);
        result_record(run, &json);
    }
}

static void report_deadline_check(struct run *run)
{
    const struct deadline_check *check = &run->machine->timer.check;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    if (!check->cpus)
        return;
    begin(&json, text, "deadline_check");
    json_uint(&json, "cpus", check->cpus);
    json_uint(&json, "untrue", check->untrue);
    json_uint(&json, "early", check->tries.early);
    json_uint(&json, "late", check->tries.late);
    json_uint(&json, "lost", check->tries.lost);
    json_uint(&json, "us", check->took_us);
    result_record(run, &json);
}

void survey_report_clocks(struct run *run)
{
    const struct machine *machine = run->machine;
    const struct clock *clock = &machine->clock;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    emit_cal(run, "tsc_hz", clock->tsc_hz, "src", tsc_source_name(clock->source));
    report_references(run);
    report_offsets(run);
    report_adjust(run);
    begin(&json, text, "tsc_read");
    json_uint(&json, "min", clock->read_min_tsc);
    json_uint(&json, "p50", clock->read_p50_tsc);
    json_uint(&json, "n", clock->read_count);
    result_record(run, &json);
    emit_cal(run, "apic_timer_hz", machine->timer.hz, "mode",
             machine->timer.one_shot == APIC_TIMER_DEADLINE ? "deadline" : "oneshot");
    report_deadline_check(run);
    if (machine->timer.periodic_error_ppm != UINT64_MAX)
        emit_cal(run, "apic_timer_periodic_ppm", machine->timer.periodic_error_ppm, "src", "tsc");
    result_env(run, "apic", machine->apic.x2apic ? "x2apic" : "xapic");
    result_env(run, "watchdog", watchdog_source_name(machine->watchdog.source));
    result_env_uint(run, "cpus_start_us", machine->smp_start_us);
}
