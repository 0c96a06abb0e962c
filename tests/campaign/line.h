/* SPDX-License-Identifier: MIT */
/* A serial line that hurts what goes through it, to stdout. One owner. */
#ifndef LAB_TESTS_CAMPAIGN_LINE_H
#define LAB_TESTS_CAMPAIGN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/prng.h"

struct line {
    struct prng prng;
    const char *way; /* drop, flip, dup, swap, mixed; NULL: none yet */
    uint64_t ppm;    /* of the bytes; 0: one and no more */
    bool over;
    int held;      /* a byte that waits for the next one, to be swapped with it; -1: none */
    uint64_t hurt; /* bytes */
};

void line_init(struct line *line, uint64_t seed);

/* From now on: the way, and "once" or a rate in ppm. */
void line_begin_damage(struct line *line, const char *way, const char *rate);

void line_pass(struct line *line, int c);

#endif /* LAB_TESTS_CAMPAIGN_LINE_H */
