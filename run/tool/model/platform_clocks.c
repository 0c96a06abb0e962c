/* SPDX-License-Identifier: MIT */
/* The platform's clocks: what each says of the TSC, what a time stamp costs, how far the CPUs' TSCs are apart. */
#include <inttypes.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/platform_parts.h"
#include "run/tool/model/record_json.h"

/* Clocks that disagree by this much more than the comparison's error are reported: a crystal is good to 50 ppm. */
#define TSC_PPM_MAX         100
/* From here on ppm are shown as percent. */
#define PPM_AS_PERCENT      10000
/* No processor takes longer to read its own TSC: a hypervisor does it. */
#define TSC_READ_TICKS_MAX  500
/* A larger bound of the latencies across CPUs is reported. */
#define OFFSET_BOUND_NS_MAX 10000

/* Many ppm are easier to read as percent. */
static const char *ppm_text(struct model *model, int64_t ppm)
{
    if (measure_size(ppm) >= PPM_AS_PERCENT)
        return platform_print(model, "%+.1f %%", (double)ppm / 1e4);
    return platform_print(model, "%+" PRId64 " ppm", ppm);
}

/* The disagreement of the other clocks with the TSC, except the one from which its frequency was taken. */
static void add_clock(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    const char *clock = model_string(record, "ref", "");
    int64_t ppm = model_int(record, "ppm", 0), bound = model_int(record, "bound_ppm", 0);
    bool made_up;

    if (strcmp(clock, run->tsc_source) == 0 && bound > 0)
        platform_add(platform, "TSC bound",
                     platform_print(model, "by %s: give or take %s", clock, ppm_text(model, bound) + 1));
    if (strcmp(clock, run->tsc_source) != 0)
        platform_add(platform, "TSC check",
                     platform_print(model, "%s says %s, give or take %s", clock, ppm_text(model, ppm),
                                    ppm_text(model, bound) + 1));
    /* An emulator invents what CPUID says. */
    made_up = platform->emulated && strncmp(clock, "cpuid", strlen("cpuid")) == 0;
    if (measure_size(ppm) - TSC_PPM_MAX > bound && !made_up)
        platform_warn(platform,
                      platform_print(model, "The TSC and the %s disagree by %s.", clock, ppm_text(model, ppm)));
}

/* A TSC that moves by many ticks at a time. */
static void add_step(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    struct measure measure = measure_of(run, "tsc", false);
    int64_t step = model_int(record, "v", 1);
    char text[MEASURE_CHARS];

    platform_add(platform, "TSC step",
                 platform_print(model, "%s %s (%" PRId64 " ticks): no single time is known better",
                                measure_text(text, measure, step), measure.unit, step));
}

static void add_stamp(struct model *model, const struct model_run *run, const json_t *record, struct platform *platform)
{
    struct measure measure = measure_of(run, "tsc", false);
    int64_t least = model_int(record, "min", 0);
    char min[MEASURE_CHARS], p50[MEASURE_CHARS];
    platform_add(platform, "time stamp",
                 platform_print(model, "costs %s %s (median), at least %s",
                                measure_text(p50, measure, model_int(record, "p50", 0)), measure.unit,
                                measure_text(min, measure, least)));
    if (least > TSC_READ_TICKS_MAX && !platform->emulated)
        platform_warn(platform,
                      platform_print(model,
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
    platform_add(platform, "TSC offset",
                 platform_print(model, "at most %s between CPUs, give or take %s", worst, bound));
    if (offsets.worst > offsets.bound && !lab_says(run, "tsc_offset"))
        platform_warn(platform,
                      "The TSCs of the CPUs are not synchronised: stamps of two CPUs are corrected by the offset.");
    if (run->tsc_hz > 0 && (double)offsets.bound * measure.factor > OFFSET_BOUND_NS_MAX)
        platform_warn(
            platform,
            platform_print(
                model, "Latencies across CPUs can be wrong by %s, the bound of the offset between their TSCs.", bound));
}

/* A one-shot timer's due times are as good as the ratio between its count and the TSC; the last measurement counts. */
static void add_timer(struct model *model, const json_t *record, const json_t *sharper, struct platform *platform)
{
    const char *mode = model_string(record, "mode", "");
    int64_t bound_ppb = model_int(sharper ? sharper : record, "bound_ppb", 0);

    if (!record)
        return;
    platform_add(platform, "timer", platform_print(model, "APIC timer, mode %s", mode));
    if (strcmp(mode, "oneshot") == 0 && bound_ppb > 0)
        platform_add(platform, "timer bound",
                     platform_print(model, "due give or take %.3g ppm", (double)bound_ppb / 1e3));
}

/* "384", or "255 of 384 (129 not started: limit)". */
static void add_cpus(struct model *model, const struct model_run *run, int64_t cpu_count, struct platform *platform)
{
    const char *listed = model_fact(model, run, "cpu", "cpus_listed"), *reasons = "";
    int64_t out_count = 0;

    for (size_t i = 0; i < run->kept_count; i++)
        if (strcmp(model_string(run->kept[i], "k", ""), "cpus_out") == 0) {
            out_count += model_int(run->kept[i], "v", 0);
            reasons = platform_print(model, "%s%s%.20s", reasons, *reasons ? ", " : "",
                                     model_string(run->kept[i], "why", ""));
        }
    if (listed && out_count > 0)
        reasons = platform_print(model, " of %.10s (%" PRId64 " not started: %s)", listed, out_count, reasons);
    platform_add(platform, "CPUs", platform_print(model, "%" PRId64 "%s", cpu_count, reasons));
}

void platform_add_clocks(struct model *model, const struct model_run *run, struct platform *platform)
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
