/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "run/tool/fleet/view.h"
#include "run/tool/model/measure.h"

const char *view_change(char text[VIEW_CHARS], double logarithm)
{
    if (isnan(logarithm) || isinf(logarithm))
        snprintf(text, VIEW_CHARS, "-");
    else if (fabs(logarithm) > log(3))
        snprintf(text, VIEW_CHARS, "x %.3g", exp(logarithm));
    else
        snprintf(text, VIEW_CHARS, "%+.1f %%", 100 * expm1(logarithm));
    return text;
}

const char *view_time(char text[VIEW_CHARS], double logarithm)
{
    const struct measure ns = {1, "ns"};
    if (isnan(logarithm))
        snprintf(text, VIEW_CHARS, "-");
    else
        measure_scaled(text, ns, exp(logarithm));
    return text;
}

const char *view_figure(char text[256], const struct view *view, size_t figure)
{
    snprintf(text, 256, "%s", figure == NAMES_NONE ? "" : view->names.figures.texts[figure]);
    return text;
}

void view_rule(FILE *out, const struct view *view)
{
    fprintf(
        out,
        "Odd is a machine of which four of five boots are off by %.0f %% or more, further than its group's machines "
        "spread; of the machines that are named at most %g %% are false on average (Benjamini and Hochberg).",
        100 * expm1(view->judged.least), 100 * ODD_RATE);
}
