/* SPDX-License-Identifier: MIT */
/*
 * Warm-up until a series has settled: at least WARMUP_LEAST values and a time, at most WARMUP_MOST tries and another
 * time.
 *
 * It has settled when the newer half of the values taken so far, in WARMUP_BLOCKS equal blocks, does not go one way:
 * neither are all medians of the newer four blocks above, or all below, those of the older four, nor those of the
 * newest two those of the other six; what is less than 1 % apart does not count. The blocks' own scatter judges, so no
 * shape of the noise is assumed: of series that do not change at most 2 in 70 and 2 in 28 looks go on by chance, all
 * orders of eight blocks being equally likely. The next look comes after an eighth more values. A change behind the
 * last look is for lib/dependence.h to find.
 *
 * Integers only; any context; nothing allocates.
 */
#ifndef LAB_LIB_WARMUP_H
#define LAB_LIB_WARMUP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WARMUP_BLOCKS = 8,
    WARMUP_LEAST = 64,
    WARMUP_MOST = 4096, /* room for values */
};

enum warmup_state {
    WARMUP_GOES_ON,
    WARMUP_SETTLED,
    WARMUP_LIMIT, /* one of the limits has come, and it had not settled at the last look */
    WARMUP_BLIND, /* most tries gave no value: nothing to judge */
};

struct warmup {
    int64_t *values;  /* room for WARMUP_MOST, in order of arrival */
    int64_t *scratch; /* room for WARMUP_MOST / 2 / WARMUP_BLOCKS */
    uint32_t tries, count, next_look;
    uint64_t least_tsc, most_tsc; /* times since the first try, any unit */
};

/* `values` and `scratch` as above. */
void warmup_begin(struct warmup *warmup, int64_t *values, int64_t *scratch, uint64_t least_tsc, uint64_t most_tsc);

/* One try, its value where it gave one, and the time since the first try. Not again after it has ended. */
enum warmup_state warmup_add(struct warmup *warmup, bool has_value, int64_t value, uint64_t since_tsc);

#endif /* LAB_LIB_WARMUP_H */
