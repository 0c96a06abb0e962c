/* SPDX-License-Identifier: MIT */
#include "run/tool/model/stats.h"

#include <stdio.h>
#include <string.h>

#include "lib/record/raw.h"
#include "run/tool/model/record_json.h"
#include "run/tool/model/rows.h"

#define HIST_PARTS_MAX 8192

static const char RAW_START[] = "{\"t\":\"raw\",\"step\":";

static const char *copy_text(struct model *model, const json_t *value)
{
    const char *text = json_string_value(value);
    const char *copy = text ? pool_copy(&model->pool, text, strlen(text)) : NULL;
    return copy ? copy : "";
}

static void take_quantiles(struct model *model, struct model_metric *metric, const json_t *list)
{
    size_t i;
    const json_t *entry;
    json_array_foreach(list, i, entry)
    {
        const json_t *low = json_array_get(entry, 2), *high = json_array_get(entry, 3);
        struct model_quantile *q;

        if (!json_is_string(json_array_get(entry, 0)) || !json_is_integer(json_array_get(entry, 1)))
            continue;
        q = pool_append(&model->pool, (void **)&metric->quantiles, metric->quantile_count, &metric->quantile_room,
                        sizeof(*q));
        if (!q)
            return;
        q->name = copy_text(model, json_array_get(entry, 0));
        q->value = json_integer_value(json_array_get(entry, 1));
        q->has_interval = json_is_integer(low) && json_is_integer(high);
        q->low = json_integer_value(low);
        q->high = json_integer_value(high);
        q->effective = (uint64_t)json_integer_value(json_array_get(entry, 4));
        metric->quantile_count++;
    }
}

static void take_worst(struct model *model, struct model_metric *metric, const json_t *list)
{
    size_t i;
    const json_t *entry;
    json_array_foreach(list, i, entry)
    {
        struct model_worst *worst = pool_append(&model->pool, (void **)&metric->worst, metric->worst_count,
                                                &metric->worst_room, sizeof(*worst));
        if (!worst)
            return;
        worst->value = json_integer_value(json_array_get(entry, 0));
        worst->at_tsc = json_integer_value(json_array_get(entry, 1));
        metric->worst_count++;
    }
}

static void take_summary(struct model_metric *metric, const json_t *object)
{
    metric->has_summary = true;
    metric->n = (uint64_t)model_int(object, "n", 0);
    metric->min = model_int(object, "min", 0);
    metric->max = model_int(object, "max", 0);
    metric->sum = model_int(object, "sum", 0);
    metric->mad = model_int(object, "mad", 0);
    metric->negative = (uint64_t)model_int(object, "neg", 0);
}

/* `key` names the kind and has the number of samples. */
static void take_tail(struct model_tail *tail, const json_t *object, const char *key)
{
    if (!json_object_get(object, key))
        return;
    tail->n = (uint64_t)model_int(object, key, 0);
    tail->p50 = model_int(object, "p50", 0);
    tail->p99 = model_int(object, "p99", 0);
    tail->p999 = model_int(object, "p999", 0);
    tail->max = model_int(object, "max", 0);
}

static void take_metric(struct model *model, struct model_step *step, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "m"));
    struct model_metric *metric = name ? model_metric_by_name(model, step, name, true) : NULL;
    if (!metric)
        return;
    if (json_is_string(json_object_get(object, "u")))
        metric->unit = copy_text(model, json_object_get(object, "u"));
    if (json_object_get(object, "min"))
        take_summary(metric, object);
    take_quantiles(model, metric, json_object_get(object, "q"));
    take_worst(model, metric, json_object_get(object, "worst"));
    if (json_is_string(json_object_get(object, "series"))) {
        metric->series = copy_text(model, json_object_get(object, "series"));
        metric->lag_permille[0] = model_int(object, "lag1", 0);
        metric->lag_permille[1] = model_int(object, "lag2", 0);
    }
    take_tail(&metric->woke, object, "woke");
    take_tail(&metric->periodic, object, "periodic");
    metric->every = model_int(object, "every", metric->every);
    if (json_object_get(object, "floor")) {
        metric->has_floor = true;
        metric->floor = model_int(object, "floor", 0);
        metric->floor_n = (uint64_t)model_int(object, "n", 0);
        metric->has_fenced = json_object_get(object, "fenced") != NULL;
        metric->fenced = model_int(object, "fenced", 0);
    }
}

static void take_rejects(struct model *model, struct model_step *step, json_t *counts)
{
    const char *reason;
    json_t *count;
    json_object_foreach(counts, reason, count)
    {
        struct model_reject *reject =
            pool_append(&model->pool, (void **)&step->rejects, step->reject_count, &step->reject_room, sizeof(*reject));
        char *copy = pool_copy(&model->pool, reason, strlen(reason));
        if (!reject || !copy)
            return;
        reject->reason = copy;
        reject->count = (uint64_t)json_integer_value(count);
        step->reject_count++;
    }
}

