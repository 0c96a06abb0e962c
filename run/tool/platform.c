// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // strcasestr, vasprintf
#include "run/tool/platform.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// Clocks that disagree by this much more than the comparison can be wrong are said: a crystal is good to 50 ppm.
#define TSC_PPM_MAX 100

// The facts of the header, in order. The first key that the log holds counts.
static const struct {
    const char *label, *type;
    const char *keys[4];
    bool decides;
} FACTS[] = {
    {"CPU", "cpu", {"brand", "name", "model", "vendor"}, true},
    {"microcode", "cpu", {"microcode", "ucode", NULL}, true},
    {"hypervisor", "env", {"hypervisor", "hv", "platform", NULL}, true},
    {"firmware", "env", {"firmware", "fw", NULL}, false},
    {"loader", "env", {"loader", NULL}, false},
    {"build", "env", {"build", "build_id", "version", NULL}, false},
    {"script", "env", {"script", NULL}, true},
    {"script CRC", "env", {"script_crc32", NULL}, true},
    {"seed", "env", {"seed", NULL}, false},
    {"arguments", "env", {"cmdline", "args", NULL}, false},
};

static const char *print_to(struct model *model, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const char *copy = pool_copy(&model->pool, text, strlen(text));
    return copy ? copy : "";
}

static void add_row(struct platform *platform, const char *label, const char *value, bool decides)
{
    if (value && value[0] && platform->row_count < PLATFORM_ROWS_MAX)
        platform->rows[platform->row_count++] = (struct platform_row){label, value, decides};
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

static int64_t int_member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *text_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

// The other clocks' word on the TSC, and the offsets between CPUs.
static void add_calibrations(struct model *model, const struct model_run *run,
                             struct platform *platform)
{
    int64_t worst_offset = 0, worst_bound = 0, cpu_count = 0;
    for (size_t i = 0; i < run->kept_count; i++) {
        const json_t *record = run->kept[i];
        const char *key = text_member(record, "k");
        if (json_object_get(record, "apic"))
            cpu_count++;
        if (strcmp(key, "tsc_ref") == 0) {
            int64_t ppm = int_member(record, "ppm");
            add_row(platform, "TSC check",
                    print_to(model, "%s: %+lld ppm, known to %lld ppm", text_member(record, "ref"),
                             (long long)ppm, (long long)int_member(record, "bound_ppm")),
                    false);
            int64_t known_to = int_member(record, "bound_ppm") + TSC_PPM_MAX;
            if (ppm > known_to || ppm < -known_to)
                warn(platform, print_to(model, "The TSC and the %s disagree by %lld ppm.",
                                        text_member(record, "ref"), (long long)ppm));
        }
        if (strcmp(key, "tsc_offset") == 0) {
            int64_t offset = int_member(record, "v");
            offset = offset < 0 ? -offset : offset;
            worst_offset = offset > worst_offset ? offset : worst_offset;
            int64_t bound = int_member(record, "bound");
            worst_bound = bound > worst_bound ? bound : worst_bound;
        }
    }
    if (cpu_count > 0)
        add_row(platform, "CPUs", print_to(model, "%lld", (long long)cpu_count), true);
    if (worst_bound > 0)
        add_row(platform, "TSC offset",
                print_to(model, "at most %lld ticks between CPUs, known to %lld",
                         (long long)worst_offset, (long long)worst_bound),
                false);
    if (worst_offset > worst_bound && worst_bound > 0)
        warn(platform,
             "The TSCs of the CPUs are not synchronised: latencies across CPUs carry their "
             "offset.");
}

// "family 6 model 167 stepping 1"
static void add_signature(struct model *model, const struct model_run *run,
                          struct platform *platform)
{
    const char *family = model_fact(model, run, "cpu", "family");
    const char *number = model_fact(model, run, "cpu", "model");
    const char *stepping = model_fact(model, run, "cpu", "stepping");
    if (family && number && stepping)
        add_row(
            platform, "signature",
            print_to(model, "family %.20s model %.20s stepping %.20s", family, number, stepping),
            true);
}

void platform_of(struct model *model, const struct model_run *run, struct platform *platform)
{
    memset(platform, 0, sizeof(*platform));
    for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); i++) {
        const char *value = NULL;
        for (size_t k = 0; k < 4 && FACTS[i].keys[k] && !value; k++)
            value = model_fact(model, run, FACTS[i].type, FACTS[i].keys[k]);
        add_row(platform, FACTS[i].label, value, FACTS[i].decides);
        bool says_machine =
            strcmp(FACTS[i].label, "hypervisor") == 0 || strcmp(FACTS[i].label, "CPU") == 0;
        if (value && says_machine && names_emulator(value))
            platform->emulated = true;
    }
    add_signature(model, run, platform);
    const char *emulator = model_fact(model, run, "env", "emulator");
    if (emulator && strcmp(emulator, "0") != 0)
        platform->emulated = true;
    if (platform->emulated)
        warn(platform, "EMULATED: times are functional, not timings.");
    if (run->tsc_hz > 0)
        add_row(platform, "TSC",
                print_to(model, "%.3f MHz, from %s", (double)run->tsc_hz / 1e6,
                         run->tsc_source[0] ? run->tsc_source : "an unnamed source"),
                false);
    else
        warn(platform, "The log does not say the TSC frequency: times are in ticks.");
    add_calibrations(model, run, platform);
}
