/* SPDX-License-Identifier: MIT */
/*
 * How often the interval of `cost` holds what one more copy costs, on made-up machines: interrupts that come the more
 * often the longer a timing lasts, and a first timing that is dearer than those behind it.
 */
#include <stdlib.h>

#include "lib/marginal.h"
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/statistics/rate.h"

enum { N = 1000, FEWER = 8, MORE = 16 };

static const struct machine {
    const char *name;
    double copy_tsc, noise_tsc;
    double first_tsc;    /* more in the first of the timings of a sample */
    double every_tsc;    /* one interrupt in so many ticks */
    double interval_tsc; /* longest time that it takes */
} MACHINES[] = {
    {"30 ticks on metal", 30, 3, 0, 2e6, 2e5},
    {"the same, a first timing 20 ticks dearer", 30, 3, 20, 2e6, 2e5},
    {"4 ticks, a first timing 60 ticks dearer", 4, 3, 60, 2e6, 2e5},
    {"an exit of 2400 ticks, noise per time", 2400, 40, 0, 3e5, 1e5},
    {"an exit of 2400 ticks, one timing in ten and in twenty interrupted", 2400, 40, 100, 4e5, 1e5},
};

struct running {
    struct prng prng;
    const struct machine *machine;
    unsigned taken;
};

static int64_t time_copies(void *owner, unsigned copies)
{
    struct running *running = owner;
    const struct machine *machine = running->machine;
    double took_tsc = 40 + machine->copy_tsc * copies + fabs(draw_normal(&running->prng)) * machine->noise_tsc;

    if (running->taken++ % MARGINAL_TIMINGS == 0)
        took_tsc += machine->first_tsc;
    if (draw_uniform(&running->prng) < took_tsc / machine->every_tsc)
        took_tsc += 1e3 + draw_uniform(&running->prng) * machine->interval_tsc;
    return (int64_t)(took_tsc + 0.5);
}

static void hold(struct rates *rates, const struct machine *machine)
{
    unsigned trials = rate_trials(rates, 100, 20), holds = 0, far = 0;
    struct running running = {.machine = machine};
    int64_t truth = (int64_t)(machine->copy_tsc * MARGINAL_FRACTION);
    char what[160];

    prng_seed(&running.prng, 31);
    for (unsigned t = 0; t < trials; t++) {
        static int64_t values[N];
        struct marginal marginal;
        struct quantile median;

        marginal_begin(&marginal, t, FEWER, MORE);
        for (unsigned i = 0; i < N; i++)
            values[i] = marginal_take(&marginal, time_copies, &running);
        stats_sort(values, N);
        median = quantile_of_sorted(values, N, QUANTILE_ONE / 2);
        holds += median.low <= truth && truth <= median.high;
        far += llabs(marginal_least(&marginal) - truth) > MARGINAL_FRACTION;
    }
    snprintf(what, sizeof(what), "%s: the median's interval holds it", machine->name);
    rate_at_least(rates, what, holds, trials, 0.93);
    snprintf(what, sizeof(what), "%s: the least less the least is more than a tick off", machine->name);
    rate_at_most(rates, what, far, trials, 0.05);
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);

    for (size_t i = 0; i < sizeof(MACHINES) / sizeof(MACHINES[0]); i++)
        hold(&rates, &MACHINES[i]);
    return rates_end(&rates);
}
