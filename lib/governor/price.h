/* SPDX-License-Identifier: MIT */
/*
 * What an idle choice costs, in a unit that needs no power meter: nanoseconds at the power of polling, times 1000.
 *
 * Polling costs 1000 per nanosecond, the first other state half of that, each deeper state half of the one before. An
 * entry costs so much that the state breaks even with its shallower neighbour at its own target residency, which is the
 * meaning of a target residency. So the lowest cost is concave in the time: cutting a sleep in two never makes it
 * cheaper. The price of the entry includes the time after the waking event (the exit).
 *
 * Pure; any context.
 */
#ifndef LAB_LIB_GOVERNOR_PRICE_H
#define LAB_LIB_GOVERNOR_PRICE_H

#include <stdint.h>

#include "lib/governor/idle_table.h"

enum { IDLE_POWER_POLL = 1000 };

struct idle_prices {
    const struct idle_table *table;
    uint64_t entry[IDLE_STATES_MAX];
    uint32_t power[IDLE_STATES_MAX]; /* per nanosecond; descending */
};

/* The prices of a table that passes idle_table_check(). */
void idle_prices_of(struct idle_prices *prices, const struct idle_table *table);

/* The states that are enabled and within the limit, against which a choice is judged; may be 0. */
uint32_t idle_allowed_mask(const struct idle_table *table, int64_t limit_ns);

/* The cost of `time_ns` (0 to IDLE_TIME_MAX_NS) in `state`, which is below the table's count. */
uint64_t idle_cost(const struct idle_prices *prices, uint32_t state, int64_t time_ns);

/* The cheapest state of a mask that is not 0 for `time_ns`; of equals the deepest. */
uint32_t idle_cheapest(const struct idle_prices *prices, uint32_t mask, int64_t time_ns);

/*
 * The same cost for a choice that may lie outside the mask. Such a choice costs as much as the dearest state inside, so
 * that breaking a limit never pays. With an empty mask: polling.
 */
uint64_t idle_charge(const struct idle_prices *prices, uint32_t mask, uint32_t state, int64_t time_ns);

#endif
