/* SPDX-License-Identifier: MIT */
/*
 * What run/tool/model/trust.h says of values below the bound of a clock offset, of few samples, and of counts. TAP on
 * standard output.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/model/trust.h"

static unsigned number, failed;

static void ok(bool good, const char *what)
{
    failed += !good;
    printf("%sok %u - %s\n", good ? "" : "not ", ++number, what);
}

static int64_t bound_of(const struct model_run *run, const char *exp, const char *args, const char *name,
                        const char *unit)
{
    struct model_metric metric = {.name = name, .unit = unit};
    struct model_step step = {.exp = exp, .args = args};
    return trust_bound_of_metric(run, &step, &metric);
}

/* CPU 0 is the reference; the others are known to 100 and 7 ticks. */
static void check_bounds(void)
{
    json_t *kept[] = {json_pack("{s:s, s:i, s:i}", "k", "tsc_offset", "cpu", 1, "bound", 100),
                      json_pack("{s:s, s:i, s:i}", "k", "tsc_offset", "cpu", 2, "bound", 7)};
    struct model_run run = {.kept = kept, .kept_count = 2, .tsc_hz = 1000000000};
    struct model_pair pair = {.from = 1, .to = 2, .metric = "deliver", .unit = "tsc"};
    char text[TRUST_CHARS];

    ok(bound_of(&run, "wake", "idle=hlt by=ipi cpu=0", "wake_latency", "tsc") == 100, "an IPI to CPU 0: the worst");
    ok(bound_of(&run, "wake", "idle=hlt by=store cpu=2", "wake_latency", "tsc") == 107, "to CPU 2: both count");
    ok(bound_of(&run, "wake", "idle=hlt by=timer cpu=0", "wake_latency", "tsc") == 0, "its own timer: none");
    ok(bound_of(&run, "wake", "idle=hlt by=ipi cpu=0", "silent_time", "tsc") == 0, "stamps of one CPU: none");
    ok(bound_of(&run, "ipi", "", "round", "tsc") == 0, "there and back: none");
    ok(bound_of(&run, "ple", "", "ticket_pause", "tsc") == 100 && !bound_of(&run, "ple", "", "late_pause", "tsc"),
       "a hand-over from CPU 0 to another, and what one CPU stamps");
    ok(trust_bound_of_pair(&run, &pair) == 107, "a pair: the sum of its bounds");
    ok(!trust_usable(-835, 701) && !trust_usable(701, 701) && trust_usable(702, 701) && trust_usable(-5, 0),
       "only what is above its bound is usable");
    ok(!strcmp(trust_bound_text(text, measure_of(&run, "tsc", false), 701000), "± 701 us, not usable"), text);
    json_decref(kept[0]);
    json_decref(kept[1]);
}

static void check_verdicts(void)
{
    struct model_reject reject[] = {{"early", 1990}, {"warmup", 64}, {"smi", 9}};
    struct model_quantile p50 = {.name = "p50"};
    struct model_metric metric = {
        .name = "wake_latency", .unit = "tsc", .has_summary = true, .n = 1, .quantiles = &p50, .quantile_count = 1};
    struct model_step step = {.exp = "wake",
                              .metrics = &metric,
                              .metric_count = 1,
                              .rejects = reject,
                              .reject_count = 3,
                              .verdict = {.seen = true, .ok = true},
                              .end = "samples"};
    char text[TRUST_CHARS];

    ok(!strcmp(trust_verdict(&step), "doubtful"), "most samples rejected: not a pass");
    ok(!strcmp(trust_doubt(text, &step), "1999 of 2000 samples rejected, most as early"), text);
    metric.n = 1000;
    step.exp = "policy";
    ok(!strcmp(trust_verdict(&step), "pass"), "an event that finds a governor's CPU awake is no fault");
    metric.n = 1;
    step.exp = "wake";
    step.reject_count = 0;
    ok(!strcmp(trust_doubt(text, &step), "1 samples: too few for a median"), text);
    metric.n = 0;
    step.end = step_ends[STEP_DONE].word;
    ok(!strcmp(trust_verdict(&step), "doubtful") && !strcmp(trust_doubt(text, &step), "not one sample was kept"),
       "a distribution without a sample");
    step.metric_count = 0;
    step.verdict.detail = "no_samples 0 count";
    ok(!strcmp(trust_verdict(&step), "doubtful"), "the image's word for it");
    step.verdict.detail = "p50 7 tsc";
    ok(!strcmp(trust_verdict(&step), "pass"), "another word");
    step.metric_count = 1;
    step.end = "samples";
    metric.n = 99;
    ok(!strcmp(trust_verdict(&step), "pass") && !trust_quantile(&metric, "p99") && trust_quantile(&metric, "p50"),
       "99 samples are too few for p99 alone");
    metric.n = 1000;
    ok(trust_quantile(&metric, "p99.9") && !trust_quantile(&metric, "p99.99"), "1000 are enough for p99.9");
    step.verdict.ok = false;
    metric.n = 1;
    ok(!strcmp(trust_verdict(&step), "FAIL") && !trust_doubt(text, &step)[0], "a failure stays one");
}

/* The rows count what their step's end does not. */
static void check_counts(void)
{
    struct model_row rows[] = {{"cstate", json_pack("{s:i, s:i}", "n", 0, "rej", 200)},
                               {"cstate", json_pack("{s:i, s:i}", "n", 190, "rej", 10)},
                               {"residency", json_pack("{s:i}", "n", 5)}};
    struct model_step step = {.exp = "cstate", .rows = rows, .row_count = 3, .n = 800, .end = "samples"};
    struct trust_counts counts = trust_counts_of(&step);

    ok(counts.kept == 190 && counts.rejected == 210, "kept and rejected are the sums over the rows");
    step.row_count = 0;
    step.rejected = 64;
    counts = trust_counts_of(&step);
    ok(counts.kept == 736 && counts.rejected == 64, "without rows they are the step's own");
    for (size_t i = 0; i < 3; i++)
        json_decref(rows[i].values);
}

int main(void)
{
    puts("TAP version 13");
    check_bounds();
    check_verdicts();
    check_counts();
    printf("1..%u\n", number);
    return failed > 0;
}
