/* SPDX-License-Identifier: MIT */
/* The page: the first screen, what filters, the tables by experiment, words, scripts. */
#include <stdlib.h>
#include <string.h>

#include "run/tool/report/assets.h"
#include "run/tool/report/view.h"
#include "run/tool/report/words.h"

static void print_glossary(FILE *out)
{
    fputs("<details id=\"glossary\" class=\"glossary\"><summary>Words: what kept, floor, offset bound, doubtful, knee "
          "mean</summary><dl>\n",
          out);
    for (size_t i = 0; i < REPORT_WORDS; i++)
        fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", report_words[i].word, report_words[i].meaning);
    fputs("</dl></details>\n", out);
}

/* A table of contents, which scripts turn into filters. */
static void print_menu(FILE *out, struct report *report)
{
    size_t count;
    struct report_step *names = report_step_names(report, &count);

    fprintf(out,
            "<nav aria-label=\"steps\"><details class=\"menu\" open><summary>Steps: <output id=\"shown\">%zu"
            "</output></summary>\n<div id=\"filters\"></div>\n<ul><li><a href=\"#findings\">Findings</a></li>\n",
            count);
    for (size_t i = 0; names && i < count; i++) {
        size_t own = 0;
        if (!report_begins_experiment(names, i))
            continue;
        for (size_t j = i; j < count; j++)
            own += strcmp(names[j].exp, names[i].exp) == 0;
        report_tag(out, "<li><a href=\"#exp-", names[i].exp, "\">");
        report_text(out, names[i].exp[0] ? names[i].exp : "unknown");
        fprintf(out, "</a> <small>%zu</small></li>\n", own);
    }
    fputs("<li><a href=\"#glossary\">Words</a></li></ul></details></nav>\n", out);
    free(names);
}

static void print_scripts(FILE *out, struct report *report)
{
    const char *const scripts[] = {asset_uplot_js,        asset_report_data_js,   asset_report_axes_js,
                                   asset_report_plots_js, asset_report_filter_js, asset_report_js};

    fputs("<script type=\"application/json\" id=\"lab-data\">", out);
    report_data(out, report);
    fputs("</script>\n", out);
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        fprintf(out, "<script>\n%s</script>\n", scripts[i]);
}

static void print_footer(FILE *out)
{
    fputs(
        "<footer><p>Made by idlelab. In a plot: drag to zoom, double click or 0 to see all; with the keyboard, arrows "
        "move the cursor, + and - zoom.</p>\n",
        out);
    if (asset_uplot_license[0])
        report_tag(out, "<details class=\"licence\"><summary>Plots by uPlot</summary><pre>", asset_uplot_license,
                   "</pre></details>");
    fputs("</footer>\n", out);
}

void report_page(FILE *out, struct report *report)
{
    /* Nothing is fetched: the page says so to the browser too. report.c knows its own pages by the title. */
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
            "<title>idlelab report</title>\n<style>\n%s\n%s</style></head><body>\n<header>\n",
            asset_uplot_css, asset_report_css);
    report_head(out, report);
    fputs("</header>\n<div class=\"overview\">\n", out);
    report_bands(out, report);
    report_heat(out, report);
    fputs("</div>\n", out);
    report_provenance(out, report);
    fputs("<noscript><p class=\"soft\">Without scripts there are no filters, and the plots are plain pictures.</p>"
          "</noscript>\n<div class=\"body\">\n",
          out);
    print_menu(out, report);
    fputs("<main>\n", out);
    report_cstates(out, report);
    report_side_by_side(out, report);
    report_host(out, report);
    report_steps(out, report);
    for (size_t i = 0; i < report->run_count; i++)
        report_vitals(out, report->runs[i].run);
    print_glossary(out);
    fputs("</main>\n</div>\n", out);
    print_footer(out);
    print_scripts(out, report);
    fputs("</body></html>\n", out);
}
