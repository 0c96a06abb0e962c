/* SPDX-License-Identifier: MIT */
/*
 * Fills a planned round of a campaign with logs of machines as fleet_host.h has them, made with lib/'s own writers:
 *
 *   mkfleet ROUND seed=N machines=N boots=N [odd=INDEX:WORD]... [change=PERMILLE] [script=NAME] [samples=N]
 * ROUND is FOLDER/1, as `idlelab fleet plan` writes it, with machines m000 to mNNN; each job's try-1 gets a log and an
 * end. `change` moves all figures of the group 0.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/quantile.h"
#include "lib/record/hdr_codec.h"
#include "lib/stats.h"
#include "tests/tool/fleet_host.h"
#include "tests/tool/mklog.h"

#define PATH_CHARS   4096
#define MACHINES_MAX 1000
#define PI           3.14159265358979323846

struct fleet_options {
    uint64_t seed, machines, boots, samples;
    int64_t change;
    enum host_oddity odd[MACHINES_MAX];
    const char *script;
};

static void write_file(void *ctx, const char *text, size_t bytes)
{
    fwrite(text, 1, bytes, ctx);
}

static void write_machine(struct maker *maker, const struct host_machine *machine, const char *script)
{
    struct record_stream *stream = &maker->stream;
    struct draft draft;

    record_env(stream, "build", "v0.1-12-g0123abc");
    record_env(stream, "hypervisor", "none");
    record_env(stream, "firmware", machine->firmware);
    record_env(stream, "script", script);
    record_cpu(stream, "vendor", "GenuineIntel");
    record_cpu(stream, "brand", host_group_cpu(machine->group));
    record_cpu_uint(stream, "microcode", machine->microcode);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        json_add(draft_start(&draft, "cpu"), "cpu:%u apic:%u pkg:%u core:%u smt:%u node:%u", cpu, cpu * 2, cpu / 2,
                 cpu % 2, 0, cpu / 2);
        draft_emit(maker, &draft, true);
    }
    json_add(draft_start(&draft, "cal"), "k:%s v:%lu src:%s", "tsc_hz", TSC_HZ, "cpuid15");
    draft_emit(maker, &draft, true);
}

static void write_plan(struct maker *maker, uint64_t samples)
{
    struct draft draft;
    for (unsigned step = 0; step <= HOST_STEPS; step++) {
        json_add(draft_start(&draft, "plan"), "step:%u name:%s exp:%s line:%u args:%s n:%lu est_ms:%u", step,
                 step ? host_step_name(step - 1) : "survey", step ? "wake" : "survey", step + 1, "", samples, 500);
        draft_emit(maker, &draft, true);
    }
}

/* The settings, in the first step. */
static void write_settings(struct maker *maker, const struct host_machine *machine)
{
    struct draft draft;
    struct json *json;

    write_exp(maker, 0, NULL, 0, 0);
    json = draft_start(&draft, "stats");
    json_add(json, "step:%u row:%s power_ctl:%x", 0, "switches", machine->c1e ? 2 : 0);
    json_bool(json, "c1e", machine->c1e);
    json_add(json, "cst:%x limit:%d", 0x1e008408, machine->limit);
    json_bool(json, "locked", true);
    draft_emit_row(maker, &draft);
    json = draft_start(&draft, "stats");
    json_add(json, "step:%u row:%s cpu:%u epb:%lu", 0, "limits", 0, machine->epb);
    draft_emit_row(maker, &draft);
    write_exp(maker, 0, "done", 0, 0);
}

/* Values whose median and 99th percentile are as wanted, in order: a body that bends, an exponential tail. */
static void make_values(struct maker *maker, double p50_ns, double p99_ns, size_t n)
{
    double per_ns = (double)TSC_HZ / 1e9, tail = log(p99_ns / p50_ns) / -log(2 * 0.01);
    for (size_t i = 0; i < n; i++) {
        double u = ((double)i + 0.5) / (double)n, factor;
        factor = u < 0.5 ? 1 - 0.25 * sin(PI * (0.5 - u)) : pow(2 * (1 - u), -tail);
        maker->values[i] = (int64_t)(p50_ns * factor * per_ns + 0.5);
    }
}

