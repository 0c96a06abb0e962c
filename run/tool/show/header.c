/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/platform.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define LABEL_COLUMNS 12
#define MACHINE_CHARS 400

static const char *platform_value(const struct platform *platform, const char *label)
{
    for (size_t i = 0; i < platform->row_count; i++)
        if (strcmp(platform->rows[i].label, label) == 0)
            return platform->rows[i].value;
    return NULL;
}

static void print_row(const struct show_view *view, const char *label, const char *value)
{
    size_t used;

    fprintf(view->out, "%-*s", LABEL_COLUMNS, label);
    used = strlen(label) > LABEL_COLUMNS ? strlen(label) : LABEL_COLUMNS;
    print_wrapped(view->out, value, used, LABEL_COLUMNS, view->width);
}

static void print_result(const struct show_view *view, const struct model_run *run)
{
    size_t pass = 0, doubtful = 0, open = 0, fail = 0, skip = 0;
    char text[256], doubt[40] = "", without[48] = "";

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_verdict *verdict = &run->steps[i].verdict;
        bool doubted = strcmp(show_verdict(&run->steps[i]), "doubtful") == 0;

        pass += verdict->seen && verdict->ok && !verdict->skip && !doubted;
        doubtful += doubted;
        open += !verdict->seen;
        skip += verdict->seen && verdict->skip;
        fail += verdict->seen && !verdict->ok;
    }
    for (size_t i = 0; i < run->verdict_count; i++) {
        const struct model_verdict *verdict = &run->verdicts[i];
        pass += verdict->ok && !verdict->skip;
        skip += verdict->skip;
        fail += !verdict->ok;
    }
    if (doubtful)
        snprintf(doubt, sizeof(doubt), " %zu doubtful,", doubtful);
    if (open)
        snprintf(without, sizeof(without), ", %zu without a verdict", open);
    snprintf(text, sizeof(text), "%s: %zu passed,%s %zu failed, %zu skipped%s",
             run->ended ? model_run_word(run) : "NO END (the log is incomplete)", pass, doubt, fail, skip, without);
    print_row(view, "result", text);
}

static void print_facts(const struct show_view *view, struct model *model, const struct model_run *run)
{
    paint_heading(view->out, "Facts");
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

/* "Intel(R) Xeon(R) Processor, kvm, 2 CPUs, TSC 2600.000 MHz" */
static void print_machine(const struct show_view *view, struct model *model, const struct model_run *run,
                          const struct platform *platform)
{
    static const char *const labels[] = {"CPU", "hypervisor", "CPUs", "TSC"};
    const char *cpus = model_fact(model, run, "cpu", "cpus");
    char line[MACHINE_CHARS] = "";
    size_t used = 0;

    for (size_t l = 0; l < sizeof(labels) / sizeof(labels[0]); l++) {
        const char *value = strcmp(labels[l], "CPUs") == 0 ? cpus : platform_value(platform, labels[l]);
        int n;

        if (!value || !value[0] || used + 1 >= sizeof(line))
            continue;
        n = snprintf(line + used, sizeof(line) - used, "%s%s%.*s%s", used ? ", " : "",
                     strcmp(labels[l], "TSC") == 0 ? "TSC " : "", (int)strcspn(value, ","), value,
                     strcmp(labels[l], "CPUs") != 0 ? ""
                     : strcmp(value, "1") == 0      ? " CPU"
                                                    : " CPUs");
        used += n > 0 ? (size_t)n : 0;
    }
    if (used > 0)
        print_row(view, "machine", line);
}

void show_top(const struct show_view *view, struct model *model, const struct model_run *run,
              const struct platform *platform)
{
    for (size_t i = 0; i < platform->warning_count; i++) {
        paint(view->out, PAINT_WARN);
        fputs("! ", view->out);
        print_wrapped(view->out, platform->warnings[i], 2, 2, view->width);
        paint(view->out, PAINT_PLAIN);
    }
    print_machine(view, model, run, platform);
    paint(view->out, run->ended && run->result == RECORD_PASS ? PAINT_PLAIN : PAINT_BAD);
    print_result(view, run);
    paint(view->out, PAINT_PLAIN);
}

void show_platform(const struct show_view *view, struct model *model, const struct model_run *run,
                   const struct platform *platform)
{
    paint_heading(view->out, "Platform");
    print_row(view, "run", run->run_id[0] ? run->run_id : "(unknown: its IDLELAB-BEGIN is missing)");
    for (size_t i = 0; i < platform->row_count; i++)
        print_row(view, platform->rows[i].label, platform->rows[i].value);
    if (view->facts)
        print_facts(view, model, run);
}
