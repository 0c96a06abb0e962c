/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/linux.h"

#include <inttypes.h>
#include <string.h>

#include "run/tool/model/record_json.h"
#include "run/tool/show/text_table.h"

#define NS_PER_US 1000.0
#define NS_PER_MS 1e6

static double us_of(const struct model_run *run, const json_t *row, const char *name)
{
    return (double)model_int(row, name, 0) * 1e6 / (double)run->tsc_hz;
}

/* The latencies of the wakes from that state in that step, or NULL. */
static const json_t *wake_of(const struct model_step *step, const char *state)
{
    for (size_t i = 0; i < step->row_count; i++)
        if (strcmp(step->rows[i].kind, "linux_wake") == 0 &&
            strcmp(model_string(step->rows[i].values, "state", ""), state) == 0)
            return step->rows[i].values;
    return NULL;
}

static void add_row(struct table *table, const struct model_run *run, const struct model_step *step, const json_t *row)
{
    const json_t *wake = wake_of(step, model_string(row, "state", "?"));

    if (!table_add_row(table))
        return;
    table_set(table, 0, "  %s", model_string(row, "state", "?"));
    table_set(table, 1, "%s", step->name);
    table_set(table, 2, "%.0f", (double)model_int(row, "exit", 0) / NS_PER_US);
    table_set(table, 3, "%.0f", (double)model_int(row, "target", 0) / NS_PER_US);
    table_set(table, 4, "%" PRId64, model_int(row, "entered", 0));
    table_set(table, 5, "%.2f", (double)model_int(row, "slept", 0) / NS_PER_MS);
    table_set(table, 6, "%" PRId64, model_int(row, "above", 0));
    table_set(table, 7, "%" PRId64, model_int(row, "below", 0));
    table_set(table, 8, "%" PRId64, wake ? model_int(wake, "n", 0) : 0);
    if (wake && run->tsc_hz) {
        table_set(table, 9, "%.2f", us_of(run, wake, "p50"));
        table_set(table, 10, "%.2f", us_of(run, wake, "p99"));
    }
}

bool cstates_print_linux(struct model *model, const struct model_run *run, FILE *out, size_t width)
{
    static const struct table_column columns[] = {
        {"as Linux sees it", false, 0},
        {"step", false, 0},
        {"exit, us", true, 0},
        {"target, us", true, 1},
        {"entered", true, 0},
        {"slept, ms", true, 2},
        {"above", true, 3},
        {"below", true, 3},
        {"n", true, 0},
        {"p50, us", true, 0},
        {"p99, us", true, 0},
    };
    const char *ring = model_fact(model, run, "env", "ring"), *brand = model_fact(model, run, "cpu", "brand");
    const char *driver = model_fact(model, run, "env", "cpuidle_driver");
    const char *governor = model_fact(model, run, "env", "cpuidle_governor");
    struct table table;

    if (!ring || strcmp(ring, "3") != 0)
        return false;
    fprintf(out, "%s, inside Linux %s, as Linux sees it: cpuidle driver %s, governor %s\n\n",
            brand ? brand : "unknown processor", model_fact(model, run, "env", "kernel"), driver ? driver : "none",
            governor ? governor : "none");
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < run->step_count; i++)
        for (size_t k = 0; k < run->steps[i].row_count; k++)
            if (strcmp(run->steps[i].rows[k].kind, "linux_state") == 0)
                add_row(&table, run, &run->steps[i], run->steps[i].rows[k].values);
    if (table.row_count > 0) {
        table_print(&table, out, width);
        fputs("  exit and target are the kernel's own table; above and below are its governor's misses; n are the "
              "samples whose\n"
              "  sleep was one entry of that state. What the hardware made of it only the image can say.\n",
              out);
    } else
        fputs("No idle state was entered in this log, or the kernel has no cpuidle.\n", out);
    table_free(&table);
    return true;
}