struct hist_part {
    struct maker *maker;
    unsigned step;
};

static void write_hist_part(void *ctx, uint32_t part, uint32_t parts, const char *text, size_t length)
{
    struct hist_part *to = ctx;
    struct draft draft;
    struct json *json = draft_start(&draft, "hist");
    json_add(json, "step:%u m:%s p:%u of:%u", to->step, "wake_latency", part, parts);
    json_str_n(json, "d", text, length);
    draft_emit(to->maker, &draft, true);
}

static void write_hist(struct maker *maker, unsigned step, size_t n)
{
    static uint32_t memory[17920 / 4];
    struct hist_part to = {maker, step};
    struct hdr hdr;

    hdr_init(&hdr, memory, sizeof(memory), 2, 4);
    for (size_t i = 0; i < n; i++)
        hdr_add(&hdr, maker->values[i]);
    hdr_encode(&hdr, write_hist_part, &to);
}

static void write_quantiles(struct maker *maker, unsigned step, size_t n)
{
    for (size_t first = 0; first < QUANTILE_COUNT; first += 3) {
        struct draft draft;
        struct json *json = draft_start(&draft, "stats");
        json_add(json, "step:%u m:%s", step, "wake_latency");
        json_array_begin(json, "q");
        for (size_t i = first; i < first + 3 && i < QUANTILE_COUNT; i++) {
            struct quantile q = quantile_of_sorted(maker->values, n, QUANTILES[i].parts);
            json_array_begin(json, NULL);
            json_str(json, NULL, QUANTILES[i].name);
            json_int(json, NULL, q.value);
            if (q.has_interval) {
                json_int(json, NULL, q.low);
                json_int(json, NULL, q.high);
            } else {
                json_null_value(json, NULL);
                json_null_value(json, NULL);
            }
            json_array_end(json);
        }
        json_array_end(json);
        draft_emit(maker, &draft, true);
    }
}

static void write_step(struct maker *maker, unsigned step, double p50_ns, double p99_ns, size_t n)
{
    struct summary summary;
    struct draft draft;
    struct json *json;

    write_exp(maker, step, NULL, 0, 0);
    make_values(maker, p50_ns, p99_ns, n);
    summary = summary_of_sorted(maker->values, n);
    json_add(draft_start(&draft, "stats"), "step:%u m:%s u:%s n:%lu min:%ld max:%ld sum:%ld mad:%ld neg:%u", step,
             "wake_latency", "tsc", (uint64_t)n, summary.min, summary.max, summary.sum, summary.mad, 0);
    draft_emit(maker, &draft, true);
    write_quantiles(maker, step, n);
    write_hist(maker, step, n);
    json = draft_start(&draft, "stats");
    json_add(json, "step:%u row:%s cpu:%u tsc_khz:%u busy:%u bzy_khz:%u", step, "busy",
             2 * host_step_socket(step - 1) + 1, 2400000, 12000, 2300000);
    draft_emit_row(maker, &draft);
    write_exp(maker, step, "samples", n, 0);
}

static void write_run(struct maker *maker, const struct host_machine *machine, const struct host_boot *boot,
                      const struct fleet_options *options, uint64_t run)
{
    memset(&maker->ktap, 0, sizeof(maker->ktap));
    record_begin_run(&maker->stream, run);
    ktap_version(&maker->ktap, &maker->stream);
    ktap_plan(&maker->ktap, HOST_STEPS + 1);
    write_machine(maker, machine, options->script);
    write_plan(maker, options->samples);
    for (unsigned step = 0; step <= HOST_STEPS; step++) {
        struct ktap_note note = {"n", (int64_t)options->samples, "count", NULL};
        if (step == 0)
            write_settings(maker, machine);
        else
            write_step(maker, step, boot->p50[step - 1], boot->p99[step - 1], options->samples);
        record_flush_repeats(&maker->stream);
        ktap_result(&maker->ktap, KTAP_PASS, step + 1, step ? host_step_name(step - 1) : "survey", &note);
    }
    record_end_run(&maker->stream, &maker->ktap.counts);
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_CHARS + 16];
    FILE *file;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "mkfleet: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    return file;
}

