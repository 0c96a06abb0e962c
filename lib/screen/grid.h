/* SPDX-License-Identifier: MIT */
/*
 * A page of text as it shall stand on the screen: rows of cells, each a character with a colour.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCREEN_GRID_H
#define LAB_LIB_SCREEN_GRID_H

#include <stdint.h>

enum {
    GRID_COLUMNS_MAX = 132,
    GRID_ROWS_MAX = 64,
    GRID_COLUMNS_MIN = 40,
    GRID_ROWS_MIN = 15,
};

enum grid_colour {
    GRID_PLAIN,
    GRID_BRIGHT,
    GRID_DIM,
    GRID_GOOD,
    GRID_BAD,
    GRID_WARN,
    GRID_TITLE, /* dark on light */
    GRID_COLOURS,
};

/* Bits 7:0 are the character, printable ASCII; bits 15:8 its colour. 0: never drawn. */
typedef uint16_t grid_cell;

struct grid {
    uint32_t columns, rows;
    grid_cell cells[GRID_ROWS_MAX][GRID_COLUMNS_MAX];
};

/* Blanks everywhere. */
void grid_clear(struct grid *grid);

/*
 * Writes by format (lib/fmt.h) from that column on; what does not fit is cut, what is not printable ASCII becomes '?'.
 * Returns the column behind it.
 */
uint32_t grid_print(struct grid *grid, uint32_t row, uint32_t column, enum grid_colour colour, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Gives the whole row a colour. */
void grid_paint(struct grid *grid, uint32_t row, enum grid_colour colour);

/*
 * How many characters of the text stand on a line of `columns` when it is broken at blanks; a longer word is broken
 * where it must. *skip becomes the blanks behind them, which stand nowhere.
 */
uint32_t grid_wrap(const char *text, uint32_t columns, uint32_t *skip);

#endif /* LAB_LIB_SCREEN_GRID_H */
