/* SPDX-License-Identifier: MIT */
#include "run/tool/model/headline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/finding_words.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/model/record_json.h"
#include "run/tool/model/trust.h"

enum {
    WEIGHT_FAILED = 1000,
    WEIGHT_DOUBTFUL = 900,
    WEIGHT_FIGURE = 500,
};

/* Being built; `model` holds the texts. */
struct headlines {
    struct model *model;
    struct headline *list;
    size_t count;
};

/* Adds one in the place that its weight gives it; one that says the same as another is left out. */
static struct headline *add(struct headlines *all, const char *text, const char *conf, const struct model_step *step,
                            int weight)
{
    size_t at;
    const char *copy;

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].text, text) == 0)
            return NULL;
    copy = pool_copy(&all->model->pool, text, strlen(text));
    for (at = all->count; at > 0 && all->list[at - 1].weight < weight; at--)
        ;
    if (!copy || at == HEADLINES_MAX)
        return NULL;
    all->count += all->count < HEADLINES_MAX;
    memmove(&all->list[at + 1], &all->list[at], (all->count - at - 1) * sizeof(all->list[0]));
    all->list[at] = (struct headline){.text = copy, .about = copy, .conf = conf, .step = step, .weight = weight};
    return &all->list[at];
}

/* Text, then the figures: they are kept beside it, too. */
static void add_figures(struct headlines *all, const char *about, double p50, double p99, const char *rest,
                        const char *conf, const struct model_step *step, int weight)
{
    char text[HEADLINE_CHARS], low[MEASURE_CHARS], high[MEASURE_CHARS];
    const struct measure ns = {1, "ns"};
    struct headline *headline;

    snprintf(text, sizeof(text), "%.300s, p50 %s, p99 %s%.60s", about, measure_scaled(low, ns, p50),
             measure_scaled(high, ns, p99), rest);
    headline = add(all, text, conf, step, weight);
    if (!headline)
        return;
    headline->about = pool_copy(&all->model->pool, about, strlen(about));
    headline->about = headline->about ? headline->about : headline->text;
    headline->p50_ns = p50;
    headline->p99_ns = p99;
}

/* "3 of 14 steps failed: NAME: why". */
static void add_verdicts(struct headlines *all, const struct model_run *run, const char *verdict, const char *what,
                         int weight)
{
    const struct model_step *first = NULL;
    char text[HEADLINE_CHARS], reason[REASON_CHARS];
    size_t count = 0;

    for (size_t i = 0; i < run->step_count; i++)
        if (strcmp(trust_verdict(&run->steps[i]), verdict) == 0) {
            first = first ? first : &run->steps[i];
            count++;
        }
    if (!first)
        return;
    if (strcmp(verdict, "doubtful") == 0)
        trust_doubt(reason, first);
    else
        reason_of(reason, run, first);
    snprintf(text, sizeof(text), "%zu of %zu steps %s%s %.100s: %.280s", count, run->step_count, what,
             count > 1 ? ", the first" : ":", first->name[0] ? first->name : "(unnamed)", reason);
    add(all, text, "", first, weight);
}

/* "hlt by timer after 20us" */
static void name_wake(char *text, size_t bytes, const struct model_step *step)
{
    char idle[TRUST_CHARS], by[TRUST_CHARS], interval[TRUST_CHARS];
    trust_argument(idle, step, "idle");
    trust_argument(by, step, "by");
    trust_interval(interval, step);
    if (idle[0] && by[0])
        snprintf(text, bytes, "%.50s by %.40s%s%.40s", idle, by, interval[0] ? " after " : "", interval);
    else
        snprintf(text, bytes, "%.120s", step->name);
}

struct wake {
    const struct model_step *step;
    const struct model_metric *metric;
    const struct model_quantile *p50, *p99;
};

/* Of the wake steps that can be trusted the one with the lowest median and the one with the highest p99. */
static void find_wakes(const struct model_run *run, struct wake *fast, struct wake *slow, size_t *count)
{
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        struct wake one = {step, model_main_metric(step), NULL, NULL};
        int64_t bound;

        if (strcmp(step->exp, "wake") != 0 || !one.metric || strcmp(trust_verdict(step), "pass") != 0)
            continue;
        one.p50 = model_quantile(one.metric, "p50");
        one.p99 = model_quantile(one.metric, "p99");
        bound = trust_bound_of_metric(run, step, one.metric);
        if (!one.p50 || !one.p99 || one.p50->value <= 0 || !trust_usable(one.p50->value, bound))
            continue;
        ++*count;
        if (!fast->step || one.p50->value < fast->p50->value)
            *fast = one;
        if (!slow->step || one.p50->value > slow->p50->value)
            *slow = one;
    }
}

static void add_wake(struct headlines *all, const struct model_run *run, const char *which, const struct wake *wake,
                     int weight)
{
    char text[HEADLINE_CHARS], name[160];
    struct measure measure = measure_of(run, wake->metric->unit, false);

    name_wake(name, sizeof(name), wake->step);
    snprintf(text, sizeof(text), "%s: %s", which, name);
    add_figures(all, text, (double)wake->p50->value * measure.factor, (double)wake->p99->value * measure.factor,
                trust_quantile(wake->metric, "p99") ? "" : " (of too few samples)", "", wake->step, weight);
}

static void add_wakes(struct headlines *all, const struct model_run *run)
{
    struct wake fast = {0}, slow = {0};
    size_t count = 0;

    find_wakes(run, &fast, &slow, &count);
    if (count == 0)
        return;
    add_wake(all, run, count > 1 ? "Fastest wake" : "Wake", &fast, WEIGHT_FIGURE);
    if (slow.step != fast.step)
        add_wake(all, run, "Slowest wake", &slow, WEIGHT_FIGURE - 1);
}

