/* SPDX-License-Identifier: MIT */
#include "experiments/engine/registers.h"

#include "experiments/kit/experiment.h"

void registers_judge(struct step *step)
{
    uint32_t all = 0;

    for (uint32_t i = 0; i < step->machine->cpu_count; i++) {
        struct msr_saves *saves = &step->machine->cpus[i]->msr_saves;
        uint32_t lost = saves->lost + saves->count;

        saves->lost = 0;
        if (lost)
            result_say(step, "not_restored", CONFIDENCE_NONE, "CPU %u: %u registers are not as before", i, lost);
        all += lost;
    }
    if (all)
        result_fail(step, "not_restored", all, "count");
}
