/* SPDX-License-Identifier: MIT */
/*
 * How often the verdicts of `idlelab cstates` are right: a kernel's exit latency against p50 and p99 of wakes that were
 * measured by one to six sources, of which the slowest is judged as the tool does. Right is what the true quantiles
 * give. The table's figure lies anywhere, or just at a quantile. Sources: Linux drivers/idle/intel_idle.c; Intel
 * datasheets (demotion, pre-wake, clocks); measured wakes in tests/golden/series.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c run/tool/cstates/worst_of.c run/tool/normal.c */
#include <string.h>

#include "lib/dependence.h"
#include "lib/stats.h"
#include "lib/table_verdict.h"
#include "run/tool/cstates/worst_of.h"
#include "tests/statistics/verdict/tally.h"

enum { SAMPLES_MOST = 4000, TRUTH = 400000 };

struct kind {
    const char *words;
    double sigma;         /* of the logarithm */
    double phi;           /* from wake to wake */
    double level, stay;   /* times as long in visits of so many wakes, a fifth of the time */
    double tail, tail_ns; /* share of wakes that take up to so much longer */
    double grid_ns;
    unsigned least, most; /* samples */
    unsigned sources;
    double near; /* the figure lies within so much of p50 or p99, as a share; 0: anywhere */
};

static const struct kind kinds[] = {
    {"any figure", 0.1, 0, 1, 0, 0.005, 50000, 1, 1000, 2000, 1, 0},
    {"any figure, more samples", 0.1, 0, 1, 0, 0.005, 50000, 1, 3000, 4000, 1, 0},
    {"any figure, six sources", 0.1, 0, 1, 0, 0.005, 50000, 1, 1000, 2000, 6, 0},
    {"a figure near a quantile", 0.1, 0, 1, 0, 0.005, 50000, 1, 1000, 2000, 1, 0.03},
    {"near, three sources", 0.1, 0, 1, 0, 0.005, 50000, 1, 1000, 2000, 3, 0.03},
    {"near, six sources", 0.1, 0, 1, 0, 0.005, 50000, 1, 1000, 2000, 6, 0.03},
    {"near, few samples", 0.1, 0, 1, 0, 0.005, 50000, 1, 50, 400, 1, 0.1},
    {"near, each wake like the last one", 0.1, 0.7, 1, 0, 0.005, 50000, 1, 1000, 2000, 1, 0.1},
    {"near, short visits to a slow level", 0.05, 0, 1.5, 8, 0, 0, 1, 1000, 2000, 1, 0.03},
    {"near, long visits to a slow level", 0.05, 0, 1.5, 60, 0, 0, 1, 2000, 4000, 1, 0.03},
    {"near, firmware interrupts at the edge of p99", 0.1, 0, 1, 0, 0.01, 300000, 1, 1000, 2000, 1, 0.1},
    {"near, a coarse clock", 0.02, 0, 1, 0, 0.005, 50000, 500, 1000, 2000, 1, 0.02},
    {"near, heavy tail", 0.6, 0, 1, 0, 0, 0, 1, 1000, 2000, 2, 0.1},
};

static void play(const struct kind *kind, struct prng *prng, double median, int64_t *values, size_t n)
{
    double state = draw_normal(prng);
    bool slow = draw_uniform(prng) < 0.2;

    for (size_t i = 0; i < n; i++) {
        double value;
        state = kind->phi * state + sqrt(1 - kind->phi * kind->phi) * draw_normal(prng);
        if (kind->stay > 0 && draw_uniform(prng) < 1 / (slow ? kind->stay : 4 * kind->stay))
            slow = !slow;
        value = median * exp(kind->sigma * state) * (slow ? kind->level : 1);
        value += draw_uniform(prng) < kind->tail ? kind->tail_ns * draw_uniform(prng) : 0;
        values[i] = (int64_t)(floor(value / kind->grid_ns) * kind->grid_ns);
    }
}

static struct table_quantile quantile_at(const int64_t *sorted, size_t n, const struct dependence *dependence,
                                         unsigned q)
{
    struct quantile quantile = quantile_of_effective(sorted, n, dependence->printable[q], QUANTILES[q].parts);

    return (struct table_quantile){quantile.value, quantile.low, quantile.high, quantile.has_interval};
}

/* The slowest of the sources by p99, as measured. Returns its mark: with one no verdict is "measured". */
static const char *measure(const struct kind *kind, struct prng *prng, double median, struct table_quantile *p50,
                           struct table_quantile *p99)
{
    static int64_t arrived[SAMPLES_MOST], values[SAMPLES_MOST];
    size_t n = kind->least + prng_below(prng, kind->most - kind->least + 1);
    const char *mark = NULL;

    p99->value = -1;
    for (unsigned source = 0; source < kind->sources; source++) {
        struct dependence dependence;
        struct table_quantile one;

        play(kind, prng, median, arrived, n);
        memcpy(values, arrived, n * sizeof(values[0]));
        dependence = dependence_of(arrived, values, n);
        one = quantile_at(values, n, &dependence, QUANTILE_P99);
        if (one.value <= p99->value)
            continue;
        mark = dependence_mark(&dependence);
        *p99 = one;
        *p50 = quantile_at(values, n, &dependence, QUANTILE_P50);
    }
    worst_of_widen(p50, kind->sources);
    worst_of_widen(p99, kind->sources);
    return mark;
}

static void try_host(const struct kind *kind, uint64_t seed, const double truth[2], struct tally *tally)
{
    struct table_quantile p50 = {0}, p99 = {0}, true_p50 = {0}, true_p99 = {0};
    struct table_judgement judgement;
    double median, figure;
    struct prng prng;
    bool marked;

    prng_seed(&prng, rate_seed(seed));
    median = 20000;
    figure = median * 0.5 * pow(10, draw_uniform(&prng));
    if (kind->near > 0)
        figure = truth[draw_uniform(&prng) < 0.5] * (1 + kind->near * (2 * draw_uniform(&prng) - 1));
    marked = measure(kind, &prng, median, &p50, &p99) != NULL;
    judgement = table_judge((int64_t)figure, &p50, &p99);
    if (marked && judgement.confidence == CONFIDENCE_MEASURED)
        judgement.confidence = CONFIDENCE_LIKELY;
    true_p50.value = (int64_t)truth[0];
    true_p99.value = (int64_t)truth[1];
    tally_add(tally, judgement.confidence,
              judgement.verdict != table_judge((int64_t)figure, &true_p50, &true_p99).verdict);
}

int main(int argc, char **argv)
{
    static int64_t many[TRUTH];
    struct campaign campaign = campaign_begin(argc, argv);

    campaign.times = 16;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "cstates", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 60, 8);
        double truth[2];
        struct prng prng;
        prng_seed(&prng, rate_seed(77 + k));
        play(&kinds[k], &prng, 20000, many, TRUTH);
        stats_sort(many, TRUTH);
        truth[0] = (double)many[quantile_rank(TRUTH, QUANTILE_ONE / 2) - 1];
        truth[1] = (double)many[quantile_rank(TRUTH, QUANTILE_ONE / 100 * 99) - 1];
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_host(&kinds[k], seed + 10000 * k, truth, &tally);
        campaign_line(&campaign, &tally);
        if (k < 2)
            campaign_power(&campaign, &tally, k ? 80 : 75);
    }
    return campaign_end(&campaign);
}
