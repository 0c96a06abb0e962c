/* SPDX-License-Identifier: MIT */
/* The steps by experiment: a row each with the figures that are read first; it opens. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/model/reason.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/summary.h"
#include "run/tool/report/view.h"

#define VALUES_MAX 4096 /* from which a section takes its unit */

/* What an experiment's main figure is. */
static const char *subject_of(const char *exp)
{
    static const struct {
        const char *exp, *text;
    } subjects[] = {
        {"wake", "from the event to the first stamp behind it"},
        {"after", "what the first work lost behind the wake, in all slices"},
        {"cstate", "wakes from each C-state, and what was entered"},
        {"breakeven", "from which length of idle on a deeper state pays"},
        {"cost", "time of one instruction"},
        {"noise", "time taken from a tight loop at once"},
        {"haltpoll", "does the host poll before it puts a halted CPU to sleep"},
        {"ipi", "an interrupt from CPU to CPU"},
        {"monitor", "what ends a wait for a store"},
        {"deadline", "how much longer than asked a wait with a limit lasts"},
        {"neighbour", "how fast a CPU is beside one that idles; 100 % is alone"},
        {"tick", "how late a periodic interrupt comes"},
        {"policy", "which state idle governors choose, and how wakes fare"},
        {"ple", "does a loop of PAUSEs leave to the hypervisor"},
        {"preflight", "what would spoil the figures"},
        {"survey", "the machine"},
        {"selftest", "planted failures"},
        {"quiet", "devices that were stopped"},
    };
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (strcmp(subjects[i].exp, exp) == 0)
            return subjects[i].text;
    return "";
}

static const char *class_of(const char *verdict)
{
    return strcmp(verdict, "FAIL") == 0 ? "fail" : strcmp(verdict, "no verdict") == 0 ? "none" : verdict;
}

/* Attributes by which scripts filter. */
static void print_attributes(FILE *out, const struct summary *all)
{
    static const char *const keys[][2] = {{"idle", "method"}, {"by", "source"}};
    char text[TRUST_CHARS];

    report_tag(out, " data-experiment=\"", all->step->exp, "\"");
    fprintf(out, " data-verdict=\"%s\"", all->verdict);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (trust_argument(text, all->step, keys[i][0])[0] ||
            (i == 0 && trust_argument(text, all->step, "method")[0])) {
            fprintf(out, " data-%s", keys[i][1]);
            report_tag(out, "=\"", text, "\"");
        }
    if (trust_interval(text, all->step)[0])
        report_tag(out, " data-interval=\"", text, "\"");
}

/* What qualifies a pass, small beside the word. */
static void print_marks(FILE *out, const struct summary *all)
{
    const struct model_metric *metric = model_main_metric(all->worst);
    const char *mark = metric ? model_series_mark(metric) : NULL;
    char notes[REASON_CHARS];

    fprintf(out, "<span class=\"verdict %s\">%s", class_of(all->verdict), all->verdict);
    if (all->runs > 1)
        fprintf(out, " <small>%zu of %zu pass</small>", all->good, all->runs);
    if (mark)
        fprintf(out, " <small>%s</small>", mark);
    if (metric && model_is_tail_cut(metric))
        fputs(" <small>tail cut</small>", out);
    if (strcmp(all->worst->end, step_ends[STEP_BUDGET].word) == 0)
        fputs(" <small>budget</small>", out);
    report_tag(out, "<small>", reason_notes(notes, all->worst), "</small></span>");
}

static void print_figure(FILE *out, const struct summary *all, struct report_scale scale, enum figure figure)
{
    const struct model_metric *metric = model_main_metric(all->step);
    struct measure measure = measure_of(all->run->run, metric ? metric->unit : "", false);
    char text[TRUST_CHARS];
    bool usable = all->bound <= 0 || all->values[figure] > all->bound;

    if (!all->known[figure]) {
        fprintf(out, "<span class=\"n f%d none\"></span>", (int)figure);
        return;
    }
    /* One mark stands for p50 and p99. */
    if (!usable && figure == FIGURE_P99)
        return;
    if (!usable) {
        char shown[MEASURE_CHARS];
        bool both = figure == FIGURE_P50 && all->known[FIGURE_P99] && all->values[FIGURE_P99] <= all->bound;
        fprintf(out, "<span class=\"n f%d unusable%s\" data-k=\"%s\" title=\"not usable\">± %s%s</span>", (int)figure,
                both ? " both" : "", summary_names[figure], report_scaled(shown, scale, measure, all->bound),
                figure == FIGURE_P50 ? ", not usable" : "");
        return;
    }
    fprintf(out, "<span class=\"n f%d%s\" data-k=\"%s\"%s>%s</span>", (int)figure, all->few[figure] ? " few" : "",
            summary_names[figure], all->few[figure] ? " title=\"" REPORT_FEW "\"" : "",
            report_scaled(text, scale, measure, all->values[figure]));
}