/* One boot of a machine, as its job's first try. */
static void write_try(struct maker *maker, const char *round, const struct host_machine *machine, unsigned index,
                      unsigned number, const struct host_boot *boot, const struct fleet_options *options)
{
    char folder[PATH_CHARS];
    uint64_t run = options->seed * UINT64_C(0x9E3779B97F4A7C15) + index * UINT64_C(1000003) + number;
    FILE *log;

    snprintf(folder, sizeof(folder), "%s/m%03u.%s.%02u/try-1", round, index, options->script, number);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "mkfleet: %s: %s\n", folder, strerror(errno));
        exit(2);
    }
    fclose(open_in(folder, "begin"));
    log = open_in(folder, "serial.log");
    record_init(&maker->stream, maker->repeat, sizeof(maker->repeat));
    record_add_sink(&maker->stream, (struct record_sink){write_file, log});
    write_run(maker, machine, boot, options, run);
    fclose(log);
    log = open_in(folder, "end");
    fputs("exit=0\n", log);
    fclose(log);
}

/* INDEX:WORD. */
static void read_odd(struct fleet_options *options, const char *text)
{
    char *end;
    uint64_t index = strtoull(text, &end, 10);
    size_t word = 0;

    while (*end == ':' && word < HOST_ODDITIES && strcmp(HOST_ODDITY_WORDS[word], end + 1) != 0)
        word++;
    if (*end != ':' || word == HOST_ODDITIES || index >= MACHINES_MAX)
        exit(2);
    options->odd[index] = (enum host_oddity)word;
}

static void read_options(struct fleet_options *options, int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        const char *value = strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "";
        if (strncmp(argv[i], "seed=", 5) == 0)
            options->seed = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "machines=", 9) == 0)
            options->machines = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "boots=", 6) == 0)
            options->boots = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "samples=", 8) == 0)
            options->samples = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "odd=", 4) == 0)
            read_odd(options, value);
        else if (strncmp(argv[i], "change=", 7) == 0)
            options->change = strtoll(value, NULL, 0);
        else if (strncmp(argv[i], "script=", 7) == 0)
            options->script = value;
        else
            exit(2);
    }
    if (options->machines > MACHINES_MAX || options->samples < 10)
        exit(2);
}

int main(int argc, char **argv)
{
    static struct fleet_options options = {.seed = 1, .machines = 1, .boots = 1, .samples = 400, .script = "smoke"};
    struct maker *maker = calloc(1, sizeof(*maker));

    if (!maker || argc < 2)
        return 2;
    read_options(&options, argc, argv);
    maker->values = calloc(options.samples, sizeof(*maker->values));
    if (!maker->values)
        return 2;
    for (unsigned m = 0; m < options.machines; m++) {
        struct host_machine machine;
        host_draw(&machine, options.seed % 1000, m, options.odd[m]);
        /* A machine stays what it is from round to round; its boots do not: they go on with the seed's thousands. */
        for (uint64_t skip = 0; skip < options.seed / 1000; skip++)
            prng_next(&machine.prng);
        for (unsigned b = 1; b <= options.boots; b++) {
            struct host_boot boot;
            host_next(&machine, (double)b / 7, machine.group == 0 ? log1p((double)options.change / 1000) : 0, &boot);
            write_try(maker, argv[1], &machine, m, b, &boot, &options);
        }
    }
    free(maker->values);
    free(maker);
    return 0;
}
