/* SPDX-License-Identifier: MIT */
/*
 * The core's own clock where no counter of it can be read: a chain of additions, each waiting for the one before, takes
 * a cycle each, on every processor of the last twenty years. Multiplications and loads take a whole number of cycles;
 * that they do is the proof that the chains were not disturbed. Pure; any context.
 */
#ifndef LAB_LIB_INFER_CORE_CLOCK_H
#define LAB_LIB_INFER_CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* What a link of each chain took, in thousandths of a tick. */
struct core_chains {
    uint64_t add_mtsc, multiply_mtsc, load_mtsc;
};

struct core_clock {
    uint64_t hz;                             /* 0: not known */
    uint64_t multiply_mcycles, load_mcycles; /* thousandths of a cycle of the additions' clock */
    bool agree;                              /* both are whole numbers, give or take 5 %: the clock may be believed */
};

struct core_clock core_clock_of(const struct core_chains *chains, uint64_t tsc_hz);

#endif /* LAB_LIB_INFER_CORE_CLOCK_H */
