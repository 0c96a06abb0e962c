/* SPDX-License-Identifier: MIT */
/*
 * Energy units, wraps, powers; means with their errors; crossings. Expected values are typed from the manuals'
 * examples, R's qt(), and synthetic machines whose truth is known.
 */
#include <stdlib.h>

#include "lib/energy.h"
#include "lib/infer/crossing.h"
#include "lib/infer/mean.h"
#include "lib/prng.h"
#include "tests/unit/tap.h"

static void check_units(void)
{
    TAP_INT(energy_unit_pj(0xa0e03, ENERGY_BINARY), 61035156, "2^-14 J is 61 uJ");
    TAP_INT(energy_unit_pj(0xa1003, ENERGY_BINARY), 15258789, "2^-16 J is 15.3 uJ");
    TAP_INT(energy_unit_pj(0x00505, ENERGY_ATOM), 32000000, "Silvermont: 2^5 uJ");
    TAP_INT(energy_unit_pj(0, ENERGY_BINARY), 1000000000000, "2^0 J");
    TAP_INT(energy_counts(0xfffffff0, 0x10), 0x20, "a wrap at 32 bits");
    TAP_INT(energy_counts(UINT64_C(0xdead00000010), UINT64_C(0xbeef00000030)), 0x20,
            "the upper half is no part of the counter");
    TAP_INT(energy_nj(16384, 61035156), 999999996, "16384 counts of 2^-14 J are a J");
    TAP_INT(energy_nj(UINT64_MAX, UINT64_MAX), -1, "nJ saturate");
    TAP_INT(energy_uw(1000000000, 1000000000), 1000000, "a J in a s is a W");
    TAP_INT(energy_uw(5, 0), 0, "no time, no power");
    TAP_INT(energy_wrap_ns(61035156, 100000000) / 1000000000, 2621, "2^-14 J wraps in 2621 s at 100 W");
    TAP_OK(energy_wrap_ns(61035156, 0) == UINT64_MAX, "and never at none");
}

/* The interval of the mean of normal values holds the truth in 99 of 100 cases. */
static void check_mean(void)
{
    static const int64_t three[] = {10, 20, 30};
    struct mean mean = mean_of(three, 3);
    enum { TRIES = 4000, N = 5, WIDTH = 1000 };
    struct prng prng;
    unsigned held = 0;

    TAP_INT(mean.value, 20, "a mean");
    /* R: qt(.995, 2) * 10 / sqrt(3) = 57.3 */
    TAP_OK(mean.error >= 57 && mean.error <= 60, "its error by Student's t");
    TAP_OK(mean_of(three, 1).error == UINT64_MAX, "one value has no error");
    TAP_OK(mean_of(three, 0).error == UINT64_MAX, "none has none either");
    TAP_OK(mean_of((int64_t[]){7, 7, 7}, 3).error <= 2, "equal values leave only the rounding");
    mean = mean_of((int64_t[]){1000000000000, 1000000001000, 1000000002000}, 3);
    TAP_OK(mean.error >= 5730 && mean.error < 5800, "large values lose nothing");
    mean = mean_of((int64_t[]){-1000000000000, 1000000000000}, 2);
    /* R: qt(.995, 1) * sd(c(-1e12, 1e12)) / sqrt(2) = 6.3657e13 */
    TAP_OK(mean.error > 63600000000000 && mean.error < 63800000000000, "nor do large deviations");
    prng_seed(&prng, 7);
    for (unsigned i = 0; i < TRIES; i++) {
        int64_t values[N];

        for (unsigned k = 0; k < N; k++) {
            int64_t sum = 0;

            for (unsigned j = 0; j < 12; j++)
                sum += (int64_t)prng_range(&prng, 0, 2 * WIDTH) - WIDTH;
            values[k] = 5000 + sum;
        }
        mean = mean_of(values, N);
        held += (uint64_t)llabs(mean.value - 5000) <= mean.error;
    }
    printf("# %u of %u intervals hold the truth\n", held, TRIES);
    TAP_OK(held > TRIES * 985 / 1000 && held < TRIES * 996 / 1000, "99 % of them do");
}

enum { POINTS = 40 };

/* A machine: P = idle + cost / T for each of two states; gains in uW with noise of known size. */
static double synthetic(struct prng *prng, struct crossing_point *points, double loss_uj, double gain_mw,
                        double noise_uw)
{
    double us = 10;

    for (unsigned i = 0; i < POINTS; i++, us *= 1.193777) { /* to 10 ms */
        double noise = ((double)prng_range(prng, 0, 2000) / 1000 - 1) * noise_uw;

        points[i] = (struct crossing_point){(uint64_t)(us * 1000),
                                            (int64_t)(gain_mw * 1e3 - loss_uj / us * 1e6 + noise), (uint64_t)noise_uw};
    }
    return loss_uj / gain_mw * 1e6;
}

static void check_crossing(void)
{
    struct crossing_point points[POINTS];
    struct crossing crossing;
    struct prng prng;
    unsigned held = 0, close = 0;
    enum { TRIES = 500 };

    prng_seed(&prng, 11);
    for (unsigned i = 0; i < TRIES; i++) {
        double loss_uj = (double)prng_range(&prng, 50, 900);
        double gain_mw = (double)prng_range(&prng, 1000, 3000);
        double truth_ns = synthetic(&prng, points, loss_uj, gain_mw, 20000);

        crossing = crossing_find(points, POINTS);
        held +=
            crossing.outcome == CROSSING_FOUND && (double)crossing.low <= truth_ns && truth_ns <= (double)crossing.high;
        close += (double)crossing.at > 0.95 * truth_ns && (double)crossing.at < 1.05 * truth_ns;
    }
    TAP_INT(held, TRIES, "500 machines: the truth lies in each bracket");
    TAP_OK(close > TRIES * 98 / 100, "and the estimate is within 5 % of it");
    synthetic(&prng, points, 1, 1000, 1000);
    crossing = crossing_find(points, POINTS);
    TAP_INT(crossing.outcome, CROSSING_BELOW, "it pays at once");
    TAP_INT(crossing.high, 10000, "from the shortest on");
    synthetic(&prng, points, 100000, 1000, 1000);
    crossing = crossing_find(points, POINTS);
    TAP_INT(crossing.outcome, CROSSING_ABOVE, "it never pays");
    TAP_INT(crossing.low, (long long)points[POINTS - 1].at, "up to the longest");
    synthetic(&prng, points, 100, 1000, 1e12);
    TAP_INT(crossing_find(points, POINTS).outcome, CROSSING_NONE, "all is noise: don't know");
    TAP_INT(crossing_find(points, 0).outcome, CROSSING_NONE, "no points: don't know");
    synthetic(&prng, points, 100, 1000, 1000);
    points[POINTS - 1].gain = -500000;
    crossing = crossing_find(points, POINTS);
    TAP_INT(crossing.outcome, CROSSING_SEVERAL, "it changes sides twice");
    TAP_OK(crossing.low < 130000 && crossing.high == points[POINTS - 1].at, "and the error says so");
    points[0] = (struct crossing_point){1000, INT64_MIN, 0};
    points[1] = (struct crossing_point){UINT64_MAX / 2, INT64_MAX, 0};
    crossing = crossing_find(points, 2);
    TAP_OK(crossing.outcome == CROSSING_FOUND && crossing.at >= 1000 && crossing.at <= UINT64_MAX / 2,
           "the largest numbers stay in their bracket");
    TAP_STR(crossing_name(CROSSING_ABOVE), "above", "names");
}

int main(void)
{
    check_units();
    check_mean();
    check_crossing();
    return tap_done();
}
