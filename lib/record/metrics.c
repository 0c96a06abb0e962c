/* SPDX-License-Identifier: MIT */
#include "lib/record/metrics.h"

#include "lib/record/hdr_codec.h"
#include "lib/omission.h"
#include "lib/quantile.h"
#include "lib/record/raw.h"
#include "lib/rows/reasons.h"

/* An object of type `type` with its step; its text will stand in buf. */
static struct json begin(char buf[JSON_OBJECT_BYTES], const char *type, uint32_t step)
{
    struct json json;

    json_begin(&json, buf, JSON_OBJECT_BYTES);
    json_add(&json, "t:%s step:%u", type, step);
    return json;
}

static struct json begin_metric(char buf[JSON_OBJECT_BYTES], const struct metric_id *metric)
{
    struct json json = begin(buf, "stats", metric->step);

    json_str(&json, "m", metric->name);
    return json;
}

bool record_summary(struct record_stream *stream, const struct metric_id *metric, const struct summary *summary)
{
    return record_write(stream, true, "t:%s step:%u m:%s u:%s n:%lu min:%ld max:%ld sum:%ld mad:%ld neg:%lu", "stats",
                        metric->step, metric->name, metric->unit, summary->n, summary->min, summary->max, summary->sum,
                        summary->mad, summary->negative);
}

/* effective: 0, or the number of independent samples that it is worth, where they are fewer than there are. */
static void put_quantile(struct json *json, const char *name, const struct quantile *quantile, uint64_t effective)
{
    json_array_begin(json, NULL);
    json_str(json, NULL, name);
    json_int(json, NULL, quantile->value);
    if (quantile->has_interval) {
        json_int(json, NULL, quantile->low);
        json_int(json, NULL, quantile->high);
    } else {
        json_null_value(json, NULL);
        json_null_value(json, NULL);
    }
    if (effective)
        json_uint(json, NULL, effective);
    json_array_end(json);
}

/* Gives item `index` of the list to the object. */
typedef void (*put_item_fn)(struct json *json, const void *list, uint32_t index);

/*
 * A list under `key` in as many records as it needs: each takes items until one does not fit; that one begins the next
 * record.
 */
static bool emit_list(struct record_stream *stream, const struct metric_id *metric, const char *key,
                      put_item_fn put_item, const void *list, uint32_t count)
{
    char buf[JSON_OBJECT_BYTES];
    uint32_t at = 0;

    while (at < count) {
        struct json json = begin_metric(buf, metric);
        uint32_t first = at;

        json_array_begin(&json, key);
        for (; at < count; at++) {
            struct json mark = json;

            put_item(&json, list, at);
            if (json.failed && at > first) {
                json = mark;
                break;
            }
        }
        json_array_end(&json);
        if (!record_emit(stream, json_end(&json), true))
            return false;
    }
    return true;
}

struct sorted_list {
    const int64_t *values;
    size_t n;
    const uint64_t *printable; /* by QUANTILES[] */
};

static void put_sorted_quantile(struct json *json, const void *list, uint32_t index)
{
    const struct sorted_list *sorted = list;
    uint64_t effective = sorted->printable[index];
    struct quantile quantile = quantile_of_effective(sorted->values, sorted->n, effective, QUANTILES[index].parts);

    put_quantile(json, QUANTILES[index].name, &quantile, effective < sorted->n ? effective : 0);
}

bool record_quantiles(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n,
                      const struct dependence *dependence)
{
    struct sorted_list list = {sorted, n, dependence->printable};

    return emit_list(stream, metric, "q", put_sorted_quantile, &list, QUANTILE_COUNT);
}

bool record_dependence(struct record_stream *stream, const struct metric_id *metric,
                       const struct dependence *dependence)
{
    const char *mark = dependence_mark(dependence);

    if (!dependence->judged)
        return true;
    return record_write(stream, true, "t:%s step:%u m:%s series:%s lag1:%d lag2:%d", "stats", metric->step,
                        metric->name, mark ? mark : "even", dependence->lag_permille[0], dependence->lag_permille[1]);
}

