/* SPDX-License-Identifier: MIT */
/*
 * menu, as in Linux 6.12: only the longest intervals are trimmed, and with the tick stopped any forecast below one tick
 * gives way to the next timer.
 */
#include "lib/governor/governor.h"
#include "lib/governor/menu_model.h"
#include "lib/governor/menu_window.h"

static uint32_t typical_interval_us(const struct menu *menu)
{
    struct menu_window window;

    menu_window(&window, menu, INT32_MAX);
    for (;;) {
        uint64_t count = window.high - window.low;
        uint64_t average_us;
        uint64_t deviations_us2;

        if (menu_longest_us(&window) == 0)
            return MENU_NO_PATTERN;
        average_us = menu_divide(window.sum_us, (uint32_t)count);
        /* The sum of (interval - average)^2, multiplied out. */
        deviations_us2 = window.squares_us2 + average_us * (count * average_us - 2 * window.sum_us);
        if (menu_is_typical(average_us, menu_divide(deviations_us2, (uint32_t)count), (uint32_t)count))
            return (uint32_t)average_us;
        if (menu_too_few((uint32_t)count))
            return MENU_NO_PATTERN;
        menu_drop(&window, false);
    }
}

static uint32_t menu_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct menu *menu = state;
    struct menu_forecast forecast;

    menu_update(menu, loop);
    forecast = menu_forecast(menu, loop, typical_interval_us(menu), 0);
    return menu_choose(menu, loop, forecast, stop_tick);
}

static const struct governor governor_menu_6_12 = {
    .name = "menu-6.12",
    .title = "menu as in Linux 6.12",
    .state_bytes = sizeof(struct menu),
    .enable = menu_enable,
    .select = menu_select,
    .reflect = menu_reflect,
};
GOVERNOR(governor_menu_6_12);
