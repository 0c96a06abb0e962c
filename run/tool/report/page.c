/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "run/tool/report/assets.h"
#include "run/tool/model/host_words.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/host.h"
#include "run/tool/model/platform.h"
#include "run/tool/report/view.h"

static void print_platform(FILE *out, struct report_log *log, size_t run_index)
{
    struct model_run *run = &log->model.runs[run_index];
    struct platform platform;
    char label[256];
    platform_of(&log->model, run, &platform);
    report_label(label, sizeof(label), log, run_index);
    fputs("<div class=\"box\"><h3>", out);
    report_text(out, label);
    fputs("</h3>\n", out);
    for (size_t i = 0; i < platform.warning_count; i++) {
        fputs("<p class=\"warning\" role=\"note\">", out);
        report_text(out, platform.warnings[i]);
        fputs("</p>\n", out);
    }
    if (log->result.exit == TOOL_LOSS)
        fprintf(out,
                "<p class=\"warning\" role=\"note\">The log is damaged or incomplete: %" PRIu64
                " records are missing.</p>\n",
                log->result.counts.missing);
    fprintf(out, "<dl><dt>run</dt><dd>%s</dd>", run->run_id[0] ? run->run_id : "unknown");
    fprintf(out, "<dt>result</dt><dd>%s</dd>\n", model_run_word(run));
    for (size_t i = 0; i < platform.row_count; i++) {
        fprintf(out, "<dt>%s</dt><dd>", platform.rows[i].label);
        report_text(out, platform.rows[i].value);
        fputs("</dd>\n", out);
    }
    fputs("</dl></div>\n", out);
}

static void print_scalars(FILE *out, const struct model_run *run, const struct model_step *step, const char *label)
{
    if (step->scalar_count == 0)
        return;
    fputs("<h3>", out);
    report_text(out, label);
    fputs("</h3><dl>", out);
    for (size_t i = 0; i < step->scalar_count; i++) {
        const struct model_scalar *scalar = &step->scalars[i];
        char text[MEASURE_CHARS];
        fputs("<dt>", out);
        report_text(out, scalar->key);
        fputs("</dt><dd>", out);
        report_text(out, measure_scalar(text, run, scalar, false));
        fputs("</dd>", out);
    }
    fputs("</dl>\n", out);
}

static void print_findings(FILE *out, const struct model_finding *findings, size_t count, const char *label)
{
    for (size_t i = 0; i < count; i++) {
        fputs("<p><strong>", out);
        report_text(out, label);
        fputs(" ", out);
        report_text(out, findings[i].id);
        fputs("</strong> ", out);
        report_text(out, findings[i].text);
        if (findings[i].conf[0]) {
            fputs(" <span class=\"bounds\">(", out);
            report_text(out, findings[i].conf);
            fputs(")</span>", out);
        }
        fputs("</p>\n", out);
    }
}

/* The increases of the host's counters. */
static void print_host(FILE *out, const struct model_step *step, const char *label)
{
    for (int64_t vcpu = 0; vcpu < model_host_vcpus(step); vcpu++) {
        char words[HOST_WORDS_CHARS];
        if (!host_words(words, step, vcpu))
            continue;
        fputs("<p class=\"host\"><strong>", out);
        report_text(out, label);
        fputs(", host</strong> ", out);
        report_text(out, words);
        fputs("</p>\n", out);
    }
}

static void print_step_row(FILE *out, struct report_log *log, size_t run_index, struct model_step *step)
{
    char label[256];
    report_label(label, sizeof(label), log, run_index);
    fputs("<tr><td>", out);
    report_text(out, label);
    fputs("</td>", out);
    report_numbers(out, &log->model.runs[run_index], step, true);
}

/* Scalar results, findings, and the picture for readers without scripts. */
static void print_step_words(FILE *out, struct report_log *log, size_t run_index, struct model_step *step)
{
    struct model_run *run = &log->model.runs[run_index];
    char label[256];
    report_label(label, sizeof(label), log, run_index);
    if (step->core[0]) /* figures and findings are that core's */
        snprintf(label + strlen(label), sizeof(label) - strlen(label), " %s-core", step->core);
    fputs("<div>", out);
    print_scalars(out, run, step, label);
    print_findings(out, step->findings, step->finding_count, label);
    print_host(out, step, label);
    report_rows(out, run, step, label);
    fputs("<div class=\"static\">", out);
    report_svg(out, &log->model, run, step);
    fputs("</div></div>\n", out);
}

