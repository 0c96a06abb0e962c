/* SPDX-License-Identifier: MIT */
/*
 * What rows of a recorded Linux need of replay: two origins of a pass, a timer that comes by the stopped tick, passes
 * that the idle loop itself refuses, fields that are unknown; and of menu: a late tick, and tasks that wait for a disk.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/replay/lane.c run/tool/replay/csv.c run/tool/replay/line.c
#include "run/tool/replay/lane.h"
#include "tests/unit/tap.h"

#define NARROW "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct\n"
#define WIDE   "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct,lead_ns,iowait\n"

enum {
    TICK_NS = 4000000,
    US = 1000,
    TEXT_BYTES = 1024,
};

static const struct idle_table SERVER = {
    .count = 4,
    .poll_mask = 1,
    .exit_latency_ns = {0, 1000, 2000, 290000},
    .target_residency_ns = {0, 1000, 4000, 800000},
    .name = {"POLL", "C1", "C1E", "C6"},
};

static const struct replay_setup OPEN = {false, false, false, TICK_NS, IDLE_LIMIT_NONE_NS};
static const struct replay_setup CLOSED = {true, false, false, TICK_NS, IDLE_LIMIT_NONE_NS};

struct seen {
    struct replay_pass last;
    uint32_t passes;
};

static void note_pass(void *context, const struct replay_pass *pass)
{
    struct seen *seen = context;

    seen->last = *pass;
    seen->passes++;
}

static void start(struct replay_lane *lane, const char *word, const struct replay_setup *setup)
{
    const char *argument;
    const struct governor *governor = governor_find(word, &argument);

    TAP_OK(governor && !replay_lane_start(lane, governor, argument, &SERVER, setup), word);
}

/* Replays all rows of a trace; what the last pass was. */
static struct seen play(struct replay_lane *lane, const char *header, const char *rows)
{
    static char text[TEXT_BYTES];
    struct replay_csv csv;
    struct replay_row row;
    struct seen seen = {0};
    uint32_t state;
    FILE *file;

    snprintf(text, sizeof(text), "%s%s", header, rows);
    file = fmemopen(text, strlen(text), "r");
    replay_csv_open(&csv, file, "rows");
    if (replay_csv_trace(&csv) == REPLAY_CSV_OK)
        while (replay_csv_row(&csv, &row) == REPLAY_CSV_OK)
            replay_lane_row(lane, &row, note_pass, &seen, &state);
    fclose(file);
    if (csv.error[0])
        TAP_STR(csv.error, "", "no complaint");
    return seen;
}

/* The tick is 3 ms from the beginning, the state is entered 10 us later: 2.99 ms are slept. */
static void check_lead(void)
{
    struct replay_lane lane;
    struct seen seen;

    start(&lane, "poll", &OPEN);
    start(&lane, "menu", &OPEN);
    seen = play(&lane, WIDE, "0,9000000,3000000,0,9000000,T,0,0,0,10000,0\n");
    TAP_INT(seen.last.choice.state, 0, "limit_0_polls");
    start(&lane, "fixed:C1", &OPEN);
    lane.run.tick_always = true;
    seen = play(&lane, WIDE, "0,9000000,3000000,2147483647000,9000000,T,0,0,0,10000,0\n");
    TAP_INT(seen.last.residency_ns, 2990000, "the_tick_counts_from_the_beginning");
    TAP_INT(seen.last.wake, 'K', "the_tick_ended_it");
    seen = play(&lane, WIDE, "0,9000000,5000,2147483647000,9000000,T,0,0,0,10000,0\n");
    TAP_INT(seen.last.residency_ns, 0, "a_tick_within_the_lead_ends_it_at_once");
    seen = play(&lane, WIDE, "0,500000,3000000,2147483647000,490000,T,0,0,0,10000,0\n");
    TAP_INT(seen.last.residency_ns, 490000, "the_wake_counts_from_the_entry");
    start(&lane, "fixed:C1", &CLOSED);
    lane.run.tick_always = true;
    seen = play(&lane, NARROW, "0,9000000,0,2147483647000,500000,O,0,0,0\n");
    TAP_INT(seen.passes, 2, "a_tick_at_distance_0_comes_once");
}

