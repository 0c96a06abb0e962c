/* SPDX-License-Identifier: MIT */
#include "run/tool/model/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rows/preflight_words.h"
#include "lib/rows/rows.h"
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
    *q = (struct model_quantile){.name = name,
                                 .value = json_integer_value(value),
                                 .low = json_integer_value(json_array_get(bounds, 0)),
                                 .high = json_integer_value(json_array_get(bounds, 1)),
                                 .has_interval = json_array_size(bounds) == 2};
    metric->quantile_count++;
}

/* Rows with keys are a metric too, named by their keys: "mwait:0x20/ipi". */
static void take_row_metric(struct model *model, struct model_step *step, const char *kind, const json_t *object)
{
    const struct row_kind *declared = row_kind_of(kind);
    const char *at = declared ? declared->members : "";
    struct row_member member;
    char name[64];
    size_t used = 0;
    const char *unit;
    struct model_metric *metric;

    while (row_member_next(&at, &member) && strcmp(member.unit, "key") == 0)
        used += (size_t)snprintf(name + used, sizeof(name) - used, "%s%.30s", used ? "/" : "",
                                 model_string(object, member.name, ""));
    if (!used || model_metric_by_name(model, step, name, false))
        return;
    row_member_of(kind, "p50", &member);
    unit = pool_copy(&model->pool, member.unit, strlen(member.unit));
    metric = unit ? model_metric_by_name(model, step, name, true) : NULL;
    if (!metric)
        return;
    metric->of_row = true;
    metric->unit = unit;
    metric->n = (uint64_t)model_int(object, "n", 0);
    metric->min = model_int(object, "min", 0);
    metric->max = model_int(object, "max", 0);
    if (*model_string(object, "series", ""))
        metric->series =
            pool_copy(&model->pool, model_string(object, "series", ""), strlen(model_string(object, "series", "")));
    add_quantile(model, metric, "p50", object);
    add_quantile(model, metric, "p99", object);
}

void model_take_row(struct model *model, struct model_run *run, struct model_step *step, json_t *object)
{
    const char *kind = json_string_value(json_object_get(object, "row"));
    struct model_row *row;

    if (!kind)
        return;
    if (run->row_count++ >= ROWS_MAX) {
        model_leave_out(model, "rows", ROWS_MAX);
        return;
    }
    row = pool_append(&model->pool, (void **)&step->rows, step->row_count, &step->row_room, sizeof(*row));
    if (!row)
        return;
    *row = (struct model_row){kind, json_incref(object)};
    step->row_count++;
    take_row_metric(model, step, kind, object);
}

/* Members that say whose row it is. */
static bool is_frame(const char *name)
{
    return strcmp(name, "t") == 0 || strcmp(name, "step") == 0 || strcmp(name, "row") == 0;
}

bool row_kind_begins(const struct model_step *step, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(step->rows[i].kind, step->rows[index].kind) == 0)
            return false;
    return true;
}

static size_t column_of(struct row_columns *columns, const char *name)
{
    size_t at = 0;
    while (at < columns->count && strcmp(columns->names[at], name) != 0)
        at++;
    if (at == columns->count && at < ROW_COLUMNS_MAX) {
        columns->names[at] = name;
        columns->numbers[at] = true;
        columns->count++;
    }
    return at;
}

void row_columns_of(const struct model_step *step, const char *kind, struct row_columns *columns)
{
    *columns = (struct row_columns){0};
    for (size_t i = 0; i < step->row_count; i++) {
        const char *name;
        json_t *value;
        if (strcmp(step->rows[i].kind, kind) != 0)
            continue;
        columns->row_count++;
        json_object_foreach(step->rows[i].values, name, value)
        {
            size_t at;

            if (is_frame(name))
                continue;
            at = column_of(columns, name);
            if (at == ROW_COLUMNS_MAX)
                continue;
            columns->numbers[at] &= json_is_number(value) || json_is_array(value);
            columns->lists[at] |= json_is_array(json_array_get(value, 0));
        }
    }
}

struct measure row_measure(const struct model_run *run, const struct model_row *row, const char *name, bool ticks)
{
    /* The units that a table scales; other numbers are printed as they are. */
    static const char *const units[] = {"tsc", "mtsc", "ns", "ppm"};
    struct row_member member;
    const char *unit = row_member_of(row->kind, name, &member) ? member.unit : "";
    if (strcmp(unit, "u") == 0)
        unit = model_string(row->values, "u", "");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(units[i], unit) == 0)
            return measure_of(run, units[i], ticks);
    return (struct measure){1, ""};
}

static void print_number(char *text, struct measure measure, const json_t *value)
{
    char shown[MEASURE_CHARS];
    if (measure.unit[0] == '\0')
        snprintf(text, ROW_CELL_CHARS, "%lld", (long long)json_integer_value(value));
    else
        snprintf(text, ROW_CELL_CHARS, "%s", measure_scaled(shown, measure, json_number_value(value) * measure.factor));
}

/* A line of the preflight page with its meaning. */
static void print_check(char *text, const char *what)
{
    const struct preflight_words *words = preflight_words(what);
    snprintf(text, ROW_CELL_CHARS, "%s%s%s", what, words ? ": " : "", words ? words->title : "");
}

const char *row_cell(char *text, const struct model_run *run, const struct model_row *row, const char *name, bool ticks)
{
    const json_t *value = json_object_get(row->values, name);
    struct measure measure = row_measure(run, row, name, ticks);
    text[0] = '\0';
    if (json_is_string(value) && strcmp(row->kind, "preflight") == 0 && strcmp(name, "what") == 0)
        print_check(text, json_string_value(value));
    else if (json_is_string(value))
        snprintf(text, ROW_CELL_CHARS, "%s", json_string_value(value));
    else if (json_is_boolean(value))
        snprintf(text, ROW_CELL_CHARS, "%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_integer(value))
        print_number(text, measure, value);
    else if (json_array_size(value) == 2 && measure.unit[0]) {
        char low[ROW_CELL_CHARS], high[ROW_CELL_CHARS];
        print_number(low, measure, json_array_get(value, 0));
        print_number(high, measure, json_array_get(value, 1));
        snprintf(text, ROW_CELL_CHARS, "[%.100s,%.100s]", low, high);
    } else if (value) {
        char *json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        snprintf(text, ROW_CELL_CHARS, "%s", json ? json : "");
        free(json);
    }
    return text;
}
