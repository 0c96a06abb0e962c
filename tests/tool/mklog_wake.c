/* SPDX-License-Identifier: MIT */
#include "tests/tool/mklog.h"

#include <stdlib.h>
#include <string.h>

#include "lib/record/hdr.h"
#include "lib/record/hdr_codec.h"
#include "lib/record/metrics.h"
#include "lib/quantile.h"
#include "lib/record/raw.h"
#include "lib/stats.h"

/* Samples of a wake of about 1.2 us with a tail; one in 500 is rejected. */
static void make_samples(struct maker *maker, uint64_t step)
{
    uint64_t interval = (step > 2 ? step - 2 : 1) * 50 * (TSC_HZ / 1000000);
    for (uint64_t i = 0; i < maker->options.samples; i++) {
        struct sample *s = &maker->samples[i];
        uint64_t latency;

        memset(s, 0, sizeof(*s));
        latency = 2400 + step * 300 + prng_below(&maker->prng, 400) + prng_below(&maker->prng, 400);
        if (prng_below(&maker->prng, 50) == 0)
            latency += prng_log_range(&maker->prng, 500, 200000);
        latency = latency * maker->options.scale_pct / 100;
        s->before_tsc = maker->now_tsc;
        s->event_tsc = s->before_tsc + interval + prng_below(&maker->prng, 1000);
        s->isr_tsc = s->event_tsc + latency;
        s->after_tsc = s->isr_tsc + 150 + prng_below(&maker->prng, 60);
        s->cause = WAKE_INTERRUPT;
        if (i % 500 == 499)
            s->reject = REJECT_SMI;
        if (s->reject && maker->options.cut)
            s->after_tsc = s->isr_tsc += 1000000;
        maker->now_tsc = s->after_tsc + 2000;
    }
}

struct hist_part {
    struct maker *maker;
    uint64_t step;
    const char *metric;
};

static void write_hist_part(void *ctx, uint32_t part, uint32_t parts, const char *text, size_t length)
{
    struct hist_part *to = ctx;
    struct draft draft;
    struct json *json = draft_start(&draft, "hist");
    json_uint(json, "step", to->step);
    json_str(json, "m", to->metric);
    json_uint(json, "p", part);
    json_uint(json, "of", parts);
    json_str_n(json, "d", text, length);
    draft_emit(to->maker, &draft, true);
}

static struct json *start_metric(struct draft *draft, uint64_t step, const char *metric)
{
    struct json *json = draft_start(draft, "stats");
    json_uint(json, "step", step);
    json_str(json, "m", metric);
    return json;
}

static void write_summary(struct maker *maker, uint64_t step, const char *metric, size_t n)
{
    struct draft draft;
    struct summary summary = summary_of_sorted(maker->values, n);
    struct json *json = start_metric(&draft, step, metric);
    json_str(json, "u", "tsc");
    json_uint(json, "n", summary.n - (uint64_t)maker->options.miscount);
    json_int(json, "min", summary.min);
    json_int(json, "max", summary.max);
    json_int(json, "sum", summary.sum);
    json_int(json, "mad", summary.mad);
    json_uint(json, "neg", summary.negative);
    draft_emit(maker, &draft, true);
    json = start_metric(&draft, step, metric);
    json_uint(json, "floor", 62);
    json_uint(json, "n", 1000);
    draft_emit(maker, &draft, true);
}

