/* SPDX-License-Identifier: MIT */
/*
 * What warm-up until settled leaves of the first regime, and what it costs: made-up series whose steady level is known.
 * Times as on a busy host: a wake every 0.7 ms, 250 ms at least, 1250 ms at most.
 */
#include <stdlib.h>

#include "lib/stats.h"
#include "lib/warmup.h"
#include "tests/statistics/rate.h"

enum { KEPT = 2000, WAKE_US = 700, LEAST_US = 250000, MOST_US = 1250000, FIXED = 32 };

static const struct course {
    const char *name;
    double first; /* level at first, the later one being 1 */
    double until; /* wakes until it is left; spread over half to one and a half of that */
    bool decays;  /* exponentially, with that number of wakes */
    double phi;   /* of an autoregressive process of first order */
    bool moves;   /* for ever: a ramp of 1 % in 10 wakes */
} COURSES[] = {
    {"steady", 1, 0, false, 0, false},
    {"steady, AR(1) 0.6", 1, 0, false, 0.6, false},
    {"twice as slow for 250 wakes", 2, 250, false, 0, false},
    {"twice as slow for 30 wakes, AR(1) 0.3", 2, 30, false, 0.3, false},
    {"a tenth slower, decaying over 150 wakes", 1.1, 150, true, 0, false},
    {"twice as slow, decaying over 120 wakes", 2, 120, true, 0, false},
    {"a ramp without end", 1, 0, false, 0, true},
};

struct series {
    struct prng prng;
    const struct course *course;
    double state, until;
    uint32_t at;
};

static int64_t next(struct series *series)
{
    const struct course *course = series->course;
    double level = 1, excess = course->first - 1;

    series->state = course->phi * series->state + sqrt(1 - course->phi * course->phi) * draw_normal(&series->prng);
    if (course->decays)
        level += excess * exp(-(double)series->at / course->until);
    else if (series->at < series->until)
        level += excess;
    if (course->moves)
        level += series->at * 0.001;
    series->at++;
    return (int64_t)(1e6 * level * (1 + 0.03 * series->state));
}

static bool is_off(int64_t *values)
{
    stats_sort(values, KEPT);
    return llabs(values[KEPT / 2] - 1000000) > 10000 || values[KEPT / 100 * 99 - 1] > 1085000;
}

static void hold(struct rates *rates, const struct course *course)
{
    static int64_t values[WARMUP_MOST], scratch[WARMUP_MOST / 2 / WARMUP_BLOCKS], kept[KEPT];
    unsigned trials = rate_trials(rates, 60, 20), off = 0, off_fixed = 0, settled = 0;
    struct series series = {.course = course};
    double wakes = 0;
    char what[200];

    prng_seed(&series.prng, 17);
    for (unsigned t = 0; t < trials; t++) {
        enum warmup_state state = WARMUP_GOES_ON;
        static int64_t all[WARMUP_MOST + KEPT];
        struct warmup warmup;

        series.at = 0;
        series.until = course->until * (0.5 + draw_uniform(&series.prng));
        for (unsigned i = 0; i < WARMUP_MOST + KEPT; i++)
            all[i] = next(&series);
        warmup_begin(&warmup, values, scratch, LEAST_US, MOST_US);
        while (state == WARMUP_GOES_ON)
            state = warmup_add(&warmup, true, all[warmup.tries], warmup.tries * (uint64_t)WAKE_US);
        memcpy(kept, all + warmup.tries, sizeof(kept));
        off += is_off(kept);
        memcpy(kept, all + FIXED, sizeof(kept));
        off_fixed += is_off(kept);
        settled += state == WARMUP_SETTLED;
        wakes += warmup.tries / (double)trials;
    }
    snprintf(what, sizeof(what), "%s: p50 or p99 of those kept is off (%.0f %% after 32 wakes), after %.0f wakes",
             course->name, 100.0 * off_fixed / trials, wakes);
    if (course->moves) {
        snprintf(what, sizeof(what), "%s: said to have settled", course->name);
        rate_at_most(rates, what, settled, trials, 0.05);
        return;
    }
    rate_at_most(rates, what, off, trials, 0.05);
    snprintf(what, sizeof(what), "%s: said to have settled", course->name);
    rate_at_least(rates, what, settled, trials, 0.95);
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);

    for (size_t i = 0; i < sizeof(COURSES) / sizeof(COURSES[0]); i++)
        hold(&rates, &COURSES[i]);
    return rates_end(&rates);
}
