/* SPDX-License-Identifier: MIT */
#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

enum { MARKS = 4 };

struct row {
    const struct idle_page *page;
    uint32_t row;
};

static double time_of(const void *context, uint32_t bin, uint32_t state)
{
    const struct row *row = context;

    return (double)row->page->time_ns[(size_t)row->row * row->page->bins + bin][state];
}

/* The CPUs that share a row: first and one behind the last. */
static void cpus_of(const struct idle_page *page, uint32_t row, uint32_t *first, uint32_t *end)
{
    *first = (row * page->cpus + page->rows - 1) / page->rows;
    *end = ((row + 1) * page->cpus + page->rows - 1) / page->rows;
}

static void print_row(FILE *out, const struct idle_page *page, uint32_t number)
{
    struct row row = {page, number};
    uint64_t slept_ns = 0;
    uint32_t first, end;
    double bin_ns = (double)page->span_ns / page->bins;

    cpus_of(page, number, &first, &end);
    for (uint32_t c = first; c < end; c++)
        slept_ns += page->cpu[c].slept_ns;
    fputs("<div class=\"lane\"><span class=\"label\">", out);
    report_text(out, page->cpu[first].name);
    if (end - first > 1 && page->recordings == 1)
        fprintf(out, " to %u", page->cpu[end - 1].number);
    else if (end - first > 1)
        report_tag(out, " to ", page->cpu[end - 1].name, "");
    fputs("</span><span class=\"track\">", out);
    page_stack(out, page->cpu[first].name, page->bins, page->states, bin_ns * (end - first), time_of, &row);
    fprintf(out, "</span><span class=\"value\">%.1f %%</span></div>\n",
            100.0 * (double)slept_ns / (double)page->span_ns / (end - first));
}

void page_timeline(FILE *out, const struct idle_page *page)
{
    char text[PAGE_NAME_BYTES];

    fprintf(
        out,
        "<figure id=\"timeline\" class=\"idle\"><figcaption>Idle in time, by CPU and state: the height is the share "
        "of each %s; above it the CPU was busy, or nothing was recorded. At the right, idle in all.</figcaption>\n",
        page_time(text, (double)page->span_ns / page->bins));
    page_key(out, &page->kind[0]->table);
    for (uint32_t r = 0; r < page->rows; r++)
        print_row(out, page, r);
    fputs("<div class=\"lane axis\"><span></span><span class=\"track\">", out);
    for (uint32_t m = 0; m <= MARKS; m++)
        fprintf(out, "<b%s style=\"left:%u%%\">%s</b>", m % 2 ? " class=\"often\"" : "", 100 * m / MARKS,
                m ? page_time(text, (double)page->span_ns * m / MARKS) : "0");
    fputs("</span><span></span></div></figure>\n", out);
}
