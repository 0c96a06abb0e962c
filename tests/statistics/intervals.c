/* SPDX-License-Identifier: MIT */
/*
 * How often the interval that is printed beside a quantile holds the truth: of processes whose truth is known, and of
 * series that were really measured, where the truth of a window is the run's quantile (lib/dependence.h). An interval
 * that is withheld counts for nothing.
 */
#include <string.h>

#include "lib/dependence.h"
#include "lib/stats.h"
#include "tests/statistics/rate.h"

enum { N = 2000, TRUTH_N = 1000000, SERIES_MAX = 20000, RUN = 4000 };

static int64_t truth_values[TRUTH_N], arrived[N], sorted[N];

struct process {
    const char *name;
    double phi;         /* autoregressive, first order */
    double stay, share; /* two levels: samples of a visit to the slow one, share of all samples there */
    double late, burst; /* share of bursts' begins, samples of a burst of late ones, in the mean */
    double vary, keep;  /* the spread varies so much (of its logarithm), and keeps so much from sample to sample */
    double shift;       /* the level of the second part, which begins anywhere, is so much higher, as a share */
    double low, high;   /* goal for the rate of intervals that hold, percent; high 0: none, the rate is only said */
    double most;        /* or for that of series that have an interval: too little of what happens is in them */
};

static void play_levels(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    bool slow = draw_uniform(prng) < process->share;

    for (size_t i = 0; i < n; slow = !slow) {
        double stay = slow ? process->stay : process->stay * (1 - process->share) / process->share;
        do
            values[i++] = (int64_t)((slow ? 2e6 : 1e6) * exp(0.03 * draw_normal(prng)));
        while (i < n && draw_uniform(prng) > 1 / stay);
    }
}

/* The median stays; what lies far from it comes in groups. */
static void play_tail(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    double state = draw_normal(prng);
    bool late = false;

    for (size_t i = 0; i < n; i++) {
        late = late ? draw_uniform(prng) > 1 / process->burst : draw_uniform(prng) < process->late;
        values[i] = (int64_t)(1e6 + 1e4 * exp(process->vary * state) * draw_normal(prng));
        values[i] += late ? (int64_t)(-3e6 * log(draw_uniform(prng))) : 0;
        state = process->keep * state + sqrt(1 - process->keep * process->keep) * draw_normal(prng);
    }
}

/* Samples of the process; from number `shifted` on the level is higher. */
static void play(struct prng *prng, const struct process *process, int64_t *values, size_t n, size_t shifted)
{
    double state = draw_normal(prng) / sqrt(1 - process->phi * process->phi);

    if (process->stay > 0) {
        play_levels(prng, process, values, n);
        return;
    }
    if (process->late > 0 || process->vary > 0) {
        play_tail(prng, process, values, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (int64_t)((1e6 + 5e4 * state) * (i < shifted ? 1 : 1 + process->shift));
        state = process->phi * state + draw_normal(prng);
    }
}

static void count(const struct dependence *dependence, const int64_t *values, size_t n, int64_t truth, unsigned q,
                  unsigned *has, unsigned *holds)
{
    struct quantile quantile = quantile_of_effective(values, n, dependence->printable[q], QUANTILES[q].parts);

    has[q] += quantile.has_interval;
    holds[q] += quantile.has_interval && quantile.low <= truth && truth <= quantile.high;
}

/* A line for p50, p90 and p99; the goal holds where a quarter of the series or more have an interval. */
static void report(struct rates *rates, const struct process *process, const unsigned *has, const unsigned *holds,
                   unsigned trials)
{
    for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
        double rate = has[q] ? 100.0 * holds[q] / has[q] : 100, margin = 100 * rate_margin(rates, 0.95, has[q] + 1);
        char what[128], goal[96];
        bool judged = has[q] * 4 >= trials && process->high > 0;

        snprintf(what, sizeof(what), "%s: the interval of %s holds where there is one (%.0f %% of %u series)",
                 process->name, QUANTILES[q].name, 100.0 * has[q] / trials, trials);
        snprintf(goal, sizeof(goal),
                 judged              ? "%.0f to %.0f %%"
                 : process->high > 0 ? "none: nearly all are withheld"
                                     : "none",
                 process->low, process->high);
        rate_line(rates, !judged || (rate > process->low - margin && rate < process->high + margin), what, holds[q],
                  has[q] ? has[q] : 1, goal);
        snprintf(what, sizeof(what), "%s: %s has an interval", process->name, QUANTILES[q].name);
        if (process->most > 0)
            rate_at_most(rates, what, has[q], trials, process->most / 100);
    }
}

