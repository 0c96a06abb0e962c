/* SPDX-License-Identifier: MIT */
/*
 * How often `compare` finds a difference between boots that are alike, but have unlike numbers of samples: each boot's
 * quantile is that of samples with a heavy tail, as a busy host's are.
 */
/* STATISTICS_EXTRA: run/tool/compare/relabel.c run/tool/compare/deal.c run/tool/compare/tail.c run/tool/median.c */
#include <stdlib.h>

#include "lib/quantile.h"
#include "run/tool/compare/relabel.h"
#include "run/tool/compare/tail.h"
#include "tests/statistics/rate.h"

enum { BOOTS = 5, SAMPLES_MAX = 4000 };

static const struct numbers {
    uint32_t parts;
    const char *quantile;
    size_t a, b;
    bool fine; /* it may be compared */
} NUMBERS[] = {
    {9990000, "p99.9", 2000, 2000, true},  {9990000, "p99.9", 4000, 2000, true}, {9990000, "p99.9", 1100, 2000, true},
    {9990000, "p99.9", 1010, 1250, false}, {9990000, "p99.9", 1010, 1150, true}, {9990000, "p99.9", 600, 2000, false},
    {9990000, "p99.9", 115, 2000, false},  {9990000, "p99.9", 999, 999, false},  {9900000, "p99", 2000, 1000, true},
    {9900000, "p99", 115, 2000, false},    {9900000, "p99", 90, 90, false},      {9900000, "p99", 101, 150, false},
    {5000000, "p50", 40, 2000, false},     {5000000, "p50", 500, 2000, true},
};

static int ascending(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

/* The quantile of n samples; one in 300 is far out. */
static double boot(struct prng *prng, double *samples, size_t n, uint32_t parts)
{
    for (size_t i = 0; i < n; i++) {
        samples[i] = exp(0.1 * draw_normal(prng));
        if (draw_uniform(prng) < 1.0 / 300)
            samples[i] += 20 * (pow(draw_uniform(prng), -1 / 1.5) - 1);
    }
    qsort(samples, n, sizeof(*samples), ascending);
    return log(samples[quantile_rank(n, parts) - 1]);
}

static void hold(struct rates *rates, const struct numbers *numbers, double *samples)
{
    unsigned trials = rate_trials(rates, 60, 20), alarms = 0;
    struct tail a = {0}, b = {0};
    struct prng prng;
    char what[160];
    bool fine;

    tail_add(&a, numbers->a, numbers->parts);
    tail_add(&b, numbers->b, numbers->parts);
    fine = tail_judge(&a, &b) == TAIL_FINE;
    prng_seed(&prng, 21);
    for (unsigned t = 0; t < trials; t++) {
        double values[2 * BOOTS];
        struct relabel_question question = {values, RELABEL_EITHER, 0, 0, 1, 0};
        for (unsigned i = 0; i < 2 * BOOTS; i++)
            values[i] = boot(&prng, samples, i < BOOTS ? numbers->a : numbers->b, numbers->parts);
        if (!relabel_test((struct relabel_boots){BOOTS, BOOTS}, &question, 1))
            exit(2);
        alarms += question.p <= RELABEL_LEVEL + 1e-9;
    }
    snprintf(what, sizeof(what), "%s of boots with %zu and %zu samples, alike: differs%s", numbers->quantile,
             numbers->a, numbers->b, fine ? "" : ", but is not compared");
    if (fine != numbers->fine)
        rate_line(rates, false, what, alarms, trials, numbers->fine ? "to be compared" : "not to be compared");
    else if (fine)
        rate_at_most(rates, what, alarms, trials, 0.06);
    else
        rate_line(rates, true, what, alarms, trials, "not compared");
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);
    double *samples = calloc(SAMPLES_MAX, sizeof(*samples));

    if (!samples)
        return 2;
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
        hold(&rates, &NUMBERS[i], samples);
    free(samples);
    return rates_end(&rates);
}
