/* SPDX-License-Identifier: MIT */
#include "run/tool/model/model.h"

#include <math.h>
#include <string.h>

#include "lib/record/hdr_codec.h"
#include "lib/rows/reasons.h"

/* More than any run has; they bound the searches on a hostile log. */
#define STEPS_MAX   16384
#define METRICS_MAX 256

void model_init(struct model *model, size_t limit_bytes)
{
    memset(model, 0, sizeof(*model));
    pool_init(&model->pool, limit_bytes);
}

void model_free(struct model *model)
{
    for (size_t r = 0; r < model->run_count; r++) {
        const struct model_run *run = &model->runs[r];
        for (size_t i = 0; i < run->kept_count; i++)
            json_decref(run->kept[i]);
        for (size_t s = 0; s < run->step_count; s++)
            for (size_t i = 0; i < run->steps[s].row_count; i++)
                json_decref(run->steps[s].rows[i].values);
    }
    pool_free(&model->pool);
}

struct model_run *model_begin_run(struct model *model, const char *run_id)
{
    struct model_run *run =
        pool_append(&model->pool, (void **)&model->runs, model->run_count, &model->run_room, sizeof(*run));
    if (!run)
        return NULL;
    memset(run, 0, sizeof(*run));
    model->run_count++;
    strncpy(run->run_id, run_id, LOG_RUN_ID_CHARS);
    run->tsc_source = "";
    run->running_step = -1;
    return run;
}

struct model_run *model_current_run(struct model *model)
{
    if (model->run_count == 0)
        return model_begin_run(model, "");
    return &model->runs[model->run_count - 1];
}

const char *model_run_word(const struct model_run *run)
{
    return run->ended ? RECORD_RESULT_WORDS[run->result] : "no end";
}

void model_leave_out(struct model *model, const char *what, size_t most)
{
    if (model->left_out)
        return;
    model->left_out = what;
    model->left_out_most = most;
}

