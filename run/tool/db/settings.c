/* SPDX-License-Identifier: MIT */
#include "run/tool/db/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/record_json.h"

#define LABEL_CHARS 160
#define VALUE_CHARS 64

/* Members of rows that are settings, and what they are called. */
static const struct {
    const char *row, *member, *label;
} MEMBERS[] = {
    {"switches", "c1e", "C1E"},
    {"switches", "prewake", "C-state pre-wake"},
    {"switches", "limit", "C-state limit"},
    {"switches", "locked", "C-state limit locked"},
    {"switches", "power_ctl", "POWER_CTL"},
    {"limits", "epb", "energy bias"},
    {"limits", "epp", "energy preference"},
    {"limits", "hwp_min", "least performance"},
    {"limits", "hwp_max", "most performance"},
    {"limits", "unc_min", "least uncore ratio"},
    {"limits", "unc_max", "most uncore ratio"},
};

struct taking {
    bool (*take)(void *ctx, const char *label, const char *value);
    void *ctx;
};

static void print_value(char value[VALUE_CHARS], const json_t *member)
{
    if (json_is_boolean(member))
        snprintf(value, VALUE_CHARS, "%s", json_is_true(member) ? "on" : "off");
    else if (json_is_integer(member))
        snprintf(value, VALUE_CHARS, "%" JSON_INTEGER_FORMAT, json_integer_value(member));
    else
        snprintf(value, VALUE_CHARS, "%s", json_is_string(member) ? json_string_value(member) : "");
}

/* A line of the page before the numbers: its verdict; the number differs from boot to boot. */
static bool take_preflight(const struct taking *to, const json_t *row)
{
    char label[LABEL_CHARS];
    snprintf(label, sizeof(label), "preflight %.60s", model_string(row, "what", ""));
    return to->take(to->ctx, label, model_string(row, "is", ""));
}

static bool take_row(const struct taking *to, const struct model_row *row)
{
    char value[VALUE_CHARS];

    if (strcmp(row->kind, "preflight") == 0)
        return take_preflight(to, row->values);
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++) {
        const json_t *member = json_object_get(row->values, MEMBERS[i].member);
        if (strcmp(row->kind, MEMBERS[i].row) != 0 || !member)
            continue;
        print_value(value, member);
        if (!to->take(to->ctx, MEMBERS[i].label, value))
            return false;
    }
    return true;
}

/* The package of a CPU by the topology records; -1: they do not say. */
static int64_t package_of(const struct model_run *run, int64_t cpu)
{
    for (size_t i = 0; i < run->kept_count; i++)
        if (strcmp(model_string(run->kept[i], "t", ""), "cpu") == 0 && model_int(run->kept[i], "cpu", -1) == cpu)
            return model_int(run->kept[i], "pkg", -1);
    return -1;
}

/* The CPU that the step measured, by its row `busy`; -1: it has none. */
static int64_t cpu_of(const struct model_step *step)
{
    for (size_t i = 0; i < step->row_count; i++)
        if (strcmp(step->rows[i].kind, "busy") == 0)
            return model_int(step->rows[i].values, "cpu", -1);
    return -1;
}

static bool take_socket(const struct taking *to, const struct model_run *run, const struct model_step *step)
{
    char label[LABEL_CHARS], value[VALUE_CHARS];
    int64_t cpu = cpu_of(step), package = cpu >= 0 ? package_of(run, cpu) : -1;

    if (package < 0)
        return true;
    snprintf(label, sizeof(label), SETTING_SOCKET "%.120s", step->name);
    snprintf(value, sizeof(value), "%" PRId64, package);
    return to->take(to->ctx, label, value);
}

bool settings_of(const struct model_run *run, bool (*take)(void *ctx, const char *label, const char *value), void *ctx)
{
    struct taking to = {take, ctx};

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        for (size_t r = 0; r < step->row_count; r++)
            if (!take_row(&to, &step->rows[r]))
                return false;
        if (!take_socket(&to, run, step))
            return false;
    }
    return true;
}