static void print_why(FILE *out, const struct summary *all)
{
    char reason[REASON_CHARS], doubt[TRUST_CHARS];

    if (strcmp(all->verdict, "pass") == 0)
        return;
    trust_doubt(doubt, all->worst);
    report_tag(out, "<span class=\"why\">", doubt[0] ? doubt : reason_of(reason, all->worst_run->run, all->worst),
               "</span>");
}

static void print_row(FILE *out, struct report *report, const struct report_step *name, struct report_scale scale)
{
    struct summary all;

    summary_of(&all, report, name->name);
    fprintf(out, "<details class=\"step %s\"", class_of(all.verdict));
    print_attributes(out, &all);
    fputs(" id=\"", out);
    report_anchor(out, name->name);
    report_tag(out, "\"><summary><span class=\"name\">", name->name[0] ? name->name : "(unnamed)", "</span>");
    print_marks(out, &all);
    fprintf(out, "<span class=\"n kept\" data-k=\"kept\">%" PRIu64 "</span>", all.counts.kept);
    fprintf(out, "<span class=\"n rejected\" data-k=\"rejected\">%" PRIu64 "</span>", all.counts.rejected);
    for (enum figure figure = 0; figure < FIGURES; figure++)
        print_figure(out, &all, scale, figure);
    print_why(out, &all);
    fputs("</summary>\n", out);
    report_step(out, report, name->name);
    fputs("</details>\n", out);
}

/* The unit of a section's times. */
static struct report_scale scale_of(struct report *report, const struct report_step *names, size_t count,
                                    const char *exp)
{
    static double values[VALUES_MAX];
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        struct summary all;
        if (strcmp(names[i].exp, exp) != 0 || known == VALUES_MAX)
            continue;
        summary_of(&all, report, names[i].name);
        if (all.known[FIGURE_P50] && (all.bound <= 0 || all.values[FIGURE_P50] > all.bound))
            values[known++] = all.values[FIGURE_P50];
    }
    return report_scale_of(values, known);
}

/* True where a step of the experiment has figures, so that they have a head. */
static bool has_figures(struct report *report, const struct report_step *names, size_t count, const char *exp)
{
    for (size_t i = 0; i < count; i++) {
        struct summary all;
        if (strcmp(names[i].exp, exp) != 0)
            continue;
        summary_of(&all, report, names[i].name);
        if (all.known[FIGURE_P50])
            return true;
    }
    return false;
}

static void print_columns(FILE *out, bool figures)
{
    fputs("<div class=\"columns\" aria-hidden=\"true\"><span>step</span><span>verdict</span>"
          "<span class=\"n\">kept</span><span class=\"n\">rejected</span>",
          out);
    for (enum figure figure = 0; figures && figure < FIGURES; figure++)
        fprintf(out, "<span class=\"n\">%s</span>", summary_names[figure]);
    fputs("</div>\n", out);
}

static void print_section(FILE *out, struct report *report, const struct report_step *names, size_t count,
                          const char *exp)
{
    struct report_scale scale = scale_of(report, names, count, exp);

    fputs("<section class=\"experiment\" id=\"exp-", out);
    report_tag(out, "", exp, "\" data-experiment=\"");
    report_tag(out, "", exp, "\">");
    report_tag(out, "<h2>", exp[0] ? exp : "unknown", "");
    report_tag(out, " <small>", subject_of(exp), "</small></h2>\n");
    fputs("<div class=\"plots sweeps\"></div>\n", out);
    print_columns(out, has_figures(report, names, count, exp));
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].exp, exp) == 0)
            print_row(out, report, &names[i], scale);
    fputs("</section>\n", out);
}
void report_steps(FILE *out, struct report *report)
{
    size_t count;
    struct report_step *names = report_step_names(report, &count);

    for (size_t i = 0; names && i < count; i++)
        if (report_begins_experiment(names, i))
            print_section(out, report, names, count, names[i].exp);
    free(names);
}
