/* SPDX-License-Identifier: MIT */
/*
 * Writes a whole, deterministic log of an invented machine to standard output: every record type of
 * docs/record-format.md, made with lib/'s own writers. The tests of the host tool read it.
 *
 *   mklog [seed=N] [samples=N] [steps=N] [raw=N] [scale=PERCENT] [hv=NAME] [result=pass|fail] [run=HEX] [lie=TICKS]
 *         [miscount=N] [host=N] [rows=1] [cut=1] [loader=TEXT] [cmdline=TEXT]
 * `samples` a wake step, `steps` wake steps, `raw` samples that also go out raw, `scale` of all latencies, `miscount`
 * samples are missing in the stats records' n, `host` adds what run/qemu --host-stats would, `rows` rows of a step's
 * own; with `cut` the rejected samples are late.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tool/mklog.h"

static const char CMDLINE[] = "script=\"wake idle=hlt by=timer interval=100us samples=20k; wake idle=hlt by=ipi "
                              "interval=uniform:1us..4ms samples=20k; cost insn=pause,rdtsc,cpuid n=1000\" "
                              "exit=debugexit console=ttyS0 selftest=none";

static void write_stdout(void *ctx, const char *text, size_t bytes)
{
    fwrite(text, 1, bytes, ctx);
}

static void write_machine(struct maker *maker)
{
    struct draft draft;
    struct record_stream *stream = &maker->stream;
    struct json *json;

    record_env(stream, "build", "v0.1-12-g0123abc");
    record_env(stream, "loader", maker->options.loader);
    record_env(stream, "hypervisor", maker->options.hypervisor);
    record_env(stream, "cmdline", maker->options.cmdline);
    record_env(stream, "script", "smoke");
    record_cpu(stream, "vendor", "GenuineIntel");
    record_cpu(stream, "model", "Example(R) Processor 1234 CPU @ 2.40GHz");
    record_cpu_uint(stream, "microcode", 0x2b000590);
    for (uint64_t cpu = 0; cpu < 2; cpu++) {
        const char *const keys[] = {"cpu", "apic", "pkg", "core", "smt", "node"};
        const uint64_t values[] = {cpu, cpu * 2, 0, cpu, 0, 0};

        json = draft_start(&draft, "cpu");
        for (size_t i = 0; i < 6; i++)
            json_uint(json, keys[i], values[i]);
        draft_emit(maker, &draft, true);
    }
    json = draft_start(&draft, "cpu");
    json_str(json, "leaf", "00000007.0");
    json_str(json, "r", "00000002f1bfffb9bc43f7de00000000");
    draft_emit(maker, &draft, true);
}

static void write_clocks(struct maker *maker)
{
    struct draft draft;
    struct json *json = draft_start(&draft, "cal");
    json_str(json, "k", "tsc_hz");
    json_uint(json, "v", TSC_HZ);
    json_str(json, "src", "cpuid15");
    draft_emit(maker, &draft, true);
    json = draft_start(&draft, "cal");
    json_str(json, "k", "tsc_ref");
    json_str(json, "ref", "hpet");
    json_uint(json, "v", TSC_HZ - 2400);
    json_int(json, "ppm", -1);
    json_int(json, "bound_ppm", 3);
    draft_emit(maker, &draft, true);
    json = draft_start(&draft, "cal");
    json_str(json, "k", "tsc_offset");
    json_uint(json, "cpu", 1);
    json_int(json, "v", -12);
    json_int(json, "bound", 64);
    draft_emit(maker, &draft, true);
}

static const char *const IDLES[] = {"hlt", "pause"}, *const SOURCES[] = {"timer", "ipi"};

static void step_name(char *name, size_t bytes, uint64_t step)
{
    if (step == 0)
        snprintf(name, bytes, "survey");
    else if (step == 1)
        snprintf(name, bytes, "cost_pause");
    else if (step == 2)
        snprintf(name, bytes, "wake_mwait_timer");
    else
        snprintf(name, bytes, "wake_%s_%s_%" PRIu64 "us", IDLES[step % 2], SOURCES[step / 2 % 2], (step - 2) * 50);
}

static void write_plan(struct maker *maker, uint64_t step_count)
{
    struct draft draft;
    struct json *json;

    for (uint64_t step = 0; step < step_count; step++) {
        char name[64], args[80];

        step_name(name, sizeof(name), step);
        json = draft_start(&draft, "plan");
        json_uint(json, "step", step);
        json_str(json, "name", name);
        json_str(json, "exp", step == 0 ? "survey" : step == 1 ? "cost" : "wake");
        json_uint(json, "line", step + 1);
        if (step < 2)
            snprintf(args, sizeof(args), "n=1000");
        else
            snprintf(args, sizeof(args), "idle=%s by=%s interval=%" PRIu64 "us", step == 2 ? "mwait" : IDLES[step % 2],
                     step == 2 ? "timer" : SOURCES[step / 2 % 2], step == 2 ? 100 : (step - 2) * 50);
        json_str(json, "args", args);
        json_uint(json, "n", maker->options.samples);
        json_uint(json, "est_ms", 500);
        draft_emit(maker, &draft, true);
    }
    json = draft_start(&draft, "plan");
    json_str(json, "file", "smoke");
    json_uint(json, "line", 1);
    json_str(json, "text", "wake idle=hlt by=timer # IL 0000 is not a record here");
    draft_emit(maker, &draft, true);
}

static void write_cost(struct maker *maker, uint64_t step)
{
    struct draft draft;
    struct json *json;

    write_exp(maker, step, NULL, 0, 0);
    json = draft_start(&draft, "stats");
    json_uint(json, "step", step);
    json_str(json, "k", "pause");
    json_uint(json, "v", 140);
    json_str(json, "u", "tsc");
    draft_emit(maker, &draft, true);
    record_finding(&maker->stream, (int64_t)step, "pause_140", CONFIDENCE_MEASURED,
                   "PAUSE takes 140 ticks: this is a processor after Skylake.");
    record_finding(&maker->stream, (int64_t)step, "long", CONFIDENCE_NONE,
                   "One finding is longer than a record: its first part ends somewhere in this sentence, and "
                   "its second part goes on where the first one ended, whatever the order is in which the two "
                   "of "
                   "them come to the reader of the log.");
    write_rows(maker, step);
    write_exp(maker, step, "done", 1000, 0);
}

static void write_verdict(struct maker *maker, uint64_t step)
{
    char name[64];
    struct ktap_note note = {"p99", 1834 + (int64_t)step, "ns", NULL};
    enum ktap_verdict verdict;

    step_name(name, sizeof(name), step);
    verdict = KTAP_PASS;
    if (step == 2) {
        note = (struct ktap_note){.reason = "needs CPUID.01H:ECX[3] MONITOR"};
        verdict = KTAP_SKIP;
    } else if (step == 3 && maker->options.fail) {
        verdict = KTAP_FAIL;
    }
    record_flush_repeats(&maker->stream);
    ktap_result(&maker->ktap, verdict, (uint32_t)step + 1, name, &note);
}

static void write_run(struct maker *maker)
{
    uint64_t step_count = 3 + maker->options.steps;
    record_begin_run(&maker->stream, maker->options.run);
    ktap_version(&maker->ktap, &maker->stream);
    ktap_plan(&maker->ktap, (uint32_t)step_count);
    write_machine(maker);
    write_clocks(maker);
    write_plan(maker, step_count);
    for (uint64_t step = 0; step < step_count; step++) {
        if (step == 0 || step == 2)
            write_exp(maker, step, step == 0 ? "done" : "skip", 0, 0);
        else if (step == 1)
            write_cost(maker, step);
        else
            write_wake(maker, step);
        write_host(maker, step);
        write_verdict(maker, step);
    }
    record_finding(&maker->stream, -1, "tsc_reliable", CONFIDENCE_NONE, "The TSC agrees with the HPET to 1 ppm.");
    record_end_run(&maker->stream, &maker->ktap.counts);
}

static void read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = strchr(argv[i], '=');
        value = value ? value + 1 : "";
        if (strncmp(argv[i], "seed=", 5) == 0)
            options->seed = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "samples=", 8) == 0)
            options->samples = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "steps=", 6) == 0)
            options->steps = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "raw=", 4) == 0)
            options->raw = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "scale=", 6) == 0)
            options->scale_pct = strtoull(value, NULL, 0);
        else if (strncmp(argv[i], "run=", 4) == 0)
            options->run = strtoull(value, NULL, 16);
        else if (strncmp(argv[i], "hv=", 3) == 0)
            options->hypervisor = value;
        else if (strncmp(argv[i], "loader=", 7) == 0)
            options->loader = value;
        else if (strncmp(argv[i], "cmdline=", 8) == 0)
            options->cmdline = value;
        else if (strncmp(argv[i], "lie=", 4) == 0)
            options->lie = atoi(argv[i] + 4);
        else if (strncmp(argv[i], "miscount=", 9) == 0)
            options->miscount = atoi(argv[i] + 9);
        else if (strncmp(argv[i], "host=", 5) == 0)
            options->host = atoi(value);
        else if (strcmp(argv[i], "rows=1") == 0)
            options->rows = 1;
        else if (strcmp(argv[i], "cut=1") == 0)
            options->cut = 1;
        else if (strcmp(argv[i], "result=fail") == 0)
            options->fail = 1;
        else if (strcmp(argv[i], "result=pass") != 0)
            exit(2);
    }
}

int main(int argc, char **argv)
{
    struct maker *maker = calloc(1, sizeof(*maker));
    if (!maker)
        return 2;
    maker->options = (struct options){.seed = 1,
                                      .samples = 1000,
                                      .steps = 4,
                                      .scale_pct = 100,
                                      .hypervisor = "none",
                                      .loader = "GRUB 2.06 (multiboot 2)",
                                      .cmdline = CMDLINE};
    read_options(&maker->options, argc, argv);
    if (maker->options.run == 0)
        maker->options.run = maker->options.seed * UINT64_C(0x9E3779B97F4A7C15);
    prng_seed(&maker->prng, maker->options.seed);
    maker->now_tsc = UINT64_C(10) * TSC_HZ;
    maker->samples = calloc(maker->options.samples + 1, sizeof(*maker->samples));
    maker->values = calloc(maker->options.samples + 1, sizeof(*maker->values));
    if (!maker->samples || !maker->values)
        return 2;
    fputs("SeaBIOS (version 1.16.2)\r\nBooting from DVD/CD...", stdout);
    record_init(&maker->stream, maker->repeat, sizeof(maker->repeat));
    record_add_sink(&maker->stream, (struct record_sink){write_stdout, stdout});
    record_init(&maker->host_stream, NULL, 0);
    maker->host_stream.mark = RECORD_HOST_MARK;
    record_add_sink(&maker->host_stream, (struct record_sink){write_stdout, stdout});
    write_run(maker);
    free(maker->samples);
    free(maker->values);
    free(maker);
    return 0;
}
