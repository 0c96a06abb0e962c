/* SPDX-License-Identifier: MIT */
/* What stands in a step's row once it is open: exact figures, results, findings, tables, pictures. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/finding_words.h"
#include "run/tool/model/host_words.h"
#include "run/tool/model/host.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

/* Of more runs there are no plain pictures: boxes compare them. */
#define PICTURES_MAX 3

/* Scalar results of a step that only say what was asked for. */
static bool is_dull(const struct model_scalar *scalar)
{
    return strcmp(scalar->key, "warmup") == 0;
}

static const struct model_scalar *scalar_of(const struct model_step *step, const char *key)
{
    for (size_t i = 0; step && i < step->scalar_count; i++)
        if (strcmp(step->scalars[i].key, key) == 0)
            return &step->scalars[i];
    return NULL;
}

/* Calls `print` for the step of this name in every run that has it. */
static void each_step(FILE *out, struct report *report, const char *name,
                      void (*print)(FILE *, const struct report *, struct report_run *, struct model_step *))
{
    for (size_t i = 0; i < report->run_count; i++) {
        struct model_step *step = model_step_by_name(report->runs[i].run, name);
        if (step)
            print(out, report, &report->runs[i], step);
    }
}

/* Results as rows, runs as columns. */
static void print_scalars(FILE *out, struct report *report, const char *name, const struct model_step *first)
{
    bool any = false;

    for (size_t s = 0; s < first->scalar_count; s++) {
        const char *key = first->scalars[s].key;
        char text[MEASURE_CHARS];
        if (is_dull(&first->scalars[s]) || scalar_of(first, key) != &first->scalars[s])
            continue;
        if (!any) {
            fputs("<div class=\"wide\" tabindex=\"0\"><table class=\"results\"><thead><tr><th>result</th>", out);
            for (size_t i = 0; i < report->run_count; i++)
                report_tag(out, "<th class=\"number\">", report->runs[i].label, "</th>");
            fputs("</tr></thead><tbody>\n", out);
        }
        any = true;
        report_tag(out, "<tr><td>", key, "</td>");
        for (size_t i = 0; i < report->run_count; i++) {
            const struct model_scalar *scalar = scalar_of(model_step_by_name(report->runs[i].run, name), key);
            report_tag(out, "<td class=\"number\">",
                       scalar ? measure_scalar(text, report->runs[i].run, scalar, false) : "", "</td>");
        }
        fputs("</tr>\n", out);
    }
    if (any)
        fputs("</tbody></table></div>\n", out);
}

/* A finding once, with the runs that have it. */
static void print_findings(FILE *out, struct report *report, const char *name, struct report_run *own,
                           const struct model_step *step)
{
    for (size_t f = 0; f < step->finding_count; f++) {
        const struct model_finding *finding = &step->findings[f];
        char words[FINDING_WORDS_CHARS];
        size_t runs = 0;
        bool before = false;

        for (size_t i = 0; i < report->run_count; i++) {
            const struct model_step *other = model_step_by_name(report->runs[i].run, name);
            bool has = false;
            for (size_t o = 0; other && o < other->finding_count; o++)
                has |= strcmp(other->findings[o].id, finding->id) == 0 &&
                       strcmp(other->findings[o].text, finding->text) == 0;
            before |= has && &report->runs[i] < own;
            runs += has;
        }
        if (before)
            continue;
        report_tag(out, "<p class=\"finding\"><strong>", finding->id, "</strong> ");
        report_text(out, finding_words(words, finding));
        if (finding->conf[0])
            report_tag(out, " <span class=\"conf\">", finding->conf, "</span>");
        if (report->run_count > 1)
            fprintf(out, " <span class=\"conf\">%zu of %zu runs</span>", runs, report->run_count);
        fputs("</p>\n", out);
    }
}

/* The increases of the host's counters. */
static void print_host(FILE *out, const struct report *report, struct report_run *run, struct model_step *step)
{
    (void)report;
    for (int64_t vcpu = 0; vcpu < model_host_vcpus(step); vcpu++) {
        char words[HOST_WORDS_CHARS];
        if (!host_words(words, step, vcpu))
            continue;
        report_tag(out, "<p class=\"host\"><strong>", run->label, ", host</strong> ");
        report_tag(out, "", words, "</p>\n");
    }
}

/* A table of all runs, in the unit that suits their medians. */
static void print_exact(FILE *out, struct report *report, const char *name)
{
    double *medians = calloc(report->run_count, sizeof(*medians));
    struct report_scale scale;

    for (size_t i = 0; medians && i < report->run_count; i++) {
        const struct model_step *step = model_step_by_name(report->runs[i].run, name);
        const struct model_metric *metric = step ? model_main_metric(step) : NULL;
        const struct model_quantile *p50 = metric ? model_quantile(metric, "p50") : NULL;
        if (p50)
            medians[i] = (double)p50->value * measure_of(report->runs[i].run, metric->unit, false).factor;
    }
    scale = report_scale_of(medians, medians ? report->run_count : 0);
    free(medians);
    report_open_exact(out, "run");
    for (size_t i = 0; i < report->run_count; i++) {
        const struct model_step *step = model_step_by_name(report->runs[i].run, name);
        if (step)
            report_exact(out, scale, &report->runs[i], step);
    }
}

