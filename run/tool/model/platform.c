/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strcasestr */
#include "run/tool/model/platform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "run/tool/model/platform_parts.h"

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

static bool names_emulator(const char *value)
{
    return strcasestr(value, "tcg") || strcasestr(value, "bochs");
}

/* "family 6 model 167 stepping 1" */
static void add_signature(struct model *model, const struct model_run *run, struct platform *platform)
{
    const char *family = model_fact(model, run, "cpu", "family");
    const char *number = model_fact(model, run, "cpu", "model");
    const char *stepping = model_fact(model, run, "cpu", "stepping");
    if (family && number && stepping)
        platform_add(platform, "signature",
                     platform_print(model, "family %.20s model %.20s stepping %.20s", family, number, stepping));
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
        platform_add(platform, FACTS[i].label, is_number ? platform_print(model, "0x%" PRIx64, number) : value);
        says_machine = strcmp(FACTS[i].label, "hypervisor") == 0 || strcmp(FACTS[i].label, "CPU") == 0;
        if (value && says_machine && names_emulator(value))
            platform->emulated = true;
    }
    emulator = model_fact(model, run, "env", "emulator");
    if (emulator && strcmp(emulator, "0") != 0)
        platform->emulated = true;
    if (platform->emulated)
        platform_warn(platform, "EMULATED: times are functional, not timings.");
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
        deaths = platform_print(model, "%s%s machine %zu died in step %" PRId64 " %s (%s)", deaths, i ? "," : "", i + 1,
                                join->step, name, join->why);
    }
    platform_add(platform, "machines", platform_print(model, "%zu:%s", run->machine_count, deaths));
    for (size_t i = 0; i < run->unlike_count; i++)
        platform_warn(platform,
                      platform_print(model, "Machine %zu, which went on, is not the one before: %s was %s, and is %s.",
                                     run->unlikes[i].machine, run->unlikes[i].key, run->unlikes[i].first,
                                     run->unlikes[i].other));
}

static void warn_of_findings(const struct model_finding *findings, size_t count, struct platform *platform)
{
    for (size_t i = 0; i < count; i++)
        for (size_t w = 0; w < sizeof(QUALIFYING) / sizeof(QUALIFYING[0]); w++)
            if (strstr(findings[i].id, QUALIFYING[w])) {
                platform_warn(platform, findings[i].text);
                break;
            }
}

void platform_of(struct model *model, const struct model_run *run, struct platform *platform)
{
    memset(platform, 0, sizeof(*platform));
    add_facts(model, run, platform);
    add_signature(model, run, platform);
    if (run->tsc_hz > 0)
        platform_add(platform, "TSC",
                     platform_print(model, "%.3f MHz, from %s", (double)run->tsc_hz / 1e6,
                                    run->tsc_source[0] ? run->tsc_source : "an unnamed source"));
    else
        platform_warn(platform, "The log does not say the TSC frequency: times are in ticks.");
    platform_add_clocks(model, run, platform);
    add_machines(model, run, platform);
    warn_of_findings(run->findings, run->finding_count, platform);
    for (size_t i = 0; i < run->step_count; i++)
        warn_of_findings(run->steps[i].findings, run->steps[i].finding_count, platform);
}
