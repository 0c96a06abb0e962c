/* SPDX-License-Identifier: MIT */
/*
 * The last eight sleeps in order of length, with a window that outliers are trimmed from. The sums of what is inside
 * are kept, so that each trimming costs next to nothing. Only lib/governor/menu*.c include it.
 */
#ifndef LAB_LIB_GOVERNOR_MENU_WINDOW_H
#define LAB_LIB_GOVERNOR_MENU_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/menu_model.h"

struct menu_window {
    uint32_t us[MENU_INTERVALS]; /* rising */
    uint32_t low;                /* the first inside */
    uint32_t high;               /* the first beyond */
    uint64_t sum_us;
    uint64_t squares_us2; /* may wrap around, as differences of it do */
};

static inline void menu_order(uint32_t *a, uint32_t *b)
{
    uint32_t less = *a < *b ? *a : *b;

    *b = *a < *b ? *b : *a;
    *a = less;
}

/*
 * Batcher's merge exchange for eight keys (D. Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): 19
 * comparisons without a branch, because a branch would be unpredictable. Separate variables stay in registers.
 */
static inline void menu_sort(const uint32_t *from, uint32_t *to)
{
    uint32_t a = from[0];
    uint32_t b = from[1];
    uint32_t c = from[2];
    uint32_t d = from[3];
    uint32_t e = from[4];
    uint32_t f = from[5];
    uint32_t g = from[6];
    uint32_t h = from[7];

    menu_order(&a, &e);
    menu_order(&b, &f);
    menu_order(&c, &g);
    menu_order(&d, &h);
    menu_order(&a, &c);
    menu_order(&b, &d);
    menu_order(&e, &g);
    menu_order(&f, &h);
    menu_order(&c, &e);
    menu_order(&d, &f);
    menu_order(&a, &b);
    menu_order(&c, &d);
    menu_order(&e, &f);
    menu_order(&g, &h);
    menu_order(&b, &e);
    menu_order(&d, &g);
    menu_order(&b, &c);
    menu_order(&d, &e);
    menu_order(&f, &g);
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
    to[4] = e;
    to[5] = f;
    to[6] = g;
    to[7] = h;
}

/*
 * Drops the shortest (`bottom`) or the longest inside, and all of the same length. The window must not be empty. One
 * code path for both ends, because a branch would be unpredictable here too.
 */
static inline void menu_drop(struct menu_window *window, bool bottom)
{
    uint64_t us = window->us[bottom ? window->low : window->high - 1];

    do {
        window->low += bottom;
        window->high -= !bottom;
        window->sum_us -= us;
        window->squares_us2 -= us * us;
    } while (window->high > window->low && window->us[bottom ? window->low : window->high - 1] == us);
}

/* Makes a window of all intervals up to `bound_us`. */
static inline void menu_window(struct menu_window *window, const struct menu *menu, uint32_t bound_us)
{
    menu_sort(menu->interval_us, window->us);
    window->low = 0;
    window->high = MENU_INTERVALS;
    window->sum_us = menu->sum_us;
    window->squares_us2 = menu->squares_us2;
    while (window->high > 0 && window->us[window->high - 1] > bound_us)
        menu_drop(window, false);
}

/* The longest inside; 0 for an empty window. */
static inline uint32_t menu_longest_us(const struct menu_window *window)
{
    return window->high > window->low ? window->us[window->high - 1] : 0;
}

#endif
