/* SPDX-License-Identifier: MIT */
/* The parts of `show` that are sentences: failures, scalar results, findings. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define INDENT_COLUMNS 4
#define NAME_CHARS     160 /* a step's, a finding's and how sure it is; more is cut */

/* "  name: text", wrapped. */
static void print_said(const struct show_view *view, const char *name, const char *text)
{
    fprintf(view->out, "  %s: ", name);
    print_wrapped(view->out, text, strlen(name) + 4, INDENT_COLUMNS, view->width);
}

void show_failures(const struct show_view *view, const struct model_run *run)
{
    bool any = false;
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        char text[REASON_CHARS];
        if (step->verdict.seen && step->verdict.ok)
            continue;
        if (!any)
            fputs("\nFailures\n", view->out);
        any = true;
        print_said(view, step->name[0] ? step->name : "(unnamed)", reason_of(text, run, step));
    }
}

void show_scalars(const struct show_view *view, const struct model_run *run)
{
    bool any = false;
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        char line[2048] = "", value[MEASURE_CHARS];
        size_t at = 0;
        for (size_t j = 0; j < step->scalar_count; j++) {
            const struct model_scalar *scalar = &step->scalars[j];
            int n;

            /* The same in each step, and of no interest in a list of all. */
            if (strcmp(scalar->key, "warmup") == 0 || at + 1 >= sizeof(line))
                continue;
            n = snprintf(line + at, sizeof(line) - at, "%s%s %s", at ? ", " : "", scalar->key,
                         measure_scalar(value, run, scalar, view->ticks));
            at += n > 0 ? (size_t)n : 0;
        }
        if (at == 0)
            continue;
        if (!any)
            fputs("\nResults\n", view->out);
        any = true;
        print_said(view, step->name, line);
    }
}

/* Many findings are one word: the finding's name has the question. */
static void print_finding(const struct show_view *view, const struct model_step *step,
                          const struct model_finding *finding)
{
    const char *core = step ? step->core : "";
    char name[NAME_CHARS];

    snprintf(name, sizeof(name), "%s%s%s%s: %s%s%s%s", step ? step->name : "run", core[0] ? " (" : "", core,
             core[0] ? "-core)" : "", finding->id, finding->conf[0] ? " (" : "", finding->conf,
             finding->conf[0] ? ")" : "");
    print_said(view, name, finding->text);
}

void show_findings(const struct show_view *view, const struct model_run *run)
{
    bool any = false;
    for (size_t i = 0; i <= run->step_count; i++) {
        const struct model_step *step = i < run->step_count ? &run->steps[i] : NULL;
        const struct model_finding *list = step ? step->findings : run->findings;
        size_t count = step ? step->finding_count : run->finding_count;
        for (size_t j = 0; j < count; j++) {
            if (!any)
                fputs("\nFindings\n", view->out);
            any = true;
            print_finding(view, step, &list[j]);
        }
    }
}
