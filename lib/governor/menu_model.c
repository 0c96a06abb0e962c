/* SPDX-License-Identifier: MIT */
#include "lib/governor/menu_model.h"

#define FACTOR_ONE   UINT64_C(8192)     /* RESOLUTION times DECAY */
#define FAR_NS       UINT64_C(50000000) /* a longer sleep counts as predicted perfectly */
#define TICK_WAKE_NS UINT64_C(45000000) /* length for which a sleep ended by the tick counts */

enum {
    RESOLUTION = 1024,
    DECAY = 8,
    NS_PER_US = 1000,
};

void menu_enable(void *state, struct idle_loop *loop, uint32_t argument)
{
    struct menu *menu = state;

    (void)loop;
    (void)argument;
    for (uint32_t i = 0; i < MENU_BUCKETS; i++)
        menu->factor[i] = FACTOR_ONE;
}

void menu_reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    struct menu *menu = state;

    loop->device.last = (int32_t)chosen;
    menu->pending = true;
    menu->tick_woke = idle_tick_woke(loop);
}

static void push_interval(struct menu *menu, uint32_t interval_us)
{
    uint64_t old_us = menu->interval_us[menu->position];
    uint64_t new_us = interval_us;

    menu->sum_us += new_us - old_us;
    menu->squares_us2 += new_us * new_us - old_us * old_us;
    menu->interval_us[menu->position] = interval_us;
    menu->position = (menu->position + 1) % MENU_INTERVALS;
}

/* How long the last period would have been without its exit and without the tick. */
static uint64_t measured_ns(const struct menu *menu, const struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;
    uint32_t last = (uint32_t)loop->device.last;
    uint64_t residency_ns = loop->device.residency_ns;
    uint64_t latency_ns = (uint64_t)table->exit_latency_ns[last];

    if (menu->tick_woke && menu->next_timer_ns > (uint64_t)loop->tick_period_ns)
        return TICK_WAKE_NS;
    if (idle_state_polls(table, last) && loop->device.timed_out)
        return menu->next_timer_ns;
    return residency_ns > 2 * latency_ns ? residency_ns - latency_ns : residency_ns / 2;
}

static void learn(struct menu *menu, const struct idle_loop *loop)
{
    uint64_t slept_ns = measured_ns(menu, loop);
    uint32_t *factor = &menu->factor[menu->bucket];

    if (slept_ns > menu->next_timer_ns)
        slept_ns = menu->next_timer_ns;
    *factor -= *factor / DECAY;
    if (menu->next_timer_ns > 0 && slept_ns < FAR_NS)
        *factor += (uint32_t)(RESOLUTION * slept_ns / menu->next_timer_ns);
    else
        *factor += RESOLUTION;
    push_interval(menu, (uint32_t)(slept_ns / NS_PER_US));
}

void menu_update(struct menu *menu, const struct idle_loop *loop)
{
    if (menu->pending) {
        learn(menu, loop);
        menu->pending = false;
    } else if (loop->device.residency_ns == 0) {
        push_interval(menu, UINT32_MAX);
    }
}

uint32_t menu_bucket(uint64_t timer_ns)
{
    return (uint32_t)(timer_ns >= 10000) + (timer_ns >= 100000) + (timer_ns >= 1000000) + (timer_ns >= 10000000) +
           (timer_ns >= 100000000);
}

uint32_t menu_corrected_us(const struct menu *menu, uint64_t timer_ns)
{
    return (uint32_t)((FACTOR_ONE * NS_PER_US / 2 + timer_ns * menu->factor[menu->bucket]) / (FACTOR_ONE * NS_PER_US));
}

struct menu_forecast menu_forecast(struct menu *menu, struct idle_loop *loop, uint32_t typical_us,
                                   uint32_t far_timer_ticks)
{
    uint64_t tick_ns = (uint64_t)loop->tick_period_ns;
    struct menu_forecast forecast = {(uint64_t)typical_us * NS_PER_US, loop->tick_period_ns / 2, loop->limit_ns, false};

    if (forecast.slept_ns > MENU_SHORT_NS || loop->tick_stopped) {
        struct idle_distance distance = idle_query(loop);
        bool late = distance.timer_ns < 0;
        uint64_t timer_ns = late ? 0 : (uint64_t)distance.timer_ns;
        uint64_t scaled_us;

        forecast.event_ns = late ? 0 : distance.event_ns;
        menu->next_timer_ns = timer_ns;
        menu->bucket = menu_bucket(timer_ns);
        scaled_us = menu_corrected_us(menu, timer_ns);
        if (scaled_us * NS_PER_US < forecast.slept_ns)
            forecast.slept_ns = scaled_us * NS_PER_US;
        if (loop->tick_stopped && forecast.slept_ns < tick_ns && timer_ns > far_timer_ticks * tick_ns)
            forecast.slept_ns = timer_ns;
    } else {
        menu->next_timer_ns = IDLE_NEVER_NS;
        menu->bucket = MENU_RANGES - 1;
    }
    return forecast;
}
