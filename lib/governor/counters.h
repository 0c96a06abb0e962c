/* SPDX-License-Identifier: MIT */
/* The counters that cpuidle keeps for each idle state. Owner: the CPU whose idle loop it is; any context. */
#ifndef LAB_LIB_GOVERNOR_COUNTERS_H
#define LAB_LIB_GOVERNOR_COUNTERS_H

#include <stdint.h>

#include "lib/governor/idle_table.h"

struct idle_state_count {
    uint64_t usage;   /* entries */
    uint64_t time_ns; /* residencies, exits included */
    uint64_t above;   /* too deep: left before its target residency while a shallower state was enabled */
    uint64_t below;   /* too shallow: the next deeper enabled state would have paid off */
    uint64_t rejected;
};

struct idle_counters {
    struct idle_state_count state[IDLE_STATES_MAX];
};

/* Counts a period of `residency_ns` in `state`, which must be below table->count. */
void idle_counters_add(struct idle_counters *counters, const struct idle_table *table, uint32_t state,
                       uint64_t residency_ns);

#endif
