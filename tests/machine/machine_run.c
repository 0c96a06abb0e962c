/* SPDX-License-Identifier: MIT */
#include "tests/machine/machine_run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/smp.h"
#include "experiments/engine/claim.h"
#include "experiments/engine/registers.h"
#include "experiments/kit/results.h"
#include "experiments/kit/vitals.h"
#include "lib/json.h"
#include "lib/rows/reasons.h"
#include "lib/script/plan.h"

enum { MEMORY_BYTES = 64 << 20, ALIGN = 128, BATCH_NS = 2000000000, STEP_TSC = 2000 };

/* What is behind the engine's functions: they have no context of the test's. */
static struct {
    struct machine_results *results;
    unsigned char *block;
    size_t used_bytes;
} engine;

const char step_no_memory[] = SKIP_NO_MEMORY;

void *step_alloc(struct step *step, uint64_t bytes)
{
    size_t at = (engine.used_bytes + ALIGN - 1) / ALIGN * ALIGN;

    (void)step;
    if (bytes > MEMORY_BYTES - at)
        return NULL;
    engine.used_bytes = at + bytes;
    return memset(engine.block + at, 0, bytes);
}

bool step_alloc_samples(struct step *step, uint32_t limit)
{
    step->samples = step_alloc(step, (uint64_t)limit * sizeof(*step->samples));
    step->sample_limit = step->samples ? limit : 0;
    return step->samples != NULL;
}

uint64_t step_now_tsc(void)
{
    return model_now()->now_tsc;
}

void step_pet(struct step *step)
{
    (void)step;
    model_work(STEP_TSC);
}

bool step_should_return(struct step *step)
{
    step_pet(step);
    return model_now()->now_tsc >= step->pause_tsc || model_now()->now_tsc >= step->end_tsc;
}

static char *keep(void)
{
    struct machine_results *results = engine.results;

    if (results->count == KEPT_MAX) {
        printf("# more than %d results\n", KEPT_MAX);
        abort();
    }
    return results->line[results->count++];
}

struct dependence result_series(struct step *step, const struct series *series)
{
    (void)step;
    snprintf(keep(), KEPT_BYTES, "series %s %zu", series->metric, series->count);
    return (struct dependence){0};
}

int64_t result_samples(struct step *step, const struct empty_path *empty, uint64_t period_tsc)
{
    (void)empty, (void)period_tsc;
    snprintf(keep(), KEPT_BYTES, "series samples %" PRIu32, step->sample_count);
    return 0;
}

void result_scalar(struct step *step, const char *key, int64_t value, const char *unit)
{
    (void)step;
    snprintf(keep(), KEPT_BYTES, "scalar %s %" PRId64 " %s", key, value, unit);
}

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    (void)step;
    snprintf(keep(), KEPT_BYTES, "finding %s %s %s", id, confidence ? confidence_word(confidence) : "-", text);
}

void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
{
    char text[KEPT_BYTES / 2];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    result_finding(step, id, confidence, text);
}

void result_record(struct step *step, struct json *json)
{
    const char *text = json_end(json);

    (void)step;
    if (!text) {
        printf("# a record does not fit, or: %s\n", engine.results->line[engine.results->count - 1]);
        fflush(stdout);
        abort();
    }
    snprintf(keep(), KEPT_BYTES, "%s", text);
}

void result_metric(struct step *step, const char *word, int64_t value, const char *unit)
{
    (void)step;
    snprintf(keep(), KEPT_BYTES, "metric %s %" PRId64 " %s", word, value, unit);
}

void result_no_samples(struct step *step)
{
    result_metric(step, METRIC_NO_SAMPLES, 0, "count");
}

void result_fail(struct step *step, const char *word, int64_t value, const char *unit)
{
    (void)step;
    snprintf(keep(), KEPT_BYTES, "fail %s %" PRId64 " %s", word, value, unit);
}

static void put_back(void *argument)
{
    struct model_machine *at = argument;

    msr_restore(&at->cpus[at->running].msr_saves);
}

/*
 * As the image's engine/guard.c: after each batch the registers that it changed are put back on each CPU that can be
 * reached.
 */
static bool settle(struct model_machine *at)
{
    bool all = true;

    put_back(at);
    for (uint32_t i = 1; i < at->machine.cpu_count; i++) {
        if (at->cpus[i].msr_saves.count)
            smp_run(&at->machine, &at->cpus[i], put_back, at);
        all &= smp_parked(&at->cpus[i]);
    }
    return all;
}

