/* SPDX-License-Identifier: MIT */
/*
 * Verdicts for continuous integration: JUnit XML (as Jenkins and GitLab read it) and KCIDB JSON (schema 4.3: tests[]).
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "run/tool/export/forms.h"
#include "run/tool/model/measure.h"

enum { KCIDB_DIGITS = 9 }; /* of a duration in seconds: milliseconds of a year */

static void write_xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            /* XML 1.0 allows no other control characters. */
            fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
        }
    }
}

/* The quantiles of the step's main metric, each with its unit. */
static void write_junit_figures(FILE *out, const struct model_run *run, const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    struct measure measure = metric ? measure_of(run, metric->unit, false) : (struct measure){0, ""};
    char text[MEASURE_CHARS];

    if (!metric || metric->n == 0)
        return;
    fputs("\n      <properties>\n", out);
    for (size_t i = 0; i < metric->quantile_count; i++) {
        if (measure_is_difference(metric) && strcmp(metric->quantiles[i].name, "p50") != 0)
            continue;
        fputs("        <property name=\"", out);
        write_xml(out, metric->name);
        fputc('.', out);
        write_xml(out, metric->quantiles[i].name);
        fprintf(out, "\" value=\"%s ", measure_text(text, measure, metric->quantiles[i].value));
        write_xml(out, measure.unit);
        fputs("\"/>\n", out);
    }
    fprintf(out, "        <property name=\"n\" value=\"%" PRIu64 "\"/>\n      </properties>\n    ", metric->n);
}

static void write_junit_step(FILE *out, const struct model_run *run, const struct model_step *step)
{
    const char *kind;

    fputs("    <testcase classname=\"idlelab.", out);
    write_xml(out, step->exp[0] ? step->exp : "step");
    fputs("\" name=\"", out);
    write_xml(out, step->name);
    fprintf(out, "\" time=\"%.3f\"", (double)step->ms / 1000);
    kind = !step->verdict.seen ? "error" : step->verdict.skip ? "skipped" : !step->verdict.ok ? "failure" : NULL;
    fputc('>', out);
    write_junit_figures(out, run, step);
    if (kind) {
        fprintf(out, "<%s message=\"", kind);
        write_xml(out, step->verdict.seen ? step->verdict.detail : "no verdict in the log");
        fputs("\"/>", out);
    }
    fputs("</testcase>\n", out);
}

static void write_junit_run(FILE *out, const struct model_run *run)
{
    size_t failures = 0, skips = 0, errors = 0;
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_verdict *verdict = &run->steps[i].verdict;
        failures += verdict->seen && !verdict->ok;
        skips += verdict->seen && verdict->skip;
        errors += !verdict->seen;
    }
    fprintf(out, "  <testsuite name=\"idlelab.%s\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\" errors=\"%zu\">\n",
            run->run_id, run->step_count, failures, skips, errors);
    for (size_t i = 0; i < run->step_count; i++)
        write_junit_step(out, run, &run->steps[i]);
    fputs("  </testsuite>\n", out);
}

static void write_junit(FILE *out, struct model *model)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
    for (size_t r = 0; r < model->run_count; r++)
        write_junit_run(out, &model->runs[r]);
    fputs("</testsuites>\n", out);
}

const struct export_form EXPORT_JUNIT = {"--junit", .write = write_junit};

/* A path has letters, digits, `_`, `-` and full stops only. */
static void clean_path(char *path)
{
    for (; *path; path++)
        if (!isalnum((unsigned char)*path) && !strchr("._-", *path))
            *path = '_';
}

/* One entry of tests[]. KCIDB's words: PASS, FAIL, SKIP, and MISS for a step without a result. */
static json_t *kcidb_test(struct model *model, const struct model_run *run, const struct model_step *step,
                          const char *origin)
{
    const char *built = model_fact(model, run, "env", "build"), *cpu = model_fact(model, run, "cpu", "brand");
    const char *status = !step->verdict.seen  ? "MISS"
                         : step->verdict.skip ? "SKIP"
                         : step->verdict.ok   ? "PASS"
                                              : "FAIL";
    char id[192], path[128], build[192];

    snprintf(id, sizeof(id), "%s:%s.%lld", origin, run->run_id, (long long)step->id);
    /* A path with an empty part is ambiguous: of a damaged log a step may have no name. */
    snprintf(path, sizeof(path), "idlelab.%s.%s", step->exp[0] ? step->exp : "step",
             step->name[0] ? step->name : "unnamed");
    clean_path(path);
    snprintf(build, sizeof(build), "%s:%s", origin, built ? built : "unknown");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:{s:s}, s:{s:s}}", "id", id, "origin", origin, "build_id", build,
                     "path", path, "status", status, "duration", (double)step->ms / 1000, "environment", "comment",
                     cpu ? cpu : "", "misc", "detail", step->verdict.detail);
}

static void write_kcidb(FILE *out, struct model *model, const char *origin)
{
    json_t *tests = json_array(), *report;
    for (size_t r = 0; r < model->run_count; r++)
        for (size_t s = 0; s < model->runs[r].step_count; s++)
            json_array_append_new(tests, kcidb_test(model, &model->runs[r], &model->runs[r].steps[s], origin));
    report = json_pack("{s:{s:i, s:i}, s:o}", "version", "major", 4, "minor", 3, "tests", tests);
    json_dumpf(report, out, JSON_INDENT(2) | JSON_REAL_PRECISION(KCIDB_DIGITS));
    fputc('\n', out);
    json_decref(report);
}

const struct export_form EXPORT_KCIDB = {"--kcidb", .write_as = write_kcidb};
