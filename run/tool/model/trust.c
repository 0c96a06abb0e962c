/* SPDX-License-Identifier: MIT */
#include "run/tool/model/trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "lib/rows/rows.h"
#include "run/tool/model/record_json.h"

/* With fewer samples no two of them enclose the median in 95 of 100 series: 2 * 0.5^n > 5 %. */
#define MEDIAN_SAMPLES_MIN 6

const char *trust_argument(char *text, const struct model_step *step, const char *name)
{
    size_t length = strlen(name);
    const char *at = step->args;

    text[0] = '\0';
    while (*at) {
        size_t word = strcspn(at, " ");
        if (word > length && strncmp(at, name, length) == 0 && at[length] == '=') {
            snprintf(text, TRUST_CHARS, "%.*s", (int)(word - length - 1), at + length + 1);
            return text;
        }
        at += word + strspn(at + word, " ");
    }
    return text;
}

/* A wake source whose event another CPU stamps. */
static bool is_remote(const char *source)
{
    return source[0] && strcmp(source, "timer") != 0 && strcmp(source, "deadline") != 0;
}

/* The bound of one CPU's offset against CPU 0's. */
static int64_t bound_of_cpu(const struct model_run *run, int64_t cpu)
{
    for (size_t i = 0; i < run->kept_count; i++)
        if (strcmp(model_string(run->kept[i], "k", ""), "tsc_offset") == 0 && model_int(run->kept[i], "cpu", -1) == cpu)
            return measure_size(model_int(run->kept[i], "bound", 0));
    return 0;
}

/* The measured CPU's bound and the largest of the others'. */
const char *trust_interval(char *text, const struct model_step *step)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    char *unit;
    double value = strtod(trust_argument(text, step, "interval"), &unit);
    size_t at = 0;

    while (at < 4 && strcmp(unit, units[at]) != 0)
        at++;
    if (unit == text || at == 4 || value < 1000)
        return text;
    for (; value >= 1000 && at < 3; at++)
        value /= 1000;
    snprintf(text, TRUST_CHARS, "%.4g%s", value, units[at]);
    return text;
}

static int64_t bound_of_step(const struct model_run *run, const struct model_step *step)
{
    char text[TRUST_CHARS];
    int64_t cpu, worst = 0, own;

    for (size_t i = 0; i < step->scalar_count; i++)
        if (strcmp(step->scalars[i].key, "offset_bound") == 0 && step->scalars[i].is_integer)
            return measure_size(step->scalars[i].value);
    cpu = strtoll(trust_argument(text, step, "cpu"), NULL, 10);
    for (size_t i = 0; i < run->kept_count; i++) {
        int64_t bound = 0;
        if (strcmp(model_string(run->kept[i], "k", ""), "tsc_offset") == 0 && model_int(run->kept[i], "cpu", -1) != cpu)
            bound = measure_size(model_int(run->kept[i], "bound", 0));
        worst = bound > worst ? bound : worst;
    }
    own = bound_of_cpu(run, cpu);
    return worst > INT64_MAX - own ? INT64_MAX : worst + own;
}

