/* SPDX-License-Identifier: MIT */
#include "lib/screen/grid.h"

#include <stdarg.h>

#include "lib/fmt.h"

static grid_cell cell(char character, enum grid_colour colour)
{
    if (character < 0x20 || character > 0x7e)
        character = '?';
    return (grid_cell)((unsigned)colour << 8 | (unsigned char)character);
}

void grid_clear(struct grid *grid)
{
    for (uint32_t row = 0; row < grid->rows; row++)
        for (uint32_t column = 0; column < grid->columns; column++)
            grid->cells[row][column] = cell(' ', GRID_PLAIN);
}

uint32_t grid_print(struct grid *grid, uint32_t row, uint32_t column, enum grid_colour colour, const char *format, ...)
{
    char text[GRID_COLUMNS_MAX + 1];
    va_list args;

    va_start(args, format);
    vfmt(text, sizeof(text), format, args);
    va_end(args);
    if (row >= grid->rows)
        return column;
    for (const char *at = text; *at != '\0' && column < grid->columns; at++)
        grid->cells[row][column++] = cell(*at, colour);
    return column;
}

void grid_paint(struct grid *grid, uint32_t row, enum grid_colour colour)
{
    for (uint32_t column = 0; row < grid->rows && column < grid->columns; column++)
        grid->cells[row][column] = cell((char)(grid->cells[row][column] & 0xff), colour);
}

uint32_t grid_wrap(const char *text, uint32_t columns, uint32_t *skip)
{
    uint32_t end = 0, blank = 0;

    while (end < columns && text[end] != '\0') {
        if (text[end] == ' ')
            blank = end;
        end++;
    }
    if (text[end] != '\0' && text[end] != ' ' && blank != 0)
        end = blank;
    *skip = 0;
    while (text[end + *skip] == ' ')
        ++*skip;
    return end;
}
