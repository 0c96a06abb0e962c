/* SPDX-License-Identifier: MIT */
/*
 * teo (timer events oriented), as in Linux 7.2: chooses by the next timer; where more recent wake-ups came early than
 * on time, by the early ones. The tick or many short sleeps may explain early wake-ups; these do not count.
 */
#include "lib/governor/governor.h"
#include "lib/governor/teo_walk.h"

struct teo {
    struct teo_bins bins;
    uint32_t total;
    uint32_t tick_wakes;
    uint32_t tick_intercepts; /* early wake-ups no later than one tick */
    uint32_t short_sleeps;
    int64_t sleep_ns; /* to the next timer, as the last select saw it */
    bool tick_woke;
};

/* Takes off one eighth; the result is 0 where an eighth is below 1. */
static uint32_t decayed(uint32_t metric)
{
    uint32_t part = metric >> TEO_DECAY_SHIFT;

    return (metric - part) & (0 - (uint32_t)(part != 0));
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    struct teo *teo = state;

    teo->tick_woke = idle_tick_woke(loop);
    loop->device.last = (int32_t)chosen;
}

/* How long the last period lasted without its exit; also counts the short ones. */
static int64_t measured_ns(struct teo *teo, struct idle_loop *loop, int64_t latency_ns)
{
    int64_t residency_ns = (int64_t)loop->device.residency_ns;
    int64_t sleep_ns;

    teo->short_sleeps = decayed(teo->short_sleeps);
    if (loop->device.timed_out) {
        loop->device.timed_out = false;
        return IDLE_NEVER_NS;
    }
    if (residency_ns < latency_ns) {
        teo->short_sleeps += TEO_PULSE;
        return residency_ns / 2;
    }
    sleep_ns = residency_ns - latency_ns / 2;
    if (sleep_ns < TEO_SHORT_NS)
        teo->short_sleeps += TEO_PULSE;
    return sleep_ns;
}

/* The bins that a period falls into. */
struct fit {
    uint32_t timer;    /* of the timer's distance */
    uint32_t duration; /* of the time that it really lasted */
    uint32_t sum;      /* of all bins */
};

static struct fit decay_and_fit(struct teo *teo, const struct idle_table *table, int64_t measured)
{
    struct fit fit = {0, 0, 0};
    int64_t shorter_ns = measured < teo->sleep_ns ? measured : teo->sleep_ns;

    for (uint32_t i = 0; i < TEO_BINS; i++) {
        teo->bins.hit[i] = decayed(teo->bins.hit[i]);
        teo->bins.intercept[i] = decayed(teo->bins.intercept[i]);
        fit.sum += teo->bins.hit[i] + teo->bins.intercept[i];
    }
    for (uint32_t i = 0; i < table->count; i++) {
        int64_t residency_ns = table->target_residency_ns[i];

        fit.timer = residency_ns <= teo->sleep_ns ? i : fit.timer;
        fit.duration = residency_ns <= shorter_ns ? i : fit.duration;
    }
    return fit;
}

/* True where the tick explains the period, which is then no evidence of early wake-ups. */
static bool learn_from_tick(struct teo *teo, const struct idle_table *table, struct fit fit)
{
    if (!teo->tick_woke)
        return false;
    teo->tick_wakes += TEO_PULSE;
    if (3 * teo->tick_wakes > 2 * teo->total) {
        teo->bins.hit[table->count - 1] += TEO_PULSE;
        return true;
    }
    if (3 * teo->tick_intercepts < 2 * fit.sum) {
        teo->bins.hit[fit.timer] += TEO_PULSE;
        return true;
    }
    return false;
}

static void learn(struct teo *teo, struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;
    int64_t latency_ns = table->exit_latency_ns[loop->device.last];
    int64_t measured = measured_ns(teo, loop, latency_ns);
    struct fit fit = decay_and_fit(teo, table, measured);
    int64_t early_ns = (int64_t)((uint64_t)teo->sleep_ns - (uint64_t)measured);

    teo->total = fit.sum + TEO_PULSE;
    teo->tick_intercepts = decayed(teo->tick_intercepts);
    teo->tick_wakes = decayed(teo->tick_wakes);
    if (learn_from_tick(teo, table, fit))
        return;
    if (fit.timer == fit.duration && early_ns < latency_ns / 2) {
        teo->bins.hit[fit.timer] += TEO_PULSE;
    } else {
        teo->bins.intercept[fit.duration] += TEO_PULSE;
        if (measured <= loop->tick_period_ns)
            teo->tick_intercepts += TEO_PULSE;
    }
}

