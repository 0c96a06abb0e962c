/* SPDX-License-Identifier: MIT */
#include "run/tool/model/rows.h"

#include <stdio.h>
#include <string.h>

#include "run/tool/model/record_json.h"

/* More than the longest script's; they bound the memory that a hostile log takes. */
#define ROWS_MAX 32768

static void add_quantile(struct model *model, struct model_metric *metric, const char *name, const json_t *object)
{
    char interval[16];
    const json_t *value = json_object_get(object, name), *bounds;
    struct model_quantile *q;
    if (!json_is_integer(value))
        return;
    q = pool_append(&model->pool, (void **)&metric->quantiles, metric->quantile_count, &metric->quantile_room,
                    sizeof(*q));
    if (!q)
        return;
    snprintf(interval, sizeof(interval), "%s_ci", name);
    bounds = json_object_get(object, interval);
    *q = (struct model_quantile){name, json_integer_value(value), json_integer_value(json_array_get(bounds, 0)),
                                 json_integer_value(json_array_get(bounds, 1)), json_array_size(bounds) == 2};
    metric->quantile_count++;
}

/* Rows that are a distribution's figures are a metric too, called by what tells them apart: "mwait:0x20/ipi". */
static void take_row_metric(struct model *model, struct model_step *step, const char *kind, const json_t *object)
{
    static const struct {
        const char *kind, *unit, *first, *second;
    } kinds[] = {{"cstate", "tsc", "state", "by"}, {"intercept", "mtsc", "insn", NULL}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char name[64];
        const char *first = json_string_value(json_object_get(object, kinds[i].first));
        const char *second = kinds[i].second ? json_string_value(json_object_get(object, kinds[i].second)) : NULL;
        if (strcmp(kinds[i].kind, kind) != 0 || !first)
            continue;
        snprintf(name, sizeof(name), "%.30s%s%.30s", first, second ? "/" : "", second ? second : "");
        if (model_metric_by_name(model, step, name, false))
            return;
        struct model_metric *metric = model_metric_by_name(model, step, name, true);
        if (!metric)
            return;
        metric->of_row = true;
        metric->unit = kinds[i].unit;
        metric->n = (uint64_t)model_int(object, "n", 0);
        metric->min = model_int(object, "min", 0);
        metric->max = model_int(object, "max", 0);
        add_quantile(model, metric, "p50", object);
        add_quantile(model, metric, "p99", object);
    }
}

void model_take_row(struct model *model, struct model_run *run, struct model_step *step, json_t *object)
{
    const char *kind = json_string_value(json_object_get(object, "row"));
    if (!kind || run->row_count++ >= ROWS_MAX)
        return;
    struct model_row *row =
        pool_append(&model->pool, (void **)&step->rows, step->row_count, &step->row_room, sizeof(*row));
    if (!row)
        return;
    *row = (struct model_row){kind, json_incref(object)};
    step->row_count++;
    take_row_metric(model, step, kind, object);
}
