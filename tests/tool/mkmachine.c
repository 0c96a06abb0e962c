/* SPDX-License-Identifier: MIT */
/*
 * Writes the log that a model machine of tests/machine would send: preflight, cstate and breakeven by the image's own
 * code, records by lib/record. The tests of `idlelab cstates` read it.
 *
 *   mkmachine MODEL [guest|hybrid] [SCRIPT...]
 *
 * Each SCRIPT is one statement of preflight, cstate or breakeven; none: one of each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/cpu/cpuid.h"
#include "experiments/breakeven/parts.h"
#include "experiments/preflight/parts.h"
#include "lib/json.h"
#include "lib/record/ktap.h"
#include "lib/record/record.h"
#include "tests/machine/machine_run.h"

extern const struct experiment cstate_experiment; /* its header has a key enum of the same names */

enum { REPEAT_BYTES = 1 << 20, RUN_ID = 0xc57a7e5 };

static void write_stdout(void *ctx, const char *text, size_t bytes)
{
    fwrite(text, 1, bytes, ctx);
}

static void write_platform(struct record_stream *stream, const struct model_machine *at)
{
    const struct cpu_snapshot *cpu = &at->machine.snapshot;
    char text[JSON_OBJECT_BYTES];
    struct json json;
    record_env(stream, "hypervisor", at->machine.hv.kind == HYPERVISOR_NONE ? "none" : "kvm");
    record_cpu(stream, "vendor", cpu->vendor_text);
    record_cpu(stream, "brand", at->model->name);
    record_cpu_uint(stream, "family", cpu->family);
    record_cpu_uint(stream, "model", cpu->model);
    json_begin(&json, text, sizeof(text));
    json_str(&json, "t", "cal");
    json_str(&json, "k", "tsc_hz");
    json_uint(&json, "v", at->machine.clock.tsc_hz);
    json_str(&json, "src", "cpuid15");
    record_emit(stream, json_end(&json), true);
}

/* The word after the last `key=`, or what it is by default. */
static void write_plan(struct record_stream *stream, uint32_t step, const char *script)
{
    char text[JSON_OBJECT_BYTES], args[80];
    const char *others = strstr(script, "others=");
    struct json json;
    snprintf(args, sizeof(args), "%s", others ? others : "others=same");
    json_begin(&json, text, sizeof(text));
    json_str(&json, "t", "plan");
    json_uint(&json, "step", step);
    json_str_n(&json, "name", script, strcspn(script, " "));
    json_str_n(&json, "exp", script, strcspn(script, " "));
    json_str(&json, "args", args);
    record_emit(stream, json_end(&json), true);
}

static void write_end(struct record_stream *stream, const struct machine_results *results, uint32_t step)
{
    record_write(stream, true, "t:%s step:%u end:%s n:%u rej:%u ms:%u core:%s", "exp", step, results->end, 1, 0, 1,
                 results->core);
}

/* The engine of the model numbers every step 1: here they follow each other. */
static void write_results(struct record_stream *stream, const struct machine_results *results, uint32_t step)
{
    static const char first[] = "\"step\":1,";
    for (size_t i = 0; i < results->count; i++) {
        const char *line = results->line[i], *at = strstr(line, first);
        char text[KEPT_BYTES * 2];
        if (line[0] != '{')
            continue;
        snprintf(text, sizeof(text), "%.*s\"step\":%" PRIu32 ",%s", (int)(at - line), line, step, at + strlen(first));
        record_emit(stream, text, true);
    }
}

static bool run_script(struct record_stream *stream, struct ktap *ktap, struct model_machine *at, const char *script,
                       uint32_t step)
{
    static const struct {
        const char *name;
        const struct experiment *experiment;
    } all[] = {
        {"preflight", &preflight_experiment}, {"cstate", &cstate_experiment}, {"breakeven", &breakeven_experiment}};
    static struct machine_results results;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct ktap_note note = {"done", 1, "count", NULL};
        char name[16];
        if (strncmp(script, all[i].name, strlen(all[i].name)) != 0)
            continue;
        if (!machine_run(at, all[i].experiment, script, &results))
            return false;
        write_plan(stream, step, script);
        write_results(stream, &results, step);
        write_end(stream, &results, step);
        record_flush_repeats(stream);
        snprintf(name, sizeof(name), "step%" PRIu32, step);
        ktap_result(ktap, KTAP_PASS, step, name, &note);
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    static const char *const defaults[] = {"preflight time=1ms", "cstate samples=1000 budget=1000s",
                                           "breakeven budget=1000s"};
    static char repeat[REPEAT_BYTES];
    static struct model_machine at;
    static struct record_stream stream;
    static struct ktap ktap;
    struct model_plan plan = {.vitals = true};
    const struct model *model = argc > 1 ? model_find(argv[1]) : NULL;
    int first = 2, count;
    if (!model)
        return 2;
    if (argc > 2 && strcmp(argv[2], "guest") == 0) {
        plan.hypervisor = true;
        first = 3;
    }
    if (argc > 2 && strcmp(argv[2], "hybrid") == 0) { /* CPUs 2 and 3 are E-cores */
        plan.shape.first_e = 2;
        first = 3;
    }
    count = argc > first ? argc - first : 3;
    model_start(&at, model, &plan);
    record_init(&stream, repeat, sizeof(repeat));
    record_add_sink(&stream, (struct record_sink){write_stdout, stdout});
    record_begin_run(&stream, RUN_ID);
    ktap_version(&ktap, &stream);
    ktap_plan(&ktap, (uint32_t)count);
    write_platform(&stream, &at);
    for (int i = 0; i < count; i++)
        if (!run_script(&stream, &ktap, &at, argc > first ? argv[first + i] : defaults[i], (uint32_t)i + 1))
            return 2;
    record_end_run(&stream, &ktap.counts);
    return 0;
}