/* menu learns 45 ms of a W row whose timer is beyond a tick, and its length of the same row as T. */
static void check_stopped_tick(void)
{
    struct replay_lane timer, wheel;
    struct seen by_timer, by_wheel;
    const char *as_timer = "0,5000000,9000000,2147483647000,5000,T,0,0,0,0,0\n";
    const char *as_wheel = "0,5000000,9000000,2147483647000,5000,W,0,0,0,0,0\n";

    start(&timer, "menu", &OPEN);
    start(&wheel, "menu", &OPEN);
    for (uint32_t i = 0; i < 9; i++) {
        by_timer = play(&timer, WIDE, as_timer);
        by_wheel = play(&wheel, WIDE, as_wheel);
    }
    TAP_INT(by_wheel.last.wake, 'W', "the_wheel_ended_it");
    TAP_OK(by_timer.last.choice.state < 3, "short_sleeps_are_learned");
    TAP_INT(by_wheel.last.choice.state, 3, "short_sleeps_by_the_stopped_tick_are_not");
}

static void check_refused(void)
{
    struct replay_lane lane;
    struct seen seen;

    start(&lane, "menu", &OPEN);
    seen = play(&lane, WIDE, "0,90000000,1000,2147483647000,0,O,1,2,0,0,0\n");
    TAP_INT(seen.last.wake, 'R', "the_loop_refuses");
    TAP_OK(!lane.run.loop.tick_stopped, "and_leaves_with_the_tick_on");
    TAP_INT(lane.run.counters.state[seen.last.choice.state].rejected, 1, "a_refusal_counts");
    start(&lane, "menu", &CLOSED);
    seen = play(&lane, WIDE, "0,90000000,1000,0,5000,O,1,2,0,0,0\n");
    TAP_INT(seen.last.wake, 'R', "a_poll_is_refused_too");
    TAP_INT(seen.passes, 1, "a_row_that_the_loop_refused_is_over");
    TAP_INT(lane.totals.wake_latency_max_ns, 0, "and_nobody_woke_late");
}

static void check_unknown(void)
{
    struct replay_lane lane;
    struct seen seen;

    start(&lane, "menu", &OPEN);
    for (uint32_t i = 0; i < 9; i++)
        seen = play(&lane, WIDE, "0,?,?,?,9000000,O,1,0,0,0,0\n");
    TAP_INT(seen.last.choice.state, 3, "an_unknown_timer_is_none");
    start(&lane, "fixed:C1", &OPEN);
    lane.run.tick_always = true;
    seen = play(&lane, WIDE, "0,?,?,?,9000000,O,1,0,0,0,0\n");
    TAP_INT(seen.last.residency_ns, TICK_NS, "an_unknown_tick_is_a_period_away");
}

static int64_t late_event(void)
{
    return -5000;
}

static struct idle_distance query_late(const struct idle_loop *loop)
{
    (void)loop;
    return (struct idle_distance){2000000, late_event()};
}

static int64_t no_clock(const struct idle_loop *loop)
{
    (void)loop;
    return 0;
}

static int64_t no_future(const struct idle_loop *loop)
{
    (void)loop;
    return 0;
}

