/* SPDX-License-Identifier: MIT */
#include "experiments/kit/results.h"

#include "experiments/kit/experiment.h"
#include "lib/rows/reasons.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/record/metrics.h"

void results_begin(struct results *results, struct record_stream *stream, uint32_t step)
{
    *results = (struct results){.stream = stream, .step = step};
}

void result_record(struct step *step, struct json *json)
{
    record_emit(step->results->stream, json_end(json), true);
}

void result_write(struct step *step, const char *members, ...)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;
    va_list args;

    json_begin(&json, text, sizeof(text));
    va_start(args, members);
    json_vadd(&json, members, args);
    va_end(args);
    result_record(step, &json);
}

void result_scalar(struct step *step, const char *key, int64_t value, const char *unit)
{
    record_scalar(step->results->stream, step->results->step, key, value, unit);
}

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    record_finding(step->results->stream, step->results->step, id, confidence, text);
}

void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
{
    char text[1001];
    va_list args;

    va_start(args, format);
    vfmt(text, sizeof(text), format, args);
    va_end(args);
    result_finding(step, id, confidence, text);
}

void result_env(struct step *step, const char *key, const char *value)
{
    record_env(step->results->stream, key, value);
}

void result_env_uint(struct step *step, const char *key, uint64_t value)
{
    record_env_uint(step->results->stream, key, value);
}

void result_cpu(struct step *step, const char *key, const char *value)
{
    record_cpu(step->results->stream, key, value);
}

void result_cpu_uint(struct step *step, const char *key, uint64_t value)
{
    record_cpu_uint(step->results->stream, key, value);
}

static void set_note(struct results *results, const char *word, int64_t value, const char *unit)
{
    results->has_metric = true;
    results->word = word;
    results->value = value;
    results->unit = unit;
}

void result_metric(struct step *step, const char *word, int64_t value, const char *unit)
{
    if (!step->results->has_metric)
        set_note(step->results, word, value, unit);
}

void result_no_samples(struct step *step)
{
    result_metric(step, METRIC_NO_SAMPLES, 0, "count");
}

void result_none_kept(struct step *step, uint32_t early, uint32_t judged)
{
    if (early && early == judged) {
        result_finding(step, "too_short", CONFIDENCE_NONE,
                       "every event came before the CPU could sleep: this interval cannot be measured here");
        result_metric(step, "early", early, "count");
    } else if (!step->results->has_metric) {
        result_fail(step, "kept", 0, "count");
    }
}

void result_fail(struct step *step, const char *word, int64_t value, const char *unit)
{
    if (!step->results->failed)
        set_note(step->results, word, value, unit);
    step->results->failed = true;
}

const char result_no_wait[] = "CPUID lists the instruction, but it did not wait for a deadline ahead";

void result_not_real(struct step *step, const char *how)
{
    result_finding(step, "not_real", CONFIDENCE_NONE, how);
    result_fail(step, "not_real", 1, "count");
}
