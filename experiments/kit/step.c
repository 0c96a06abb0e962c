/* SPDX-License-Identifier: MIT */
/* What a step asks for while it runs: memory, samples, time. */
#include "arch/x86/time/tsc.h"
#include "experiments/kit/experiment.h"
#include "lib/rows/reasons.h"

const char step_no_memory[] = SKIP_NO_MEMORY;

void *step_alloc(struct step *step, uint64_t bytes)
{
    enum { ALIGN = 128 }; /* two cache lines: no CPU writes to a line with another CPU's data */

    return mem_alloc(&step->machine->mem, bytes, ALIGN);
}

bool step_alloc_samples(struct step *step, uint32_t limit)
{
    step->samples = step_alloc(step, (uint64_t)limit * sizeof(*step->samples));
    step->sample_limit = step->samples ? limit : 0;
    return step->samples != NULL;
}

uint64_t step_now_tsc(void)
{
    return tsc_now();
}

void step_pet(struct step *step)
{
    watchdog_pet(&step->machine->watchdog, step->machine);
}

bool step_should_return(struct step *step)
{
    uint64_t now_tsc = tsc_now();

    step_pet(step);
    return now_tsc >= step->pause_tsc || now_tsc >= step->end_tsc;
}
