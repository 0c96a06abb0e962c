/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

enum { HEIGHT = 200 };

const char *page_time(char *text, double ns)
{
    static const char *const UNITS[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;

    for (; unit < 3 && ns >= 999.5; unit++)
        ns /= 1000;
    snprintf(text, PAGE_NAME_BYTES, "%.3g %s", ns, UNITS[unit]);
    return text;
}

/* The upper edge of one state and all that are deeper, down to the ground: deeper states are drawn over it. */
static void print_area(FILE *out, uint32_t bins, uint32_t from, uint32_t states, double full, page_value *value,
                       const void *context)
{
    uint32_t run = 0;
    int height = 0;

    fprintf(out, "<path class=\"z%u\" d=\"M0 %dv0", from, HEIGHT);
    for (uint32_t bin = 0; bin <= bins; bin++) {
        double sum = 0;
        int now = 0;

        for (uint32_t s = from; bin < bins && s < states; s++)
            sum += value(context, bin, s);
        if (bin < bins && full > 0)
            now = (int)lround(fmin(sum / full, 1) * HEIGHT);
        if (now != height || bin == bins) {
            if (run)
                fprintf(out, "h%u", run);
            if (now != height)
                fprintf(out, "v%d", height - now);
            run = 0;
        }
        height = now;
        run++;
    }
    fputs("z\"/>", out);
}

void page_stack(FILE *out, const char *what, uint32_t bins, uint32_t states, double full, page_value *value,
                const void *context)
{
    report_tag(out, "<svg role=\"img\" aria-label=\"", what, "\"");
    fprintf(out, " viewBox=\"0 0 %u %d\" preserveAspectRatio=\"none\">", bins, HEIGHT);
    for (uint32_t s = 0; s < states; s++)
        print_area(out, bins, s, states, full, value, context);
    fputs("</svg>", out);
}

void page_key(FILE *out, const struct idle_table *table)
{
    char text[PAGE_NAME_BYTES];

    fputs("<p class=\"keys\">", out);
    for (uint32_t s = 0; s < table->count; s++) {
        fprintf(out, "<span><i class=\"z%u\"></i>", s);
        report_text(out, table->name[s]);
        if (table->target_residency_ns[s] > 0)
            fprintf(out, " <small>pays from %s</small>", page_time(text, (double)table->target_residency_ns[s]));
        if (idle_state_disabled(table, s))
            fputs(" <small>(disabled)</small>", out);
        fputs("</span>\n", out);
    }
    fputs("</p>\n", out);
}
