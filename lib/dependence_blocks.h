/* SPDX-License-Identifier: MIT */
/*
 * What 20 blocks of a series, 10 or 5 say of a quantile: how many of a block's samples lie at or below it, beside what
 * chance does (lib/dependence.c). Each block has n / DEPENDENCE_BLOCKS samples, n is at least DEPENDENCE_LEAST.
 *
 * Integers only; any context; nothing allocates.
 */
#ifndef LAB_LIB_DEPENDENCE_BLOCKS_H
#define LAB_LIB_DEPENDENCE_BLOCKS_H

#include "lib/dependence.h"

/* Samples at or below a cut. */
struct below {
    uint64_t count, pairs; /* all of them; those whose next sample is at or below it, too */
    uint64_t above_pairs;  /* samples above it whose next sample is above it, too */
    uint64_t block[DEPENDENCE_BLOCKS];
};

/*
 * The level at the median changes: between the halves, or between the quarters by more than from block to block within
 * them.
 */
bool blocks_drift(const struct below *median, size_t n);

/* Blocks scatter more than those of independent samples do in one series of ten thousand. */
bool blocks_scatter(const struct below *below, size_t n);

/* So many independent samples scatter like the blocks of a clustered series; 0: they cannot tell. At most n. */
uint64_t blocks_effective(const struct below *below, size_t n);

/* The same where nothing is raised: n, unless blocks of 50 samples or more scatter more than chance usually does. */
uint64_t blocks_even(const struct below *below, size_t n);

#endif /* LAB_LIB_DEPENDENCE_BLOCKS_H */
