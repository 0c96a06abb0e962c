/* SPDX-License-Identifier: MIT */
/* lib/marginal.c on machines whose cost of a copy is known: order, drift, what the first timing has more. */
#include "lib/marginal.h"

#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/unit/tap.h"

enum { N = 1000, FEWER = 8, MORE = 16, AROUND_TSC = 40 };

struct machine {
    struct prng prng;
    int64_t copy_tsc;
    int64_t first_tsc;   /* more in the first timing of a sample */
    int64_t slower_tsc;  /* more from one timing to the next */
    unsigned noise_tsc;  /* 0 to this, in each timing */
    unsigned taken;      /* timings */
    unsigned more_first; /* samples that began with more copies */
};

static int64_t time_copies(void *owner, unsigned copies)
{
    struct machine *machine = owner;
    int64_t took_tsc = AROUND_TSC + machine->copy_tsc * (int64_t)copies;

    if (machine->taken % MARGINAL_TIMINGS == 0) {
        took_tsc += machine->first_tsc;
        machine->more_first += copies == MORE;
    }
    took_tsc += machine->slower_tsc * (int64_t)machine->taken++;
    return took_tsc + (int64_t)prng_below(&machine->prng, machine->noise_tsc + 1);
}

static struct quantile play(struct machine *machine, struct marginal *marginal)
{
    static int64_t values[N];

    prng_seed(&machine->prng, 7);
    marginal_begin(marginal, 1, FEWER, MORE);
    for (int i = 0; i < N; i++)
        values[i] = marginal_take(marginal, time_copies, machine);
    stats_sort(values, N);
    return quantile_of_sorted(values, N, QUANTILE_ONE / 2);
}

int main(void)
{
    struct machine exact = {.copy_tsc = 30}, slower = {.copy_tsc = 30, .slower_tsc = 3};
    struct machine first = {.copy_tsc = 30, .first_tsc = 20, .noise_tsc = 12};
    struct machine cheap = {.copy_tsc = 1, .noise_tsc = 9};
    struct marginal marginal, none;
    struct quantile median;

    marginal_begin(&none, 1, FEWER, MORE);
    TAP_INT(marginal_least(&none), 0, "nothing taken, no least");
    median = play(&exact, &marginal);
    TAP_OK(median.value == 30000 && median.low == 30000 && median.high == 30000, "an exact machine: exactly its cost");
    TAP_INT(marginal_least(&marginal), 30000, "and so is the least less the least");
    TAP_INT(exact.taken, MARGINAL_TIMINGS * N, "eight timings a sample");
    TAP_INT(exact.more_first, N / 2, "half of the samples begin with more copies");
    median = play(&slower, &marginal);
    TAP_OK(median.low <= 30000 && median.high >= 30000, "a machine that gets slower evenly");
    median = play(&first, &marginal);
    TAP_OK(median.low <= 30000 && median.high >= 30000, "the first timing takes longer: the interval holds the cost");
    TAP_OK(median.value > 29500 && median.value < 30500, "and the median is near it");
    TAP_INT(marginal_least(&marginal), 30000, "the least timings are those without it");
    median = play(&cheap, &marginal);
    TAP_OK(median.low <= 1000 && median.high >= 1000, "a copy far below the noise");
    return tap_done();
}
