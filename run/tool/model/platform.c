/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strcasestr */
#include "run/tool/model/platform.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/record_json.h"

/* Clocks that disagree by this much more than the comparison's error are reported: a crystal is good to 50 ppm. */
#define TSC_PPM_MAX         100
/* From here on ppm are shown as percent. */
#define PPM_AS_PERCENT      10000
/* No processor takes longer to read its own TSC: a hypervisor does it. */
#define TSC_READ_TICKS_MAX  500
/* A larger bound of the latencies across CPUs is reported. */
#define OFFSET_BOUND_NS_MAX 10000

/* The facts of the header, in order. The first key that the log holds counts. */
static const struct {
    const char *label, *type;
    const char *keys[4];
    bool hex;
} FACTS[] = {
    {"CPU", "cpu", {"brand", "name", "model", "vendor"}, false},
    {"microcode", "cpu", {"microcode", "ucode", NULL}, true},
    {"hypervisor", "env", {"hypervisor", "hv", "platform", NULL}, false},
    {"ring", "env", {"ring", NULL}, false},
    {"kernel", "env", {"kernel", NULL}, false},
    {"scheduling", "env", {"sched", NULL}, false},
    {"load", "env", {"load", NULL}, false},
    {"governor", "env", {"cpufreq_governor", NULL}, false},
    {"idle driver", "env", {"cpuidle_driver", NULL}, false},
    {"firmware", "env", {"firmware", "fw", NULL}, false},
    {"loader", "env", {"loader", NULL}, false},
    {"interrupts", "env", {"apic", NULL}, false},
    {"watchdog", "env", {"watchdog", NULL}, false},
    {"build", "env", {"build", "build_id", "version", NULL}, false},
    {"script", "env", {"script", NULL}, false},
    {"script CRC", "env", {"script_crc32", NULL}, true},
    {"seed", "env", {"seed", NULL}, false},
    {"arguments", "env", {"cmdline", "args", NULL}, false},
};

/* Rows in which runs that are alike do not differ. */
static const char *const DECIDING[] = {"CPU",        "microcode", "hypervisor", "ring",     "script",
                                       "script CRC", "timer",     "CPUs",       "signature"};

/* Findings of any step that qualify every number: their id holds one of these words. */
static const char *const QUALIFYING[] = {
    "tsc_unstable",
    "tsc_offset",
    "tsc_not_invariant",
    "tsc_unknown",
    "tsc_imprecise",
    "tsc_stated_wrong",
    "tsc_wish_wrong",
    "nested",
    "locked",
    "demot",
    "umonitor_ignored",
    "rapid_c6",
    "c1e_amd",
    "deadline_untrue",
    "monitor_lost",
    "no_watchdog",
    "cpus_missing",
    "cpus_left",
    "no_madt",
    "ring3",
};

static const char *print_to(struct model *model, const char *format, ...)
{
    char text[512];
    va_list args;
    const char *copy;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    copy = pool_copy(&model->pool, text, strlen(text));
    return copy ? copy : "";
}

bool platform_decides(const char *label)
{
    for (size_t i = 0; i < sizeof(DECIDING) / sizeof(DECIDING[0]); i++)
        if (strcmp(DECIDING[i], label) == 0)
            return true;
    return false;
}

static void add_row(struct platform *platform, const char *label, const char *value)
{
    if (value && value[0] && platform->row_count < PLATFORM_ROWS_MAX)
        platform->rows[platform->row_count++] = (struct platform_row){label, value, platform_decides(label)};
}

static void warn(struct platform *platform, const char *text)
{
    if (platform->warning_count < PLATFORM_WARNINGS_MAX)
        platform->warnings[platform->warning_count++] = text;
}

static bool names_emulator(const char *value)
{
    return strcasestr(value, "tcg") || strcasestr(value, "bochs");
}

/* Many ppm are easier to read as percent. */
static const char *ppm_text(struct model *model, int64_t ppm)
{
    if (measure_size(ppm) >= PPM_AS_PERCENT)
        return print_to(model, "%+.1f %%", (double)ppm / 1e4);
    return print_to(model, "%+" PRId64 " ppm", ppm);
}

/* The disagreement of the other clocks with the TSC, except the one from which its frequency was taken. */
static void add_clock(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    const char *clock = model_string(record, "ref", "");
    int64_t ppm = model_int(record, "ppm", 0), bound = model_int(record, "bound_ppm", 0);
    bool made_up;

    if (strcmp(clock, run->tsc_source) == 0 && bound > 0)
        add_row(platform, "TSC bound", print_to(model, "by %s: give or take %s", clock, ppm_text(model, bound) + 1));
    if (strcmp(clock, run->tsc_source) != 0)
        add_row(
            platform, "TSC check",
            print_to(model, "%s says %s, give or take %s", clock, ppm_text(model, ppm), ppm_text(model, bound) + 1));
    /* An emulator invents what CPUID says. */
    made_up = platform->emulated && strncmp(clock, "cpuid", strlen("cpuid")) == 0;
    if (measure_size(ppm) - TSC_PPM_MAX > bound && !made_up)
        warn(platform, print_to(model, "The TSC and the %s disagree by %s.", clock, ppm_text(model, ppm)));
}

