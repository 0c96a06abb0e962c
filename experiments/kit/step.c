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
    watchdog_pet(&step->machine->watchdog, step->machine, tsc_now());
}

/* Returns what step_should_return() does: called as its last act, which then has no register to keep. */
static __attribute__((noinline)) bool rearm_watchdog(struct step *step, uint64_t now_tsc)
{
    watchdog_pet(&step->machine->watchdog, step->machine, now_tsc);
    return now_tsc >= step->pause_tsc;
}

bool step_should_return(struct step *step)
{
    struct watchdog *watchdog = &step->machine->watchdog;
    uint64_t now_tsc = tsc_now();

    if (!watchdog_put_off(watchdog, now_tsc))
        return rearm_watchdog(step, now_tsc);
    return now_tsc >= step->pause_tsc;
}