int64_t trust_bound_of_source(const struct model_run *run, const struct model_step *step, const char *source)
{
    return is_remote(source) ? bound_of_step(run, step) : 0;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

int64_t trust_bound_of_metric(const struct model_run *run, const struct model_step *step,
                              const struct model_metric *metric)
{
    static const char *const wakes[] = {"wake_latency", "wake_latency_net", "interrupt_latency", "return_latency",
                                        NULL};
    static const char *const ipis[] = {"deliver", "wake", NULL};
    static const char *const hand_overs[] = {"ticket_spin", "ticket_pause", "mcs_spin", "mcs_pause",
                                             "flag_spin",   "flag_pause",   NULL};
    char source[TRUST_CHARS];

    if (strcmp(metric->unit, "tsc") != 0)
        return 0;
    if (strcmp(step->exp, "ipi") == 0)
        return is_one_of(metric->name, ipis) ? bound_of_step(run, step) : 0;
    if (strcmp(step->exp, "ple") == 0)
        return is_one_of(metric->name, hand_overs) ? bound_of_step(run, step) : 0;
    if (!is_one_of(metric->name, wakes))
        return 0;
    return trust_bound_of_source(run, step, trust_argument(source, step, "by"));
}

int64_t trust_bound_of_pair(const struct model_run *run, const struct model_pair *pair)
{
    static const char *const ipis[] = {"deliver", "wake", NULL};
    int64_t from, to;

    if (strcmp(pair->unit, "tsc") != 0 || !is_one_of(pair->metric, ipis))
        return 0;
    from = bound_of_cpu(run, pair->from);
    to = bound_of_cpu(run, pair->to);
    return from > INT64_MAX - to ? INT64_MAX : from + to;
}

int64_t trust_bound_of_row(const struct model_run *run, const struct model_step *step, const struct model_row *row,
                           const char *name)
{
    static const char *const kinds[] = {"cstate", "cstate_point", "haltpoll", NULL};
    static const char *const values[] = {"min", "p50", "p99", "max", NULL};
    struct row_member member;
    char source[TRUST_CHARS];

    if (!is_one_of(row->kind, kinds) || !is_one_of(name, values) || !row_member_of(row->kind, name, &member) ||
        strcmp(member.unit, "tsc") != 0)
        return 0;
    trust_argument(source, step, "by");
    return trust_bound_of_source(run, step, model_string(row->values, "by", source));
}

bool trust_usable(int64_t value, int64_t bound)
{
    return bound <= 0 || value > bound;
}

const char *trust_bound_text(char *text, struct measure measure, int64_t bound)
{
    char shown[MEASURE_CHARS];
    snprintf(text, TRUST_CHARS, "± %s, not usable", measure_scaled(shown, measure, (double)bound * measure.factor));
    return text;
}

/* A pattern of wakes under several governors: each has a metric, and an event that finds the CPU awake is no fault. */
static bool is_policy(const struct model_step *step)
{
    return strcmp(step->exp, "policy") == 0;
}

static uint64_t kept_of_governors(const struct model_step *step)
{
    uint64_t kept = 0;
    for (size_t i = 0; i < step->metric_count; i++)
        if (step->metrics[i].has_summary && strncmp(step->metrics[i].name, "wake_", strlen("wake_")) == 0)
            kept += step->metrics[i].n;
    return kept;
}

struct trust_counts trust_counts_of(const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    struct trust_counts counts = {0, 0};
    uint64_t warmup = 0;

    if (metric && !metric->of_row)
        return (struct trust_counts){is_policy(step) ? kept_of_governors(step) : metric->n, model_rejected(step)};
    for (size_t i = 0; i < step->row_count; i++) {
        const json_t *row = step->rows[i].values;
        if (json_is_integer(json_object_get(row, "n")) && json_is_integer(json_object_get(row, "rej"))) {
            counts.kept += (uint64_t)model_int(row, "n", 0);
            counts.rejected += (uint64_t)model_int(row, "rej", 0);
        }
    }
    if (counts.kept + counts.rejected > 0)
        return counts;
    for (size_t i = 0; i < step->reject_count; i++)
        if (strcmp(step->rejects[i].reason, sample_rejects[REJECT_WARMUP].word) == 0)
            warmup += step->rejects[i].count;
    counts.rejected = model_rejected(step);
    counts.kept = step->n > counts.rejected + warmup ? step->n - counts.rejected - warmup : 0;
    return counts;
}

bool trust_quantile_of(uint64_t n, const char *name)
{
    double share;

    if (strcmp(name, "p50") == 0)
        return n >= MEDIAN_SAMPLES_MIN;
    if (name[0] != 'p' || strcmp(name, "p1") == 0)
        return true;
    /* A thousandth more than 1 sample: p99.9 is not the binary number 0.999. */
    share = 1 - strtod(name + 1, NULL) / 100;
    return (double)n * share > 0.999;
}

bool trust_quantile(const struct model_metric *metric, const char *name)
{
    return trust_quantile_of(metric->n, name);
}

static bool is_few(const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    return metric && !metric->of_row && !trust_quantile(metric, "p50") &&
           strcmp(step->end, step_ends[STEP_DONE].word) != 0;
}

/* Not one sample was kept: the image says so, or its distribution is empty. */
static bool is_empty(const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    const char *detail = step->verdict.detail;

    return (detail && strncmp(detail, METRIC_NO_SAMPLES, strlen(METRIC_NO_SAMPLES)) == 0) ||
           (metric && !metric->of_row && metric->has_summary && metric->n == 0 && strcmp(step->exp, "noise") != 0);
}

const char *trust_verdict(const struct model_step *step)
{
    struct trust_counts counts;

    if (!step->verdict.seen)
        return step->begun && !step->end[0] ? "running" : "no verdict";
    if (step->verdict.skip)
        return "skip";
    if (!step->verdict.ok)
        return "FAIL";
    counts = trust_counts_of(step);
    return (counts.rejected > counts.kept && !is_policy(step)) || is_few(step) || is_empty(step) ? "doubtful" : "pass";
}

const char *trust_doubt(char *text, const struct model_step *step)
{
    struct trust_counts counts = trust_counts_of(step);
    const struct model_reject *most = NULL;

    text[0] = '\0';
    if (strcmp(trust_verdict(step), "doubtful") != 0)
        return text;
    if (is_empty(step) && !counts.rejected) {
        snprintf(text, TRUST_CHARS, "not one sample was kept");
        return text;
    }
    if (counts.rejected <= counts.kept) {
        snprintf(text, TRUST_CHARS, "%" PRIu64 " samples: too few for a median", counts.kept);
        return text;
    }
    for (size_t i = 0; i < step->reject_count; i++)
        if (strcmp(step->rejects[i].reason, sample_rejects[REJECT_WARMUP].word) != 0 &&
            (!most || step->rejects[i].count > most->count))
            most = &step->rejects[i];
    snprintf(text, TRUST_CHARS, "%" PRIu64 " of %" PRIu64 " samples rejected%s%.30s", counts.rejected,
             counts.kept + counts.rejected, most ? ", most as " : "", most ? most->reason : "");
    return text;
}
