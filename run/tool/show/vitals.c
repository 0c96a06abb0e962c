/* SPDX-License-Identifier: MIT */
/* Clocks, residencies, power and temperatures of the steps, by turbostat's names. */
#include "run/tool/model/vitals.h"

#include "run/tool/show/text_table.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"

/* The last columns go first where the terminal is narrow. */
#define IMPORTANCE_BASE 100

static size_t find_columns(const struct model_run *run, const struct vitals_column *columns[VITALS_COLUMNS])
{
    size_t count = 0;

    for (size_t i = 0; vitals_column_at(i); i++)
        if (vitals_column_at(i)->turbostat && vitals_has(run, vitals_column_at(i)))
            columns[count++] = vitals_column_at(i);
    return count;
}

static bool has_any(const struct model_step *step, const struct vitals_column *const *columns, size_t count)
{
    double value;

    for (size_t i = 0; i < count; i++)
        if (vitals_value(step, columns[i], &value))
            return true;
    return false;
}

void show_vitals(const struct show_view *view, const struct model_run *run)
{
    const struct vitals_column *columns[VITALS_COLUMNS];
    size_t count = find_columns(run, columns);
    struct table_column titles[VITALS_COLUMNS + 1] = {{"step", false, 0}};
    struct table table;
    double value;

    if (count == 0)
        return;
    for (size_t c = 0; c < count; c++)
        titles[c + 1] = (struct table_column){columns[c]->turbostat, true, (int)(IMPORTANCE_BASE - c)};
    table_init(&table, titles, count + 1);
    for (size_t i = 0; i < run->step_count; i++) {
        if (!has_any(&run->steps[i], columns, count) || !table_add_row(&table))
            continue;
        table_set(&table, 0, "%s", run->steps[i].name);
        for (size_t c = 0; c < count; c++)
            if (vitals_value(&run->steps[i], columns[c], &value))
                table_set(&table, c + 1, "%.*f", columns[c]->digits, value);
    }
    paint_heading(view->out, "Clocks, residencies and power, as turbostat calls them");
    table_print(&table, view->out, view->width);
    table_free(&table);
}
