/* SPDX-License-Identifier: MIT */
#include "run/tool/model/row_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/preflight_words.h"

/* Units of the members that have one (docs/record-format.md); "*" stands for all others of the kind. */
static const struct {
    const char *kind, *unit, *names;
} UNITS[] = {
    {"haltpoll", "tsc", " asked at min p50 p99 max train burned "},
    {"deadline", "tsc", " asked min p50 max "},
    {"intercept", "mtsc", " min p50 "},
    {"gaps", "tsc", " watched min over taken max "},
    {"monitor", "tsc", " min max "},
    {"ple_loop", "tsc", " distance "},
    {"ple_first", "tsc", " distance clear "},
    {"ple_gap", "tsc", " distance "},
    {"tick", "tsc", " span stolen drift "},
    {"training", "tsc", " min p50 max "},
    {"cstate", "tsc", " min p50 p99 max p50_ci p99_ci "},
    {"cstate_point", "tsc", " interval min p50 p99 max p50_ci p99_ci "},
    {"cstate_entry", "tsc", " interval high "},
    {"cstate_knee", "tsc", " interval high before after "},
    {"residency", "tsc", " interval "},
    {"residency", "", " smi "},
    {"residency", "ppm", "*"},
    {"energy", "tsc", " p50 "},
    {"energy", "ns", " ns "},
    {"breakeven", "ns", " ns low high "},
    {"policy", "ns", " time_ns "},
    {"policy_state", "ns", " exit_ns target_ns "},
};

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
            if (is_frame(name))
                continue;
            size_t at = column_of(columns, name);
            if (at == ROW_COLUMNS_MAX)
                continue;
            columns->numbers[at] &= json_is_number(value) || json_is_array(value);
            columns->lists[at] |= json_is_array(json_array_get(value, 0));
        }
    }
}

static bool names_it(const char *names, const char *name)
{
    char word[64];
    snprintf(word, sizeof(word), " %.60s ", name);
    return strcmp(names, "*") == 0 || strstr(names, word);
}

struct measure row_measure(const struct model_run *run, const struct model_row *row, const char *name, bool ticks)
{
    /* ple_window is the one kind whose rows name their unit themselves. */
    const char *own = json_string_value(json_object_get(row->values, "u"));
    if (own && strcmp(own, "tsc") == 0 && (strcmp(name, "low") == 0 || strcmp(name, "high") == 0))
        return measure_of(run, own, ticks);
    for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++)
        if (strcmp(UNITS[i].kind, row->kind) == 0 && names_it(UNITS[i].names, name))
            return measure_of(run, UNITS[i].unit, ticks);
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
