// SPDX-License-Identifier: MIT
/* One distribution as records: summary, floor, quantiles with their intervals, worst samples, histogram. */
#include "experiments/engine/results.h"
#include "experiments/experiment.h"
#include "lib/hdr.h"
#include "lib/hdr_codec.h"
#include "lib/json.h"
#include "lib/quantile.h"
#include "lib/stats.h"

static void begin(const struct run *run, struct json *json, char *text, const char *type,
                  const char *metric)
{
    json_begin(json, text, JSON_OBJECT_BYTES);
    json_str(json, "t", type);
    json_uint(json, "step", run->results->step);
    json_str(json, "m", metric);
}

static void emit_summary(struct run *run, const struct series *series, const struct summary *s)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin(run, &json, text, "stats", series->metric);
    json_str(&json, "u", series->unit);
    json_uint(&json, "n", s->n);
    json_int(&json, "min", s->min);
    json_int(&json, "max", s->max);
    json_int(&json, "sum", s->sum);
    json_int(&json, "mad", s->mad);
    json_uint(&json, "neg", s->negative);
    result_record(run, &json);
    if (!series->has_floor)
        return;
    begin(run, &json, text, "stats", series->metric);
    json_int(&json, "floor", series->floor);
    json_uint(&json, "n", series->floor_count);
    result_record(run, &json);
}

static void quantile_item(struct json *json, const char *name, const struct quantile *q)
{
    json_array_begin(json, NULL);
    json_str(json, NULL, name);
    json_int(json, NULL, q->value);
    if (q->has_interval) {
        json_int(json, NULL, q->low);
        json_int(json, NULL, q->high);
    } else {
        json_null(json, NULL);
        json_null(json, NULL);
    }
    json_array_end(json);
}

/* As many to a record as fit: a struct json copied is a mark to go back to. */
static void emit_quantiles(struct run *run, const struct series *series)
{
    char text[JSON_OBJECT_BYTES];
    struct json json, mark;
    unsigned i = 0;

    while (i < QUANTILE_COUNT) {
        unsigned first = i;

        begin(run, &json, text, "stats", series->metric);
        json_array_begin(&json, "q");
        for (; i < QUANTILE_COUNT; i++) {
            struct quantile q =
                quantile_of_sorted(series->values, series->count, QUANTILES[i].parts);

            mark = json;
            quantile_item(&json, QUANTILES[i].name, &q);
            if (json.failed) {
                json = mark;
                break;
            }
        }
        json_array_end(&json);
        result_record(run, &json);
        if (i == first)
            return;
    }
}

static void emit_worst(struct run *run, const struct series *series, const struct worst *worst)
{
    char text[JSON_OBJECT_BYTES];
    struct json json, mark;
    uint32_t i = 0;

    while (i < worst->count) {
        uint32_t first = i;

        begin(run, &json, text, "stats", series->metric);
        json_array_begin(&json, "worst");
        for (; i < worst->count; i++) {
            mark = json;
            json_array_begin(&json, NULL);
            json_int(&json, NULL, worst->entries[i].value);
            json_uint(&json, NULL, worst->entries[i].at_tsc);
            json_array_end(&json);
            if (json.failed) {
                json = mark;
                break;
            }
        }
        json_array_end(&json);
        result_record(run, &json);
        if (i == first)
            return;
    }
}

struct chunk_sink {
    struct run *run;
    const char *metric;
};

static void emit_chunk(void *context, uint32_t part, uint32_t of, const char *text, size_t bytes)
{
    struct chunk_sink *sink = context;
    char record[JSON_OBJECT_BYTES];
    struct json json;

    begin(sink->run, &json, record, "hist", sink->metric);
    json_uint(&json, "p", part);
    json_uint(&json, "of", of);
    json_str_n(&json, "d", text, bytes);
    result_record(sink->run, &json);
}

static void emit_histogram(struct run *run, const struct series *series)
{
    unsigned digits = (unsigned)plan_count(run->step, "digits", 2);
    uint64_t mark = mem_mark(&run->machine->mem);
    size_t bytes = hdr_bytes(digits, 4);
    void *memory = run_alloc(run, bytes);
    struct chunk_sink sink = {run, series->metric};
    struct hdr hdr;

    if (!memory || !hdr_init(&hdr, memory, bytes, digits, 4)) {
        result_finding(run, "no_histogram", NULL, "memory does not suffice for a histogram");
        return;
    }
    for (size_t i = 0; i < series->count; i++)
        hdr_add(&hdr, series->values[i]);
    hdr_encode(&hdr, emit_chunk, &sink);
    mem_release(&run->machine->mem, mark);
}

void result_series(struct run *run, const struct series *series)
{
    struct worst worst = {0};
    struct summary summary;

    for (size_t i = 0; i < series->count && series->at_tsc; i++)
        worst_add(&worst, series->values[i], series->at_tsc[i]);
    stats_sort(series->values, series->count);
    summary = summary_of_sorted(series->values, series->count);
    emit_summary(run, series, &summary);
    if (!series->count)
        return;
    emit_quantiles(run, series);
    emit_worst(run, series, &worst);
    emit_histogram(run, series);
}
