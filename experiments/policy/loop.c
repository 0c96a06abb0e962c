/* SPDX-License-Identifier: MIT */
/*
 * The idle loop of one CPU under one governor, on real instructions: ask, keep or stop the tick, wait, tell. It is the
 * loop that `idlelab replay` follows (docs/policies.md), and the governor gets only what a row of a trace can say, so
 * that the trace of a run gives the same decisions again:
 *
 *   its own event   the measured residency; where the tick fell into it: the tick's distance, and of what
 *                   came after it at most the state's exit latency, in whole percent of it
 *   the tick        the same
 *   a poll          the time until the event, at most the budget
 *
 * Distances count from the stamp that each pass takes before it asks the governor.
 */
#include "arch/x86/time/tsc.h"
#include "experiments/policy/parts.h"

enum { PERCENT = 100 };

const uint32_t policy_budget_us[POLICY_BUDGETS] = {0, 5, 10, 20, 50, 100, 200, 400};

static const struct policy_lane *lane_of(const struct idle_loop *loop)
{
    return (const struct policy_lane *)(const void *)((const char *)loop - offsetof(struct policy_lane, run.loop));
}

static int64_t distance_ns(const struct policy_lane *lane, uint64_t due_tsc)
{
    int64_t ticks_tsc = (int64_t)(due_tsc - lane->now_tsc);

    if (ticks_tsc < 0)
        return -(int64_t)policy_tsc_to_ns(lane->policy, (uint64_t)-ticks_tsc);
    return (int64_t)policy_tsc_to_ns(lane->policy, (uint64_t)ticks_tsc);
}

static struct idle_distance answer_query(const struct idle_loop *loop)
{
    const struct policy_lane *lane = lane_of(loop);
    struct idle_distance distance = {lane->row.timer_ns, lane->row.timer_ns};

    if (!loop->tick_stopped && lane->row.tick_ns < distance.event_ns)
        distance.event_ns = lane->row.tick_ns;
    if (lane->run.tick_always)
        distance.timer_ns = distance.event_ns;
    return distance;
}

static int64_t answer_now(const struct idle_loop *loop)
{
    return lane_of(loop)->clock_ns;
}

static int64_t answer_future(const struct idle_loop *loop)
{
    const struct policy_lane *lane = lane_of(loop);

    return distance_ns(lane, lane->timer_due_tsc < lane->wake_due_tsc ? lane->timer_due_tsc : lane->wake_due_tsc);
}

/* It is unknown when another CPU will wake this one. */
static const struct idle_answers local_answers = {answer_query, answer_now, answer_future};
static const struct idle_answers remote_answers = {answer_query, answer_now, NULL};

const char *policy_lane_start(struct policy_lane *lane, const char *word)
{
    const struct policy *policy = lane->policy;
    const struct plan_value *values = policy->step->plan->values;
    bool remote = pattern_is_remote(policy->spec.kind) || (policy->spec.kind == PATTERN_BURST && policy->cpu_count > 1);
    struct idle_loop loop = {
        .table = &policy->driver.table,
        .answers = remote ? &remote_answers : &local_answers,
        .tick_period_ns = (int64_t)(1000000000 / values[KEY_TICK].count),
        .limit_ns = (int64_t)values[KEY_LATENCY_LIMIT].time.value,
    };
    const char *argument;
    const struct governor *governor = governor_find(word, &argument);
    const char *why = governor_start(&lane->run, governor, argument, &loop);

    lane->run.tick_always = values[KEY_NOHZ].choice == NOHZ_OFF;
    return why;
}

/* Begins a pass: its stamp, and the tick in its rhythm. */
static void look_around(struct policy_lane *lane)
{
    uint64_t period_tsc = lane->policy->tick_tsc;

    lane->now_tsc = tsc_now();
    if ((int64_t)(lane->tick_due_tsc - lane->now_tsc) <= 0)
        lane->tick_due_tsc += ((lane->now_tsc - lane->tick_due_tsc) / period_tsc + 1) * period_tsc;
    lane->row.timer_ns = distance_ns(lane, lane->timer_due_tsc);
    lane->row.tick_ns = distance_ns(lane, lane->tick_due_tsc);
}

/* `beyond_ns` after an event as a share of the exit latency, 0 to 100. */
static uint32_t exit_percent(const struct policy_lane *lane, uint32_t state, int64_t beyond_ns)
{
    int64_t exit_ns = lane->run.loop.table->exit_latency_ns[state];

    if (exit_ns <= 0 || beyond_ns <= 0)
        return 0;
    return beyond_ns >= exit_ns ? PERCENT : (uint32_t)(beyond_ns * PERCENT / exit_ns);
}

/* The tick came while it polled, or ended it. */
static bool judge_poll(struct policy_lane *lane, const struct policy_sleep *sleep)
{
    struct policy_row *row = &lane->row;
    int64_t polled_ns = (int64_t)policy_tsc_to_ns(lane->policy, sleep->after_tsc - sleep->before_tsc);

    row->wake = sleep->event ? 'O' : 'P';
    row->residency_ns = sleep->event && polled_ns < sleep->budget_ns ? polled_ns : sleep->budget_ns;
    row->wake_ns = row->residency_ns + !sleep->event;
    lane->run.loop.device.timed_out = !sleep->event;
    return !row->choice.tick_stopped && row->tick_ns <= row->residency_ns;
}

