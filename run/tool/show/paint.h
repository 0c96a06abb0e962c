/* SPDX-License-Identifier: MIT */
/*
 * Colour, on a terminal that takes it and without NO_COLOR (no-color.org). The sequences pass by the stream's filter
 * (run/log/clean_output.h), so that no text of a log can make one.
 */
#ifndef LAB_TOOL_SHOW_PAINT_H
#define LAB_TOOL_SHOW_PAINT_H

#include <stdio.h>

enum paint { PAINT_PLAIN, PAINT_HEAD, PAINT_WARN, PAINT_BAD, PAINT_DIM };

/* What is printed to `out` from here on has this colour, where `out` is standard output on such a terminal. */
void paint(FILE *out, enum paint colour);

/* "Findings" on a line of its own behind an empty one. */
void paint_heading(FILE *out, const char *heading);

#endif