/* A TSC that moves by many ticks at a time. */
static void add_step(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    struct measure measure = measure_of(run, "tsc", false);
    int64_t step = model_int(record, "v", 1);
    char text[MEASURE_CHARS];

    add_row(platform, "TSC step",
            print_to(model, "%s %s (%" PRId64 " ticks): no single time is known better",
                     measure_text(text, measure, step), measure.unit, step));
}

static void add_stamp(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    struct measure measure = measure_of(run, "tsc", false);
    int64_t least = model_int(record, "min", 0);
    char min[MEASURE_CHARS], p50[MEASURE_CHARS];
    add_row(platform, "time stamp",
            print_to(model, "costs %s %s (median), at least %s",
                     measure_text(p50, measure, model_int(record, "p50", 0)), measure.unit,
                     measure_text(min, measure, least)));
    if (least > TSC_READ_TICKS_MAX && !platform->emulated)
        warn(platform, print_to(model,
                                "A time stamp costs %s %s: the hypervisor intercepts RDTSC, and nothing shorter "
                                "can be seen.",
                                measure_text(min, measure, least), measure.unit));
}

struct offsets {
    int64_t worst, bound; /* ticks */
};

static void add_offset(const json_t *record, struct offsets *offsets)
{
    int64_t offset = measure_size(model_int(record, "v", 0)), bound = model_int(record, "bound", 0);
    offsets->worst = offset > offsets->worst ? offset : offsets->worst;
    offsets->bound = bound > offsets->bound ? bound : offsets->bound;
}

/* True where a step's finding has this id. */
static bool lab_says(const struct model_run *run, const char *id)
{
    for (size_t i = 0; i < run->step_count; i++)
        for (size_t j = 0; j < run->steps[i].finding_count; j++)
            if (strcmp(run->steps[i].findings[j].id, id) == 0)
                return true;
    return false;
}

static void say_offsets(struct model *model, const struct model_run *run, struct offsets offsets,
                        struct platform *platform)
{
    struct measure measure = measure_of(run, "tsc", false);
    char worst[MEASURE_CHARS], bound[MEASURE_CHARS];
    if (offsets.bound <= 0)
        return;
    measure_scaled(worst, measure, (double)offsets.worst * measure.factor);
    measure_scaled(bound, measure, (double)offsets.bound * measure.factor);
    add_row(platform, "TSC offset", print_to(model, "at most %s between CPUs, give or take %s", worst, bound));
    if (offsets.worst > offsets.bound && !lab_says(run, "tsc_offset"))
        warn(platform, "The TSCs of the CPUs are not synchronised: stamps of two CPUs are corrected by the offset.");
    if (run->tsc_hz > 0 && (double)offsets.bound * measure.factor > OFFSET_BOUND_NS_MAX)
        warn(platform,
             print_to(model, "Latencies across CPUs can be wrong by %s, the bound of the offset between their TSCs.",
                      bound));
}

/* A one-shot timer's due times are as good as the ratio between its count and the TSC; the last measurement counts. */
static void add_timer(struct model *model, const json_t *record, const json_t *sharper, struct platform *platform)
{
    const char *mode = model_string(record, "mode", "");
    int64_t bound_ppb = model_int(sharper ? sharper : record, "bound_ppb", 0);

    if (!record)
        return;
    add_row(platform, "timer", print_to(model, "APIC timer, mode %s", mode));
    if (strcmp(mode, "oneshot") == 0 && bound_ppb > 0)
        add_row(platform, "timer bound", print_to(model, "due give or take %.3g ppm", (double)bound_ppb / 1e3));
}

/* "384", or "255 of 384 (129 not started: limit)". */
static void add_cpus(struct model *model, const struct model_run *run, int64_t cpu_count, struct platform *platform)
{
    const char *listed = model_fact(model, run, "cpu", "cpus_listed"), *reasons = "";
    int64_t out_count = 0;

    for (size_t i = 0; i < run->kept_count; i++)
        if (strcmp(model_string(run->kept[i], "k", ""), "cpus_out") == 0) {
            out_count += model_int(run->kept[i], "v", 0);
            reasons =
                print_to(model, "%s%s%.20s", reasons, *reasons ? ", " : "", model_string(run->kept[i], "why", ""));
        }
    if (listed && out_count > 0)
        reasons = print_to(model, " of %.10s (%" PRId64 " not started: %s)", listed, out_count, reasons);
    add_row(platform, "CPUs", print_to(model, "%" PRId64 "%s", cpu_count, reasons));
}