/* A tick that is late leaves nothing to pay off: Linux compares signed. Unsigned it would be never, and state 2. */
static void check_late_tick(void)
{
    static const struct idle_answers LATE = {query_late, no_clock, no_future};
    static const char *const MENUS[] = {"menu-6.1", "menu-6.12", "menu-7.2"};
    struct idle_loop loop = {
        .table = &SERVER, .answers = &LATE, .tick_period_ns = TICK_NS, .limit_ns = IDLE_LIMIT_NONE_NS};

    for (uint32_t i = 0; i < sizeof(MENUS) / sizeof(MENUS[0]); i++) {
        static struct governor_run run;
        const char *argument;
        struct governor_choice choice;

        governor_start(&run, governor_find(MENUS[i], &argument), NULL, &loop);
        for (uint32_t pass = 0; pass < 9; pass++) {
            governor_choose(&run, &choice);
            governor_slept(&run, choice.state, 2000000, false);
        }
        TAP_INT(choice.state, 0, MENUS[i]);
        TAP_OK(!choice.stop_tick, "the_tick_stays");
    }
}

/* One task that waits for a disk: the exit may be at most an eleventh of the forecast. */
static void check_iowait(void)
{
    struct replay_lane lane;
    struct seen seen;

    start(&lane, "menu-6.1", &OPEN);
    for (uint32_t i = 0; i < 9; i++)
        seen = play(&lane, WIDE, "0,3000000,4000000,2147483647000,3000000,T,1,0,0,0,0\n");
    TAP_INT(seen.last.choice.state, 3, "3_ms_pay_for_290_us");
    for (uint32_t i = 0; i < 9; i++)
        seen = play(&lane, WIDE, "0,3000000,4000000,2147483647000,3000000,T,1,0,0,0,1\n");
    TAP_INT(seen.last.choice.state, 2, "not_while_a_task_waits_for_a_disk");
    start(&lane, "menu-6.12", &OPEN);
    for (uint32_t i = 0; i < 9; i++)
        seen = play(&lane, WIDE, "0,3000000,4000000,2147483647000,3000000,T,1,0,0,0,1\n");
    TAP_INT(seen.last.choice.state, 3, "since_6_12_nobody_asks");
}

/* Five of the last nine sleeps were cut short: teo of 6.1 turns shallow, before the sums of all say so. */
static void check_recent(void)
{
    struct replay_lane lane;
    struct seen seen;

    start(&lane, "teo-6.1", &OPEN);
    for (uint32_t i = 0; i < 40; i++)
        seen = play(&lane, WIDE, "0,3000000,3900000,2147483647000,3000000,T,1,0,0,0,0\n");
    TAP_INT(seen.last.choice.state, 3, "the_timer_holds");
    TAP_OK(seen.last.choice.queried, "teo_6_1_always_asks");
    for (uint32_t i = 0; i < 6; i++)
        seen = play(&lane, WIDE, "0,3000000,3900000,2147483647000,20000,O,1,0,0,0,0\n");
    TAP_INT(seen.last.choice.state, 2, "five_of_nine_were_cut_short");
}

/* How the tick stood in the next row is the recording's, in open mode; the governor here never stops it. */
static void check_next(void)
{
    static const char rows[] = "0,9000000,3000000,2147483647000,20000,O,%u,0,0,0,0\n"
                               "1,9000000,3000000,2147483647000,20000,O,0,0,0,0,0\n";
    char text[TEXT_BYTES];
    struct replay_lane lane;

    start(&lane, "poll", &OPEN);
    snprintf(text, sizeof(text), rows, 3);
    TAP_OK(play(&lane, WIDE, text).last.choice.tick_stopped, "the_next_begins_without_the_tick");
    snprintf(text, sizeof(text), rows, 0);
    TAP_OK(play(&lane, WIDE, text).last.choice.tick_stopped, "and_so_it_stays");
    snprintf(text, sizeof(text), rows, 2);
    TAP_OK(!play(&lane, WIDE, text).last.choice.tick_stopped, "the_next_begins_with_the_tick");
    start(&lane, "poll", &CLOSED);
    snprintf(text, sizeof(text), rows, 3);
    TAP_OK(!play(&lane, WIDE, text).last.choice.tick_stopped, "not_in_closed_mode");
}

int main(void)
{
    check_lead();
    check_stopped_tick();
    check_refused();
    check_unknown();
    check_late_tick();
    check_iowait();
    check_recent();
    check_next();
    return tap_done();
}
