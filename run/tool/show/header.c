/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/platform.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define LABEL_COLUMNS 12

static void print_row(const struct show_view *view, const char *label, const char *value)
{
    size_t used;

    fprintf(view->out, "%-*s", LABEL_COLUMNS, label);
    used = strlen(label) > LABEL_COLUMNS ? strlen(label) : LABEL_COLUMNS;
    print_wrapped(view->out, value, used, LABEL_COLUMNS, view->width);
}

static void print_result(const struct show_view *view, const struct model_run *run)
{
    size_t pass = 0, fail = 0, skip = 0;
    char text[128];

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_verdict *verdict = &run->steps[i].verdict;
        pass += verdict->seen && verdict->ok && !verdict->skip;
        skip += verdict->seen && verdict->skip;
        fail += verdict->seen && !verdict->ok;
    }
    for (size_t i = 0; i < run->verdict_count; i++) {
        const struct model_verdict *verdict = &run->verdicts[i];
        pass += verdict->ok && !verdict->skip;
        skip += verdict->skip;
        fail += !verdict->ok;
    }
    snprintf(text, sizeof(text), "%s: %zu passed, %zu failed, %zu skipped",
             run->ended ? model_run_word(run) : "NO END (the log is incomplete)", pass, fail, skip);
    print_row(view, "result", text);
}

static void print_facts(const struct show_view *view, struct model *model, const struct model_run *run)
{
    fputs("\nFacts\n", view->out);
    for (size_t i = 0; i < run->fact_count; i++) {
        const struct model_fact *fact = &run->facts[i];
        char label[128];
        const char *value;

        if (fact->part != 1)
            continue;
        snprintf(label, sizeof(label), "  %s %s ", fact->type, fact->key);
        value = model_fact(model, run, fact->type, fact->key);
        fputs(label, view->out);
        print_wrapped(view->out, value ? value : "", strlen(label), 6, view->width);
    }
}

void show_header(const struct show_view *view, struct model *model, const struct model_run *run)
{
    struct platform platform;
    platform_of(model, run, &platform);
    for (size_t i = 0; i < platform.warning_count; i++) {
        fputs("! ", view->out);
        print_wrapped(view->out, platform.warnings[i], 2, 2, view->width);
    }
    print_row(view, "run", run->run_id[0] ? run->run_id : "(unknown: its IDLELAB-BEGIN is missing)");
    for (size_t i = 0; i < platform.row_count; i++)
        print_row(view, platform.rows[i].label, platform.rows[i].value);
    print_result(view, run);
    if (view->facts)
        print_facts(view, model, run);
}
