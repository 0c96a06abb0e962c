/* SPDX-License-Identifier: MIT */
/* What a time stamp costs, and by how much the TSC moves at a time. */
#include "arch/x86/time/clock.h"
#include "arch/x86/time/tsc.h"
#include "lib/stats.h"

enum {
    READS = 1001,
    STEP_READS = 256,
    LENGTHS = 17, /* works of so many lengths lie between two stamps */
};

/* Two stamps back to back. */
static void measure_read(struct clock *clock)
{
    int64_t cost_tsc[READS];

    for (unsigned i = 0; i < READS; i++) {
        uint64_t begin_tsc = tsc_begin();

        cost_tsc[i] = (int64_t)(tsc_end() - begin_tsc);
    }
    stats_sort(cost_tsc, READS);
    clock->read_count = READS;
    clock->read_min_tsc = (uint64_t)cost_tsc[0];
    clock->read_p50_tsc = (uint64_t)cost_tsc[READS / 2];
}

static void measure_step(struct clock *clock)
{
    int64_t differences_tsc[STEP_READS];

    for (unsigned i = 0; i < STEP_READS; i++) {
        uint64_t begin_tsc = tsc_begin();
        uint32_t value = i;

        for (unsigned k = i % LENGTHS; k; k--)
            __asm__ volatile("imull %0, %0" : "+r"(value) : : "cc");
        differences_tsc[i] = (int64_t)(tsc_end() - begin_tsc);
    }
    clock->step = tsc_step_of(differences_tsc, STEP_READS);
}

void clock_measure_stamp(struct clock *clock)
{
    measure_read(clock);
    measure_step(clock);
}