static void print_tables(FILE *out, const struct report *report, struct report_run *run, struct model_step *step)
{
    const char *label = report->run_count > 1 ? run->label : "";
    report_rows(out, run->run, step, label);
    if (report->run_count > PICTURES_MAX)
        return;
    fputs("<div class=\"static\">", out);
    report_svg(out, &run->log->model, run->run, step);
    fputs("</div>\n", out);
}

/* A box for each run or group: medians of the boots, on one linear axis. */
static void print_boxes(FILE *out, struct report *report, const char *name)
{
    double *values = calloc(report->run_count, sizeof(*values));
    double low = 0, high = 0;
    size_t known = 0;

    for (size_t i = 0; values && i < report->run_count; i++) {
        const struct model_step *step = model_step_by_name(report->runs[i].run, name);
        const struct model_metric *metric = step ? model_main_metric(step) : NULL;
        const struct model_quantile *p50 = metric && metric->n > 0 ? model_quantile(metric, "p50") : NULL;
        values[i] = p50 ? (double)p50->value * measure_of(report->runs[i].run, metric->unit, false).factor : -1;
        if (!p50 || strcmp(measure_of(report->runs[i].run, metric->unit, false).unit, "ns") != 0 || values[i] <= 0 ||
            !trust_usable(p50->value, trust_bound_of_metric(report->runs[i].run, step, metric)))
            values[i] = -1;
        if (values[i] <= 0)
            continue;
        low = known == 0 || values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
        known++;
    }
    if (known >= 3) {
        double pad = high > low ? (high - low) * 0.05 : high * 0.05, width = high - low + 2 * pad;
        char text[MEASURE_CHARS];
        fputs("<figure class=\"boxes\"><figcaption>p50 of each boot; box: quartiles</figcaption>\n", out);
        for (size_t c = 0; c < (report->has_groups ? report->column_count : 1); c++) {
            double own[4096];
            struct report_spread spread;
            size_t count = 0;
            for (size_t i = 0; i < report->run_count && count < 4096; i++)
                if (values[i] > 0 && (!report->has_groups || report->runs[i].column == c))
                    own[count++] = values[i];
            if (count == 0)
                continue;
            spread = report_spread_of(own, count);
            report_tag(out, "<div class=\"box\"><span class=\"label\">",
                       report->has_groups ? report->columns[c].label : "all boots", "");
            fprintf(out, " <small>(%zu)</small></span><span class=\"track\">", count);
            fprintf(out, "<i class=\"whisker\" style=\"left:%.2f%%;width:%.2f%%\"></i>",
                    100 * (spread.min - low + pad) / width, 100 * (spread.max - spread.min) / width);
            fprintf(out, "<i class=\"quartiles\" style=\"left:%.2f%%;width:%.2f%%\"></i>",
                    100 * (spread.low - low + pad) / width, 100 * (spread.high - spread.low) / width);
            for (size_t i = 0; i < count; i++)
                fprintf(out, "<i class=\"boot\" style=\"left:%.2f%%\"></i>", 100 * (own[i] - low + pad) / width);
            fprintf(out, "<i class=\"median\" style=\"left:%.2f%%\"></i></span><span class=\"value\">%s</span></div>\n",
                    100 * (spread.median - low + pad) / width,
                    measure_scaled(text, (struct measure){1, "ns"}, spread.median));
        }
        fprintf(out, "<p class=\"soft\">from %s ", measure_scaled(text, (struct measure){1, "ns"}, low));
        fprintf(out, "to %s</p></figure>\n", measure_scaled(text, (struct measure){1, "ns"}, high));
    }
    free(values);
}

void report_step(FILE *out, struct report *report, const char *name)
{
    const struct model_step *first = NULL;

    fputs("<div class=\"open\">\n", out);
    print_exact(out, report, name);
    fputs("</tbody></table></div>\n<p class=\"note\">[low,high]: 95 % interval of this run, if its samples were "
          "independent; clustered: of fewer, independent samples, or none; drifts: none. "
          "<a href=\"#glossary\">Words</a></p>\n",
          out);
    for (size_t i = 0; i < report->run_count; i++) {
        struct model_step *step = model_step_by_name(report->runs[i].run, name);
        if (!step)
            continue;
        if (!first && step->args[0])
            report_tag(out, "<p class=\"arguments\"><code>", step->args, "</code></p>\n");
        first = first ? first : step;
        print_findings(out, report, name, &report->runs[i], step);
    }
    print_boxes(out, report, name);
    if (first)
        print_scalars(out, report, name, first);
    each_step(out, report, name, print_host);
    report_pairs(out, report, name);
    each_step(out, report, name, print_tables);
    fputs("<div class=\"plots\" data-step=\"", out);
    report_tag(out, "", name, "\"></div>\n</div>\n");
}
