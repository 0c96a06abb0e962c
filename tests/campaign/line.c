/* SPDX-License-Identifier: MIT */
#include "tests/campaign/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PPM = 1000000 };

static const char *const ways[] = {"drop", "flip", "dup", "swap", "mixed"};

void line_init(struct line *line, uint64_t seed)
{
    *line = (struct line){.held = -1};
    prng_seed(&line->prng, seed);
}

void line_begin_damage(struct line *line, const char *way, const char *rate)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        if (!strcmp(ways[i], way))
            line->way = ways[i];
    line->ppm = strcmp(rate, "once") ? strtoull(rate, NULL, 10) : 0;
}

static void hurt(struct line *line, int c)
{
    const char *way = strcmp(line->way, "mixed") ? line->way : ways[prng_below(&line->prng, 4)];

    line->hurt++;
    line->over = line->ppm == 0;
    if (!strcmp(way, "flip")) {
        putchar(c ^ (1 << prng_below(&line->prng, 8)));
    } else if (!strcmp(way, "dup")) {
        putchar(c);
        putchar(c);
    } else if (!strcmp(way, "swap")) {
        line->held = c;
    }
}

void line_pass(struct line *line, int c)
{
    if (line->held >= 0) {
        putchar(c);
        putchar(line->held);
        line->held = -1;
    } else if (line->way && !line->over && (line->ppm == 0 || prng_below(&line->prng, PPM) < line->ppm)) {
        hurt(line, c);
    } else {
        putchar(c);
    }
}