/* How many steps have a smaller id. */
static size_t order_of(const struct model_run *run, int64_t id)
{
    size_t low = 0, high = run->order_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->steps[run->step_order[middle]].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct model_step *model_step_by_id(struct model *model, struct model_run *run, int64_t id, bool make)
{
    size_t at = order_of(run, id);
    struct model_step *step;

    if (at < run->order_count && run->steps[run->step_order[at]].id == id)
        return &run->steps[run->step_order[at]];
    if (make && run->step_count >= STEPS_MAX)
        model_leave_out(model, "steps", STEPS_MAX);
    if (!make || run->step_count >= STEPS_MAX ||
        !pool_append(&model->pool, (void **)&run->step_order, run->order_count, &run->order_room,
                     sizeof(*run->step_order)))
        return NULL;
    step = pool_append(&model->pool, (void **)&run->steps, run->step_count, &run->step_room, sizeof(*step));
    if (!step)
        return NULL;
    memset(step, 0, sizeof(*step));
    memmove(run->step_order + at + 1, run->step_order + at, (run->order_count - at) * sizeof(*run->step_order));
    run->step_order[at] = run->step_count++;
    run->order_count++;
    step->id = id;
    step->name = step->exp = step->args = step->end = step->core = step->not_entered = step->verdict.detail = "";
    return step;
}

struct model_step *model_step_by_name(struct model_run *run, const char *name)
{
    for (size_t i = 0; i < run->step_count; i++)
        if (strcmp(run->steps[i].name, name) == 0)
            return &run->steps[i];
    return NULL;
}

struct model_metric *model_metric_by_name(struct model *model, struct model_step *step, const char *name, bool make)
{
    char *copy;
    struct model_metric *metric;

    for (size_t i = 0; i < step->metric_count; i++)
        if (strcmp(step->metrics[i].name, name) == 0)
            return &step->metrics[i];
    if (make && step->metric_count >= METRICS_MAX)
        model_leave_out(model, "metrics of a step", METRICS_MAX);
    if (!make || step->metric_count >= METRICS_MAX)
        return NULL;
    copy = pool_copy(&model->pool, name, strlen(name));
    metric =
        pool_append(&model->pool, (void **)&step->metrics, step->metric_count, &step->metric_room, sizeof(*metric));
    if (!copy || !metric)
        return NULL;
    memset(metric, 0, sizeof(*metric));
    step->metric_count++;
    metric->name = copy;
    metric->unit = "tsc";
    return metric;
}

uint64_t model_rejected(const struct model_step *step)
{
    uint64_t count = 0;
    for (size_t i = 0; i < step->reject_count; i++)
        if (strcmp(step->rejects[i].reason, sample_rejects[REJECT_WARMUP].word) != 0)
            count += step->rejects[i].count;
    return step->reject_count > 0 ? count : step->rejected;
}

const struct model_metric *model_main_metric(const struct model_step *step)
{
    const struct model_metric *first = NULL;
    for (size_t i = 0; i < step->metric_count; i++) {
        const struct model_metric *metric = &step->metrics[i];
        if (!metric->has_summary)
            continue;
        if (strcmp(metric->name, sample_metrics[0].name) == 0)
            return metric;
        if (!first)
            first = metric;
    }
    return first;
}

const char *model_series_mark(const struct model_metric *metric)
{
    return metric->series && strcmp(metric->series, "even") != 0 ? metric->series : NULL;
}

/* More than 10 % of `kept`. */
static bool is_apart(int64_t kept, int64_t all)
{
    return 10 * fabs((double)all - (double)kept) > fabs((double)kept);
}

bool model_is_tail_cut(const struct model_metric *metric)
{
    const struct model_quantile *p99 = model_quantile(metric, "p99"), *p999 = model_quantile(metric, "p99.9");
    const struct model_tail *woke = &metric->woke;
    if (woke->n <= metric->n)
        return false;
    return is_apart(metric->max, woke->max) || (p99 && is_apart(p99->value, woke->p99)) ||
           (p999 && is_apart(p999->value, woke->p999));
}

const struct model_quantile *model_quantile(const struct model_metric *metric, const char *name)
{
    for (size_t i = 0; i < metric->quantile_count; i++)
        if (strcmp(metric->quantiles[i].name, name) == 0)
            return &metric->quantiles[i];
    return NULL;
}

static const struct model_fact *find_part(const struct model_run *run, const char *type, const char *key, int64_t part)
{
    for (size_t i = 0; i < run->fact_count; i++) {
        const struct model_fact *fact = &run->facts[i];
        if (fact->part == part && strcmp(fact->type, type) == 0 && strcmp(fact->key, key) == 0)
            return fact;
    }
    return NULL;
}

const char *model_fact(struct model *model, const struct model_run *run, const char *type, const char *key)
{
    const struct model_fact *first = find_part(run, type, key, 1);
    size_t bytes;
    char *joined, *at;

    if (!first || first->parts <= 1)
        return first ? first->value : NULL;
    bytes = 0;
    for (int64_t part = 1; part <= first->parts; part++) {
        const struct model_fact *fact = find_part(run, type, key, part);
        bytes += fact ? strlen(fact->value) : 3;
    }
    joined = pool_alloc(&model->pool, bytes + 1);
    if (!joined)
        return first->value;
    at = joined;
    for (int64_t part = 1; part <= first->parts; part++) {
        const struct model_fact *fact = find_part(run, type, key, part);
        at = stpcpy(at, fact ? fact->value : "...");
    }
    return joined;
}

static const char *hist_error_text(enum hdr_error error)
{
    static const char *const texts[] = {
        [HDR_OK] = "no error",
        [HDR_BAD_BASE64] = "base64 that is not whole",
        [HDR_CUT] = "the histogram is cut",
        [HDR_BAD_COOKIE] = "not a V2 histogram",
        [HDR_BAD_ZLIB] = "a zlib block that is wrong or deflated",
        [HDR_BAD_RANGE] = "a range that is not the lab's",
        [HDR_BAD_COUNTS] = "counters past the end",
        [HDR_NO_MEMORY] = "too many counters",
    };
    return (size_t)error < sizeof(texts) / sizeof(texts[0]) ? texts[error] : "unknown error";
}

/* All parts in one text. */
static char *join_parts(struct model *model, const struct model_metric *metric, size_t *bytes)
{
    size_t total = 0;
    char *text, *at;

    for (size_t i = 0; i < metric->part_count; i++)
        total += strlen(metric->parts[i]);
    text = pool_alloc(&model->pool, total + 1);
    at = text;
    for (size_t i = 0; text && i < metric->part_count; i++)
        at = stpcpy(at, metric->parts[i]);
    *bytes = total;
    return text;
}

const struct hdr *model_metric_hist(struct model *model, struct model_metric *metric)
{
    size_t text_bytes;
    char *text;
    struct hdr *hist;
    enum hdr_error error;

    if (metric->hist || metric->hist_error || metric->part_count == 0)
        return metric->hist;
    if (metric->parts_seen < metric->part_count) {
        metric->hist_error = "parts of the histogram are missing";
        return NULL;
    }
    text = join_parts(model, metric, &text_bytes);
    hist = pool_alloc(&model->pool, sizeof(*hist));
    error = HDR_NO_MEMORY;
    /* Nearly all have two digits, which take an eighth of the memory of three. */
    for (unsigned digits = 2; digits <= 3 && text && hist && error == HDR_NO_MEMORY; digits++) {
        size_t bytes = hdr_bytes(digits, 8);
        void *memory = pool_alloc(&model->pool, bytes);
        if (!memory)
            break;
        error = hdr_decode(hist, memory, bytes, text, text_bytes);
    }
    if (error == HDR_OK)
        metric->hist = hist;
    else
        metric->hist_error = hist_error_text(error);
    return metric->hist;
}
