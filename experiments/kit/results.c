/* SPDX-License-Identifier: MIT */
#include "experiments/kit/results.h"

#include "experiments/kit/experiment.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/record/metrics.h"

void results_begin(struct results *results, struct record_stream *stream, uint32_t step)
{
    *results = (struct results){.stream = stream, .step = step};
}

void result_record(struct run *run, struct json *json)
{
    record_emit(run->results->stream, json_end(json), true);
}

void result_write(struct run *run, const char *members, ...)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;
    va_list args;

    json_begin(&json, text, sizeof text);
    va_start(args, members);
    json_vadd(&json, members, args);
    va_end(args);
    result_record(run, &json);
}

void result_scalar(struct run *run, const char *key, int64_t value, const char *unit)
{
    record_scalar(run->results->stream, run->results->step, key, value, unit);
}

void result_finding(struct run *run, const char *id, enum confidence confidence, const char *text)
{
    record_finding(run->results->stream, run->results->step, id, confidence, text);
}

void result_say(struct run *run, const char *id, enum confidence confidence, const char *format, ...)
{
    char text[1001];
    va_list args;

    va_start(args, format);
    vfmt(text, sizeof text, format, args);
    va_end(args);
    result_finding(run, id, confidence, text);
}

void result_env(struct run *run, const char *key, const char *value)
{
    record_env(run->results->stream, key, value);
}

void result_env_uint(struct run *run, const char *key, uint64_t value)
{
    record_env_uint(run->results->stream, key, value);
}

void result_cpu(struct run *run, const char *key, const char *value)
{
    record_cpu(run->results->stream, key, value);
}

void result_cpu_uint(struct run *run, const char *key, uint64_t value)
{
    record_cpu_uint(run->results->stream, key, value);
}

static void set_note(struct results *results, const char *word, int64_t value, const char *unit)
{
    results->has_metric = true;
    results->word = word;
    results->value = value;
    results->unit = unit;
}

void result_metric(struct run *run, const char *word, int64_t value, const char *unit)
{
    if (!run->results->has_metric)
        set_note(run->results, word, value, unit);
}

void result_fail(struct run *run, const char *word, int64_t value, const char *unit)
{
    if (!run->results->failed)
        set_note(run->results, word, value, unit);
    run->results->failed = true;
}

const char result_no_wait[] = "CPUID lists the instruction, but it did not wait for a deadline ahead";

void result_not_real(struct run *run, const char *how)
{
    result_finding(run, "not_real", CONFIDENCE_NONE, how);
    result_fail(run, "not_real", 1, "count");
}
