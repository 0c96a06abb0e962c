/* SPDX-License-Identifier: MIT */
/* What a step asks for while it runs: memory, samples, time. */
#include "arch/x86/time/tsc.h"
#include "experiments/kit/experiment.h"
#include "lib/rows/reasons.h"

const char run_no_memory[] = SKIP_NO_MEMORY;

void *run_alloc(struct run *run, uint64_t bytes)
{
    enum { ALIGN = 128 }; /* two cache lines: no CPU writes to a line with another CPU's data */

    return mem_alloc(&run->machine->mem, bytes, ALIGN);
}

bool run_alloc_samples(struct run *run, uint32_t limit)
{
    run->samples = run_alloc(run, (uint64_t)limit * sizeof *run->samples);
    run->sample_limit = run->samples ? limit : 0;
    return run->samples != NULL;
}

uint64_t run_now_tsc(void)
{
    return tsc_now();
}

void run_pet(struct run *run)
{
    watchdog_pet(&run->machine->watchdog, run->machine);
}

bool run_should_return(struct run *run)
{
    uint64_t now_tsc = tsc_now();

    run_pet(run);
    return now_tsc >= run->pause_tsc || now_tsc >= run->end_tsc;
}
