/* SPDX-License-Identifier: MIT */
/* lib/dependence*.c: how many independent samples a verdict takes a dependent series for, and where for none. */

/* Blocks of 25 are short, ten of 50 and five of 100 are not: two levels of 100 samples pay in a series of 500. */
#include "lib/quantile.h"
#include "tests/unit/dependent_series.h"
#include "tests/unit/tap.h"
static void check_short(void)
{
    enum { COUNT = 500 };
    struct dependence dependence;
    struct prng prng;
    unsigned pays = 0;

    prng_seed(&prng, 10);
    for (unsigned run = 0; run < 100; run++) {
        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = (int64_t)prng_below(&prng, 1000000) + (i / 100 % 2 ? 150000 : 0);
        dependence = judge(COUNT);
        pays += dependence.drifts || dependence.effective[P50] < COUNT * 3 / 4;
    }
    TAP_OK(pays > 60, "five_hundred_samples_pay_for_long_blocks");
}

/*
 * Values in any order but for blocks of 100, every other of which has 56 in a hundred below the median, the others 44:
 * no look raises it, and the median is worth fewer samples than there are.
 */
static void check_scatter(void)
{
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 8);
    for (size_t i = 0; i < N; i++) {
        bool low = prng_below(&prng, 100) < (i / 100 % 2 ? 56 : 44);

        arrived[i] = (int64_t)prng_below(&prng, 1000000) + (low ? 0 : 1000000);
    }
    dependence = judge(N);
    TAP_OK(!dependence_mark(&dependence), "blocks_that_scatter_a_little_are_no_mark");
    TAP_OK(dependence.effective[P50] && dependence.effective[P50] < N * 3 / 4, "and_the_interval_pays_for_it");
    TAP_INT((long long)dependence.effective[P99], N, "but_not_where_the_tail_is_too_short_to_tell");
}

/* So few independent samples that they would be no estimate are none. */
static void check_too_few(void)
{
    static const struct process slow = {.phi = 0.97};
    struct prng prng;
    unsigned between = 0, none = 0;

    prng_seed(&prng, 7);
    for (unsigned run = 0; run < 100; run++) {
        struct dependence dependence;

        play(&prng, &slow, arrived, N);
        dependence = judge(N);
        between += dependence.effective[P50] && dependence.effective[P50] < DEPENDENCE_EFFECTIVE_LEAST;
        none += !dependence.effective[P50];
    }
    TAP_OK(none > 20, "a_slow_series_is_worth_nothing");
    TAP_INT(between, 0, "or_enough");
}

/* Visits of 50 samples come eight times in 2,000: neighbours are alike for longer than so few can tell. */
static void check_long_visits(void)
{
    static const struct process visits = {.stay = 50, .share = 0.2};
    unsigned has = 0;
    struct prng prng;

    prng_seed(&prng, 11);
    for (unsigned run = 0; run < 200; run++) {
        struct dependence dependence;

        play(&prng, &visits, arrived, N);
        dependence = judge(N);
        has += dependence.effective[P50] != 0;
    }
    TAP_OK(has < 200 / 7, "long_visits_have_no_interval");
}

/* What came once is seen by the tail, and gives no quantile an interval; a few samples of it give the tail none. */
static void check_glimpse(void)
{
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 12);
    dependence = glimpse(&prng, N, 30);
    TAP_OK(!dependence.effective[P50] && !dependence.effective[P99], "what_came_once_gives_no_interval");
    dependence = glimpse(&prng, N, 5);
    TAP_OK(dependence.effective[P50] > N / 2, "unless_it_is_short");
    dependence = glimpse(&prng, 900, 6);
    TAP_OK(dependence.effective[P50] && !dependence.effective[P99], "half_of_a_short_tail_at_once_gives_it_none");
}

/* 40 samples in a row beyond p99: the tail came once, whatever their number. */
static void check_burst(void)
{
    struct dependence dependence;

    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)(i * 7919 % N) + (i >= 500 && i < 540 ? 100000 : 0);
    dependence = judge(N);
    TAP_OK(!quantile_of_effective(sorted, N, dependence.effective[P99], QUANTILES[P99].parts).has_interval,
           "one_burst_gives_the_tail_no_interval");
    TAP_OK(quantile_of_sorted(sorted, N, QUANTILES[P99].parts).has_interval, "the_same_tail_taken_as_independent");
}

/* Of 100 samples no look marks a lag of 0.3, and the interval pays for it. */
static void check_hundred(void)
{
    static const struct process alike = {.phi = 0.3};
    unsigned unmarked = 0, pays = 0, independent_pays = 0;
    struct prng prng;

    prng_seed(&prng, 13);
    for (unsigned run = 0; run < 200; run++) {
        struct dependence dependence;

        play(&prng, &alike, arrived, 100);
        dependence = judge(100);
        unmarked += !dependence_mark(&dependence);
        pays += !dependence_mark(&dependence) && dependence.effective[P50] < 80;
        independent_pays += glimpse(&prng, 100, 0).effective[P50] < 80;
    }
    TAP_OK(unmarked > 150 && pays * 3 > unmarked * 2, "unmarked_neighbours_pay");
    TAP_OK(independent_pays < 200 / 3, "independent_ones_seldom");
}

int main(void)
{
    check_short();
    check_scatter();
    check_too_few();
    check_long_visits();
    check_glimpse();
    check_burst();
    check_hundred();
    return tap_done();
}