static void try_process(struct rates *rates, const struct process *process)
{
    unsigned trials = rate_trials(rates, 300, 10), has[QUANTILE_COUNT] = {0}, holds[QUANTILE_COUNT] = {0};
    struct prng prng;

    prng_seed(&prng, 14);
    play(&prng, process, truth_values, TRUTH_N, TRUTH_N);
    stats_sort(truth_values, TRUTH_N);
    for (unsigned trial = 0; trial < trials; trial++) {
        struct dependence dependence;
        size_t shifted = process->shift > 0 ? (size_t)(draw_uniform(&prng) * N) : N;

        play(&prng, process, arrived, N, shifted);
        memcpy(sorted, arrived, sizeof(sorted));
        dependence = dependence_of(arrived, sorted, N);
        if (process->shift > 0) { /* the truth is that of a mixture in the same parts */
            size_t part = (size_t)((double)TRUTH_N / 50 * (double)shifted / N);
            play(&prng, process, truth_values, TRUTH_N / 50, part);
            stats_sort(truth_values, TRUTH_N / 50);
        }
        for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
            size_t n = process->shift > 0 ? TRUTH_N / 50 : TRUTH_N;
            count(&dependence, sorted, N, truth_values[quantile_rank(n, QUANTILES[q].parts) - 1], q, has, holds);
        }
    }
    report(rates, process, has, holds, trials);
}

/* Reads a series; 0 where there is none. */
static size_t read_series(const char *path, int64_t *series)
{
    FILE *file = fopen(path, "r");
    long long value;
    size_t n = 0;

    while (file && n < SERIES_MAX && fscanf(file, "%lld", &value) == 1)
        series[n++] = value;
    if (file)
        fclose(file);
    return n;
}

struct windows {
    unsigned n, has[QUANTILE_COUNT], holds[QUANTILE_COUNT];
};

static struct windows short_windows, long_windows;

/* Windows of that many samples, a quarter apart, of the run whose sorted samples are run_values. */
static void try_windows(const int64_t *run, const int64_t *run_values, size_t window_n, struct windows *windows)
{
    static int64_t window[RUN], window_sorted[RUN];

    for (size_t at = 0; at + window_n <= RUN; at += window_n / 4, windows->n++) {
        struct dependence dependence;

        memcpy(window, run + at, window_n * sizeof(window[0]));
        memcpy(window_sorted, window, window_n * sizeof(window[0]));
        dependence = dependence_of(window, window_sorted, window_n);
        for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++)
            count(&dependence, window_sorted, window_n, run_values[quantile_rank(RUN, QUANTILES[q].parts) - 1], q,
                  windows->has, windows->holds);
    }
}

/*
 * Stretches of RUN samples stand for runs, of which windows are taken. A run that drifts as a whole has no quantile of
 * its own, and its windows are left out. These series go to another level every few seconds: a window that saw one
 * level and nothing of the next cannot know of it, so that 85 % of the intervals that are printed is the goal.
 */
static void try_series(struct rates *rates, const char *what, const char *const *paths, size_t path_count)
{
    static int64_t series[SERIES_MAX], run_values[RUN];
    struct windows windows = {0};
    unsigned has = 0, holds = 0;
    char line[160];

    for (size_t i = 0; i < path_count; i++) {
        char path[128];
        size_t n;

        snprintf(path, sizeof(path), "tests/golden/series/%s.txt", paths[i]);
        n = read_series(path, series);
        if (n < RUN)
            rate_line(rates, false, path, 0, 1, "a series of 4000 samples or more");
        for (size_t from = 0; from + RUN <= n; from += RUN / 8) {
            memcpy(run_values, series + from, sizeof(run_values));
            if (dependence_of(series + from, run_values, RUN).drifts)
                continue;
            try_windows(series + from, run_values, 500, &short_windows);
            try_windows(series + from, run_values, 1000, &windows);
            try_windows(series + from, run_values, 2000, &windows);
            try_windows(series + from, run_values, 2000, &long_windows);
        }
    }
    for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
        printf("# measured series, %s: of %u windows %u have an interval of %s, and %u of these hold the run's\n", what,
               windows.n, windows.has[q], QUANTILES[q].name, windows.holds[q]);
        has += windows.has[q];
        holds += windows.holds[q];
    }
    snprintf(line, sizeof(line), "measured series, %s: the intervals of p50, p90 and p99 that there are hold", what);
    rate_at_least(rates, line, holds, has ? has : 1, 0.85);
}

/* Of all boots, the windows of one length. */
static void report_length(struct rates *rates, const struct windows *windows, unsigned length, double goal)
{
    unsigned has = 0, holds = 0;
    char line[96];

    for (unsigned q = QUANTILE_P50; q <= QUANTILE_P99; q++) {
        has += windows->has[q];
        holds += windows->holds[q];
    }
    snprintf(line, sizeof(line), "measured series, all: the intervals of windows of %u samples hold", length);
    rate_at_least(rates, line, holds, has ? has : 1, goal);
}

