/* SPDX-License-Identifier: MIT */
/* lib/dependence*.c: what is printed rests on fewer samples than a verdict, and where on as many. */

/*
 * What is printed is stricter: three glimpses of ten samples say little of how often they come, which p90 must bear;
 * p50 by less. And of fewer than 100 samples nothing is printed.
 */
#include "tests/unit/dependent_series.h"
#include "tests/unit/tap.h"
static void check_printable(void)
{
    static const struct process alike = {.phi = 0};
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 16);
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)prng_below(&prng, 1000000) + (i % 700 > 300 && i % 700 <= 310 ? 2000000 : 0);
    dependence = judge(N);
    TAP_OK(dependence.effective[P90] && dependence.printable[P90] < dependence.effective[P90] * 3 / 4,
           "a_tail_of_few_clusters_widens_p90");
    TAP_OK(dependence.printable[P50] > N / 4, "and_p50_by_less");
    play(&prng, &alike, arrived, 100);
    dependence = judge(100);
    TAP_OK(dependence.printable[P50] && dependence.printable[P90], "a_hundred_samples_are_printed");
    dependence = judge(99);
    TAP_OK(dependence.effective[P50] && !dependence.printable[P50], "fewer_only_decide");
}

/* The interval of p90 of 100 samples counts for less than half of what a verdict would take. */
static bool is_halved(void)
{
    struct dependence dependence = judge(100);

    return 2 * dependence.printable[P90] < dependence.effective[P90];
}

/* A spread that lasts for ten samples is seen in both tails together. */
static void check_spread(void)
{
    unsigned pays = 0, independent_pays = 0;
    struct prng prng;

    prng_seed(&prng, 17);
    for (unsigned run = 0; run < 200; run++) {
        double state = 0;

        for (size_t i = 0; i < 100; i++) {
            state = 0.9 * state + 0.44 * normal(&prng);
            arrived[i] = (int64_t)(1e6 * exp(state) * normal(&prng));
        }
        pays += is_halved();
        glimpse(&prng, 100, 0);
        independent_pays += is_halved();
    }
    TAP_OK(pays > 80, "a_spread_that_lasts_pays");
    TAP_OK(independent_pays < 40, "a_steady_one_seldom");
}

/* In how many of 400 series p50 has an interval that is printed. */
static unsigned count_printed(const struct process *process)
{
    unsigned count = 0;
    struct prng prng;

    prng_seed(&prng, 18);
    for (unsigned run = 0; run < 400; run++) {
        play(&prng, process, arrived, N);
        count += judge(N).printable[P50] > 0;
    }
    return count;
}

/* Of eight visits to a slow level the blocks may scatter by chance as little as those of neighbours that are alike. */
static void check_fading(void)
{
    static const struct process visits = {.stay = 50, .share = 0.2}, alike = {.phi = 0.9}, unlike = {.phi = -0.95};

    TAP_OK(count_printed(&visits) < 20, "likeness_that_hardly_fades_within_20_samples_prints_nothing");
    TAP_OK(count_printed(&alike) > 150, "likeness_that_fades_does");
    TAP_OK(count_printed(&unlike) > 150, "neighbours_that_avoid_each_other_do");
}

/* The least that is seen of a level: the run ends with three samples of it. */
static void check_seen_last(void)
{
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 20);
    for (size_t i = 0; i < N; i++)
        arrived[i] = i + 3 >= N ? (int64_t)(2000000 + i) : (int64_t)prng_below(&prng, 1000000);
    dependence = judge(N);
    TAP_OK(dependence.printable[P90] && dependence.printable[P90] < N / 2, "three_at_the_end_widen_p90");
    TAP_OK(dependence.printable[P99] < 100, "and_say_too_little_of_p99");
}

/* Four in ten are the least, in no order: they are near each other, and no cluster. */
static void check_equal(void)
{
    struct prng prng;

    prng_seed(&prng, 19);
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)prng_below(&prng, 10) < 4 ? 0 : (int64_t)prng_below(&prng, 1000);
    TAP_OK(judge(N).printable[P50] > N / 2, "equal_values_are_no_clusters");
}

int main(void)
{
    check_printable();
    check_spread();
    check_fading();
    check_seen_last();
    check_equal();
    return tap_done();
}
