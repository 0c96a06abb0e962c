/* SPDX-License-Identifier: MIT */
/*
 * lib/dependence*.c on series whose dependence is known: how often an interval holds the truth, and how often a mark is
 * set where there is nothing.
 */
#include <math.h>
#include <string.h>

#include "tests/unit/tap.h"

#include "lib/dependence.h"
#include "lib/prng.h"
#include "lib/stats.h"

enum { N = 2000, RUNS = 500, TRUTH_N = 1000000, P50 = 2, P90 = 3, P99 = 4 };

static int64_t truth_values[TRUTH_N], arrived[N], sorted[N];

static double uniform(struct prng *prng)
{
    return ((double)(prng_next(prng) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(struct prng *prng)
{
    return sqrt(-2 * log(uniform(prng))) * cos(6.283185307179586 * uniform(prng));
}

struct process {
    const char *name;
    double phi;         /* of an autoregressive process of first order */
    double stay, share; /* of two levels: samples of a visit to the slow one, share of all samples there */
    double ramp;        /* the last sample is so much slower than the first one, as a share */
};

static void play_levels(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    bool slow = uniform(prng) < process->share;

    for (size_t i = 0; i < n; slow = !slow) {
        double stay = slow ? process->stay : process->stay * (1 - process->share) / process->share;

        do
            values[i++] = (int64_t)((slow ? 2e6 : 1e6) * exp(0.03 * normal(prng)));
        while (i < n && uniform(prng) > 1 / stay);
    }
}

static void play(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    double state = normal(prng) / sqrt(1 - process->phi * process->phi);

    if (process->stay > 0) {
        play_levels(prng, process, values, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (int64_t)((1e6 + 1e5 * state) * (1 + process->ramp * (double)i / (double)n));
        state = process->phi * state + normal(prng);
    }
}

struct rates {
    double clustered, drifts;     /* share of the series, percent */
    double marked;                /* for any reason, of any quantile */
    double has[QUANTILE_COUNT];   /* share of the series that have an interval, percent */
    double holds[QUANTILE_COUNT]; /* of these, percent */
    double
        trusted[QUANTILE_COUNT]; /* share of the series whose interval would hold if they were taken as independent */
};

static struct rates try_process(const struct process *process)
{
    struct prng prng;
    struct rates rates = {0};

    prng_seed(&prng, 20);
    play(&prng, process, truth_values, TRUTH_N);
    stats_sort(truth_values, TRUTH_N);
    for (int run = 0; run < RUNS; run++) {
        struct dependence dependence;

        play(&prng, process, arrived, N);
        memcpy(sorted, arrived, sizeof(sorted));
        dependence = dependence_of(arrived, sorted, N);
        rates.clustered += dependence.clustered * 100.0 / RUNS;
        rates.drifts += dependence.drifts * 100.0 / RUNS;
        rates.marked += (dependence_mark(&dependence) != NULL) * 100.0 / RUNS;
        for (int q = P50; q <= P90; q++) {
            int64_t truth = truth_values[quantile_rank(TRUTH_N, QUANTILES[q].parts) - 1];
            struct quantile printed = quantile_of_effective(sorted, N, dependence.printable[q], QUANTILES[q].parts);
            struct quantile naive = quantile_of_sorted(sorted, N, QUANTILES[q].parts);

            rates.has[q] += printed.has_interval;
            rates.holds[q] += printed.has_interval && printed.low <= truth && truth <= printed.high;
            rates.trusted[q] += (naive.low <= truth && truth <= naive.high) * 100.0 / RUNS;
        }
    }
    for (int q = P50; q <= P90; q++) {
        rates.holds[q] = rates.has[q] > 0 ? rates.holds[q] * 100 / rates.has[q] : 100;
        rates.has[q] = rates.has[q] * 100 / RUNS;
    }
    printf("# %s: clustered %.1f %%, drifts %.1f %%; p50 holds %.1f %% of %.0f %% (as if independent: %.1f %%), "
           "p90 %.1f %% of %.0f %% (%.1f %%)\n",
           process->name, rates.clustered, rates.drifts, rates.holds[P50], rates.has[P50], rates.trusted[P50],
           rates.holds[P90], rates.has[P90], rates.trusted[P90]);
    return rates;
}

static void named(bool ok, const char *process, const char *what)
{
    char name[64];

    snprintf(name, sizeof(name), "%s_%s", process, what);
    TAP_OK(ok, name);
}

/* 95 % of 500 trials is known to about 2 % at twice its standard error; a part of the series has fewer trials. */
static void check_coverage(void)
{
    static const struct process processes[] = {
        {.name = "ar_0.3", .phi = 0.3},
        {.name = "ar_0.6", .phi = 0.6},
        {.name = "ar_0.9", .phi = 0.9},
        {.name = "two_levels_visits_of_10", .stay = 10, .share = 0.2},
    };

    for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++) {
        struct rates rates = try_process(&processes[i]);

        named(rates.clustered > 99, processes[i].name, "is_marked");
        named(rates.holds[P50] > 92.5 && rates.holds[P50] < 99, processes[i].name, "p50_holds");
        named(rates.holds[P90] > 92.5 && rates.holds[P90] < 99, processes[i].name, "p90_holds");
        named(rates.has[P50] > 35, processes[i].name, "has_intervals");
        named(rates.trusted[P50] < 92, processes[i].name, "would_not_hold_otherwise");
    }
}

static void check_independent(void)
{
    struct rates rates = try_process(&(struct process){.name = "independent"});

    TAP_OK(rates.clustered <= 0.3, "independent_is_not_clustered");
    TAP_OK(rates.marked < 1.3, "independent_is_not_marked"); /* under 0.5, and 500 series */
    TAP_OK(rates.drifts <= 1, "independent_does_not_drift");
    TAP_OK(rates.holds[P50] > 93.5 && rates.has[P50] > 99, "independent_p50_holds");
    TAP_OK(rates.holds[P90] > 93.5 && rates.has[P90] > 99, "independent_p90_holds");
}

/* A thousand samples have one beyond p99.9, which lies in one block: no news. A period of five has no lag of 1 or 2. */
static void check_thousand(void)
{
    enum { COUNT = 1000, SERIES = 400 };
    unsigned marked = 0, periods = 0;
    struct prng prng;

    prng_seed(&prng, 8);
    for (unsigned run = 0; run < SERIES; run++) {
        struct dependence dependence;

        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = sorted[i] = (int64_t)prng_below(&prng, 1000000);
        dependence = dependence_of(arrived, sorted, COUNT);
        marked += dependence_mark(&dependence) != NULL;
        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = sorted[i] = (int64_t)(prng_below(&prng, 1000000) + (i % 5 ? 0 : 400000));
        dependence = dependence_of(arrived, sorted, COUNT);
        periods += dependence.clustered;
    }
    TAP_OK(marked <= 6, "a_thousand_independent_ones_are_not_marked"); /* 0.5 % are 2 */
    TAP_OK(periods > SERIES * 95 / 100, "a_period_of_five_is_seen");
}

static void check_drift(void)
{
    struct rates ramp = try_process(&(struct process){.name = "ramp", .ramp = 0.05});

    TAP_OK(ramp.drifts > 90 && ramp.has[P50] < 10, "ramp_drifts");
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
            arrived[i] = sorted[i] = (int64_t)prng_below(&prng, 1000000) + (i / (N / 4) % 3 ? 300000 : 0);
        dependence = dependence_of(arrived, sorted, N);
        drifts += dependence.drifts;
        has += dependence.effective[P50] != 0;
        for (size_t i = 0; i < N; i++)
            arrived[i] = sorted[i] = (int64_t)prng_below(&prng, 1000000) + (i / (N / 20) % 2 ? 300000 : 0);
        dependence = dependence_of(arrived, sorted, N);
        within += dependence.drifts;
    }
    TAP_OK(drifts > 95 && !has, "a_level_that_returns_drifts");
    TAP_OK(within < 5, "levels_within_the_quarters_do_not");
}

/* Blocks of 25 are short, ten of 50 and five of 100 are not: two levels of 100 samples pay in a series of 500. */
static void check_short(void)
{
    enum { COUNT = 500 };
    struct dependence dependence;
    struct prng prng;
    unsigned pays = 0;

    prng_seed(&prng, 10);
    for (unsigned run = 0; run < 100; run++) {
        for (size_t i = 0; i < COUNT; i++)
            arrived[i] = sorted[i] = (int64_t)prng_below(&prng, 1000000) + (i / 100 % 2 ? 150000 : 0);
        dependence = dependence_of(arrived, sorted, COUNT);
        pays += dependence.drifts || dependence.effective[P50] < COUNT * 3 / 4;
    }
    TAP_OK(pays > 60, "five_hundred_samples_pay_for_long_blocks");
}

static struct dependence judge(void)
{
    memcpy(sorted, arrived, sizeof(sorted));
    return dependence_of(arrived, sorted, N);
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
    dependence = judge();
    TAP_OK(dependence.lag_permille[0] < -600 && dependence.lag_permille[1] > 600, "every_second_one_is_alike");
    prng_seed(&prng, 5);
    for (size_t i = 0; i < N; i++, before = now) {
        now = uniform(&prng);
        arrived[i] = (int64_t)(1e6 * (now - before)); /* lag 1 has -1/2, lag 2 nothing */
    }
    dependence = judge();
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
    dependence = judge();
    TAP_OK(!dependence.quantiles_clustered, "a_tail_that_avoids_itself_is_not_clustered");
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
    dependence = judge();
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
        dependence = judge();
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
        dependence = judge();
        has += dependence.effective[P50] != 0;
    }
    TAP_OK(has < 200 / 7, "long_visits_have_no_interval");
}

/* A glimpse of another level, of `length` samples in `n`, in a series without order. */
static struct dependence glimpse(struct prng *prng, size_t n, size_t length)
{
    for (size_t i = 0; i < n; i++)
        arrived[i] = (int64_t)prng_below(prng, 1000000) + (i >= n / 3 && i < n / 3 + length ? 2000000 : 0);
    memcpy(sorted, arrived, n * sizeof(sorted[0]));
    return dependence_of(arrived, sorted, n);
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
        memcpy(sorted, arrived, 100 * sizeof(sorted[0]));
        dependence = dependence_of(arrived, sorted, 100);
        unmarked += !dependence_mark(&dependence);
        pays += !dependence_mark(&dependence) && dependence.effective[P50] < 80;
        independent_pays += glimpse(&prng, 100, 0).effective[P50] < 80;
    }
    TAP_OK(unmarked > 150 && pays * 3 > unmarked * 2, "unmarked_neighbours_pay");
    TAP_OK(independent_pays < 200 / 3, "independent_ones_seldom");
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

/*
 * What is printed is stricter: three glimpses of ten samples say little of how often they come, which p90 must bear;
 * p50 by less. And of fewer than 100 samples nothing is printed.
 */
static void check_printable(void)
{
    static const struct process alike = {.phi = 0};
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 16);
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)prng_below(&prng, 1000000) + (i % 700 > 300 && i % 700 <= 310 ? 2000000 : 0);
    dependence = judge();
    TAP_OK(dependence.effective[P90] && dependence.printable[P90] < dependence.effective[P90] * 3 / 4,
           "a_tail_of_few_clusters_widens_p90");
    TAP_OK(dependence.printable[P50] > N / 4, "and_p50_by_less");
    play(&prng, &alike, arrived, 100);
    memcpy(sorted, arrived, 100 * sizeof(sorted[0]));
    dependence = dependence_of(arrived, sorted, 100);
    TAP_OK(dependence.printable[P50] && dependence.printable[P90], "a_hundred_samples_are_printed");
    dependence = dependence_of(arrived, sorted, 99);
    TAP_OK(dependence.effective[P50] && !dependence.printable[P50], "fewer_only_decide");
}