static void write_quantiles(struct maker *maker, uint64_t step, const char *metric, size_t n)
{
    for (size_t first = 0; first < QUANTILE_COUNT; first += 3) {
        struct draft draft;
        struct json *json = start_metric(&draft, step, metric);
        json_array_begin(json, "q");
        for (size_t i = first; i < first + 3; i++) {
            struct quantile q = quantile_of_sorted(maker->values, n, QUANTILES[i].parts);
            bool lies;

            json_array_begin(json, NULL);
            json_str(json, NULL, QUANTILES[i].name);
            lies = strcmp(QUANTILES[i].name, "p99") == 0;
            json_int(json, NULL, q.value + (lies ? maker->options.lie : 0));
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

static void write_worst(struct maker *maker, uint64_t step, const char *metric, const struct worst *worst)
{
    for (uint32_t first = 0; first < worst->count; first += 4) {
        struct draft draft;
        struct json *json = start_metric(&draft, step, metric);
        json_array_begin(json, "worst");
        for (uint32_t i = first; i < first + 4 && i < worst->count; i++) {
            json_array_begin(json, NULL);
            json_int(json, NULL, worst->entries[i].value);
            json_uint(json, NULL, worst->entries[i].at_tsc);
            json_array_end(json);
        }
        json_array_end(json);
        draft_emit(maker, &draft, true);
    }
}

/* All that a step says of one metric. Returns how many samples count. */
static size_t write_metric(struct maker *maker, uint64_t step, size_t metric)
{
    struct worst worst = {0};
    struct hdr hdr;
    size_t n = 0, bytes = hdr_bytes(2, 4);
    void *memory = malloc(bytes);
    if (!memory || !hdr_init(&hdr, memory, bytes, 2, 4))
        exit(2);
    for (uint64_t i = 0; i < maker->options.samples; i++) {
        const struct sample *s = &maker->samples[i];
        int64_t value;

        if (s->reject)
            continue;
        value = sample_metrics[metric].of(s);
        maker->values[n++] = value;
        hdr_add(&hdr, value);
        worst_add(&worst, value, s->event_tsc);
    }
    if (n > 0) {
        struct hist_part to;

        stats_sort(maker->values, n);
        write_summary(maker, step, sample_metrics[metric].name, n);
        write_quantiles(maker, step, sample_metrics[metric].name, n);
        write_worst(maker, step, sample_metrics[metric].name, &worst);
        to = (struct hist_part){maker, step, sample_metrics[metric].name};
        hdr_encode(&hdr, write_hist_part, &to);
    }
    free(memory);
    return n;
}

/* What all that woke say beside those that are kept. */
static void write_woke(struct maker *maker, uint64_t step)
{
    struct metric_id metric = {(uint32_t)step, sample_metrics[0].name, "tsc"};
    for (uint64_t i = 0; i < maker->options.samples; i++)
        maker->values[i] = sample_wake_latency(&maker->samples[i]);
    stats_sort(maker->values, maker->options.samples);
    record_woke(&maker->stream, &metric, maker->values, maker->options.samples);
    record_periodic(&maker->stream, &metric, maker->values, maker->options.samples, TSC_HZ / 10000);
}

static void write_raw(struct maker *maker, uint64_t step)
{
    uint64_t end = maker->options.raw < maker->options.samples ? maker->options.raw : maker->options.samples;
    for (uint64_t i = 0; i < end;) {
        char text[RAW_TEXT_BYTES];
        struct draft draft;
        size_t n = raw_encode(text, maker->samples + i, end - i);
        struct json *json = draft_start(&draft, "raw");
        json_uint(json, "step", step);
        json_uint(json, "i", i);
        json_str(json, "d", text);
        draft_emit(maker, &draft, false);
        i += n;
    }
}

/* As a step of `ipi` has them. */
static void write_pairs(struct maker *maker, uint64_t step)
{
    for (uint64_t pair = 0; pair < 6; pair++) {
        struct draft draft;
        uint64_t from = pair / 2, to = (from + 1 + pair % 2) % 3;
        struct json *json = draft_start(&draft, "stats");
        json_uint(json, "step", step);
        json_array_begin(json, "pair");
        json_uint(json, NULL, from);
        json_uint(json, NULL, to);
        json_array_end(json);
        json_add(json, "rel:%s apic:%s via:%s m:%s u:%s n:%u lost:%u", "package", "x2apic", "icr", "deliver", "tsc",
                 100, 0);
        json_add(json, "min:%lu p50:%lu p99:%lu max:%lu", 900 + 100 * pair, 1000 + 100 * pair, 2000 + 100 * pair,
                 2400 + 100 * pair);
        draft_emit_row(maker, &draft);
    }
}

void write_wake(struct maker *maker, uint64_t step)
{
    struct draft draft;
    size_t n = 0;
    struct json *json;

    write_exp(maker, step, NULL, 0, 0);
    json = draft_start(&draft, "tick");
    json_uint(json, "step", step);
    json_uint(json, "done", maker->options.samples / 2);
    json_uint(json, "of", maker->options.samples);
    json_uint(json, "ms", 1000 + step * 500);
    draft_emit(maker, &draft, false);
    make_samples(maker, step);
    for (size_t metric = 0; metric < SAMPLE_METRICS; metric++)
        n = write_metric(maker, step, metric);
    if (maker->options.cut)
        write_woke(maker, step);
    json = draft_start(&draft, "stats");
    json_uint(json, "step", step);
    json_object_begin(json, "rej");
    json_uint(json, "smi", maker->options.samples - n);
    json_object_end(json);
    draft_emit(maker, &draft, true);
    write_raw(maker, step);
    write_pairs(maker, step);
    write_exp(maker, step, "samples", maker->options.samples, maker->options.samples - n);
}