/* As the image's engine/guard.c and runner.c. */
static enum step_end batches(struct model_machine *at, const struct experiment *experiment, struct step *step,
                             uint64_t budget_ns)
{
    /* volatile: it is read after a longjmp() */
    struct step *volatile kept = step;
    int bad = setjmp(at->bad_end);

    if (bad) {
        at->running = 0;
        settle(at);
        result_fail(kept, bad == MODEL_FAULT ? "fault_vector" : step_ends[STEP_LOST_WAKE].word, 1, "count");
        return bad == MODEL_FAULT ? STEP_FAULT : STEP_LOST_WAKE;
    }
    step->begin_tsc = at->now_tsc;
    step->end_tsc = budget_ns ? at->now_tsc + step_tsc(step, budget_ns) : UINT64_MAX;
    while (!step->complete) {
        step->pause_tsc = at->now_tsc + step_tsc(step, BATCH_NS);
        at->running = step->cpu->index;
        experiment->batch(step);
        at->running = 0;
        if (!settle(at)) {
            result_fail(step, step_ends[STEP_HANG].word, 1, "count");
            return STEP_HANG;
        }
        if (!step->complete && at->now_tsc >= step->end_tsc)
            return STEP_BUDGET;
    }
    return STEP_DONE;
}

static bool plan(const struct experiment *experiment, const char *script, void *memory, size_t bytes, struct plan *plan)
{
    static const struct plan_limits limits = {.max_steps = 16};
    static struct script_errors errors;
    const struct experiment_spec *spec = &experiment->spec;
    static struct script parsed;
    struct arena arena;

    arena_init(&arena, memory, bytes);
    script_errors_init(&errors);
    if (script_parse("test", script, strlen(script), &arena, &parsed, &errors) &&
        plan_build(&parsed, &spec, 1, &limits, &arena, plan, &errors) && plan->step_count == 1)
        return true;
    printf("# %s: %s expected %s\n", script, errors.at[0].found, errors.at[0].expected);
    return false;
}

/* As the image's engine/runner.c, where the plan wants it. */
static void take_vitals(struct model_machine *at, struct vitals *vitals, void (*take)(void *vitals))
{
    uint32_t before = at->running;

    if (!at->plan.vitals)
        return;
    at->running = vitals->step->cpu->index;
    take(vitals);
    at->running = before;
}

bool machine_run(struct model_machine *at, const struct experiment *experiment, const char *script,
                 struct machine_results *results)
{
    static unsigned char plan_memory[1 << 20];
    static struct results writer;
    static struct step step;
    struct vitals vitals = {.step = &step};
    struct plan built = {0};

    memset(results, 0, sizeof(*results));
    if (!plan(experiment, script, plan_memory, sizeof(plan_memory), &built))
        return false;
    engine.results = results;
    engine.block = malloc(MEMORY_BYTES);
    engine.used_bytes = 0;
    writer = (struct results){.step = 1};
    step = (struct step){
        .machine = &at->machine, .plan = built.steps, .results = &writer, .seed = plan_count(built.steps, "seed", 0)};
    results->end = step_ends[STEP_SKIP].word;
    results->skipped = claim_cpus(&step, experiment);
    step.state = step_alloc(&step, experiment->state_bytes);
    if (!results->skipped)
        results->skipped = experiment->prepare(&step);
    if (!results->skipped) {
        take_vitals(at, &vitals, vitals_begin);
        results->end = step_ends[batches(at, experiment, &step, plan_time_ns(built.steps, "budget", 0))].word;
        registers_judge(&step);
        take_vitals(at, &vitals, vitals_end);
        if (at->plan.vitals)
            vitals_report(&vitals);
        experiment->finish(&step);
        results->not_entered = step.not_entered;
        results->core = cpu_core_type(step_cpuid(&step));
    }
    free(engine.block);
    return true;
}

const char *machine_find(const struct machine_results *results, const char *begin, const char *with1, const char *with2)
{
    for (size_t i = 0; i < results->count; i++) {
        const char *line = results->line[i];

        if (strncmp(line, begin, strlen(begin)) == 0 && (!with1 || strstr(line, with1)) &&
            (!with2 || strstr(line, with2)))
            return line;
    }
    return NULL;
}

static const char *find_value(const char *record, const char *key)
{
    char quoted[64];
    const char *at;

    snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    at = record ? strstr(record, quoted) : NULL;
    return at ? at + strlen(quoted) : NULL;
}

int64_t machine_number(const char *record, const char *key, int64_t otherwise)
{
    const char *value = find_value(record, key);

    return value ? strtoll(value, NULL, 10) : otherwise;
}

bool machine_is(const char *record, const char *key, const char *value)
{
    const char *at = find_value(record, key);

    return at && *at == '"' && strncmp(at + 1, value, strlen(value)) == 0 && at[1 + strlen(value)] == '"';
}

void machine_print(const struct machine_results *results)
{
    for (size_t i = 0; i < results->count; i++)
        printf("# %s\n", results->line[i]);
}