/* Calls `print` for the step of this name in every run that has it. */
static void each_step(FILE *out, struct report *report, const char *name,
                      void (*print)(FILE *, struct report_log *, size_t, struct model_step *))
{
    for (size_t l = 0; l < report->log_count; l++)
        for (size_t r = 0; r < report->logs[l].model.run_count; r++) {
            struct model_step *step = model_step_by_name(&report->logs[l].model.runs[r], name);
            if (step)
                print(out, &report->logs[l], r, step);
        }
}

/* One step of every run that has it: a row each, results and findings, and the place for the plots. */
static void print_step(FILE *out, struct report *report, const char *name)
{
    fputs("<section data-step=\"", out);
    report_text(out, name);
    fputs("\" id=\"", out);
    report_text(out, name);
    fputs("\"><h2>", out);
    report_text(out, name);
    fputs("</h2>\n", out);
    report_open_table(out, "run", true);
    each_step(out, report, name, print_step_row);
    fputs("</tbody></table></div>\n<p class=\"note\">[low,high]: 95 % interval of this run, if its samples were "
          "independent; "
          "clustered: of fewer, independent samples, or none; drifts: none</p>\n<div class=\"runs\">\n",
          out);
    each_step(out, report, name, print_step_words);
    fputs("</div><div class=\"plots\"></div></section>\n", out);
}

/* True where an earlier run has a step of this name. */
static bool said_before(struct report *report, size_t log_index, size_t run_index, const char *name)
{
    for (size_t l = 0; l <= log_index; l++) {
        size_t runs = l == log_index ? run_index : report->logs[l].model.run_count;
        for (size_t r = 0; r < runs; r++)
            if (model_step_by_name(&report->logs[l].model.runs[r], name))
                return true;
    }
    return false;
}

static void each_run(FILE *out, struct report *report, void (*print)(FILE *, struct report_log *, size_t))
{
    for (size_t l = 0; l < report->log_count; l++)
        for (size_t r = 0; r < report->logs[l].model.run_count; r++)
            print(out, &report->logs[l], r);
}

static void print_steps(FILE *out, struct report *report)
{
    for (size_t l = 0; l < report->log_count; l++) {
        struct model *model = &report->logs[l].model;
        for (size_t r = 0; r < model->run_count; r++) {
            for (size_t s = 0; s < model->runs[r].step_count; s++)
                if (!said_before(report, l, r, model->runs[r].steps[s].name))
                    print_step(out, report, model->runs[r].steps[s].name);
        }
    }
}

static void print_run_findings(FILE *out, struct report_log *log, size_t run_index)
{
    const struct model_run *run = &log->model.runs[run_index];
    char label[256];
    report_label(label, sizeof(label), log, run_index);
    print_findings(out, run->findings, run->finding_count, label);
}

static void print_scripts(FILE *out, struct report *report)
{
    const char *const scripts[] = {asset_uplot_js, asset_report_data_js, asset_report_plots_js, asset_report_js};

    fputs("<script type=\"application/json\" id=\"lab-data\">", out);
    report_data(out, report);
    fputs("</script>\n", out);
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        fprintf(out, "<script>\n%s</script>\n", scripts[i]);
}

void report_page(FILE *out, struct report *report)
{
    /* Nothing is fetched: the page says so to the browser too. */
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
            "<title>idlelab report</title>\n<style>\n%s\n%s</style></head><body>\n<main>\n"
            "<h1>idlelab report</h1>\n"
            "<noscript><p class=\"warning\">Without scripts the plots are plain pictures.</p></noscript>\n"
            "<div class=\"runs\">\n",
            asset_uplot_css, asset_report_css);
    each_run(out, report, print_platform);
    fputs("</div>\n<h2>Steps</h2>\n", out);
    each_run(out, report, report_overview);
    each_run(out, report, print_run_findings);
    fputs("<div id=\"sweeps\" hidden><h2>Latency against interval</h2><div class=\"plots\"></div></div>\n", out);
    fputs("<div id=\"matrices\" hidden><h2>Matrices</h2><div class=\"runs\"></div></div>\n", out);
    print_steps(out, report);
    fputs("</main>\n<footer><p>Made by idlelab. In a plot: drag to zoom, double click or 0 to see all; "
          "with the keyboard, arrows move the cursor, + and - zoom.</p>\n",
          out);
    if (asset_uplot_license[0]) {
        fputs("<details><summary>Plots by uPlot</summary><pre>", out);
        report_text(out, asset_uplot_license);
        fputs("</pre></details>", out);
    }
    fputs("</footer>\n", out);
    print_scripts(out, report);
    fputs("</body></html>\n", out);
}
