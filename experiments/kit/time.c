/* SPDX-License-Identifier: MIT */
/* A step's times and intervals in ticks of the TSC. */
#include "experiments/kit/experiment.h"
#include "lib/fixed.h"

uint64_t run_tsc(const struct run *run, uint64_t ns)
{
    return muldiv_round_u64(ns, run->machine->clock.tsc_hz, 1000000000);
}

uint64_t run_time_tsc(const struct run *run, unsigned key)
{
    const struct units_time *time = &run->step->values[key].time;

    return time->ticks ? time->value : run_tsc(run, time->value);
}

struct plan_interval run_interval_tsc(const struct run *run, unsigned key)
{
    struct plan_interval interval = run->step->values[key].interval;

    if (!interval.ticks) {
        interval.low = run_tsc(run, interval.low);
        interval.high = run_tsc(run, interval.high);
        interval.ticks = true;
    }
    return interval;
}
