/* SPDX-License-Identifier: MIT */
/* A step's times and intervals in ticks of the TSC. */
#include "experiments/kit/experiment.h"
#include "lib/fixed.h"

uint64_t step_tsc(const struct step *step, uint64_t ns)
{
    return muldiv_round_u64(ns, step->machine->clock.tsc_hz, 1000000000);
}

uint64_t step_time_tsc(const struct step *step, unsigned key)
{
    const struct units_time *time = &step->plan->values[key].time;

    return time->ticks ? time->value : step_tsc(step, time->value);
}

struct plan_interval step_interval_tsc(const struct step *step, unsigned key)
{
    struct plan_interval interval = step->plan->values[key].interval;

    if (!interval.ticks) {
        interval.low = step_tsc(step, interval.low);
        interval.high = step_tsc(step, interval.high);
        interval.ticks = true;
    }
    return interval;
}
