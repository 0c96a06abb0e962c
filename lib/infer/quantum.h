/* SPDX-License-Identifier: MIT */
/*
 * Times asked for against times slept: what a sweep of time limits says about the clock that ends the waits.
 *
 * A wait that ends only on the ticks of a coarse clock leaves lengths that lie on a grid (its quantum); one that the
 * processor or a hypervisor limits stops growing (its cap); and none is shorter than entering and leaving the state
 * takes (its floor). Integers only. Any context; pure.
 */
#ifndef LAB_LIB_INFER_QUANTUM_H
#define LAB_LIB_INFER_QUANTUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STEPS_ONE = 16,            /* the value of one tick: quanta need not be whole */
    STEPS_QUANTUM_MIN_TSC = 8, /* a finer grid than this is not looked for */
    STEPS_QUANTUM_MAX_TSC = 4096,
    STEPS_VALUES_MIN = 32, /* fewer lengths than this prove no grid */
};

/* All waits with one limit. Times in TSC ticks; min, p50 and max are of the sorted lengths. */
struct steps_row {
    uint64_t asked_tsc;
    uint32_t n;
    uint32_t limited; /* ended with CF set */
    uint32_t early;   /* ended before the limit with CF clear */
    int64_t min_tsc;
    int64_t p50_tsc;
    int64_t max_tsc;
};

/*
 * Value `index` of `count` from low to high, ends exact, spaced by factor or by difference. low is at least 1 where by
 * factor.
 */
uint64_t steps_point(uint64_t low, uint64_t high, bool by_factor, uint32_t index, uint32_t count);

/*
 * The widest grid on which at least 19 of 20 lengths lie, each within an eighth of its step, as far as 64 steps to each
 * side of the median. `sorted` are n lengths in ascending order, of waits whose limits were spread without a grid of
 * their own. Returns the step in sixteenths of a tick (STEPS_ONE), at least STEPS_QUANTUM_MIN_TSC and at most
 * STEPS_QUANTUM_MAX_TSC and a third of the lengths' spread; 0 where there is no such grid.
 */
uint32_t steps_quantum(const int64_t *sorted, size_t n);

/* What the probe's waits say of the clock behind the limit. */
struct steps_answer {
    bool said;              /* enough waits */
    uint32_t quantum;       /* sixteenths of a tick; 0: no step found */
    int64_t none_above_tsc; /* then a wider step than this there is not: waits would end later than they do */
};

/* Both are those of the same n waits, each in ascending order; overshoot is the time slept less the limit. */
struct steps_answer steps_judge(const int64_t *slept_tsc, const int64_t *overshoot_tsc, size_t n);

/* Two ways of waiting: how much later the second one ends than the first. */
struct steps_pair {
    int64_t p50_tsc[2], less_tsc; /* medians of what the limits were overslept by, and their difference */
    int64_t spread_tsc;           /* the larger median absolute deviation */
    bool differ;                  /* by more than the spread, and the medians' intervals do not meet */
    int64_t within_tsc;           /* by no more than this, by these intervals */
};

/* Each of at least STEPS_VALUES_MIN values in ascending order. */
struct steps_pair steps_compare(const int64_t *first_tsc, size_t n, const int64_t *second_tsc, size_t second_n);

struct steps_cap {
    int64_t tsc;       /* middle of the rows that it cut: their p50; 0 = nothing was cut */
    uint32_t rows;     /* rows that the quantum cut */
    uint32_t waits;    /* in these rows */
    uint32_t limited;  /* waits of these rows that ended with CF set */
    uint64_t from_tsc; /* the shortest limit that was cut */
};

/*
 * Whether the longest limits were cut to one length. `rows` ascend by the limit asked for; rows with n = 0 are skipped.
 * A row is cut when its p50 is more than a sixteenth below what was asked; the cut rows agree when each p50 is within
 * an eighth of the last one's.
 */
struct steps_cap steps_cap(const struct steps_row *rows, size_t count);

/* The shortest p50 of a row that slept as long as was asked; 0 where there is none. */
int64_t steps_floor(const struct steps_row *rows, size_t count);

#endif /* LAB_LIB_INFER_QUANTUM_H */
