/* SPDX-License-Identifier: MIT */
/*
 * A table of idle states: what a driver offers and a governor chooses from. The states stand in order of depth: the
 * target residencies never fall. Read-only for governors; any context.
 *
 * The meaning of the columns is that of Linux's cpuidle (Documentation/admin-guide/pm/cpuidle.rst, "Representation of
 * Idle States").
 */
#ifndef LAB_LIB_GOVERNOR_IDLE_TABLE_H
#define LAB_LIB_GOVERNOR_IDLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IDLE_STATES_MIN = 2, /* with one state there is nothing to choose */
    IDLE_STATES_MAX = 10,
    IDLE_NAME_BYTES = 16, /* of a state's name, its NUL included */
};

/* The largest latency or residency in a table: 2^31 - 1 us, so that no product overflows. */
#define IDLE_TIME_MAX_NS INT64_C(2147483647000)

struct idle_table {
    uint32_t count;         /* IDLE_STATES_MIN to IDLE_STATES_MAX */
    uint32_t poll_mask;     /* bit i: state i polls */
    uint32_t disabled_mask; /* bit i: state i must not be chosen */
    int64_t exit_latency_ns[IDLE_STATES_MAX];
    int64_t target_residency_ns[IDLE_STATES_MAX];
    char name[IDLE_STATES_MAX][IDLE_NAME_BYTES];
};

static inline bool idle_state_polls(const struct idle_table *table, uint32_t state)
{
    return table->poll_mask >> state & 1;
}

static inline bool idle_state_disabled(const struct idle_table *table, uint32_t state)
{
    return table->disabled_mask >> state & 1;
}

/* The states that may be chosen, one bit each. */
static inline uint32_t idle_enabled_mask(const struct idle_table *table)
{
    return ((1u << table->count) - 1) & ~table->disabled_mask;
}

/* The lowest and the highest state of a mask that is not 0. */
static inline uint32_t idle_shallowest(uint32_t mask)
{
    return (uint32_t)__builtin_ctz(mask);
}

static inline uint32_t idle_deepest(uint32_t mask)
{
    return 31 - (uint32_t)__builtin_clz(mask);
}

/* Index of the state with that name or number (`bytes` characters); table->count when there is none. */
uint32_t idle_table_find(const struct idle_table *table, const char *word, size_t bytes);

/*
 * NULL, or what is wrong with the table: its count, a negative or too large time, residencies that fall. *state is then
 * the index of the wrong state.
 */
const char *idle_table_check(const struct idle_table *table, uint32_t *state);

#endif