static void add_calibrations(struct model *model, const struct model_run *run, struct platform *platform)
{
    struct offsets offsets = {0, 0};
    const json_t *timer = NULL, *sharper = NULL;
    int64_t cpu_count = 0;
    for (size_t i = 0; i < run->kept_count; i++) {
        const json_t *record = run->kept[i];
        const char *key = model_string(record, "k", "");
        cpu_count += json_object_get(record, "apic") != NULL;
        if (strcmp(key, "tsc_ref") == 0)
            add_clock(model, run, record, platform);
        else if (strcmp(key, "tsc_step") == 0 && model_int(record, "v", 1) > 1)
            add_step(model, run, record, platform);
        else if (strcmp(key, "tsc_read") == 0)
            add_stamp(model, run, record, platform);
        else if (strcmp(key, "apic_timer_hz") == 0)
            timer = record;
        else if (strcmp(key, "apic_timer_bound") == 0)
            sharper = record;
        else if (strcmp(key, "tsc_offset") == 0)
            add_offset(record, &offsets);
    }
    add_timer(model, timer, sharper, platform);
    if (cpu_count > 0)
        add_cpus(model, run, cpu_count, platform);
    say_offsets(model, run, offsets, platform);
}

/* "family 6 model 167 stepping 1" */
static void add_signature(struct model *model, const struct model_run *run, struct platform *platform)
{
    const char *family = model_fact(model, run, "cpu", "family");
    const char *number = model_fact(model, run, "cpu", "model");
    const char *stepping = model_fact(model, run, "cpu", "stepping");
    if (family && number && stepping)
        add_row(platform, "signature",
                print_to(model, "family %.20s model %.20s stepping %.20s", family, number, stepping));
}

static void add_facts(struct model *model, const struct model_run *run, struct platform *platform)
{
    const char *emulator;

    for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); i++) {
        const char *value = NULL;
        char *end;
        uint64_t number;
        bool is_number, says_machine;

        for (size_t k = 0; k < 4 && FACTS[i].keys[k] && !value; k++)
            value = model_fact(model, run, FACTS[i].type, FACTS[i].keys[k]);
        end = NULL;
        number = value && FACTS[i].hex ? strtoull(value, &end, 10) : 0;
        is_number = end && end != value && !*end;
        add_row(platform, FACTS[i].label, is_number ? print_to(model, "0x%" PRIx64, number) : value);
        says_machine = strcmp(FACTS[i].label, "hypervisor") == 0 || strcmp(FACTS[i].label, "CPU") == 0;
        if (value && says_machine && names_emulator(value))
            platform->emulated = true;
    }
    emulator = model_fact(model, run, "env", "emulator");
    if (emulator && strcmp(emulator, "0") != 0)
        platform->emulated = true;
    if (platform->emulated)
        warn(platform, "EMULATED: times are functional, not timings.");
}

/* More than one machine wrote this run: how many, where each died, and whether they are alike. */
static void add_machines(struct model *model, const struct model_run *run, struct platform *platform)
{
    const char *deaths;

    if (run->join_count == 0)
        return;
    deaths = "";
    for (size_t i = 0; i < run->join_count; i++) {
        const struct model_join *join = &run->joins[i];
        const char *name = "";
        for (size_t s = 0; s < run->step_count; s++)
            name = run->steps[s].id == join->step ? run->steps[s].name : name;
        deaths = print_to(model, "%s%s machine %zu died in step %" PRId64 " %s (%s)", deaths, i ? "," : "", i + 1,
                          join->step, name, join->why);
    }
    add_row(platform, "machines", print_to(model, "%zu:%s", run->machine_count, deaths));
    for (size_t i = 0; i < run->unlike_count; i++)
        warn(platform,
             print_to(model, "Machine %zu, which went on, is not the one before: %s was %s, and is %s.",
                      run->unlikes[i].machine, run->unlikes[i].key, run->unlikes[i].first, run->unlikes[i].other));
}

static void warn_of_findings(const struct model_finding *findings, size_t count, struct platform *platform)
{
    for (size_t i = 0; i < count; i++)
        for (size_t w = 0; w < sizeof(QUALIFYING) / sizeof(QUALIFYING[0]); w++)
            if (strstr(findings[i].id, QUALIFYING[w])) {
                warn(platform, findings[i].text);
                break;
            }
}

void platform_of(struct model *model, const struct model_run *run, struct platform *platform)
{
    memset(platform, 0, sizeof(*platform));
    add_facts(model, run, platform);
    add_signature(model, run, platform);
    if (run->tsc_hz > 0)
        add_row(platform, "TSC",
                print_to(model, "%.3f MHz, from %s", (double)run->tsc_hz / 1e6,
                         run->tsc_source[0] ? run->tsc_source : "an unnamed source"));
    else
        warn(platform, "The log does not say the TSC frequency: times are in ticks.");
    add_calibrations(model, run, platform);
    add_machines(model, run, platform);
    warn_of_findings(run->findings, run->finding_count, platform);
    for (size_t i = 0; i < run->step_count; i++)
        warn_of_findings(run->steps[i].findings, run->steps[i].finding_count, platform);
}