/* The state with the highest median of all rows `cstate`, with what was really entered. */
static void add_deepest(struct headlines *all, const struct model_run *run)
{
    const struct model_row *deepest = NULL;
    const struct model_step *of = NULL;
    char text[HEADLINE_CHARS], rest[64];
    const char *verdict = "", *conf = "";
    struct measure measure;
    size_t unusable = 0;

    for (size_t s = 0; s < run->step_count; s++)
        for (size_t i = 0; i < run->steps[s].row_count; i++) {
            const struct model_row *row = &run->steps[s].rows[i];
            bool usable =
                trust_usable(model_int(row->values, "p50", 0), trust_bound_of_row(run, &run->steps[s], row, "p50"));
            bool is_state = strcmp(row->kind, "cstate") == 0;

            unusable += is_state && !usable;
            if (is_state && usable &&
                (!deepest || model_int(row->values, "p50", 0) > model_int(deepest->values, "p50", 0))) {
                deepest = row;
                of = &run->steps[s];
            }
        }
    if (!deepest)
        return;
    for (size_t i = 0; i < of->row_count; i++) {
        const json_t *row = of->rows[i].values;
        if (strcmp(of->rows[i].kind, "cstate_verdict") == 0 &&
            strcmp(model_string(row, "state", ""), model_string(deepest->values, "state", "")) == 0) {
            verdict = model_string(row, "verdict", "");
            conf = model_string(row, "conf", "");
        }
    }
    measure = measure_of(run, "tsc", false);
    snprintf(text, sizeof(text), "Slowest C-state to leave%s: %.60s by %.30s",
             unusable ? " of those that can be told" : "", model_string(deepest->values, "state", "?"),
             model_string(deepest->values, "by", "?"));
    snprintf(rest, sizeof(rest), "%s%.30s", verdict[0] ? "; " : "", verdict);
    add_figures(all, text, (double)model_int(deepest->values, "p50", 0) * measure.factor,
                (double)model_int(deepest->values, "p99", 0) * measure.factor, rest, conf, of, WEIGHT_FIGURE + 1);
}

static void add_findings(struct headlines *all, const struct model_finding *findings, size_t count,
                         const struct model_step *step)
{
    char text[HEADLINE_CHARS];
    for (size_t i = 0; i < count; i++)
        add(all, finding_words(text, &findings[i]), findings[i].conf, step, finding_weight(&findings[i]));
}

size_t headlines_of(struct model *model, const struct model_run *run, struct headline list[HEADLINES_MAX])
{
    struct headlines all = {model, list, 0};

    add_verdicts(&all, run, "FAIL", "failed", WEIGHT_FAILED);
    add_verdicts(&all, run, "no verdict", "without a verdict", WEIGHT_FAILED - 1);
    add_verdicts(&all, run, "doubtful", "doubtful", WEIGHT_DOUBTFUL);
    add_deepest(&all, run);
    add_wakes(&all, run);
    add_findings(&all, run->findings, run->finding_count, NULL);
    for (size_t i = 0; i < run->step_count; i++)
        add_findings(&all, run->steps[i].findings, run->steps[i].finding_count, &run->steps[i]);
    return all.count;
}

const char *headline_machine(char *text, struct model *model, const struct model_run *run)
{
    const char *brand = model_fact(model, run, "cpu", "brand"), *script = model_fact(model, run, "env", "script");
    const char *hypervisor = model_fact(model, run, "env", "hypervisor");
    size_t cpus = 0, used;

    brand = brand ? brand : model_fact(model, run, "cpu", "model");
    brand = brand ? brand : model_fact(model, run, "cpu", "vendor");
    for (size_t i = 0; i < run->kept_count; i++)
        cpus += json_object_get(run->kept[i], "apic") != NULL;
    if (!hypervisor || strcmp(hypervisor, "none") == 0)
        hypervisor = hypervisor ? "no hypervisor" : "hypervisor unknown";
    used = (size_t)snprintf(text, HEADLINE_CHARS, "%.120s, %.60s", brand ? brand : "unknown CPU", hypervisor);
    if (cpus > 0)
        used += (size_t)snprintf(text + used, HEADLINE_CHARS - used, ", %zu CPU%s", cpus, cpus > 1 ? "s" : "");
    if (run->tsc_hz > 0)
        used += (size_t)snprintf(text + used, HEADLINE_CHARS - used, ", TSC %.0f MHz", (double)run->tsc_hz / 1e6);
    if (script && strcmp(script, "script") == 0)
        snprintf(text + used, HEADLINE_CHARS - used, ", script from the command line");
    else if (script)
        snprintf(text + used, HEADLINE_CHARS - used, ", script %.60s", script);
    return text;
}

const char *headline_result(char *text, const struct model_run *run)
{
    static const struct {
        const char *verdict, *word;
    } counted[] = {{"pass", "passed"},  {"doubtful", "doubtful"},     {"FAIL", "failed"},
                   {"skip", "skipped"}, {"no verdict", "no verdict"}, {"running", "running"}};
    size_t used = (size_t)snprintf(text, HEADLINE_CHARS, "%s:", model_run_word(run));
    bool any = false;

    for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
        size_t count = 0;
        for (size_t s = 0; s < run->step_count; s++)
            count += strcmp(trust_verdict(&run->steps[s]), counted[i].verdict) == 0;
        if (count > 0)
            used += (size_t)snprintf(text + used, HEADLINE_CHARS - used, "%s %zu %s", any ? "," : "", count,
                                     counted[i].word);
        any |= count > 0;
    }
    if (!any)
        snprintf(text + used, HEADLINE_CHARS - used, " no steps");
    return text;
}
