/* SPDX-License-Identifier: MIT */
/*
 * A fixed interval beside a host's tick: how far the naps run in step with it, with and without a random gap before
 * each. A made-up host delays a wake that falls into its tick's work, and the naps of the closed loop follow each other
 * as `wake` takes them, with its own default of the gap.
 */
#include <stdlib.h>

#include "experiments/wake/model.h"
#include "lib/stats.h"
#include "lib/units.h"
#include "tests/statistics/rate.h"

enum { N = 2000, LAGS = 12, TICK_NS = 4000000, WORK_NS = 400000, LATE_NS = 30000 };

static double ranks[N];
static int64_t values[N], sorted[N];

/* Latencies of naps that follow each other after one cycle and a gap. */
static void play(struct prng *prng, int64_t cycle_ns, int64_t gap_ns)
{
    int64_t now_ns = (int64_t)prng_below(prng, TICK_NS);

    for (int i = 0; i < N; i++) {
        int64_t phase_ns;

        now_ns += cycle_ns + (int64_t)prng_below(prng, (uint64_t)gap_ns + 1);
        phase_ns = now_ns % TICK_NS;
        values[i] = LATE_NS + (int64_t)(1000 * draw_normal(prng)) + (phase_ns < WORK_NS ? WORK_NS - phase_ns : 0);
        now_ns += (int64_t)(2000 * draw_normal(prng));
    }
}

/* Largest rank autocorrelation at lags 1 to LAGS. */
static double largest_acf(void)
{
    double squares = 0, most = 0;

    memcpy(sorted, values, sizeof(sorted));
    stats_sort(sorted, N);
    for (int i = 0; i < N; i++) {
        int low = 0, high = N;
        while (low < high) {
            int middle = (low + high) / 2;
            if (sorted[middle] < values[i])
                low = middle + 1;
            else
                high = middle;
        }
        ranks[i] = low - N / 2.0;
        squares += ranks[i] * ranks[i];
    }
    for (int lag = 1; lag <= LAGS; lag++) {
        double products = 0;
        for (int i = lag; i < N; i++)
            products += ranks[i] * ranks[i - lag];
        most = fmax(most, products / squares);
    }
    return most;
}

/* The share of wakes in the tick's work: a tenth of all phases. */
static double share_late(void)
{
    int late = 0;

    for (int i = 0; i < N; i++)
        late += values[i] > LATE_NS + 10000;
    return (double)late / N;
}

int main(int argc, char **argv)
{
    static const int64_t cycles_ns[][2] = {{200000, 800000}, {200000, 1000000}, {1000000, 1333333}, {50000, 500000}};
    struct rates rates = rates_begin(argc, argv);
    unsigned trials = rate_trials(&rates, 40, 20);
    struct units_time longest;
    struct prng prng;
    char what[160];

    units_parse_time(WAKE_GAP_DEFAULT, strlen(WAKE_GAP_DEFAULT), &longest);
    prng_seed(&prng, 5);
    for (size_t c = 0; c < sizeof(cycles_ns) / sizeof(cycles_ns[0]); c++) {
        unsigned locked[2] = {0}, off[2] = {0};
        for (unsigned t = 0; t < trials; t++) {
            for (int gap = 0; gap < 2; gap++) {
                play(&prng, cycles_ns[c][1], gap ? (int64_t)longest.value : 0);
                locked[gap] += largest_acf() > 0.2;
                off[gap] += fabs(share_late() - (double)WORK_NS / TICK_NS) > 0.03;
            }
        }
        snprintf(what, sizeof(what),
                 "naps of %lld us every %lld us: rank autocorrelation above 0.2 (%.0f %% without gaps)",
                 (long long)cycles_ns[c][0] / 1000, (long long)cycles_ns[c][1] / 1000, 100.0 * locked[0] / trials);
        rate_at_most(&rates, what, locked[1], trials, 0.02);
        snprintf(what, sizeof(what),
                 "the same: the tick's share of the wakes off by 3 %% of them (%.0f %% without gaps)",
                 100.0 * off[0] / trials);
        rate_at_most(&rates, what, off[1], trials, 0.02);
    }
    return rates_end(&rates);
}
