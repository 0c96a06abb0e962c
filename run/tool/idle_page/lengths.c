/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

struct view {
    const struct page_kind *kind;
    uint32_t first, end; /* classes that hold anything, or a target residency below it */
    bool by_time;
};

static double value_of(const void *context, uint32_t bin, uint32_t state)
{
    const struct view *view = context;
    const struct page_length *length = &view->kind->length[view->first + bin][state];

    return view->by_time ? (double)length->ns : (double)length->count;
}

static struct view view_of(const struct page_kind *kind)
{
    struct view view = {kind, PAGE_CLASSES, 0, false};

    for (uint32_t c = 0; c < PAGE_CLASSES; c++)
        for (uint32_t s = 0; s < kind->table.count; s++)
            if (kind->length[c][s].count > 0) {
                view.first = c < view.first ? c : view.first;
                view.end = c + 1;
            }
    for (uint32_t s = 1; s < kind->table.count && view.end > 0; s++) {
        uint32_t class = page_class(kind->table.target_residency_ns[s]);

        view.first = class < view.first ? class : view.first;
    }
    return view;
}

/* Where a length stands on the axis, in percent; below 0 or above 100 it is not on it. */
static double place(const struct view *view, double ns)
{
    double low = log10(page_class_ns(view->first)), high = log10(page_class_ns(view->end));

    return ns > 0 ? 100 * (log10(ns) - low) / (high - low) : -1;
}

static void print_marks(FILE *out, const struct view *view, bool named)
{
    const struct idle_table *table = &view->kind->table;
    char text[PAGE_NAME_BYTES];

    for (uint32_t s = 1; s < table->count; s++) {
        double at = place(view, (double)table->target_residency_ns[s]);

        if (at < 0 || at > 100)
            continue;
        if (!named) {
            fprintf(out, "<i class=\"pays z%u\" style=\"left:%.1f%%\"></i>", s, at);
            continue;
        }
        fprintf(out,
                "<div class=\"lane axis\"><span></span><span class=\"track\"><b class=\"%s\" style=\"left:%.1f%%\">",
                at > 75   ? "before"
                : at < 25 ? "after"
                          : "",
                at);
        report_text(out, table->name[s]);
        fprintf(out, " %s</b></span><span></span></div>\n", page_time(text, (double)table->target_residency_ns[s]));
    }
}

static void print_axis(FILE *out, const struct view *view)
{
    char text[PAGE_NAME_BYTES];
    int step = view->end - view->first > 5 * PAGE_DECADE ? 2 : 1;

    fputs("<div class=\"lane axis\"><span></span><span class=\"track\">", out);
    for (int decade = 2; decade < 13; decade += step) {
        double ns = pow(10, decade), at = place(view, ns);

        if (at >= 0 && at <= 100)
            fprintf(out, "<b style=\"left:%.1f%%\">%s</b>", at, page_time(text, ns));
    }
    fputs("</span><span></span></div>\n", out);
}

static void print_lengths(FILE *out, const struct page_kind *kind, bool by_time)
{
    struct view view = view_of(kind);
    double most = 0, all = 0;
    const char *what = by_time ? "time asleep" : "sleeps";

    view.by_time = by_time;
    for (uint32_t bin = 0; bin < view.end - view.first; bin++) {
        double sum = 0;

        for (uint32_t s = 0; s < kind->table.count; s++)
            sum += value_of(&view, bin, s);
        most = sum > most ? sum : most;
        all += sum;
    }
    fprintf(out,
            "<figure class=\"idle lengths\"><figcaption>%s by length and the state that was chosen; the lines are the "
            "target residencies. The highest column is %.1f %%.</figcaption>\n"
            "<div class=\"lane tall\"><span class=\"label\">%s</span><span class=\"track\">",
            by_time ? "Time asleep" : "Sleeps", all > 0 ? 100 * most / all : 0, what);
    page_stack(out, what, view.end - view.first, kind->table.count, most, value_of, &view);
    print_marks(out, &view, false);
    fputs("</span><span class=\"value\"></span></div>\n", out);
    print_axis(out, &view);
    print_marks(out, &view, true);
    fputs("</figure>\n", out);
}

void page_lengths(FILE *out, const struct idle_page *page)
{
    fputs("<h2 id=\"lengths\">How long the CPUs slept</h2>\n", out);
    for (uint32_t k = 0; k < page->kinds; k++) {
        if (page->kind[k]->passes == 0)
            continue;
        if (page->kinds > 1)
            fprintf(out, "<h3>%u CPUs with these states</h3>\n", page->kind[k]->cpus);
        page_key(out, &page->kind[k]->table);
        fputs("<div class=\"pair\">\n", out);
        print_lengths(out, page->kind[k], false);
        print_lengths(out, page->kind[k], true);
        fputs("</div>\n", out);
    }
}
