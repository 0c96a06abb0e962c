/* SPDX-License-Identifier: MIT */
/* The C-states of a run, as `idlelab cstates` judges them: the report's main table where they were measured. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/cstates/judge.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

enum { CORES_MAX = 4 };

static double us(int64_t ns)
{
    return (double)ns / 1000;
}

/* A quantile of a measure, unless it is not above the bound of the clocks' offset. */
static void print_quantile(FILE *out, const struct cstates_log *log, const struct report_run *run,
                           const struct cstates_measure *measure, const struct table_quantile *ticks)
{
    const struct model_step *step = measure ? model_step_by_id(&run->log->model, run->run, measure->step, false) : NULL;
    int64_t bound = step ? trust_bound_of_source(run->run, step, measure->by) : 0;
    char text[TRUST_CHARS];

    if (!measure)
        fputs("<td></td>", out);
    else if (!trust_usable(ticks->value, bound))
        fprintf(out, "<td class=\"number unusable\">%s</td>",
                trust_bound_text(text, measure_of(run->run, "tsc", false), bound));
    else
        fprintf(out, "<td class=\"number\">%.2f us</td>", us(cstates_ns(log, ticks).value));
}

/* A target residency as far as it is known. */
static void print_pair(FILE *out, const struct cstates_pair *pair)
{
    if (!pair)
        fputs("<td></td>", out);
    else if (pair->outcome == CROSSING_FOUND)
        fprintf(out, "<td class=\"number\">%.0f us <span class=\"bounds\">[%.0f,%.0f]</span></td>", us(pair->at_ns),
                us(pair->low_ns), us(pair->high_ns));
    else if (pair->outcome == CROSSING_BELOW)
        fprintf(out, "<td class=\"number\">at most %.0f us</td>", us(pair->high_ns));
    else if (pair->outcome == CROSSING_ABOVE)
        fprintf(out, "<td class=\"number\">at least %.0f us</td>", us(pair->low_ns));
    else if (pair->outcome == CROSSING_SEVERAL)
        fprintf(out, "<td class=\"number\">%.0f to %.0f us</td>", us(pair->low_ns), us(pair->high_ns));
    else
        fputs("<td class=\"soft\">don't know</td>", out);
}

static void print_verdict(FILE *out, const struct cstates_state *state)
{
    enum table_verdict verdict = state->judgement.verdict;

    if (state->withheld) {
        report_tag(out, "<td class=\"soft\">", state->withheld, "</td>");
        return;
    }
    fprintf(out, "<td>%s <span class=\"conf\">%s</span></td>", table_verdict_name(verdict),
            confidence_word(state->judgement.confidence));
}

static void print_state(FILE *out, const struct cstates_log *log, const struct report_run *run,
                        const struct cstates_state *state)
{
    const struct cstates_measure *measure = state->measure;
    char request[48];

    if (state->request.way == CSTATES_HLT)
        snprintf(request, sizeof(request), "HLT");
    else
        snprintf(request, sizeof(request), "%s %" PRIx32 "h", state->request.way == CSTATES_PORT ? "port" : "MWAIT",
                 state->request.argument);
    report_tag(out, "<tr><th>", state->name, "</th>");
    report_tag(out, "<td>", request, "</td>");
    report_tag(out, "<td>", measure ? measure->entered : "", "</td>");
    report_tag(out, "<td>", measure ? measure->by : "", "</td>");
    print_quantile(out, log, run, measure, measure ? &measure->p50 : NULL);
    print_quantile(out, log, run, measure, measure ? &measure->p99 : NULL);
    if (state->table)
        fprintf(out, "<td class=\"number\">%u us</td>", (unsigned)state->table->exit_us);
    else
        fputs("<td></td>", out);
    print_verdict(out, state);
    print_pair(out, state->energy ? state->energy : state->bound);
    if (state->table)
        fprintf(out, "<td class=\"number\">%u us</td></tr>\n", (unsigned)state->table->target_us);
    else
        fputs("<td></td></tr>\n", out);
}

static void print_core(FILE *out, const struct cstates_log *log, const struct report_run *run, const char *core)
{
    static struct cstates_log part;
    static struct cstates_state states[CSTATES_STATES_MAX];
    size_t count;

    cstates_of_core(log, core, &part);
    count = cstates_judge(&part, states);
    if (core[0])
        report_tag(out, "<h3>", core, "-cores</h3>\n");
    fputs("<div class=\"wide\" tabindex=\"0\"><table class=\"cstates\"><thead><tr><th>state</th><th>requested</th>"
          "<th>entered</th><th>slowest by</th><th class=\"number\">exit p50</th><th class=\"number\">p99</th>"
          "<th class=\"number\">table</th><th>the table's exit latency is</th>"
          "<th class=\"number\">pays from</th><th class=\"number\">table</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < count; i++)
        print_state(out, &part, run, &states[i]);
    fputs("</tbody></table></div>\n", out);
}

static void print_run(FILE *out, const struct report *report, const struct report_run *run,
                      const struct cstates_log *log)
{
    char cores[CORES_MAX][CSTATES_CORE_BYTES];
    uint32_t count = cstates_cores(log, cores, CORES_MAX);

    if (report->run_count > 1)
        report_tag(out, "<h3>", run->label, "</h3>\n");
    for (uint32_t i = 0; i < count; i++)
        print_core(out, log, run, cores[i]);
    report_tag(out, "<p class=\"note\">Table: ",
               log->table ? log->table->name : "none: a kernel takes this processor's states from ACPI", "");
    if (log->table)
        report_tag(out, " (", kernel_source_name((enum kernel_source)log->table->source), ")");
    fputs(log->guest ? ". A hypervisor or emulator was there: its times, no verdict on the table.</p>\n"
                     : ". A state pays from where it costs less than the one above it.</p>\n",
          out);
}

void report_cstates(FILE *out, struct report *report)
{
    struct cstates_log *log = malloc(sizeof(*log));
    bool any = false;

    for (size_t i = 0; log && i < report->run_count; i++) {
        cstates_of_run(&report->runs[i].log->model, report->runs[i].run, log);
        if (log->measure_count == 0)
            continue;
        if (!any)
            fputs("<section id=\"cstates\"><h2>C-states <small>requested, entered, exit latency and target residency, "
                  "measured against the kernel's table</small></h2>\n",
                  out);
        any = true;
        print_run(out, report, &report->runs[i], log);
    }
    if (any)
        fputs("</section>\n", out);
    free(log);
}
