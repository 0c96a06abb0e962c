/* SPDX-License-Identifier: MIT */
/*
 * menu, as in Linux 7.2: takes the typical length of the last eight sleeps or the corrected distance of the next timer,
 * whichever is less. Outliers are trimmed at both ends.
 */
#include "lib/governor/governor.h"
#include "lib/governor/menu_model.h"
#include "lib/governor/menu_window.h"

static uint32_t typical_interval_us(const struct menu *menu)
{
    struct menu_window window;

    menu_window(&window, menu, UINT32_MAX - 1);
    for (;;) {
        uint32_t count = window.high - window.low;
        uint64_t longest_us = menu_longest_us(&window);
        uint64_t average_us;
        uint64_t variance_us2;

        if (longest_us == 0)
            return MENU_NO_PATTERN;
        average_us = menu_divide(window.sum_us, count);
        variance_us2 = menu_divide(window.squares_us2, count) - average_us * average_us;
        if (menu_is_typical(average_us, variance_us2, count))
            return (uint32_t)average_us;
        if (menu_too_few(count))
            return MENU_NO_PATTERN;
        menu_drop(&window, average_us - window.us[window.low] > longest_us - average_us);
    }
}

static uint32_t menu_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct menu *menu = state;
    struct menu_forecast forecast;

    menu_update(menu, loop);
    forecast = menu_forecast(menu, loop, typical_interval_us(menu), 2);
    return menu_choose(menu, loop, forecast, stop_tick);
}

static const struct governor governor_menu = {
    .name = "menu",
    .alias = "menu-7.2",
    .title = "typical interval or corrected timer distance (Linux 7.2)",
    .state_bytes = sizeof(struct menu),
    .enable = menu_enable,
    .select = menu_select,
    .reflect = menu_reflect,
};
GOVERNOR(governor_menu);
