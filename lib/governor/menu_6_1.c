/* SPDX-License-Identifier: MIT */
/*
 * menu, as in Linux up to 6.5 (read: 6.1): it always asks for the timers; while tasks of the CPU wait for a disk it
 * learns apart, and takes only states whose exit is a small part of the forecast.
 */
#include "lib/governor/governor.h"
#include "lib/governor/menu_model.h"
#include "lib/governor/menu_window.h"

enum {
    WAITER_WEIGHT = 10, /* a task that waits for a disk shortens the exit that is allowed by this much */
    NS_PER_US = 1000,
};

/* As in 6.12, but eight sleeps of no length are a pattern too: no forecast is as short as that. */
static uint32_t typical_interval_us(const struct menu *menu)
{
    struct menu_window window;

    menu_window(&window, menu, INT32_MAX);
    while (window.high > window.low) {
        uint64_t count = window.high - window.low;
        uint64_t average_us = menu_divide(window.sum_us, (uint32_t)count);
        uint64_t deviations_us2 = window.squares_us2 + average_us * (count * average_us - 2 * window.sum_us);

        if (menu_is_typical(average_us, menu_divide(deviations_us2, (uint32_t)count), (uint32_t)count))
            return (uint32_t)average_us;
        if (menu_too_few((uint32_t)count))
            break;
        menu_drop(&window, false);
    }
    return MENU_NO_PATTERN;
}

static struct menu_forecast forecast_by_timer(struct menu *menu, struct idle_loop *loop)
{
    struct idle_distance distance = idle_query(loop);
    bool late = distance.timer_ns < 0;
    struct menu_forecast forecast = {0, late ? 0 : distance.event_ns, loop->limit_ns, true};
    uint32_t timer_us, typical_us = typical_interval_us(menu);

    menu->next_timer_ns = late ? 0 : (uint64_t)distance.timer_ns;
    menu->bucket = menu_bucket(menu->next_timer_ns) + (loop->iowaiters ? MENU_RANGES : 0);
    timer_us = menu_corrected_us(menu, menu->next_timer_ns);
    forecast.slept_ns = (uint64_t)(timer_us < typical_us ? timer_us : typical_us) * NS_PER_US;
    return forecast;
}

static uint32_t menu_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct menu *menu = state;
    struct menu_forecast forecast;

    menu_update(menu, loop);
    forecast = forecast_by_timer(menu, loop);
    if (loop->tick_stopped) {
        if (forecast.slept_ns < (uint64_t)loop->tick_period_ns)
            forecast.slept_ns = menu->next_timer_ns;
    } else {
        int64_t patience_ns = (int64_t)(forecast.slept_ns / (1 + WAITER_WEIGHT * (uint64_t)loop->iowaiters));

        if (patience_ns < forecast.limit_ns)
            forecast.limit_ns = patience_ns;
    }
    return menu_choose(menu, loop, forecast, stop_tick);
}

static const struct governor governor_menu_6_1 = {
    .name = "menu-6.1",
    .title = "menu as in Linux up to 6.5",
    .state_bytes = sizeof(struct menu),
    .enable = menu_enable,
    .select = menu_select,
    .reflect = menu_reflect,
};
GOVERNOR(governor_menu_6_1);
