/* SPDX-License-Identifier: MIT */
/* The steps as rows, runs or groups as columns; and what the host counted in each. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/host.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

#define BOOTS_MAX     4096
/* With more columns p99 stands below p50. */
#define COLUMNS_BROAD 4

/* p50 and p99 of one step in the runs of one column, in shown units. */
struct column_values {
    double p50[BOOTS_MAX], p99[BOOTS_MAX];
    size_t count, unusable, runs;
    double bound;
    struct measure measure;
    const char *verdict; /* the first that is no pass; NULL: all passed */
};

static void take_run(struct column_values *all, const struct report_run *run, const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    const struct model_quantile *p50 = metric && metric->n > 0 ? model_quantile(metric, "p50") : NULL;
    const struct model_quantile *p99 = p50 ? model_quantile(metric, "p99") : NULL;
    const char *verdict = trust_verdict(step);
    int64_t bound;

    all->runs++;
    if (strcmp(verdict, "pass") != 0 && !all->verdict)
        all->verdict = verdict;
    if (!p50 || all->count == BOOTS_MAX)
        return;
    all->measure = measure_of(run->run, metric->unit, false);
    bound = trust_bound_of_metric(run->run, step, metric);
    if (!trust_usable(p50->value, bound)) {
        all->bound = (double)bound * all->measure.factor;
        all->unusable++;
        return;
    }
    all->p50[all->count] = (double)p50->value * all->measure.factor;
    all->p99[all->count++] = p99 && !measure_is_difference(metric) ? (double)p99->value * all->measure.factor : 0;
}

static void take_column(struct column_values *all, struct report *report, size_t column, const char *name)
{
    *all = (struct column_values){.measure = {1, ""}};
    for (size_t i = 0; i < report->run_count; i++) {
        const struct model_step *step =
            report->runs[i].column == column ? model_step_by_name(report->runs[i].run, name) : NULL;
        if (step)
            take_run(all, &report->runs[i], step);
    }
}

static void print_cell(FILE *out, struct column_values *all, struct report_scale scale, bool narrow)
{
    char text[MEASURE_CHARS];
    struct report_spread p50, p99;

    if (all->runs == 0) {
        fputs("<td></td>", out);
        return;
    }
    if (all->count == 0 && all->unusable > 0) {
        fprintf(out, "<td class=\"number unusable\">± %s, not usable</td>",
                report_scaled(text, scale, all->measure, all->bound));
        return;
    }
    if (all->count == 0) {
        fprintf(out, "<td class=\"number soft\">%s</td>", all->verdict ? all->verdict : "");
        return;
    }
    p50 = report_spread_of(all->p50, all->count);
    p99 = report_spread_of(all->p99, all->count);
    fprintf(out, "<td class=\"number\"><span class=\"q50\">%s</span>",
            report_scaled(text, scale, all->measure, p50.median));
    if (p99.median > 0)
        fprintf(out, "%s<span class=\"q99\">%s</span>", narrow ? "<br>" : " ",
                report_scaled(text, scale, all->measure, p99.median));
    if (all->count > 1) {
        fprintf(out, "<br><small>%s", report_scaled(text, scale, all->measure, p50.min));
        fprintf(out, " to %s</small>", report_scaled(text, scale, all->measure, p50.max));
    }
    if (all->verdict)
        fprintf(out, "<br><small class=\"doubtful\">%s</small>", all->verdict);
    fputs("</td>", out);
}

static void print_row(FILE *out, struct report *report, struct column_values *all, const char *name)
{
    struct report_scale scale;
    double *medians = calloc(report->column_count, sizeof(*medians));
    size_t known = 0;

    for (size_t c = 0; medians && c < report->column_count; c++) {
        take_column(all, report, c, name);
        if (all->count > 0)
            medians[known++] = report_spread_of(all->p50, all->count).median;
    }
    scale = report_scale_of(medians, known);
    free(medians);
    fputs("<tr><td>", out);
    report_link(out, name);
    fputs("</td>", out);
    for (size_t c = 0; c < report->column_count; c++) {
        take_column(all, report, c, name);
        print_cell(out, all, scale, report->column_count > COLUMNS_BROAD);
    }
    fputs("</tr>\n", out);
}

