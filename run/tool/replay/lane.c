/* SPDX-License-Identifier: MIT */
#include "run/tool/replay/lane.h"

#include <stddef.h>
#include <string.h>

static const struct replay_lane *lane_of(const struct idle_loop *loop)
{
    return (const struct replay_lane *)(const void *)((const char *)loop - offsetof(struct replay_lane, run.loop));
}

/* Distance of the next tick, if it runs. It keeps its rhythm during a row. */
static int64_t tick_distance_ns(const struct replay_lane *lane)
{
    int64_t period_ns = lane->setup->tick_period_ns;
    int64_t tick_ns = (lane->row.tick_unknown ? period_ns : lane->row.tick_ns) - lane->since_ns;

    if (tick_ns <= 0 && (lane->elapsed_ns > 0 || lane->ticked))
        tick_ns += (-tick_ns / period_ns + 1) * period_ns;
    return tick_ns;
}

static struct idle_distance answer_query(const struct idle_loop *loop)
{
    const struct replay_lane *lane = lane_of(loop);
    int64_t timer_ns = lane->row.next_timer_ns - lane->since_ns;
    struct idle_distance distance = {timer_ns, timer_ns};

    if (!loop->tick_stopped && tick_distance_ns(lane) < timer_ns)
        distance.event_ns = tick_distance_ns(lane);
    if (lane->run.tick_always)
        distance.timer_ns = distance.event_ns;
    return distance;
}

static int64_t answer_now(const struct idle_loop *loop)
{
    return lane_of(loop)->clock_ns + lane_of(loop)->leads_ns;
}

static int64_t answer_future(const struct idle_loop *loop)
{
    const struct replay_lane *lane = lane_of(loop);

    return lane->row.wake_ns - lane->elapsed_ns;
}

static const struct idle_answers REPLAY_ANSWERS = {answer_query, answer_now, answer_future};

const char *replay_lane_start(struct replay_lane *lane, const struct governor *governor, const char *argument,
                              const struct idle_table *table, const struct replay_setup *setup)
{
    struct idle_loop loop = {
        .table = table,
        .answers = &REPLAY_ANSWERS,
        .tick_period_ns = setup->tick_period_ns,
        .limit_ns = IDLE_LIMIT_NONE_NS,
    };
    const char *why;

    memset(lane, 0, sizeof(*lane));
    lane->setup = setup;
    why = governor_start(&lane->run, governor, argument, &loop);
    if (why)
        return why;
    lane->run.tick_always = setup->tick_always;
    idle_prices_of(&lane->prices, table);
    return NULL;
}

/* A period that reflect() has not seen yet. */
struct sleep {
    char wake;
    int64_t residency_ns;
    int64_t latency_ns;
    bool tick_woke;
};

static struct sleep sleep_polling(struct replay_lane *lane, int64_t event_ns)
{
    int64_t budget_ns = (int64_t)idle_poll_budget_ns(&lane->run.loop);
    struct sleep sleep = {lane->row.cause, event_ns, 0, false};

    lane->run.loop.device.timed_out = event_ns > budget_ns;
    if (event_ns > budget_ns) {
        sleep.wake = 'P';
        sleep.residency_ns = budget_ns;
        lane->totals.poll_timeouts++;
    }
    sleep.tick_woke =
        sleep.wake == 'W' || (!lane->run.loop.tick_stopped && tick_distance_ns(lane) <= sleep.residency_ns);
    lane->totals.poll_ns += (uint64_t)sleep.residency_ns;
    return sleep;
}

static struct sleep sleep_in_state(struct replay_lane *lane, uint32_t state, int64_t event_ns)
{
    const struct idle_table *exits = lane->exits ? lane->exits : lane->run.loop.table;
    int64_t exit_ns = exits->exit_latency_ns[state] * lane->row.exit_percent / 100;
    int64_t tick_ns = tick_distance_ns(lane);

    if (!lane->run.loop.tick_stopped && tick_ns < event_ns)
        return (struct sleep){'K', (tick_ns > 0 ? tick_ns : 0) + exit_ns, 0, true};
    return (struct sleep){lane->row.cause, event_ns + exit_ns, exit_ns, lane->row.cause == 'W'};
}

static struct sleep sleep_through(struct replay_lane *lane, uint32_t state, uint32_t sub)
{
    int64_t event_ns = lane->row.wake_ns - lane->elapsed_ns;

    if (lane->row.reject == REPLAY_REFUSED_LEAVES && sub == 0)
        return (struct sleep){'R', 0, 0, false};
    if (idle_state_polls(lane->run.loop.table, state))
        return sleep_polling(lane, event_ns);
    if (lane->row.reject == REPLAY_REFUSED && sub == 0)
        return (struct sleep){'R', 0, 0, false};
    return sleep_in_state(lane, state, event_ns);
}

