/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/ple/report.c experiments/kit/row.c tests/unit/synthetic_ple_host.c
/*
 * What `ple test=gap` says of hosts whose gap is known: a figure is called the gap only where it is one, and a bound
 * where it is a bound.
 */
#include "experiments/kit/results.h"
#include "experiments/ple/parts.h"
#include "lib/infer/ple_gap.h"
#include "lib/json.h"
#include "lib/rows/reasons.h"
#include "tests/unit/synthetic_ple_host.h"
#include "tests/unit/tap.h"

enum { LIMIT_TSC = 50000000, TEXT_BYTES = 256 };

/* What the last report said. */
static struct {
    char word[32], text[TEXT_BYTES];
    long long value;
    unsigned cut_rows; /* records that did not fit */
} said;

void result_record(struct step *step, struct json *json)
{
    (void)step;
    said.cut_rows += !json_end(json);
}

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    (void)step, (void)id, (void)confidence;
    snprintf(said.text, sizeof(said.text), "%s", text);
}

void result_metric(struct step *step, const char *word, int64_t value, const char *unit)
{
    (void)step, (void)unit;
    if (said.word[0]) /* the first counts */
        return;
    snprintf(said.word, sizeof(said.word), "%s", word);
    said.value = value;
}

void result_no_samples(struct step *step)
{
    result_metric(step, METRIC_NO_SAMPLES, 0, "count");
}

/* KVM's defaults on Intel, almost without noise; a PAUSE may be left out of the gap. */
static void report(const char *name, uint64_t pause_tsc, uint64_t gap_tsc, bool skips_pause)
{
    static struct ple_loop loops[PLE_LOOPS_MAX];
    struct results results = {.step = 2};
    struct step step = {.results = &results};
    struct synthetic_ple_host host;
    uint32_t count = 0;

    synthetic_ple_host_choose(&host, 1);
    host.on = true;
    host.counts = false;
    host.gap_tsc = gap_tsc;
    host.gap_skips_pause = skips_pause;
    host.base = host.window = 65536;
    host.max = UINT32_MAX;
    host.grow = 2;
    host.shrink = 0;
    host.pause_tsc = pause_tsc;
    host.stamp_tsc = 24;
    host.filler_tsc_x16 = 16;
    host.jitter_tsc = 0;
    host.chance_tsc = host.preempt_tsc = 0;
    host.next_chance_tsc = host.next_preempt_tsc = UINT64_MAX / 2;
    memset(loops, 0, sizeof(loops));
    said.word[0] = '\0';
    while (count < PLE_LOOPS_MAX && ple_gap_next(loops, count, LIMIT_TSC, &loops[count]))
        synthetic_ple_host_run(&host, &loops[count++]);
    ple_report_gap(&step, loops, count);
    printf("# %s: %s; %s %lld\n", name, said.text, said.word, said.value);
}

static void check_gap(void)
{
    report("short PAUSE", 10, 128, false);
    TAP_STR(said.word, "gap", "a short PAUSE: the gap");
    TAP_OK(said.value >= 122 && said.value <= 134, "and its value");
    TAP_OK(!strstr(said.text, "may not count"), "no more to be said");
}

static void check_bounds(void)
{
    report("long PAUSE", 140, 128, true);
    TAP_STR(said.word, "gap_at_most", "a PAUSE of 140 that does not count: no gap of 268");
    TAP_OK(said.value >= 268 && said.value <= 275, "but a bound");
    TAP_OK(strstr(said.text, "a PAUSE's own 140 may not count: the gap is 12"), "and the other");
    report("long PAUSE, long gap", 140, 300, false);
    TAP_STR(said.word, "gap_at_most", "the same where it counts");
    TAP_OK(said.value >= 300 && said.value <= 310, "with its own bound");
    report("no end", 10, 1000000, false);
    TAP_STR(said.word, "gap_at_least", "no break was long enough: no gap either");
    TAP_OK(said.value > 5000 && said.value < 1000000, "but a bound");
    TAP_OK(strstr(said.text, "no limit found"), "in words as well");
}

static void check_nothing(void)
{
    struct results results = {.step = 2};
    struct step step = {.results = &results};

    report("hidden", 140, 128, false);
    TAP_STR(said.word, "none", "PAUSE and stamp longer than the gap: nothing is seen");
    said.word[0] = '\0';
    ple_report_gap(&step, NULL, 0);
    TAP_STR(said.word, "no_samples", "not one loop: no sample");
}

/* Stretches of any length, as a busy host makes them: fewer are shown where their figures are long. */
static void check_long_figures(void)
{
    static struct ple_loop loop;
    struct results results = {.step = 1000};
    struct step step = {.results = &results};

    for (uint64_t tsc = 1; tsc < UINT64_MAX / 10; tsc *= 7) {
        loop = (struct ple_loop){.pause = true, .stretch_count = 8};
        for (uint32_t i = 0; i < loop.stretch_count; i++)
            loop.stretches[i] = (struct ple_stretch){.tsc = tsc, .count = (uint32_t)(tsc / 100), .long_tsc = tsc};
        ple_report_window(&step, &loop, 1);
    }
}

int main(void)
{
    check_long_figures();
    check_gap();
    check_bounds();
    check_nothing();
    TAP_INT(said.cut_rows, 0, "every row fits its record");
    return tap_done();
}
