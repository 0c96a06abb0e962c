/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

enum {
    CPUS_OPEN = 16, /* of more, those that are odd stand first */
    FIGURES = 4,
    FAR = 5, /* median distances from the median */
};

static double figure_of(const struct page_cpu *cpu, int which)
{
    if (which == 0)
        return log10(cpu->passes ? (double)cpu->slept_ns / (double)cpu->passes + 1 : 1);
    if (which == 1)
        return page_percent(cpu->deep, cpu->passes);
    return which == 2 ? page_percent(cpu->shallow, cpu->passes) : page_percent(cpu->ticks, cpu->passes);
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return a < b ? -1 : a > b;
}

/* Of each figure the median over the CPUs, and how far one may be from it. */
static bool find_middle(const struct idle_page *page, double middle[FIGURES], double room[FIGURES])
{
    static const double LEAST[FIGURES] = {0.15, 2, 2, 2}; /* a factor of 1.4; percents */
    double *values = calloc(page->cpus, sizeof(*values));

    for (int k = 0; values && k < FIGURES; k++) {
        for (uint32_t c = 0; c < page->cpus; c++)
            values[c] = figure_of(&page->cpu[c], k);
        qsort(values, page->cpus, sizeof(*values), by_size);
        middle[k] = values[page->cpus / 2];
        for (uint32_t c = 0; c < page->cpus; c++)
            values[c] = fabs(values[c] - middle[k]);
        qsort(values, page->cpus, sizeof(*values), by_size);
        room[k] = fmax(FAR * values[page->cpus / 2], LEAST[k]);
    }
    free(values);
    return values != NULL;
}

static const char *oddness(const struct idle_page *page, const struct page_cpu *cpu, const double middle[FIGURES],
                           const double room[FIGURES])
{
    static const char *const WORDS[FIGURES] = {"length", "too deep", "too shallow", "tick"};

    for (int k = 0; page->cpus > 2 && k < FIGURES; k++)
        if (fabs(figure_of(cpu, k) - middle[k]) > room[k])
            return WORDS[k];
    return "";
}

static void print_cpu(FILE *out, const struct page_cpu *cpu, double span_ns, const char *odd)
{
    char text[PAGE_NAME_BYTES];

    report_tag(out, "<tr><td>", cpu->name, "</td>");
    fprintf(out,
            "<td class=\"number\">%" PRIu64 "</td><td class=\"number\">%.1f</td><td class=\"number\">%s</td>"
            "<td class=\"number\">%.2f</td><td class=\"number\">%.2f</td><td class=\"number\">%.1f</td>",
            cpu->passes, 100 * (double)cpu->slept_ns / span_ns,
            page_time(text, cpu->passes ? (double)cpu->slept_ns / (double)cpu->passes : 0),
            page_percent(cpu->deep, cpu->passes), page_percent(cpu->shallow, cpu->passes),
            page_percent(cpu->ticks, cpu->passes));
    if (cpu->replayed)
        fprintf(out, "<td class=\"number\">%.2f</td>", page_percent(cpu->agreed, cpu->replayed));
    else
        fputs("<td class=\"number\">-</td>", out);
    fprintf(out, "<td class=\"number\">%.1f</td><td>%s</td></tr>\n", page_percent(cpu->unsure, cpu->passes), odd);
}

void page_cpus(FILE *out, const struct idle_page *page)
{
    double middle[FIGURES] = {0}, room[FIGURES] = {0};
    bool known = find_middle(page, middle, room);
    uint32_t shown = 0;

    fputs(
        "<h2 id=\"cpus\">CPUs</h2>\n<div class=\"wide\"><table class=\"cpus\"><thead><tr><th>CPU</th>"
        "<th class=\"number\">sleeps</th><th class=\"number\">idle %</th><th class=\"number\">mean</th>"
        "<th class=\"number\">too deep %</th><th class=\"number\">too shallow %</th><th class=\"number\">by tick %</th>"
        "<th class=\"number\">as replayed %</th><th class=\"number\">unsure %</th><th>far from the others in</th>"
        "</tr></thead><tbody>\n",
        out);
    for (int odd = 1; odd >= 0; odd--)
        for (uint32_t c = 0; c < page->cpus; c++) {
            const char *word = known ? oddness(page, &page->cpu[c], middle, room) : "";

            /* Few CPUs stand in their order. */
            if (page->cpus > CPUS_OPEN ? (word[0] != 0) != odd || shown == 2 * CPUS_OPEN : !odd)
                continue;
            print_cpu(out, &page->cpu[c], (double)page->span_ns, word);
            shown++;
        }
    fputs("</tbody></table></div>\n", out);
    if (shown < page->cpus)
        fprintf(out, "<p class=\"soft\">%u of %u CPUs, those that are far from the others first.</p>\n", shown,
                page->cpus);
}

void page_right(FILE *out, const struct idle_page *page)
{
    fputs("<h2 id=\"states\">The state chosen, and the one that its length was right for</h2>\n"
          "<p class=\"soft\">Percent of a state's sleeps, by the deepest state whose target residency they reached, as "
          "Linux counts above and below.</p>\n",
          out);
    for (uint32_t k = 0; k < page->kinds; k++) {
        const struct page_kind *kind = page->kind[k];

        fputs("<div class=\"wide\"><table class=\"heat\"><thead><tr><th>chosen</th><th class=\"number\">sleeps</th>",
              out);
        for (uint32_t s = 0; s < kind->table.count; s++)
            report_tag(out, "<th class=\"number\">", kind->table.name[s], "</th>");
        fputs("</tr></thead><tbody>\n", out);
        for (uint32_t s = 0; s < kind->table.count; s++) {
            uint64_t all = 0;

            for (uint32_t r = 0; r < kind->table.count; r++)
                all += kind->right[s][r];
            report_tag(out, "<tr><td>", kind->table.name[s], "</td>");
            fprintf(out, "<td class=\"number\">%" PRIu64 "</td>", all);
            for (uint32_t r = 0; r < kind->table.count; r++) {
                double share = page_percent(kind->right[s][r], all);

                if (kind->right[s][r] == 0)
                    fputs("<td></td>", out);
                else
                    fprintf(out, "<td style=\"--a:%.0f%%\"%s>%.1f</td>", share * 0.8, r == s ? " class=\"own\"" : "",
                            share);
            }
            fputs("</tr>\n", out);
        }
        fputs("</tbody></table></div>\n", out);
    }
}
