/* SPDX-License-Identifier: MIT */
/* lib/dependence*.c: which series are marked as clustered or drifting, and what their lags are. */

/* A thousand samples have one beyond p99.9, which lies in one block: no news. A period of five has no lag of 1 or 2. */
#include "tests/unit/dependent_series.h"
#include "tests/unit/tap.h"
static void check_thousand(void)
{
    enum { COUNT = 1000, SERIES = 400 };
    unsigned marked = 0, periods = 0;
    struct prng prng;

    prng_seed(&prng, 8);
    for (unsigned run = 0; run < SERIES; run++) {
        struct dependence dependence;

        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = (int64_t)prng_below(&prng, 1000000);
        dependence = judge(COUNT);
        marked += dependence_mark(&dependence) != NULL;
        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = (int64_t)(prng_below(&prng, 1000000) + (i % 5 ? 0 : 400000));
        dependence = judge(COUNT);
        periods += dependence.clustered;
    }
    TAP_OK(marked <= 6, "a_thousand_independent_ones_are_not_marked"); /* 0.5 % are 2 */
    TAP_OK(periods > SERIES * 95 / 100, "a_period_of_five_is_seen");
}

/*
 * A level that comes back: the halves agree, the quarters do not. Where it comes and goes within each quarter it is no
 * drift, however much the blocks scatter: those of one quarter differ as much as the quarters do.
 */
static void check_level_that_returns(void)
{
    unsigned drifts = 0, within = 0, has = 0;
    struct prng prng;

    prng_seed(&prng, 9);
    for (unsigned run = 0; run < 100; run++) {
        struct dependence dependence;

        for (size_t i = 0; i < N; i++)
            arrived[i] = (int64_t)prng_below(&prng, 1000000) + (i / (N / 4) % 3 ? 300000 : 0);
        dependence = judge(N);
        drifts += dependence.drifts;
        has += dependence.effective[P50] != 0;
        for (size_t i = 0; i < N; i++)
            arrived[i] = (int64_t)prng_below(&prng, 1000000) + (i / (N / 20) % 2 ? 300000 : 0);
        dependence = judge(N);
        within += dependence.drifts;
    }
    TAP_OK(drifts > 95 && !has, "a_level_that_returns_drifts");
    TAP_OK(within < 5, "levels_within_the_quarters_do_not");
}

/* Neighbours that avoid each other are no cluster, and a lag is the distance that it says. */
static void check_lags(void)
{
    struct dependence dependence;
    struct prng prng;
    double before = 0, now;

    prng_seed(&prng, 4);
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)(i % 2 * N + prng_below(&prng, N)); /* three quarters of the ranks' variance */
    dependence = judge(N);
    TAP_OK(dependence.lag_permille[0] < -600 && dependence.lag_permille[1] > 600, "every_second_one_is_alike");
    prng_seed(&prng, 5);
    for (size_t i = 0; i < N; i++, before = now) {
        now = uniform(&prng);
        arrived[i] = (int64_t)(1e6 * (now - before)); /* lag 1 has -1/2, lag 2 nothing */
    }
    dependence = judge(N);
    TAP_OK(dependence.lag_permille[0] < -400 && dependence.lag_permille[0] > -600, "differences_have_minus_a_half");
    TAP_OK(dependence.lag_permille[1] > -100 && dependence.lag_permille[1] < 100, "and_nothing_at_the_second_lag");
    TAP_OK(!dependence.clustered, "they_are_not_clustered");
}

/*
 * 200 of 2,000 samples are high, never two in a row: 7 or 13 in a block of 100, which scatters as chance does (9, of
 * independent ones). So they are worth as many as there are.
 */
static void check_apart(void)
{
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 6);
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)prng_below(&prng, 1000000);
    for (size_t cell = 0; cell < N / 100 * 14; cell++) /* one of the first six of seven, and no period */
        if (cell % 14 < (cell / 14 % 2 ? 13 : 7))
            arrived[cell / 14 * 100 + cell % 14 * 7 + prng_below(&prng, 6)] += 1000000;
    dependence = judge(N);
    TAP_OK(!dependence.quantiles_clustered, "a_tail_that_avoids_itself_is_not_clustered");
}

/* Whether a wave of four samples is seen, of which lags 1 and 2 and blocks show nothing. */
static bool is_wave_seen(size_t n)
{
    static int64_t wave[10001], again[10001];
    struct prng prng;

    prng_seed(&prng, 18);
    for (size_t i = 0; i < n; i++)
        wave[i] = again[i] = (int64_t)prng_below(&prng, 1000000) + (i % 2 ? 500000 : i % 4 * 500000);
    return dependence_of(wave, again, n).clustered;
}

static void check_many_lags(void)
{
    TAP_OK(is_wave_seen(200) && is_wave_seen(10000), "many_lags_show_a_wave");
    TAP_OK(!is_wave_seen(199) && !is_wave_seen(10001), "of_200_to_10000_samples");
}

static void check_edges(void)
{
    int64_t few[DEPENDENCE_LEAST - 1], again[DEPENDENCE_LEAST - 1];
    struct dependence dependence;
    size_t n = DEPENDENCE_LEAST - 1;

    for (size_t i = 0; i < n; i++)
        few[i] = again[i] = (int64_t)(n - i);
    dependence = dependence_of(few, again, n);
    TAP_OK(!dependence.judged && !dependence_mark(&dependence), "few_are_not_judged");
    TAP_OK(again[0] == 1 && again[n - 1] == (int64_t)n, "few_are_sorted");
    TAP_INT((long long)dependence.effective[P50], (long long)n, "few_are_worth_themselves");
    for (size_t i = 0; i < N; i++)
        arrived[i] = 7;
    dependence = judge(N);
    TAP_OK(dependence.judged && !dependence_mark(&dependence), "equal_values_are_even");
    /* None is above p99, and neighbours are alike: all above it are none. */
    for (size_t i = 0; i < N; i++)
        arrived[i] = i / 2 * 7919 % 5 < 2;
    dependence = judge(N);
    TAP_OK(dependence.clustered && dependence.effective[P99] <= N, "nothing_beyond_a_quantile_is_no_news");
    dependence = judge(0);
    TAP_OK(!dependence.judged, "none");
}

int main(void)
{
    check_thousand();
    check_level_that_returns();
    check_lags();
    check_apart();
    check_many_lags();
    check_edges();
    return tap_done();
}
