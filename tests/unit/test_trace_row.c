/* SPDX-License-Identifier: MIT */
/*
 * Rows of recorded passes: a governor that takes the state which Linux took must sleep in the replay as long as
 * Linux did, whatever ended the pass, also where the tick came later than any exit latency explains; and what
 * record-idle's probe says of a pass' length counts before the time stamps, unless it cannot be true.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/trace/pass.c run/tool/trace/row.c run/tool/trace/calibrate.c run/tool/replay/lane.c
#include "run/tool/replay/lane.h"
#include "run/tool/trace/rows.h"
#include "tests/unit/tap.h"

enum {
    TICK_NS = 4000000,
    ENTRY_NS = 50000000,
    LEAD_NS = 9000,
    TIMER_NS = 300000,
    TICK_DUE_NS = 200000,
};

static const struct idle_table TABLE = {
    .count = 3,
    .poll_mask = 1,
    .exit_latency_ns = {0, 2000, 90000},
    .target_residency_ns = {0, 4000, 250000},
    .name = {"POLL", "C1", "C2"},
};

static const struct trace_calibration PLAIN = {.budget_ns = 250000};

static struct trace_pass pass_of(uint32_t state, uint32_t flags, int64_t slept_ns)
{
    return (struct trace_pass){
        .origin_ns = ENTRY_NS - LEAD_NS,
        .entry_ns = ENTRY_NS,
        .exit_ns = ENTRY_NS + slept_ns,
        .next_ns = TIMER_NS,
        .tick_ns = TICK_DUE_NS,
        .flags = flags | TRACE_TICK_KNOWN | TRACE_TIMERS_KNOWN | TRACE_ORIGIN_KNOWN,
        .state = (uint16_t)state,
    };
}

static void keep(void *context, const struct replay_pass *pass)
{
    *(struct replay_pass *)context = *pass;
}

/* Replays the pass' row by a governor that takes its state, with the tick as it was. */
static struct replay_pass replayed(const struct trace_pass *pass)
{
    static const char *const FIXED[] = {"fixed:0", "fixed:1", "fixed:2"};
    struct replay_setup setup = {.unpriced = true,
                                 .tick_always = !(pass->flags & TRACE_STOPPED),
                                 .tick_period_ns = TICK_NS,
                                 .limit_ns = IDLE_LIMIT_NONE_NS};
    static struct replay_lane lane;
    struct replay_pass seen = {.sub = 99};
    struct replay_row row;
    const char *argument;
    const struct governor *governor = governor_find(FIXED[pass->state], &argument);
    uint32_t state;

    trace_row_open(&row, pass, &PLAIN, &TABLE);
    if (!replay_lane_start(&lane, governor, argument, &TABLE, &setup))
        replay_lane_row(&lane, &row, keep, &seen, &state);
    return seen;
}

static void check_length(const char *name, uint32_t state, uint32_t flags, int64_t slept_ns, char wake)
{
    struct trace_pass pass = pass_of(state, flags, slept_ns);
    struct replay_pass seen = replayed(&pass);

    TAP_INT(seen.residency_ns, slept_ns, name);
    TAP_INT(seen.wake, wake, name);
}

static void check_lengths(void)
{
    check_length("a_timer_that_is_on_time", 1, TRACE_STOPPED | TRACE_BY_HRTIMER, TIMER_NS - LEAD_NS, 'T');
    check_length("a_timer_behind_half_an_exit", 2, TRACE_STOPPED | TRACE_BY_HRTIMER, TIMER_NS - LEAD_NS + 45000, 'T');
    check_length("the_tick_on_time", 1, TRACE_BY_TICK, TICK_DUE_NS - LEAD_NS, 'K');
    check_length("the_tick_behind_an_exit", 2, TRACE_BY_TICK, TICK_DUE_NS - LEAD_NS + 90000, 'K');
    check_length("a_tick_later_than_any_exit", 1, TRACE_BY_TICK, TICK_DUE_NS - LEAD_NS + 40000, 'K');
    check_length("another_interrupt", 2, TRACE_BY_OTHER | TRACE_RESCHED, 120000, 'O');
    check_length("the_wheel_by_a_stopped_tick", 2, TRACE_STOPPED | TRACE_BY_TICK, TIMER_NS + 3000, 'W');
    check_length("work_ends_a_poll", 0, TRACE_BY_OTHER | TRACE_RESCHED, 7000, 'O');
    check_length("nothing_ends_a_poll", 0, 0, 250000, 'P');
}

static void check_refused(void)
{
    struct trace_pass pass = pass_of(1, TRACE_REFUSED | TRACE_RESCHED, 0);

    TAP_INT(replayed(&pass).wake, 'R', "a_refused_pass");
}

static void check_told(void)
{
    struct trace_pass pass = pass_of(1, TRACE_BY_OTHER | TRACE_RESCHED, 120000);

    pass.told_slept_ns = 118321;
    TAP_INT(trace_residency_ns(&pass, &PLAIN), 118321, "what_cpuidle_says_counts");
    pass.told_slept_ns = 7;
    TAP_INT(trace_residency_ns(&pass, &PLAIN), 120000, "unless_it_is_no_length");
}

/* The tick ends a pass, a timer behind it the next one: the row's next timer is the one that is still to come. */
static void check_closed(void)
{
    struct trace_pass first = pass_of(1, TRACE_BY_TICK, TICK_DUE_NS - LEAD_NS);
    struct trace_pass last = pass_of(1, TRACE_BY_OTHER | TRACE_RESCHED, 600000);
    struct replay_row row;

    last.origin_ns += TICK_DUE_NS;
    last.entry_ns += TICK_DUE_NS;
    last.exit_ns += TICK_DUE_NS;
    last.next_ns = TICK_NS;
    first.next_ns = TICK_DUE_NS;
    trace_row_closed(&row, &first, &last, &PLAIN, &TABLE);
    TAP_INT(row.wake_ns, TICK_DUE_NS + 600000, "a_closed_row_lasts_to_its_event");
    TAP_INT(row.next_timer_ns, TICK_DUE_NS + TICK_NS, "a_timer_that_has_passed_is_not_the_next");
    last.next_ns = TRACE_NEVER_NS;
    trace_row_closed(&row, &first, &last, &PLAIN, &TABLE);
    TAP_INT(row.next_timer_ns, IDLE_TIME_MAX_NS, "nor_where_none_is_left");
    first.next_ns = 2 * TICK_NS;
    trace_row_closed(&row, &first, &last, &PLAIN, &TABLE);
    TAP_INT(row.next_timer_ns, 2 * TICK_NS, "one_that_is_still_to_come_stays");
}

int main(void)
{
    check_closed();
    check_lengths();
    check_refused();
    check_told();
    return tap_done();
}
