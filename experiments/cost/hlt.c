/* SPDX-License-Identifier: MIT */
#include "experiments/cost/parts.h"

#include "experiments/kit/calibrate.h"

bool cost_sample_hlt(struct step *step, struct cost *cost, int64_t *cost_tsc)
{
    struct empty_path empty;

    cost->call.watch = &step->cpu->wake_count;
    if (!calibrate_empty_once(step, cost->hlt->wait, &cost->call, &empty))
        return false;
    *cost_tsc = empty.plain.after_min_tsc;
    return true;
}
