/* SPDX-License-Identifier: MIT */
/* The first screen: which machine, how it went, what qualifies the numbers, and what was found; provenance folded. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/headline.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

/* So many stand open. */
#define FINDINGS_OPEN 5
#define WARNINGS_OPEN 2
#define SAID_MAX      512

/* A sentence of one or several runs. */
struct said {
    const char *text, *about, *conf, *step; /* step: "" for the whole run's */
    double low50, high50, low99, high99;    /* ns, over the runs; 0: no figures */
    size_t runs, last_run;
    int weight;
};

struct sayings {
    struct said list[SAID_MAX];
    size_t count;
};

static void say(struct sayings *all, size_t run, const struct headline *said)
{
    struct said *one;
    size_t at = 0;
    while (at < all->count && strcmp(all->list[at].about, said->about) != 0)
        at++;
    if (at == SAID_MAX)
        return;
    one = &all->list[at];
    if (at == all->count) {
        all->count++;
        *one = (struct said){.text = said->text,
                             .about = said->about,
                             .conf = said->conf,
                             .step = said->step ? said->step->name : "",
                             .low50 = said->p50_ns,
                             .low99 = said->p99_ns,
                             .last_run = (size_t)-1,
                             .weight = said->weight};
    }
    one->low50 = fmin(one->low50, said->p50_ns);
    one->low99 = fmin(one->low99, said->p99_ns);
    one->high50 = fmax(one->high50, said->p50_ns);
    one->high99 = fmax(one->high99, said->p99_ns);
    one->runs += one->last_run != run;
    one->last_run = run;
}

static int by_weight(const void *one, const void *other)
{
    const struct said *a = one, *b = other;
    if (a->weight != b->weight)
        return a->weight < b->weight ? 1 : -1;
    return a->runs < b->runs ? 1 : a->runs > b->runs ? -1 : strcmp(a->text, b->text);
}

static void print_said(FILE *out, const struct report *report, const struct said *said)
{
    const struct measure ns = {1, "ns"};
    char low[MEASURE_CHARS], high[MEASURE_CHARS];

    fputs("<li>", out);
    report_text(out, said->runs > 1 ? said->about : said->text);
    if (said->runs > 1 && said->high50 > 0) {
        fprintf(out, ", p50 %s to %s", measure_scaled(low, ns, said->low50), measure_scaled(high, ns, said->high50));
        fprintf(out, ", p99 %s to %s", measure_scaled(low, ns, said->low99), measure_scaled(high, ns, said->high99));
    }
    if (said->conf[0])
        report_tag(out, " <span class=\"conf\">", said->conf, "</span>");
    if (report->run_count > 1 && said->runs == 1)
        report_tag(out, " <span class=\"conf\">", report->runs[said->last_run].label, "</span>");
    else if (report->run_count > 1)
        fprintf(out, " <span class=\"conf\">%zu of %zu runs</span>", said->runs, report->run_count);
    if (said->step[0]) {
        fputs(" <a class=\"go\" href=\"#", out);
        report_anchor(out, said->step);
        report_tag(out, "\" aria-label=\"to the step ", said->step, "\">step</a>");
    }
    fputs("</li>\n", out);
}

/* A list of which the first `open` are seen. */
static void print_list(FILE *out, const struct report *report, const struct sayings *all, size_t open,
                       const char *class_name, const char *what, const char *which)
{
    if (all->count == 0)
        return;
    fprintf(out, "<div class=\"%s\"><ul>\n", class_name);
    for (size_t i = 0; i < all->count; i++) {
        if (i == open)
            fprintf(out, "</ul><details><summary>%zu more %s%s%s</summary><ul>\n", all->count - open, what,
                    all->count - open == 1 ? "" : "s", which);
        print_said(out, report, &all->list[i]);
    }
    fputs(all->count > open ? "</ul></details></div>\n" : "</ul></div>\n", out);
}

static void print_warnings(FILE *out, struct report *report, struct sayings *all)
{
    *all = (struct sayings){.count = 0};
    for (size_t i = 0; i < report->run_count; i++)
        for (size_t w = 0; w < report->runs[i].platform.warning_count; w++)
            say(all, i,
                &(struct headline){.text = report->runs[i].platform.warnings[w],
                                   .about = report->runs[i].platform.warnings[w],
                                   .conf = ""});
    print_list(out, report, all, WARNINGS_OPEN, "warnings", "warning", " of every number");
}

/* Losses of a log: the report is of what arrived. */
static void print_losses(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->log_count; i++) {
        const struct report_log *log = &report->logs[i];
        if (log->model.run_count == 0)
            report_tag(out, "<p class=\"warning\">There is no run in ", log->name, ".</p>\n");
        else if (log->result.exit == TOOL_LOSS) {
            report_tag(out, "<p class=\"warning\">The log is damaged or incomplete: ", log->name, ", ");
            fprintf(out, "%" PRIu64 " records are missing.</p>\n", log->result.counts.missing);
        }
    }
}