static void take_scalar(struct model *model, struct model_step *step, const json_t *object)
{
    struct model_scalar *scalar =
        pool_append(&model->pool, (void **)&step->scalars, step->scalar_count, &step->scalar_room, sizeof(*scalar));
    const json_t *value;
    char number[32];
    const char *text;

    if (!scalar)
        return;
    value = json_object_get(object, "v");
    scalar->key = copy_text(model, json_object_get(object, "k"));
    scalar->unit = copy_text(model, json_object_get(object, "u"));
    scalar->is_integer = json_is_integer(value);
    scalar->value = json_integer_value(value);
    snprintf(number, sizeof(number), "%lld", (long long)scalar->value);
    text = json_string_value(value);
    if (json_is_true(value) || json_is_false(value))
        text = json_is_true(value) ? "yes" : "no";
    if (!text)
        text = number;
    scalar->text = pool_copy(&model->pool, text, strlen(text));
    if (scalar->text)
        step->scalar_count++;
}

static void take_pair(struct model *model, struct model_step *step, const json_t *object)
{
    const json_t *cpus = json_object_get(object, "pair");
    struct model_pair *pair =
        pool_append(&model->pool, (void **)&step->pairs, step->pair_count, &step->pair_room, sizeof(*pair));
    if (!pair)
        return;
    *pair = (struct model_pair){
        .from = json_integer_value(json_array_get(cpus, 0)),
        .to = json_integer_value(json_array_get(cpus, 1)),
        .metric = copy_text(model, json_object_get(object, "m")),
        .unit = copy_text(model, json_object_get(object, "u")),
        .n = (uint64_t)model_int(object, "n", 0),
        .lost = (uint64_t)model_int(object, "lost", 0),
        .min = model_int(object, "min", 0),
        .p50 = model_int(object, "p50", 0),
        .p99 = model_int(object, "p99", 0),
        .max = model_int(object, "max", 0),
    };
    step->pair_count++;
}

void model_take_stats(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step = model_step_by_id(model, run, model_int(object, "step", 0), true);
    if (!step)
        return;
    if (json_object_get(object, "pair"))
        take_pair(model, step, object);
    else if (json_object_get(object, "m"))
        take_metric(model, step, object);
    else if (json_object_get(object, "row"))
        model_take_row(model, run, step, object);
    else if (json_object_get(object, "k"))
        take_scalar(model, step, object);
    take_rejects(model, step, json_object_get(object, "rej"));
}

/* Makes the list of parts when the first of them comes. */
static bool make_parts(struct model *model, struct model_metric *metric, int64_t of)
{
    if (metric->part_count > 0)
        return (int64_t)metric->part_count == of;
    if (of < 1 || of > HIST_PARTS_MAX)
        return false;
    metric->parts = pool_alloc(&model->pool, (size_t)of * sizeof(*metric->parts));
    if (!metric->parts)
        return false;
    metric->part_count = (size_t)of;
    return true;
}

void model_take_hist(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step = model_step_by_id(model, run, model_int(object, "step", 0), true);
    const char *name = json_string_value(json_object_get(object, "m"));
    struct model_metric *metric = step && name ? model_metric_by_name(model, step, name, true) : NULL;
    int64_t part = model_int(object, "p", 1);
    if (!metric || !make_parts(model, metric, model_int(object, "of", 1)))
        return;
    if (part < 1 || part > (int64_t)metric->part_count || metric->parts[part - 1])
        return;
    metric->parts[part - 1] = copy_text(model, json_object_get(object, "d"));
    metric->parts_seen++;
}

bool model_is_raw(const char *json, size_t bytes)
{
    return bytes > sizeof(RAW_START) && memcmp(json, RAW_START, sizeof(RAW_START) - 1) == 0;
}

/* Decimal digits at *at; false where there is none or too many. */
static bool read_number(const char **at, const char *end, int64_t *value)
{
    const char *start = *at;
    int64_t v = 0;
    while (*at < end && *at - start < 18 && **at >= '0' && **at <= '9')
        v = v * 10 + (*(*at)++ - '0');
    *value = v;
    return *at > start;
}

static bool read_word(const char **at, const char *end, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(end - *at) < n || memcmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool hand_on_raw(struct model *model, struct model_run *run, int64_t id, int64_t index, const char *text,
                        size_t length)
{
    struct sample samples[RAW_PER_RECORD_MAX * 2];
    size_t count;
    struct model_step *step;

    if (!raw_decode(text, length, samples, RAW_PER_RECORD_MAX * 2, &count))
        return false;
    step = model_step_by_id(model, run, id, true);
    if (!step)
        return false;
    step->raw_count += count;
    if (model->on_raw)
        model->on_raw(model->raw_ctx, model, step, (uint64_t)index, samples, count);
    return true;
}

bool model_take_raw_quickly(struct model *model, struct model_run *run, const char *json, size_t bytes)
{
    const char *at = json + sizeof(RAW_START) - 1, *end = json + bytes;
    int64_t id, index;
    const char *text, *quote;
    size_t length;

    if (!read_number(&at, end, &id) || !read_word(&at, end, ",\"i\":") || !read_number(&at, end, &index) ||
        !read_word(&at, end, ",\"d\":\""))
        return false;
    text = at;
    quote = memchr(at, '"', (size_t)(end - at));
    at = quote ? quote : end;
    length = (size_t)(at - text);
    return read_word(&at, end, "\"}") && at == end && hand_on_raw(model, run, id, index, text, length);
}

bool model_take_raw(struct model *model, struct model_run *run, json_t *object)
{
    const json_t *data = json_object_get(object, "d");
    return json_is_string(data) && hand_on_raw(model, run, model_int(object, "step", 0), model_int(object, "i", 0),
                                               json_string_value(data), json_string_length(data));
}