/*
 * What a pass costs until the event, and the least that this time may cost. The bound of a closed row is taken over the
 * whole row.
 */
static void charge(struct replay_lane *lane, const struct replay_pass *pass)
{
    const struct idle_loop *loop = &lane->run.loop;
    uint32_t allowed;
    int64_t left_ns = lane->row.wake_ns - lane->elapsed_ns;
    int64_t time_ns = pass->residency_ns < left_ns ? pass->residency_ns : left_ns;
    int64_t bound_ns = lane->setup->closed ? lane->row.wake_ns : time_ns;

    if (lane->setup->unpriced)
        return;
    allowed = idle_allowed_mask(loop->table, loop->limit_ns);
    lane->totals.outside += !(allowed >> pass->choice.state & 1);
    lane->totals.queries += pass->choice.queried;
    if (pass->wake != 'R')
        lane->totals.cost += idle_charge(&lane->prices, allowed, pass->choice.state, time_ns);
    if (lane->setup->closed ? pass->sub > 0 || lane->row.reject == REPLAY_REFUSED_LEAVES : pass->wake == 'R')
        return;
    lane->totals.bound += allowed ? idle_cost(&lane->prices, idle_cheapest(&lane->prices, allowed, bound_ns), bound_ns)
                                  : IDLE_POWER_POLL * (uint64_t)bound_ns;
}

static void count(struct replay_lane *lane, const struct replay_pass *pass, bool ends_row)
{
    struct replay_totals *totals = &lane->totals;
    bool overtaken = ends_row && pass->wake != lane->row.cause && pass->wake != 'R';
    uint64_t latency_ns = (uint64_t)(overtaken ? lane->elapsed_ns - lane->row.wake_ns : pass->wake_latency_ns);

    totals->passes++;
    totals->events += ends_row;
    totals->tick_wakes += pass->wake == 'K';
    totals->wake_latency_sum_ns += latency_ns;
    if (latency_ns > totals->wake_latency_max_ns)
        totals->wake_latency_max_ns = latency_ns;
}

/* One pass of the idle loop. False where the governor chose a state that does not exist. */
static bool run_pass(struct replay_lane *lane, struct replay_pass *pass, bool *ends_row)
{
    struct sleep sleep;

    if (!governor_choose(&lane->run, &pass->choice))
        return false;
    if (pass->sub == 0) {
        lane->since_ns += lane->row.lead_ns;
        lane->leads_ns += lane->row.lead_ns;
    }
    sleep = sleep_through(lane, pass->choice.state, pass->sub);
    lane->ticked |= sleep.wake == 'K';
    pass->wake = sleep.wake;
    pass->residency_ns = sleep.residency_ns;
    pass->wake_latency_ns = sleep.latency_ns;
    charge(lane, pass);
    lane->clock_ns += sleep.residency_ns;
    if (sleep.wake == 'R')
        governor_refused(&lane->run, pass->choice.state);
    else
        governor_slept(&lane->run, pass->choice.state, (uint64_t)sleep.residency_ns, sleep.tick_woke);
    lane->elapsed_ns += sleep.residency_ns;
    lane->since_ns += sleep.residency_ns;
    *ends_row = sleep.wake == lane->row.cause;
    /* Or the event came while the CPU was still leaving the state that the tick ended. */
    *ends_row |= lane->setup->closed && lane->row.wake_ns <= lane->elapsed_ns;
    *ends_row |= lane->row.reject == REPLAY_REFUSED_LEAVES;
    return true;
}

const char *replay_lane_row(struct replay_lane *lane, const struct replay_row *row, replay_sink *sink, void *context,
                            uint32_t *state)
{
    struct replay_pass pass = {.period = row->period};
    bool ends_row;

    lane->row = *row;
    lane->elapsed_ns = 0;
    lane->since_ns = 0;
    lane->ticked = false;
    lane->run.loop.iowaiters = row->iowaiters;
    lane->run.loop.limit_ns = row->latency_ns < lane->setup->limit_ns ? row->latency_ns : lane->setup->limit_ns;
    for (;; pass.sub++) {
        if (!run_pass(lane, &pass, &ends_row)) {
            *state = pass.choice.state;
            return "chose a state that the table does not have";
        }
        count(lane, &pass, ends_row);
        if (sink)
            sink(context, &pass);
        if (ends_row || !lane->setup->closed)
            break;
    }
    if (!lane->setup->closed && row->next != REPLAY_NEXT_FOLLOWS)
        lane->run.loop.tick_stopped = row->next == REPLAY_NEXT_STOPPED;
    else if (ends_row && row->resched)
        lane->run.loop.tick_stopped = false;
    return NULL;
}
