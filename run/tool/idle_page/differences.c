/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

static void print_others(FILE *out, const struct idle_page *page)
{
    fputs("<p class=\"soft\">Other governors on the same passes: how often each would have chosen the same state, and, "
          "where not, whose state was nearer to the one that the length was right for.</p>\n"
          "<div class=\"wide\"><table><thead><tr><th>governor</th><th class=\"number\">same %</th>"
          "<th class=\"number\">nearer %</th><th class=\"number\">Linux nearer %</th><th class=\"number\">as far %</th>"
          "</tr></thead><tbody>\n",
          out);
    for (uint32_t o = 0; o < page->others; o++) {
        const struct page_other *other = &page->other[o];

        report_tag(out, "<tr><td>", other->name, "</td>");
        fprintf(out,
                "<td class=\"number\">%.2f</td><td class=\"number\">%.2f</td><td class=\"number\">%.2f</td>"
                "<td class=\"number\">%.2f</td></tr>\n",
                page_percent(other->same, other->passes), page_percent(other->better, other->passes),
                page_percent(other->worse, other->passes),
                page_percent(other->passes - other->same - other->better - other->worse, other->passes));
    }
    fputs("</tbody></table></div>\n", out);
}

static void print_known(FILE *out, int64_t ns)
{
    char text[PAGE_NAME_BYTES];

    if (ns == INT64_MIN)
        fputs("<td class=\"number\">?</td>", out);
    else
        fprintf(out, "<td class=\"number\">%s%s</td>", ns < 0 ? "-" : "", page_time(text, (double)llabs(ns)));
}

static void print_difference(FILE *out, const struct idle_page *page, const struct page_difference *one)
{
    const struct idle_table *table = &page->kind[one->cpu->kind]->table;
    char text[PAGE_NAME_BYTES];
    uint32_t right = page_right_state(table, one->chosen, one->residency_ns);

    report_tag(out, "<tr><td>", one->cpu->name, "</td>");
    fprintf(out, "<td class=\"number\">%.6f</td>", (double)one->entry_ns / 1e9);
    report_tag(out, "<td>", table->name[one->chosen], "</td>");
    report_tag(out, "<td>", one->replayed < table->count ? table->name[one->replayed] : "?", "</td>");
    report_tag(out, "<td>", table->name[right], "</td>");
    fprintf(out, "<td class=\"number\">%s</td>", page_time(text, (double)one->residency_ns));
    print_known(out, one->next_timer_ns);
    print_known(out, one->tick_ns);
    fprintf(out, "<td>%c</td>", one->wake);
    report_tag(out, "<td>", one->unsure, "</td></tr>\n");
}

void page_differences(FILE *out, const struct idle_page *page)
{
    fputs("<h2 id=\"differences\">Decisions that differ</h2>\n", out);
    if (page->others > 0)
        print_others(out, page);
    if (page->differing == 0)
        return;
    fprintf(out,
            "<details%s><summary>%" PRIu64
            " passes in which the replay of the machine's own governor did not choose what "
            "Linux chose</summary>\n",
            page->differing <= PAGE_DIFFERENCES / 2 ? " open" : "", page->differing);
    if (page->differing > page->differences)
        fprintf(out, "<p class=\"soft\">Each %" PRIu64 "th of them.</p>\n", page->stride);
    fputs(
        "<div class=\"wide\"><table><thead><tr><th>CPU</th><th class=\"number\">at, s</th><th>Linux</th><th>replay</th>"
        "<th>right</th><th class=\"number\">slept</th><th class=\"number\">next timer</th><th "
        "class=\"number\">tick</th>"
        "<th>woken by</th><th>unsure</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < page->differences; i++)
        print_difference(out, page, &page->difference[i]);
    fputs("</tbody></table></div></details>\n", out);
}
