/* SPDX-License-Identifier: MIT */
/* The parts of `show` that are sentences: failures, scalar results. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define INDENT_COLUMNS 4
#define NAME_CHARS     160 /* a step's, a finding's and how sure it is; more is cut */

/* "  name: text", wrapped. */
static void print_said(const struct show_view *view, const char *name, const char *text)
{
    fprintf(view->out, "  %s:", name);
    print_words(view->out, text, strlen(name) + 3, INDENT_COLUMNS, view->width, true);
    fputc('\n', view->out);
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
            paint_heading(view->out, "Failures");
        any = true;
        print_said(view, step->name[0] ? step->name : "(unnamed)", reason_of(text, run, step));
    }
}
