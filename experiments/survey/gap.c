/* SPDX-License-Identifier: MIT */
/* A short look for what takes the CPU away, in a tight loop of time stamps; see the experiment `noise`. */
#include "arch/x86/time/tsc.h"
#include "experiments/survey/parts.h"

enum {
    RESOLUTION_STEPS = 256,
    WATCH_NS = 10 * 1000 * 1000,
    GAP_NS = 1000,
    GAP_STEPS = 8, /* where the loop's steps are long already, a gap is at least so many */
};

static uint64_t shortest_step(void)
{
    uint64_t least_tsc = UINT64_MAX, last_tsc = rdtsc();

    for (unsigned i = 0; i < RESOLUTION_STEPS; i++) {
        uint64_t now_tsc = rdtsc();

        if (now_tsc - last_tsc < least_tsc)
            least_tsc = now_tsc - last_tsc;
        last_tsc = now_tsc;
    }
    return least_tsc;
}

void survey_measure_gaps(const struct step *step, struct survey_gaps *gaps)
{
    uint64_t watch_tsc = step_tsc(step, WATCH_NS), start_tsc, last_tsc;

    gaps->step_min_tsc = shortest_step();
    gaps->threshold_tsc = step_tsc(step, GAP_NS);
    if (gaps->threshold_tsc < gaps->step_min_tsc * GAP_STEPS)
        gaps->threshold_tsc = gaps->step_min_tsc * GAP_STEPS;
    start_tsc = last_tsc = tsc_begin();
    while (last_tsc - start_tsc < watch_tsc) {
        uint64_t now_tsc = rdtsc(), step_tsc = now_tsc - last_tsc;

        gaps->steps++;
        last_tsc = now_tsc;
        if (step_tsc <= gaps->threshold_tsc)
            continue;
        gaps->count++;
        gaps->taken_tsc += step_tsc;
        if (step_tsc > gaps->worst_tsc)
            gaps->worst_tsc = step_tsc;
    }
    gaps->watched_tsc = last_tsc - start_tsc;
}
