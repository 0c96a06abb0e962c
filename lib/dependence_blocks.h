/* SPDX-License-Identifier: MIT */
/*
 * What blocks of a series say: how much their counts or means scatter, beside what those of independent samples do
 * (lib/dependence.c). A scatter is a ratio of variances, 1000 for independent samples, at a number of blocks; it grows
 * with the blocks' length until they are longer than what lasts.
 *
 * Integers only; any context; nothing allocates.
 */
#ifndef LAB_LIB_DEPENDENCE_BLOCKS_H
#define LAB_LIB_DEPENDENCE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/dependence.h"

enum {
    BLOCKS_MOST = 80,
    BLOCKS_NEAR = 8, /* one in so many samples comes soon after another one by chance */
};

/* Figures of blocks of equal length: counts of samples, or means of their ranks. */
struct blocks {
    unsigned count;  /* 20, 40 or 80 */
    uint64_t length; /* samples in each */
    int64_t figure[BLOCKS_MOST];
    uint64_t usual_permille; /* a figure's variance, were samples independent, times 1000; 0: all are equal */
};

/* The samples on the rarer side of a quantile. */
struct rare {
    uint64_t count;
    uint64_t pairs[2];    /* those whose next sample, or next but one, is of them, too */
    uint64_t near;        /* those within an eighth of the mean distance behind another one */
    struct blocks blocks; /* how many are in each */
};

/* 20 blocks, or 40 or 80 if those have a dozen samples. */
unsigned blocks_of(uint64_t n);

/* From each count its variance among independent samples. */
void blocks_usual(struct blocks *blocks);

/*
 * The level changes, said by the ranks: between the halves, or between the quarters by more than from block to block
 * within them. `median` has the counts at or below the median, whose halves are looked at, too.
 */
bool blocks_drift(const struct blocks *ranks, const struct blocks *median);

/*
 * What makes neighbours alike, at lag 1 or 2 by `lag_permille`, lasts more than one sample in 110 of the series: too
 * few changes of it are within the series.
 */
bool blocks_last(const struct blocks *blocks, int64_t lag_permille, uint64_t n);

/*
 * What makes neighbours alike by `first`, and samples `lag` apart by `later`, both in parts of 2^15 and `later` surely
 * more than 0, fades so slowly that it lasts more than one sample in 110 of the series. n up to 10,000.
 */
bool blocks_hardly_fade(int64_t first, int64_t later, unsigned lag, uint64_t n);

/* Most of a tail came in one or two tenths of the series: how often that happens is not known. */
bool blocks_once(const struct rare *rare, uint64_t n);

/* So many independent samples scatter like the blocks of a clustered series; 0: they cannot tell. At most n. */
uint64_t blocks_effective(const struct rare *rare, uint64_t n);

/*
 * The same where nothing is raised: n, unless blocks of some length, or neighbours, say more than they mostly do by
 * chance. `lag_permille` is the ranks' autocorrelation at lag 1.
 */
uint64_t blocks_even(const struct rare *rare, int64_t lag_permille, uint64_t n);

/* At most so many independent samples, where neighbours are alike by a standard error more than seen at lag 1. */
uint64_t blocks_alike(int64_t lag_permille, uint64_t n);

/*
 * By how much more often than they did the rarer samples may come in truth, in thousandths; 0 unless more of them come
 * soon after another one than in 97.5 % of independent series of n samples, or, of fewer than 20 in a series that is
 * not clustered as a whole, right after another one than in 99.9 %. Those that do not begin N clusters (runs
 * declustering: R. Smith, I. Weissman, 1994), of geometric sizes: their sum has a relative variance of
 * v = 2 / N - 1 / count, and may be exp(1.96 sqrt(v) + v / 2) times as large in 97.5 %.
 */
uint64_t blocks_more(const struct rare *rare, bool clustered, uint64_t n);

/*
 * So many independent samples give a quantile with `beyond` samples beyond it an interval that reaches over what it
 * moves by where `count` of these come by so much more often.
 */
uint64_t blocks_limit(uint64_t beyond, uint64_t count, uint64_t more_permille, uint64_t n);

/* Autocorrelation of the rarer side at lag 1 or 2, in thousandths. */
int64_t rare_lag_permille(const struct rare *rare, unsigned lag, uint64_t n);

#endif /* LAB_LIB_DEPENDENCE_BLOCKS_H */