enum { P50 = QUANTILE_ONE / 2, P99 = QUANTILE_ONE / 100 * 99, P999 = QUANTILE_ONE / 1000 * 999 };

bool record_periodic(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n,
                     uint64_t period)
{
    return record_write(stream, true, "t:%s step:%u m:%s periodic:%lu every:%lu p50:%ld p99:%ld p999:%ld max:%ld",
                        "stats", metric->step, metric->name, omission_count(sorted, n, period), period,
                        omission_quantile(sorted, n, period, P50), omission_quantile(sorted, n, period, P99),
                        omission_quantile(sorted, n, period, P999), sorted[n - 1]);
}

bool record_woke(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n)
{
    return record_write(stream, true, "t:%s step:%u m:%s woke:%lu p50:%ld p99:%ld p999:%ld max:%ld", "stats",
                        metric->step, metric->name, (uint64_t)n, sorted[quantile_rank(n, P50) - 1],
                        sorted[quantile_rank(n, P99) - 1], sorted[quantile_rank(n, P999) - 1], sorted[n - 1]);
}

static void put_worst(struct json *json, const void *list, uint32_t index)
{
    const struct worst_entry *entry = (const struct worst_entry *)list + index;

    json_array_begin(json, NULL);
    json_int(json, NULL, entry->value);
    json_uint(json, NULL, entry->at_tsc);
    json_array_end(json);
}

bool record_worst(struct record_stream *stream, const struct metric_id *metric, const struct worst *worst)
{
    return emit_list(stream, metric, "worst", put_worst, worst->entries, worst->count);
}

bool record_floor(struct record_stream *stream, const struct metric_id *metric, int64_t floor, uint64_t n,
                  const int64_t *fenced)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json = begin(buf, "stats", metric->step);

    json_add(&json, "m:%s floor:%ld n:%lu", metric->name, floor, n);
    if (fenced)
        json_int(&json, "fenced", *fenced);
    return record_emit(stream, json_end(&json), true);
}

bool record_rejects(struct record_stream *stream, uint32_t step, const uint64_t counts[REJECT_COUNT])
{
    char buf[JSON_OBJECT_BYTES];
    struct json json = begin(buf, "stats", step);

    json_object_begin(&json, "rej");
    for (unsigned reason = REJECT_NONE + 1; reason < REJECT_COUNT; reason++)
        if (counts[reason])
            json_uint(&json, sample_rejects[reason].word, counts[reason]);
    json_object_end(&json);
    return record_emit(stream, json_end(&json), true);
}

bool record_scalar(struct record_stream *stream, uint32_t step, const char *key, int64_t value, const char *unit)
{
    return record_write(stream, true, "t:%s step:%u k:%s v:%ld u:%s", "stats", step, key, value, unit);
}

struct hist_target {
    struct record_stream *stream;
    const struct metric_id *metric;
    bool ok;
};

static void emit_hist_part(void *ctx, uint32_t part, uint32_t parts, const char *text, size_t length)
{
    struct hist_target *target = ctx;
    char buf[JSON_OBJECT_BYTES];
    struct json json = begin(buf, "hist", target->metric->step);

    json_add(&json, "m:%s p:%u of:%u", target->metric->name, part, parts);
    json_str_n(&json, "d", text, length);
    target->ok &= record_emit(target->stream, json_end(&json), true);
}

bool record_hist(struct record_stream *stream, const struct metric_id *metric, const struct hdr *hdr)
{
    struct hist_target target = {stream, metric, true};

    hdr_encode(hdr, emit_hist_part, &target);
    return target.ok;
}

bool record_raw(struct record_stream *stream, uint32_t step, uint64_t first_index, const struct sample *samples,
                size_t count)
{
    char text[RAW_TEXT_BYTES];

    for (size_t at = 0; at < count;) {
        size_t taken = raw_encode(text, samples + at, count - at);

        if (!record_write(stream, false, "t:%s step:%u i:%lu d:%s", "raw", step, first_index + at, text))
            return false;
        at += taken;
    }
    return true;
}