static bool judge_wait(struct policy_lane *lane, const struct policy_sleep *sleep)
{
    const struct policy *policy = lane->policy;
    struct policy_row *row = &lane->row;
    uint32_t state = row->choice.state;
    int64_t slept_ns = (int64_t)policy_tsc_to_ns(policy, sleep->after_tsc - sleep->before_tsc);
    bool by_tick = !row->choice.tick_stopped && sleep->tick && !sleep->event;

    row->wake = by_tick ? 'K' : 'O';
    row->wake_ns = slept_ns;
    if (by_tick) {
        row->exit_percent = exit_percent(lane, state, distance_ns(lane, sleep->after_tsc) - row->tick_ns);
        row->wake_ns = row->tick_ns;
    } else if (!row->choice.tick_stopped && slept_ns > row->tick_ns) {
        row->exit_percent = exit_percent(lane, state, slept_ns - row->tick_ns);
        row->wake_ns = row->tick_ns;
    }
    row->residency_ns = row->wake_ns + lane->run.loop.table->exit_latency_ns[state] * row->exit_percent / PERCENT;
    row->wake_ns += by_tick; /* the event is somewhere behind the tick */
    return by_tick;
}

static void keep_row(struct policy_lane *lane)
{
    if (!lane->rows)
        return;
    if (lane->row_count == lane->policy->row_limit) {
        lane->rows_lost++;
        return;
    }
    lane->rows[lane->row_count++] = lane->row;
}

static void count_latency(struct policy_lane *lane, const struct policy_sleep *sleep)
{
    struct policy_totals *totals = &lane->totals;
    uint64_t latency_tsc = sleep->first_tsc - sleep->event_tsc;

    if (sleep->event_tsc <= sleep->before_tsc || sleep->first_tsc < sleep->event_tsc) {
        totals->early++;
        return;
    }
    totals->latency_sum_tsc += latency_tsc;
    totals->latency_count++;
    if (lane->kept < lane->policy->kept_limit) {
        lane->latency_tsc[lane->kept] = (int64_t)latency_tsc;
        lane->ended_poll[lane->kept] = idle_state_polls(lane->run.loop.table, lane->row.choice.state);
        lane->at_tsc[lane->kept++] = sleep->event_tsc;
    }
}

static void count_pass(struct policy_lane *lane, const struct policy_sleep *sleep, bool polled)
{
    struct policy_totals *totals = &lane->totals;
    const struct policy_row *row = &lane->row;
    uint32_t allowed = idle_allowed_mask(lane->run.loop.table, lane->run.loop.limit_ns);

    totals->passes++;
    totals->queries += row->choice.queried;
    totals->tick_wakes += row->wake == 'K';
    totals->poll_timeouts += row->wake == 'P';
    totals->spurious += row->wake == 'O' && !sleep->event;
    totals->idle_ns += (uint64_t)row->residency_ns;
    if (polled)
        totals->poll_ns += (uint64_t)row->residency_ns;
    totals->cost += idle_charge(&lane->policy->prices, allowed, row->choice.state, row->residency_ns);
    if (sleep->event) {
        totals->events++;
        count_latency(lane, sleep);
    }
}

/* One pass. True: an event came, or the loop cannot go on. */
static bool pass(struct policy_cpu *at, struct policy_lane *lane, struct policy_sleep *sleep)
{
    struct policy_row *row = &lane->row;
    bool polled, tick_woke;

    *sleep = (struct policy_sleep){0};
    *row = (struct policy_row){0};
    look_around(lane);
    if (!governor_choose(&lane->run, &row->choice)) {
        lane->impossible = true;
        return true;
    }
    polled = idle_state_polls(lane->run.loop.table, row->choice.state);
    if (polled)
        sleep->budget_ns = (int64_t)idle_poll_budget_ns(&lane->run.loop);
    policy_enter(at, lane, row->choice.state, row->choice.tick_stopped, sleep);
    row->resched = sleep->event;
    tick_woke = polled ? judge_poll(lane, sleep) : judge_wait(lane, sleep);
    lane->clock_ns += row->residency_ns;
    governor_slept(&lane->run, row->choice.state, (uint64_t)row->residency_ns, tick_woke);
    count_pass(lane, sleep, polled);
    keep_row(lane);
    return sleep->event;
}

/* Counts what polls of several lengths would have done with this stretch. */
static void count_stretch(struct policy_lane *lane, uint64_t begin_tsc, uint64_t event_tsc)
{
    int64_t ticks_tsc = (int64_t)(event_tsc - begin_tsc);
    uint64_t wait_ns = ticks_tsc > 0 ? policy_tsc_to_ns(lane->policy, (uint64_t)ticks_tsc) : 0;

    lane->totals.stretch++;
    for (unsigned i = 0; i < POLICY_BUDGETS; i++) {
        uint64_t budget_ns = (uint64_t)policy_budget_us[i] * 1000;

        lane->totals.caught[i] += wait_ns <= budget_ns;
        lane->totals.burnt_ns[i] += wait_ns < budget_ns ? wait_ns : budget_ns;
    }
}

bool policy_idle(struct policy_cpu *at, struct policy_lane *lane)
{
    struct policy_sleep sleep;
    uint64_t begin_tsc = tsc_now();

    lane->run.loop.tick_stopped = false;
    while (!pass(at, lane, &sleep))
        if (at->index == 0)
            step_pet(at->policy->step);
    if (!sleep.event)
        return false;
    count_stretch(lane, begin_tsc, sleep.event_tsc);
    if (sleep.by_mail)
        at->seen = __atomic_load_n(&at->flag, __ATOMIC_ACQUIRE);
    else if (sleep.event_tsc >= lane->timer_due_tsc && lane->event.timer_ns == PATTERN_TIMEOUT_NS)
        lane->totals.timeouts++;
    return sleep.by_mail;
}
