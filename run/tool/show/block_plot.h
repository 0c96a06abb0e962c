/* SPDX-License-Identifier: MIT */
/* Distributions as one line of blocks each, on a logarithmic axis that all lines of a plot share. */
#ifndef LAB_TOOL_SHOW_BLOCK_PLOT_H
#define LAB_TOOL_SHOW_BLOCK_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/record/hdr.h"
#include "run/tool/model/measure.h"

#define BLOCK_PLOT_CELLS_MAX 256

struct block_plot {
    double low, high; /* ends of the axis, in shown units; low > 0 */
    size_t cells;     /* 1 to BLOCK_PLOT_CELLS_MAX */
    bool utf8;        /* block characters; digits 1 to 8 stand in their place otherwise */
};

/* Widens the axis so that the histogram's values lie on it. Start with low = high = 0. */
void block_plot_cover(struct block_plot *plot, const struct hdr *hist, struct measure measure);

/* Adds up the counters of each cell of the axis, plot->cells of them. Returns the largest sum. */
uint64_t block_plot_fill(const struct block_plot *plot, const struct hdr *hist, struct measure measure,
                         uint64_t *counts);

/* Prints the line of `hist`: the height of a cell is the logarithm of its count. */
void block_plot_print(const struct block_plot *plot, FILE *out, const struct hdr *hist, struct measure measure);

/* Prints the axis below: its ends and the powers of ten between them that fit, after `indent` blanks. */
void block_plot_axis(const struct block_plot *plot, FILE *out, size_t indent, struct measure measure);

/* Prints `hist` with one line a bin, a bar as long as its count, at most `width` columns. */
void block_plot_bars(FILE *out, const struct hdr *hist, struct measure measure, size_t width, bool utf8);

#endif
