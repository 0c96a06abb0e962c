/* SPDX-License-Identifier: MIT */
/* The menu governor's walk over the states, once it knows how long the CPU will sleep. */
#include "lib/governor/menu_model.h"

/* How the walk ended. */
struct walk {
    uint32_t state;
    uint64_t slept_ns; /* the forecast, adapted to the chosen state */
    bool final;        /* the tick is stopped already: nothing more to decide */
};

/* True where a real state is cheap enough to be better than spinning. */
static bool beats_polling(const struct idle_table *table, uint32_t next, uint64_t slept_ns,
                          const struct menu_forecast *forecast)
{
    if (forecast->before_6_12)
        return table->exit_latency_ns[next] <= forecast->limit_ns;
    return table->target_residency_ns[next] < MENU_SHORT_NS && (uint64_t)table->exit_latency_ns[next] <= slept_ns;
}

/* State `next` is too deep for the forecast; `walk->state` is the deepest that fits. */
static void end_walk(struct walk *walk, const struct menu *menu, const struct idle_loop *loop, uint32_t next,
                     const struct menu_forecast *forecast)
{
    const struct idle_table *table = loop->table;
    uint64_t tick_ns = (uint64_t)loop->tick_period_ns;
    uint64_t next_residency_ns = (uint64_t)table->target_residency_ns[next];
    uint64_t residency_ns = (uint64_t)table->target_residency_ns[walk->state];

    if (idle_state_polls(table, walk->state) && next_residency_ns <= menu->next_timer_ns &&
        beats_polling(table, next, walk->slept_ns, forecast)) {
        walk->slept_ns = next_residency_ns;
        walk->state = next;
    } else if (walk->slept_ns < tick_ns) {
        return;
    } else if (!loop->tick_stopped) {
        walk->slept_ns = residency_ns; /* stay shallow, keep the tick */
    } else {
        if (residency_ns < tick_ns && table->target_residency_ns[next] <= forecast->event_ns)
            walk->state = next;
        walk->final = true;
    }
}

static struct walk walk_states(const struct menu *menu, const struct idle_loop *loop,
                               const struct menu_forecast *forecast)
{
    const struct idle_table *table = loop->table;
    uint32_t enabled = idle_enabled_mask(table);
    struct walk walk = {enabled ? idle_shallowest(enabled) : 0, forecast->slept_ns, false};

    for (uint32_t i = walk.state; i < table->count; i++) {
        if (!(enabled >> i & 1))
            continue;
        if (!forecast->before_6_12 && table->exit_latency_ns[i] > forecast->limit_ns)
            break;
        if ((uint64_t)table->target_residency_ns[i] > walk.slept_ns) {
            end_walk(&walk, menu, loop, i, forecast);
            break;
        }
        if (table->exit_latency_ns[i] > forecast->limit_ns)
            break;
        walk.state = i;
    }
    return walk;
}

/* True where only polling or the first state is possible, by the next timer or the latency limit. */
static bool must_stay_shallow(const struct menu *menu, const struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;

    if (loop->limit_ns == 0)
        return true;
    return !idle_state_disabled(table, 0) && (menu->next_timer_ns < (uint64_t)table->target_residency_ns[1] ||
                                              loop->limit_ns < table->exit_latency_ns[1]);
}

/* The tick keeps running: the deepest state that the next event does not end too early. */
static uint32_t before_event(const struct idle_table *table, uint32_t state, int64_t event_ns)
{
    uint32_t found = state;

    if (table->target_residency_ns[state] <= event_ns)
        return state;
    for (uint32_t i = state; i-- > 0;) {
        if (idle_state_disabled(table, i))
            continue;
        found = i;
        if (table->target_residency_ns[i] <= event_ns)
            break;
    }
    return found;
}

uint32_t menu_choose(const struct menu *menu, struct idle_loop *loop, struct menu_forecast forecast, bool *stop_tick)
{
    struct walk walk;

    loop->forecast_ns = forecast.slept_ns < (uint64_t)IDLE_TIME_MAX_NS ? (int64_t)forecast.slept_ns : IDLE_TIME_MAX_NS;
    if (must_stay_shallow(menu, loop)) {
        *stop_tick = !idle_state_polls(loop->table, 0);
        return 0;
    }
    walk = walk_states(menu, loop, &forecast);
    if (walk.final || loop->tick_stopped)
        return walk.state;
    if (!idle_state_polls(loop->table, walk.state) && walk.slept_ns >= (uint64_t)loop->tick_period_ns)
        return walk.state;
    *stop_tick = false;
    return before_event(loop->table, walk.state, forecast.event_ns);
}