static void print_findings(FILE *out, struct report *report, struct sayings *all)
{
    struct headline *list = calloc(HEADLINES_MAX, sizeof(*list));

    *all = (struct sayings){.count = 0};
    for (size_t i = 0; list && i < report->run_count; i++) {
        size_t count = headlines_of(&report->runs[i].log->model, report->runs[i].run, list);
        for (size_t h = 0; h < count; h++)
            say(all, i, &list[h]);
    }
    qsort(all->list, all->count, sizeof(all->list[0]), by_weight);
    fputs("<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>\n", out);
    if (all->count == 0)
        fputs("<p class=\"soft\">None.</p>\n", out);
    print_list(out, report, all, FINDINGS_OPEN, "findings", "finding", "");
    free(list);
}

/* One line where all runs say the same, else one a run that differs from those before it. */
static void print_lines(FILE *out, struct report *report, bool result)
{
    char text[HEADLINE_CHARS], *seen = NULL;
    size_t kinds = 0, bytes = 0;
    FILE *list = open_memstream(&seen, &bytes);

    for (size_t i = 0; list && i < report->run_count; i++) {
        char key[HEADLINE_CHARS + 4];
        if (result)
            headline_result(text, report->runs[i].run);
        else
            headline_machine(text, &report->runs[i].log->model, report->runs[i].run);
        snprintf(key, sizeof(key), "\n%s\n", text);
        if (seen && strstr(seen, key))
            continue;
        fputs(key, list);
        fflush(list);
        if (++kinds > 3)
            continue;
        report_tag(out,
                   !result                                         ? "<h1>"
                   : text[0] != 'P'                                ? "<p class=\"result fail\">"
                   : report->runs[i].log->result.exit == TOOL_LOSS ? "<p class=\"result\">"
                                                                   : "<p class=\"result pass\">",
                   text, result ? "</p>\n" : "</h1>\n");
    }
    if (kinds > 3)
        fprintf(out, "<p class=\"soft\">and %zu more that differ</p>\n", kinds - 3);
    if (list)
        fclose(list);
    free(seen);
}

void report_head(FILE *out, struct report *report)
{
    struct sayings *all = calloc(1, sizeof(*all));

    print_lines(out, report, false);
    if (report->run_count == 0)
        fputs("<h1>No run</h1>\n", out);
    print_lines(out, report, true);
    if (report->run_count > 1)
        fprintf(out, "<p class=\"soft\">%zu runs in %zu logs%s</p>\n", report->run_count, report->log_count,
                report->has_groups ? ", in groups" : "");
    print_losses(out, report);
    if (all) {
        print_warnings(out, report, all);
        print_findings(out, report, all);
    }
    free(all);
}

/* The value that the run's platform has at that label's n-th row, or "". */
static const char *platform_value(const struct report_run *run, const char *label, size_t nth)
{
    for (size_t i = 0; i < run->platform.row_count; i++)
        if (strcmp(run->platform.rows[i].label, label) == 0 && nth-- == 0)
            return run->platform.rows[i].value;
    return "";
}

/* Which of several rows of that label row `index` is. */
static size_t place_of(const struct platform *platform, size_t index)
{
    size_t nth = 0;
    for (size_t i = 0; i < index; i++)
        nth += strcmp(platform->rows[i].label, platform->rows[index].label) == 0;
    return nth;
}

/* Rows of the first run's platform in which another differs, with a column each. */
static void print_differing(FILE *out, const struct report *report)
{
    const struct platform *first = &report->runs[0].platform;

    fputs("<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>differs</th>", out);
    for (size_t i = 0; i < report->run_count; i++)
        report_tag(out, "<th>", report->runs[i].label, "</th>");
    fputs("</tr></thead><tbody>\n<tr><td>run</td>", out);
    for (size_t i = 0; i < report->run_count; i++)
        report_tag(out, "<td>", report->runs[i].run->run_id, "</td>");
    fputs("</tr>\n", out);
    for (size_t r = 0; r < first->row_count; r++) {
        size_t nth = place_of(first, r);
        bool differs = false;
        for (size_t i = 1; i < report->run_count; i++)
            differs |= strcmp(platform_value(&report->runs[i], first->rows[r].label, nth), first->rows[r].value) != 0;
        if (!differs)
            continue;
        report_tag(out, "<tr><td>", first->rows[r].label, "</td>");
        for (size_t i = 0; i < report->run_count; i++)
            report_tag(out, "<td>", platform_value(&report->runs[i], first->rows[r].label, nth), "</td>");
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

void report_provenance(FILE *out, struct report *report)
{
    const struct report_run *first = report->runs;

    if (report->run_count == 0)
        return;
    report_tag(out, "<details class=\"provenance\"><summary>Where this comes from: run ",
               first->run->run_id[0] ? first->run->run_id : "unknown", ", build ");
    report_text(out, platform_value(first, "build", 0)[0] ? platform_value(first, "build", 0) : "unknown");
    fputs(report->run_count > 1 ? ", and what differs between the runs" : "", out);
    fputs("; clocks, interrupts, firmware</summary>\n", out);
    if (report->run_count > 1)
        print_differing(out, report);
    report_tag(out, "<h3>", first->label, "</h3><dl>\n");
    for (size_t i = 0; i < first->platform.row_count; i++) {
        report_tag(out, "<dt>", first->platform.rows[i].label, "</dt>");
        report_tag(out, "<dd>", first->platform.rows[i].value, "</dd>\n");
    }
    fputs("</dl></details>\n", out);
}
