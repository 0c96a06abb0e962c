/* SPDX-License-Identifier: MIT */
/*
 * Power by idle state from intervals of a package's energy counter: the energy of each is the sum, over busy and the
 * states, of the time that CPUs spent there and the power of one CPU there, its share of the package included. Powers
 * are not negative. Nothing is allocated; no I/O.
 */
#ifndef LAB_TOOL_ENERGY_FIT_H
#define LAB_TOOL_ENERGY_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_table.h"

enum {
    ENERGY_COLUMNS = IDLE_STATES_MAX + 1, /* busy stands before the states */
    ENERGY_BLOCKS = 20,                   /* of consecutive intervals, for the error */
    ENERGY_INTERVALS_MIN = 60,
};

struct energy_interval {
    double seconds[ENERGY_COLUMNS]; /* of all CPUs together */
    double joules;
};

enum energy_word {
    ENERGY_KNOWN,
    ENERGY_RARE,     /* CPUs were there for less than half a percent of the time */
    ENERGY_CONSTANT, /* the share of time did not vary, or only together with another's */
    ENERGY_WIDE,     /* the interval is wider than twice the mean power of a CPU */
};

struct energy_power {
    double watts, low, high; /* of a CPU in the state; 95 % */
    enum energy_word word;
};

struct energy_fit {
    const char *cannot; /* nothing can be told, and why; NULL */
    uint32_t intervals; /* that were used, joined ones */
    uint32_t joined;    /* of the counter's readings, for one interval */
    double explained;   /* share of the power's variation */
    double mean_watts;  /* of the package */
    struct energy_power power[ENERGY_COLUMNS];
};

/*
 * Fits `count` intervals, which stand in the order of time and are overwritten. `columns`: busy and the states.
 * `step_joules` is the least by which the counter moves, 0 for unknown.
 */
void energy_fit(struct energy_fit *fit, struct energy_interval *intervals, uint32_t count, uint32_t columns,
                double step_joules);

/* solve.c: sums of squares and products of the columns, with the energy as the last one. */
struct energy_squares {
    double of[ENERGY_COLUMNS + 1][ENERGY_COLUMNS + 1];
};

/*
 * Least squares over the columns of `mask`. With `positive` no result is below 0. `spare` (may be NULL): what of each
 * column's square the others do not explain.
 */
void energy_solve(const struct energy_squares *squares, uint32_t mask, bool positive, double watts[ENERGY_COLUMNS],
                  double spare[ENERGY_COLUMNS]);

#endif
