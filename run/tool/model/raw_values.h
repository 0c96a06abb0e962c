/* SPDX-License-Identifier: MIT */
/*
 * Many signed values and their exact order statistics. Small values, which nearly all latencies are, are only counted;
 * the others take four bytes each, and those beyond 32 bits eight. Pure arithmetic.
 */
#ifndef LAB_TOOL_MODEL_RAW_VALUES_H
#define LAB_TOOL_MODEL_RAW_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most values of a set that are not small: four of such sets take 192 MiB. */
#define RAW_VALUES_MAX ((size_t)12 * 1024 * 1024)

/* Values from 0 to below this are counted, 4 MiB of counters a set. */
#define RAW_SMALL_COUNT (1U << 20)

/* Most ranks that raw_values_select() takes at once. */
#define RAW_RANKS_MAX 16

struct raw_values {
    uint32_t *small; /* RAW_SMALL_COUNT counters; NULL before the first small value */
    size_t small_count;
    int32_t *near; /* the other values that fit 32 bits */
    size_t near_count, near_room;
    int64_t *far; /* outside 32 bits */
    size_t far_count, far_room;
    bool overflowed; /* more than RAW_VALUES_MAX, or no memory: the set is not whole */
};

/* Start from a zeroed struct. */
void raw_values_add(struct raw_values *values, int64_t value);

/* The number of values. */
size_t raw_values_count(const struct raw_values *values);

/*
 * Writes the values of the given ranks (from 1, at most the count, ascending) to `selected`. Sorts `far`. False without
 * memory.
 */
bool raw_values_select(struct raw_values *values, const uint64_t *ranks, size_t rank_count, int64_t *selected);

/* Forgets the values, keeps the memory. */
void raw_values_clear(struct raw_values *values);

void raw_values_free(struct raw_values *values);

#endif