/* Independent samples are to be marked, for any reason and in any quantile, in under one series of 200. */
static void try_independent(struct rates *rates)
{
    static const size_t lengths[] = {200, 1000, 2000, 4000};
    unsigned trials = rate_trials(rates, 500, 10);
    struct prng prng;

    prng_seed(&prng, 15);
    for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
        static int64_t values[RUN], in_order[RUN];
        unsigned marked = 0;
        char line[64];

        for (unsigned trial = 0; trial < trials; trial++) {
            struct dependence dependence;

            for (size_t i = 0; i < lengths[k]; i++)
                values[i] = in_order[i] = (int64_t)(prng_next(&prng) >> 20);
            dependence = dependence_of(values, in_order, lengths[k]);
            marked += dependence_mark(&dependence) != NULL;
        }
        snprintf(line, sizeof(line), "%zu independent samples are marked", lengths[k]);
        rate_at_most(rates, line, marked, trials, 0.005);
    }
}

int main(int argc, char **argv)
{
    static const struct process processes[] = {
        {.name = "independent", .low = 95, .high = 97},
        {.name = "autoregressive 0.3", .phi = 0.3, .low = 93, .high = 98},
        {.name = "autoregressive 0.6", .phi = 0.6, .low = 93, .high = 98},
        {.name = "autoregressive 0.9", .phi = 0.9, .low = 93, .high = 98},
        {.name = "two levels, visits of 10", .stay = 10, .share = 0.2, .low = 93, .high = 99},
        {.name = "two levels, visits of 50", .stay = 50, .share = 0.2, .most = 4}, /* eight visits: too few to know */
        {.name = "late in bursts of 3", .late = 0.005, .burst = 3, .low = 93, .high = 98},
        {.name = "a spread that lasts 10 samples", .vary = 0.5, .keep = 0.9, .low = 93, .high = 98},
        {.name = "a spread that lasts 50 samples", .vary = 0.7, .keep = 0.98, .low = 93, .high = 98},
        {.name = "a shift of 2 %", .shift = 0.02, .low = 93, .high = 98},
        {.name = "a shift of 20 %", .shift = 0.2, .low = 93, .high = 98},
    };
    static const char *const chosen_by[] = {"kvm_hlt_200us", "kvm_pause_200us", "kvm_hlt_500us", "kvm_hlt_100us"};
    static const char *const held_out[] = {"kvm_hlt_1ms",           "kvm_hlt_ipi_300us", "kvm_spin_200us",
                                           "kvm_pause_store_300us", "kvm_hlt_uniform",   "kvm_hlt_200us_again",
                                           "kvm_hlt_ipi_1ms",       "kvm_pause_500us"};
    static const char *const scatter_by[] = {
        "kvm_hlt_2ms",     "kvm_hlt_300us",    "kvm_hlt_700us",   "kvm_hlt_uniform_again", "kvm_pause_1ms",
        "kvm_spin_400us",  "tcg_hlt_1ms",      "tcg_hlt_200us",   "tcg_hlt_uniform",       "tcg_pause_200us",
        "tcg_pause_500us", "linux_spin_500us", "linux_futex_1ms", "linux_futex_200us"};
    static const char *const quarters_by[] = {"linux_futex_500us", "linux_pause_300us", "linux_futex_uniform",
                                              "tcg_hlt_700us", "tcg_spin_400us"};
    static const char *const unseen[] = {
        "kvm_hlt_uniform_third", "kvm_pause_300us_again",   "linux_futex_400us",     "linux_futex_400us_again",
        "linux_futex_800us",     "linux_futex_800us_again", "linux_pause_200us",     "linux_pause_200us_again",
        "linux_spin_300us",      "linux_spin_300us_again",  "tcg_hlt_400us",         "tcg_hlt_400us_again",
        "tcg_hlt_uniform_again", "tcg_pause_300us",         "tcg_pause_300us_again", "tcg_spin_600us",
        "tcg_spin_600us_again"};
    struct rates rates = rates_begin(argc, argv);

    for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++)
        try_process(&rates, &processes[i]);
    try_series(&rates, "by which marks were chosen", chosen_by, sizeof(chosen_by) / sizeof(chosen_by[0]));
    try_series(&rates, "by which the blocks' scatter was made to count", held_out,
               sizeof(held_out) / sizeof(held_out[0]));
    try_series(&rates, "by which short series were made to pay more", scatter_by,
               sizeof(scatter_by) / sizeof(scatter_by[0]));
    try_series(&rates, "by which quarters were made to count", quarters_by,
               sizeof(quarters_by) / sizeof(quarters_by[0]));
    try_series(&rates, "held out, by which nothing was chosen", unseen, sizeof(unseen) / sizeof(unseen[0]));
    report_length(&rates, &short_windows, 500, 0.85);
    report_length(&rates, &long_windows, 2000, 0.93);
    try_independent(&rates);
    return rates_end(&rates);
}
