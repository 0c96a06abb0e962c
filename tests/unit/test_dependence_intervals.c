/* SPDX-License-Identifier: MIT */
/*
 * lib/dependence*.c: how often an interval that is printed holds the truth of a process, and a mark is set where there
 * is nothing.
 */
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/unit/dependent_series.h"
#include "tests/unit/tap.h"

enum { RUNS = 500, TRUTH_N = 1000000 };

static int64_t truth_values[TRUTH_N];

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
        dependence = judge(N);
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

static void check_drift(void)
{
    struct rates ramp = try_process(&(struct process){.name = "ramp", .ramp = 0.05});

    TAP_OK(ramp.drifts > 90 && ramp.has[P50] < 10, "ramp_drifts");
}

int main(void)
{
    check_independent();
    check_coverage();
    check_drift();
    return tap_done();
}