/* The highest of the bins with the most intercepts, without the last state's. */
static uint32_t peak_of(const struct teo_bins *bins, uint32_t count)
{
    uint32_t peak = 0;

    for (uint32_t i = 1; i + 1 < count; i++)
        if (bins->intercept[i] >= bins->intercept[peak])
            peak = i;
    return peak;
}

/* Early wake-ups prevail: returns the state that fits most of them. */
static uint32_t below_intercepts(const struct teo *teo, const struct idle_table *table, const struct teo_start *start)
{
    uint32_t peak = peak_of(&teo->bins, table->count);
    uint32_t candidate = start->candidate;
    uint32_t passed = 0;

    for (uint32_t i = start->candidate; i-- > start->first;) {
        passed += teo->bins.intercept[i];
        if (!(start->enabled >> i & 1))
            continue;
        candidate = i;
        if (2 * passed > start->intercepts && i <= peak)
            break;
    }
    return candidate;
}

/* True where short sleeps prevail, or the latency limit allows no others: a timer query would not pay. */
static bool is_query_spared(const struct teo *teo, const struct idle_loop *loop, uint32_t candidate)
{
    if (loop->tick_stopped)
        return false;
    if (candidate != 0 && loop->table->target_residency_ns[candidate] >= TEO_SHORT_NS)
        return false;
    return 2 * teo->short_sleeps >= teo->total || loop->limit_ns < TEO_SHORT_NS / 2;
}

/* The tick is stopped and nothing is due soon: returns the deepest state that fits before the timer. */
static uint32_t deepest_before(const struct idle_table *table, const struct teo_start *start, uint32_t candidate,
                               int64_t sleep_ns)
{
    for (uint32_t i = start->cap; i > candidate; i--)
        if (start->enabled >> i & 1 && table->target_residency_ns[i] <= sleep_ns)
            return i;
    return candidate;
}

/* Chooses once the timers' distances are known. */
static uint32_t choose_by_timer(struct teo *teo, struct idle_loop *loop, const struct teo_start *start,
                                uint32_t candidate, bool *stop_tick)
{
    const struct idle_table *table = loop->table;
    struct idle_distance distance = idle_query(loop);
    int64_t sleep_ns = distance.timer_ns;

    teo->sleep_ns = sleep_ns;
    if (loop->tick_stopped && sleep_ns > 2 * loop->tick_period_ns &&
        table->target_residency_ns[candidate] < loop->tick_period_ns)
        return deepest_before(table, start, candidate, sleep_ns);
    if (candidate == 0) {
        *stop_tick = false;
        return 0;
    }
    if (table->target_residency_ns[candidate] > sleep_ns)
        candidate = teo_shallower(table, candidate, sleep_ns);
    if (table->target_residency_ns[candidate] < loop->tick_period_ns && 3 * teo->tick_intercepts >= 2 * teo->total)
        sleep_ns = loop->tick_period_ns / 2;
    return teo_end(loop, start, candidate, sleep_ns, distance.event_ns, stop_tick);
}

static uint32_t teo_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct teo *teo = state;
    const struct idle_table *table = loop->table;
    uint32_t enabled = idle_enabled_mask(table);
    struct teo_start start;
    uint32_t candidate;

    if (loop->device.last >= 0) {
        learn(teo, loop);
        loop->device.last = -1;
    }
    teo->sleep_ns = IDLE_NEVER_NS;
    if (enabled == 0) {
        *stop_tick = false;
        return 0;
    }
    start = teo_begin(&teo->bins, loop, enabled);
    candidate = start.candidate;
    if (candidate == start.first)
        return teo_end(loop, &start, candidate, table->target_residency_ns[candidate], loop->tick_period_ns / 2,
                       stop_tick);
    if (2 * start.intercepts > teo->total - start.hits)
        candidate = below_intercepts(teo, table, &start);
    if (candidate > start.cap)
        candidate = start.cap;
    if (is_query_spared(teo, loop, candidate)) {
        *stop_tick = false;
        return candidate;
    }
    return choose_by_timer(teo, loop, &start, candidate, stop_tick);
}

static const struct governor governor_teo = {
    .name = "teo",
    .alias = "teo-7.2",
    .title = "timer events oriented (Linux 7.2)",
    .state_bytes = sizeof(struct teo),
    .select = teo_select,
    .reflect = reflect,
};
GOVERNOR(governor_teo);