/* The interval of p90 of 100 samples counts for less than half of what a verdict would take. */
static bool is_halved(void)
{
    struct dependence dependence = dependence_of(arrived, sorted, 100);

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
            arrived[i] = sorted[i] = (int64_t)(1e6 * exp(state) * normal(&prng));
        }
        pays += is_halved();
        glimpse(&prng, 100, 0);
        independent_pays += is_halved();
    }
    TAP_OK(pays > 80, "a_spread_that_lasts_pays");
    TAP_OK(independent_pays < 40, "a_steady_one_seldom");
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
        arrived[i] = sorted[i] = 7;
    dependence = dependence_of(arrived, sorted, N);
    TAP_OK(dependence.judged && !dependence_mark(&dependence), "equal_values_are_even");
    /* Four in ten are the least, in no order: they are near each other, and no cluster. */
    {
        struct prng prng;

        prng_seed(&prng, 19);
        for (size_t i = 0; i < N; i++)
            arrived[i] = (int64_t)prng_below(&prng, 10) < 4 ? 0 : (int64_t)prng_below(&prng, 1000);
        TAP_OK(judge().printable[P50] > N / 2, "equal_values_are_no_clusters");
    }
    /* None is above p99, and neighbours are alike: all above it are none. */
    for (size_t i = 0; i < N; i++)
        arrived[i] = sorted[i] = i / 2 * 7919 % 5 < 2;
    dependence = dependence_of(arrived, sorted, N);
    TAP_OK(dependence.clustered && dependence.effective[P99] <= N, "nothing_beyond_a_quantile_is_no_news");
    /* 40 samples in a row beyond p99: the tail came once, whatever their number. */
    for (size_t i = 0; i < N; i++)
        arrived[i] = (int64_t)(i * 7919 % N) + (i >= 500 && i < 540 ? 100000 : 0);
    memcpy(sorted, arrived, sizeof(sorted));
    dependence = dependence_of(arrived, sorted, N);
    TAP_OK(!quantile_of_effective(sorted, N, dependence.effective[P99], QUANTILES[P99].parts).has_interval,
           "one_burst_gives_the_tail_no_interval");
    TAP_OK(quantile_of_sorted(sorted, N, QUANTILES[P99].parts).has_interval, "the_same_tail_taken_as_independent");
    dependence = dependence_of(arrived, sorted, 0);
    TAP_OK(!dependence.judged, "none");
}

int main(void)
{
    check_independent();
    check_coverage();
    check_thousand();
    check_drift();
    check_level_that_returns();
    check_short();
    check_lags();
    check_apart();
    check_scatter();
    check_too_few();
    check_long_visits();
    check_glimpse();
    check_hundred();
    check_many_lags();
    check_printable();
    check_spread();
    check_edges();
    return tap_done();
}