/* True where some run has a figure for the step. */
static bool has_figure(struct report *report, const char *name)
{
    for (size_t i = 0; i < report->run_count; i++) {
        const struct model_step *step = model_step_by_name(report->runs[i].run, name);
        if (step && model_main_metric(step))
            return true;
    }
    return false;
}

void report_side_by_side(FILE *out, struct report *report)
{
    struct column_values *all = calloc(1, sizeof(*all));
    size_t count;
    struct report_step *names = report_step_names(report, &count);

    if (all && names && report->column_count > 1) {
        fputs("<section id=\"side\"><h2>Side by side <small>p50, p99 beside or below it; of several "
              "boots medians, and below them the range of p50</small></h2>\n<div class=\"wide\" "
              "tabindex=\"0\"><table><thead><tr><th>step</th>",
              out);
        for (size_t c = 0; c < report->column_count; c++)
            report_tag(out, "<th class=\"number\">", report->columns[c].label, "</th>");
        fputs("</tr></thead><tbody>\n", out);
        for (size_t i = 0; i < count; i++)
            if (has_figure(report, names[i].name))
                print_row(out, report, all, names[i].name);
        fputs("</tbody></table></div></section>\n", out);
    }
    free(all);
    free(names);
}

/* What KVM counted, over all vCPUs. */
struct host_counts {
    int64_t halts, tried, polled, asleep_ns, exits;
    bool read;
};

static struct host_counts host_counts_of(const struct model_step *step)
{
    struct host_counts all = {0};

    all.read = model_host_total(step, "kvm", "halt_exits", &all.halts) &&
               model_host_total(step, "kvm", "exits", &all.exits) &&
               model_host_total(step, "kvm", "halt_attempted_poll", &all.tried) &&
               model_host_total(step, "kvm", "halt_successful_poll", &all.polled) &&
               model_host_total(step, "kvm", "halt_wait_ns", &all.asleep_ns);
    return all;
}

static void print_host_row(FILE *out, const struct report *report, const struct report_run *run,
                           const struct model_step *step, bool *any)
{
    struct host_counts all = host_counts_of(step);
    char text[MEASURE_CHARS];

    if (!all.read)
        return;
    if (!*any)
        fprintf(out,
                "<section id=\"host\"><h2>What the host counted <small>KVM's counters over all vCPUs, their increase "
                "in the step</small></h2>\n<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>step</th>%s"
                "<th class=\"number\">HLT exits</th><th class=\"number\">ended by polling</th>"
                "<th class=\"number\">polls tried</th><th class=\"number\">asleep in host</th>"
                "<th class=\"number\">all exits</th></tr></thead><tbody>\n",
                report->run_count > 1 ? "<th>run</th>" : "");
    *any = true;
    fputs("<tr><td>", out);
    report_link(out, step->name);
    fputs("</td>", out);
    if (report->run_count > 1)
        report_tag(out, "<td>", run->label, "</td>");
    fprintf(out,
            "<td class=\"number\">%" PRId64 "</td><td class=\"number\">%" PRId64 "</td><td class=\"number\">%" PRId64
            "</td><td class=\"number\">%s</td><td class=\"number\">%" PRId64 "</td></tr>\n",
            all.halts, all.polled, all.tried, measure_scaled(text, (struct measure){1, "ns"}, (double)all.asleep_ns),
            all.exits);
}

void report_host(FILE *out, struct report *report)
{
    size_t count;
    struct report_step *names = report_step_names(report, &count);
    bool any = false;

    for (size_t n = 0; names && n < count; n++)
        for (size_t i = 0; i < report->run_count; i++) {
            const struct model_step *step = model_step_by_name(report->runs[i].run, names[n].name);
            if (step)
                print_host_row(out, report, &report->runs[i], step, &any);
        }
    if (any)
        fputs("</tbody></table></div></section>\n", out);
    free(names);
}
