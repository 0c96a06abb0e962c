/* SPDX-License-Identifier: MIT */
/* Deals the sides' labels to boots: every way there is, or a sample of them that repeats. Pure arithmetic. */
#ifndef LAB_TOOL_COMPARE_DEAL_H
#define LAB_TOOL_COMPARE_DEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/prng.h"

/* Most boots of both sides. */
#define DEAL_BOOTS_MAX 128

/* Which boots belong to B in the dealing that is on. */
struct dealer {
    size_t n, chosen;
    bool exact;
    size_t left; /* dealings still to come */
    struct prng prng;
    size_t picks[DEAL_BOOTS_MAX]; /* exact: the members of B in rising order */
    bool in_b[DEAL_BOOTS_MAX];
};

/* How many ways there are to choose `chosen` of n; as a double it never overflows for 128. */
double deal_ways(size_t n, size_t chosen);

/*
 * Begins: all dealings where there are at most `most` of them, else `sampled` (each set as likely as any other, and the
 * same ones for the same numbers of boots).
 */
void dealer_begin(struct dealer *dealer, size_t a_count, size_t b_count, size_t most, size_t sampled);

/* The next dealing, in dealer->in_b. False where there is no more. */
bool deal(struct dealer *dealer);

#endif
