/* SPDX-License-Identifier: MIT */
/*
 * teo, as in Linux 6.12: ignores the tick and short sleeps; a period is compared with the timer by the clock, and a
 * timer beyond the tick has a bin of its own where no state is that deep.
 */
#include "lib/governor/governor.h"
#include "lib/governor/teo_walk.h"

struct teo {
    struct teo_bins bins;
    uint32_t total;
    uint32_t tick_hits; /* the extra bin: wake-ups by a timer beyond the tick */
    struct teo_clock clock;
};

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    struct teo *teo = state;

    teo_clock_reflect(&teo->clock, loop, chosen);
}

static void learn(struct teo *teo, const struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;
    uint64_t measured = teo_clock_measured_ns(&teo->clock, loop);
    int64_t shorter_ns = teo->clock.sleep_ns;
    uint32_t by_timer = 0;
    uint32_t by_duration = 0;
    uint32_t sum = 0;

    if (shorter_ns > 0 && measured < (uint64_t)shorter_ns)
        shorter_ns = (int64_t)measured;
    for (uint32_t i = 0; i < table->count; i++) {
        teo_decay(&teo->bins.hit[i]);
        teo_decay(&teo->bins.intercept[i]);
        sum += teo->bins.hit[i] + teo->bins.intercept[i];
        by_timer = table->target_residency_ns[i] <= teo->clock.sleep_ns ? i : by_timer;
        by_duration = table->target_residency_ns[i] <= shorter_ns ? i : by_duration;
    }
    if (table->target_residency_ns[table->count - 1] < loop->tick_period_ns) {
        teo_decay(&teo->tick_hits);
        sum += teo->tick_hits;
        if (teo->clock.sleep_ns >= loop->tick_period_ns) {
            by_timer = table->count;
            if (measured >= (uint64_t)loop->tick_period_ns) {
                teo->tick_hits += TEO_PULSE;
                teo->total = sum + TEO_PULSE;
                return;
            }
        }
    }
    if (by_timer == by_duration)
        teo->bins.hit[by_timer] += TEO_PULSE;
    else
        teo->bins.intercept[by_duration] += TEO_PULSE;
    teo->total = sum + TEO_PULSE;
}

/* With the tick stopped, a state below one tick would be left only to guess again. */
static bool is_usable(const struct idle_loop *loop, uint32_t state)
{
    return !loop->tick_stopped || loop->table->target_residency_ns[state] >= loop->tick_period_ns;
}

/* Early wake-ups prevail: returns the state that fits most of them. */
static uint32_t below_intercepts(const struct teo *teo, const struct idle_loop *loop, const struct teo_start *start)
{
    uint32_t other = start->candidate;
    uint32_t passed = 0;

    for (uint32_t i = start->candidate; i-- > 0;) {
        bool enabled = start->enabled >> i & 1;

        passed += teo->bins.intercept[i];
        if (2 * passed > start->intercepts)
            return enabled && is_usable(loop, i) ? i : other;
        if (!enabled)
            continue;
        if (is_usable(loop, i))
            other = i;
        else if (other == start->candidate)
            break;
    }
    return start->candidate;
}

/* Chooses once the timers' distances are known. */
static uint32_t choose_by_timer(struct teo *teo, struct idle_loop *loop, const struct teo_start *start,
                                uint32_t candidate, bool *stop_tick)
{
    const struct idle_table *table = loop->table;
    struct idle_distance distance = idle_query(loop);
    int64_t sleep_ns = distance.timer_ns;
    uint32_t intercepts = start->intercepts;

    teo->clock.sleep_ns = sleep_ns;
    for (uint32_t i = start->candidate; i < table->count; i++)
        intercepts += teo->bins.intercept[i];
    if (table->target_residency_ns[candidate] > sleep_ns)
        candidate = teo_shallower(table, candidate, sleep_ns);
    if (table->target_residency_ns[candidate] < loop->tick_period_ns && intercepts > teo->total / 2 + teo->total / 8)
        sleep_ns = loop->tick_period_ns / 2;
    return teo_end(loop, start, candidate, sleep_ns, distance.event_ns, stop_tick);
}

/* Chooses where several states are enabled. */
static uint32_t choose(struct teo *teo, struct idle_loop *loop, const struct teo_start *start, bool *stop_tick)
{
    uint32_t candidate = start->candidate;

    if (2 * start->intercepts > teo->total - start->hits)
        candidate = below_intercepts(teo, loop, start);
    if (candidate == 0 && start->candidate != 0) {
        teo->clock.sleep_ns = idle_query(loop).timer_ns;
        *stop_tick = false;
        return 0;
    }
    if (candidate > start->cap)
        candidate = start->cap;
    if (candidate == 0 ||
        (idle_state_polls(loop->table, 0) && loop->table->target_residency_ns[candidate] < TEO_SHORT_NS)) {
        *stop_tick = false;
        return candidate;
    }
    return choose_by_timer(teo, loop, start, candidate, stop_tick);
}

static uint32_t teo_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct teo *teo = state;
    uint32_t enabled = idle_enabled_mask(loop->table);
    struct teo_start start;

    if (loop->device.last >= 0) {
        learn(teo, loop);
        loop->device.last = -1;
    }
    teo->clock.selected_ns = loop->answers->now_ns(loop);
    teo->clock.sleep_ns = IDLE_NEVER_NS;
    if (enabled == 0) {
        *stop_tick = false;
        return 0;
    }
    start = teo_begin(&teo->bins, loop, enabled);
    if (start.candidate == start.first)
        return teo_end(loop, &start, start.candidate, loop->table->target_residency_ns[start.candidate],
                       loop->tick_period_ns / 2, stop_tick);
    return choose(teo, loop, &start, stop_tick);
}

static const struct governor governor_teo_6_12 = {
    .name = "teo-6.12",
    .title = "teo as in Linux 6.12",
    .state_bytes = sizeof(struct teo),
    .select = teo_select,
    .reflect = reflect,
};
GOVERNOR(governor_teo_6_12);
