/* SPDX-License-Identifier: MIT */
/*
 * How often `cstates` says "measured" of a verdict that is wrong, where several wake sources are alike: the slowest of
 * them is judged, with its interval widened (run/tool/cstates/worst_of.c). The table is right at the last nanosecond.
 */
/* STATISTICS_EXTRA: run/tool/cstates/worst_of.c run/tool/normal.c */
#include <stdlib.h>

#include "lib/quantile.h"
#include "lib/stats.h"
#include "run/tool/cstates/worst_of.h"
#include "tests/statistics/rate.h"

enum { SAMPLES = 1000 };

#define P50_PARTS 5000000
#define P99_PARTS 9900000
/* Wakes of 2 us and, one in twenty, up to some 100 more; p99 is where a fifth of those is above. */
#define BASE_NS   2000.0
#define TAIL_NS   400.0
#define RARE      0.05

static int64_t wake(struct prng *prng)
{
    double ns = BASE_NS + 50 * draw_uniform(prng);
    if (draw_uniform(prng) < RARE)
        ns = BASE_NS + 50 - TAIL_NS * log(draw_uniform(prng));
    return (int64_t)ns;
}

static struct table_quantile take(const int64_t *sorted, uint32_t parts)
{
    struct quantile q = quantile_of_sorted(sorted, SAMPLES, parts);
    return (struct table_quantile){q.value, q.low, q.high, q.has_interval};
}

/* The slowest of `sources` series is judged as "tight" or worse, and surely: false, for the table has the true p99. */
static bool is_wrong(struct prng *prng, unsigned sources, bool widen)
{
    int64_t values[SAMPLES], p99_ns = (int64_t)(BASE_NS + 50 + TAIL_NS * log(RARE / 0.01)) + 1;
    struct table_quantile p50 = {0}, p99 = {0};
    struct table_judgement judgement;

    for (unsigned s = 0; s < sources; s++) {
        struct table_quantile other;
        for (unsigned i = 0; i < SAMPLES; i++)
            values[i] = wake(prng);
        stats_sort(values, SAMPLES);
        other = take(values, P99_PARTS);
        if (other.value > p99.value) {
            p99 = other;
            p50 = take(values, P50_PARTS);
        }
    }
    worst_of_widen(&p50, widen ? sources : 1);
    worst_of_widen(&p99, widen ? sources : 1);
    judgement = table_judge(p99_ns, &p50, &p99);
    return judgement.confidence == CONFIDENCE_MEASURED && judgement.verdict != TABLE_SAFE;
}

static void hold(struct rates *rates, unsigned sources)
{
    unsigned trials = rate_trials(rates, 400, 10), wrong = 0, narrow = 0;
    struct prng prng;
    char what[160];

    prng_seed(&prng, 31 + sources);
    for (unsigned t = 0; t < trials; t++)
        wrong += is_wrong(&prng, sources, true);
    for (unsigned t = 0; t < trials; t++)
        narrow += is_wrong(&prng, sources, false);
    snprintf(what, sizeof(what),
             "a right table is called wrong (measured), %u sources alike (%.1f %% without widening)", sources,
             100.0 * narrow / trials);
    rate_at_most(rates, what, wrong, trials, 0.05);
}

int main(int argc, char **argv)
{
    static const unsigned sources[] = {1, 2, 3, 6};
    struct rates rates = rates_begin(argc, argv);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        hold(&rates, sources[i]);
    return rates_end(&rates);
}
