/* SPDX-License-Identifier: MIT */
/*
 * Idle governors on cases worked out by hand: names, the poll budget, the counters, haltpoll's growth and its oddities,
 * ladder's climb, a governor that chooses a state that does not exist.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/replay/lane.c
#include "lib/governor/menu_model.h"
#include "run/tool/replay/lane.h"
#include "tests/unit/tap.h"

enum {
    TICK_NS = 4000000,
    US = 1000,
};

static const struct idle_table GUEST = {
    .count = 2,
    .poll_mask = 1,
    .exit_latency_ns = {0, 1000},
    .target_residency_ns = {0, 1000},
    .name = {"POLL", "HLT"},
};

static const struct idle_table SERVER = {
    .count = 4,
    .poll_mask = 1,
    .exit_latency_ns = {0, 1000, 2000, 290000},
    .target_residency_ns = {0, 1000, 4000, 800000},
    .name = {"POLL", "C1", "C1E", "C6"},
};

static const struct replay_setup CLOSED = {true, false, false, TICK_NS, IDLE_LIMIT_NONE_NS};

/* What the governor chose, and what came of it; the last pass of a row. */
static void note_pass(void *context, const struct replay_pass *pass)
{
    struct replay_pass *last = context;

    *last = *pass;
}

static const char *start(struct replay_lane *lane, const char *word, const struct idle_table *table)
{
    const char *argument;
    const struct governor *governor = governor_find(word, &argument);

    return governor ? replay_lane_start(lane, governor, argument, table, &CLOSED) : "no such governor";
}

/* One period that something other than a timer ends. */
static struct replay_pass sleep_for(struct replay_lane *lane, int64_t wake_ns, int64_t limit_ns)
{
    struct replay_row row = {.next_timer_ns = 1000000000,
                             .tick_ns = TICK_NS,
                             .latency_ns = limit_ns,
                             .wake_ns = wake_ns,
                             .cause = 'O',
                             .resched = true};
    struct replay_pass last = {0};
    uint32_t state;

    if (replay_lane_row(lane, &row, note_pass, &last, &state))
        last.wake = '!';
    return last;
}

static void check_names(void)
{
    struct replay_lane lane;
    uint32_t state;

    TAP_OK(start(&lane, "menu-7.2", &SERVER) == NULL, "an_alias_is_as_good");
    TAP_OK(start(&lane, "fixed:C1E", &SERVER) == NULL && sleep_for(&lane, 50, IDLE_LIMIT_NONE_NS).choice.state == 2,
           "fixed_by_name");
    TAP_OK(start(&lane, "fixed:3", &SERVER) == NULL && sleep_for(&lane, 50, IDLE_LIMIT_NONE_NS).choice.state == 3,
           "fixed_by_number");
    TAP_INT(sleep_for(&lane, 50, 2000).choice.state, 2, "fixed_keeps_the_limit");
    TAP_OK(start(&lane, "fixed", &SERVER) != NULL, "fixed_without_a_state");
    TAP_OK(start(&lane, "fixed:C7", &SERVER) != NULL, "fixed_with_an_unknown_state");
    TAP_OK(start(&lane, "menu:C1", &SERVER) != NULL, "menu_takes_no_state");
    TAP_OK(start(&lane, "men", &SERVER) != NULL, "an_unknown_governor");
    TAP_OK(idle_table_check(&SERVER, &state) == NULL, "a_good_table");
}

static void check_unique(void)
{
    bool unique = true;
    bool small = true;

    for (uint32_t a = 0; a < governor_count(); a++) {
        small &= governor_at(a)->state_bytes <= GOVERNOR_STATE_BYTES;
        for (uint32_t b = a + 1; b < governor_count(); b++)
            unique &= strcmp(governor_at(a)->name, governor_at(b)->name) != 0;
    }
    TAP_INT(governor_count(), 11, "eleven_governors");
    TAP_OK(unique, "names_are_unique");
    TAP_OK(small, "states_fit");
}

static void check_poll_budget(void)
{
    struct idle_table table = SERVER;
    struct idle_loop loop = {.table = &table, .tick_period_ns = TICK_NS};

    TAP_INT(idle_poll_budget_ns(&loop), TICK_NS / 16, "budget_is_a_sixteenth_of_the_tick");
    table.target_residency_ns[2] = 10000;
    TAP_INT(idle_poll_budget_ns(&loop), TICK_NS / 16, "budget_is_kept");
    loop.device.poll_limit_ns = 0;
    TAP_INT(idle_poll_budget_ns(&loop), 10000, "budget_is_the_first_10_us_state");
    loop.device.poll_limit_ns = 0;
    table.disabled_mask = 1 << 2;
    TAP_INT(idle_poll_budget_ns(&loop), TICK_NS / 16, "a_disabled_state_ends_no_poll");
}

static void check_counters(void)
{
    struct idle_counters counters = {0};
    struct idle_table table = SERVER;

    idle_counters_add(&counters, &table, 3, 799999);
    TAP_INT(counters.state[3].above, 1, "above_just_before_the_residency");
    idle_counters_add(&counters, &table, 3, 800000);
    TAP_INT(counters.state[3].above, 1, "not_above_at_the_residency");
    idle_counters_add(&counters, &table, 2, 801999);
    TAP_INT(counters.state[2].below, 0, "not_below_before_the_next_pays");
    idle_counters_add(&counters, &table, 2, 802000);
    TAP_INT(counters.state[2].below, 1, "below_when_the_next_pays");
    table.disabled_mask = 1 << 2;
    idle_counters_add(&counters, &table, 1, 6000);
    TAP_INT(counters.state[1].below, 0, "a_disabled_state_is_not_the_next");
    TAP_INT(counters.state[2].time_ns, 801999 + 802000, "time_adds_up");
    idle_counters_add(&counters, &table, 3, 100);
    TAP_INT(counters.state[3].above, 2, "two_too_short");
    table = (struct idle_table){.count = 2, .exit_latency_ns = {1000, 2000}, .target_residency_ns = {2000, 9000}};
    counters = (struct idle_counters){0};
    idle_counters_add(&counters, &table, 0, 500);
    TAP_INT(counters.state[0].above, 0, "nothing_is_above_the_first_state");
}

/* Growth from 0: 50, 100, 200 us; decay: 100, 50, 0. */
static void check_haltpoll(void)
{
    static const int64_t BUDGETS_US[] = {50, 100, 200, 100, 50, 0};
    struct replay_lane lane;
    bool good = true;

    start(&lane, "haltpoll", &GUEST);
    for (uint32_t i = 0; i < 6; i++) {
        int64_t before_ns = (int64_t)lane.run.loop.device.poll_limit_ns;

        /*
         * A halt just longer than the budget at first, a very long one then; the poll that ran dry before it comes on
         * top.
         */
        sleep_for(&lane, before_ns + (i < 3 ? before_ns + 40 * US : 300 * US), IDLE_LIMIT_NONE_NS);
        good &= (int64_t)lane.run.loop.device.poll_limit_ns == BUDGETS_US[i] * US;
    }
    TAP_OK(good, "haltpoll_grows_and_shrinks");
}

/*
 * Wake-ups every 120 us: the halt that follows a poll of 100 us lasts 20 us, which is not longer than the budget, so it
 * stays.
 */
static void check_haltpoll_at_120_us(void)
{
    struct replay_lane lane;
    struct replay_pass last = {0};

    start(&lane, "haltpoll", &GUEST);
    for (uint32_t i = 0; i < 100; i++)
        last = sleep_for(&lane, 120 * US, IDLE_LIMIT_NONE_NS);
    TAP_INT(lane.run.loop.device.poll_limit_ns, 100 * US, "haltpoll_settles_at_100_us");
    TAP_INT(last.choice.state, 1, "haltpoll_halts_all_the_same");
    TAP_INT(last.sub, 1, "haltpoll_polled_in_vain_before");
}

/* Limit 0 makes the core compute a budget of its own: 250 us, above haltpoll's largest, so that it only shrinks. */
static void check_haltpoll_forced(void)
{
    struct replay_lane lane;

    start(&lane, "haltpoll", &GUEST);
    sleep_for(&lane, 10 * US, 0);
    TAP_INT(lane.run.loop.device.poll_limit_ns, 250 * US, "haltpoll_forced_to_poll");
    sleep_for(&lane, 1000 * US, IDLE_LIMIT_NONE_NS);
    TAP_INT(lane.run.loop.device.poll_limit_ns, 125 * US, "haltpoll_shrinks_once");
    sleep_for(&lane, 1000 * US, IDLE_LIMIT_NONE_NS);
    TAP_INT(lane.run.loop.device.poll_limit_ns, 62500, "haltpoll_shrinks_twice");
    sleep_for(&lane, 1000 * US, IDLE_LIMIT_NONE_NS);
    TAP_INT(lane.run.loop.device.poll_limit_ns, 0, "haltpoll_shrinks_to_nothing");
}

/*
 * Two lines of Linux's menu_select(): a state that the next timer would end too early does not take the place of
 * polling, and only a state of less than a tick is left for a deeper one because the tick has been stopped.
 */
static void check_menu(void)
{
    static const struct idle_table slow = {
        .count = 3, .poll_mask = 1, .exit_latency_ns = {0, 1000, 2000}, .target_residency_ns = {0, 5000000, 20000000}};
    struct idle_table table = SERVER;
    struct idle_loop loop = {.table = &table, .tick_period_ns = TICK_NS, .limit_ns = IDLE_LIMIT_NONE_NS};
    struct menu_forecast forecast = {.slept_ns = 3000, .event_ns = 3000, .limit_ns = IDLE_LIMIT_NONE_NS};
    struct menu menu = {.next_timer_ns = 3000};
    bool stop_tick = true;

    table.disabled_mask = 1 << 1;
    loop.tick_stopped = true;
    TAP_INT(menu_choose(&menu, &loop, forecast, &stop_tick), 0, "menu_polls_until_a_timer_nearer_than_the_next_state");
    menu.next_timer_ns = 4000;
    forecast.event_ns = 4000;
    TAP_INT(menu_choose(&menu, &loop, forecast, &stop_tick), 2, "menu_does_not_where_it_is_not_nearer");
    loop.table = &slow;
    menu.next_timer_ns = 1000000000;
    forecast.event_ns = 1000000000;
    forecast.slept_ns = 8000000;
    TAP_INT(menu_choose(&menu, &loop, forecast, &stop_tick), 1, "menu_keeps_a_state_of_more_than_a_tick");
    loop.tick_period_ns = 6000000;
    TAP_INT(menu_choose(&menu, &loop, forecast, &stop_tick), 2, "menu_leaves_one_of_less");
}

/* C1's threshold is its exit latency, 1 us on top of the exit: 4 periods of 2 us and 1 ns climb, one of 1 us falls. */
static void check_ladder(void)
{
    struct replay_lane lane;
    bool good = true;

    start(&lane, "ladder", &SERVER);
    /* The first select sees no residency yet, which is below the exit latency: unsigned, that counts as long. */
    for (uint32_t i = 0; i < 3; i++)
        good &= sleep_for(&lane, 2001, IDLE_LIMIT_NONE_NS).choice.state == 1;
    TAP_OK(good, "ladder_stays_for_three_periods");
    TAP_INT(sleep_for(&lane, 2001, IDLE_LIMIT_NONE_NS).choice.state, 2, "ladder_climbs_at_the_fourth");
    sleep_for(&lane, 3000, IDLE_LIMIT_NONE_NS);
    TAP_INT(sleep_for(&lane, 3000, IDLE_LIMIT_NONE_NS).choice.state, 1, "ladder_falls_at_once");
    TAP_INT(sleep_for(&lane, 3000, 0).choice.state, 0, "ladder_polls_at_limit_0");
}

static uint32_t select_too_much(void *state, struct idle_loop *loop, bool *stop_tick)
{
    (void)state;
    (void)stop_tick;
    return loop->table->count;
}

static void reflect_nothing(void *state, struct idle_loop *loop, uint32_t chosen)
{
    (void)state;
    (void)loop;
    (void)chosen;
}

static void check_impossible(void)
{
    static const struct governor BROKEN = {.name = "broken", .select = select_too_much, .reflect = reflect_nothing};
    struct replay_row row = {
        .period = 7, .next_timer_ns = 1000, .tick_ns = 1000, .latency_ns = 1000, .wake_ns = 1000, .cause = 'T'};
    struct replay_lane lane;
    uint32_t state = 0;

    TAP_OK(replay_lane_start(&lane, &BROKEN, NULL, &SERVER, &CLOSED) == NULL, "a_broken_governor_starts");
    TAP_STR(replay_lane_row(&lane, &row, NULL, NULL, &state), "chose a state that the table does not have",
            "an_impossible_state_is_caught");
    TAP_INT(state, 4, "an_impossible_state_is_named");
    TAP_INT(lane.totals.passes, 0, "an_impossible_state_is_not_entered");
}

static void check_price(void)
{
    struct idle_prices prices;
    bool even = true;

    idle_prices_of(&prices, &SERVER);
    for (uint32_t i = 1; i < SERVER.count; i++)
        even &= idle_cost(&prices, i, SERVER.target_residency_ns[i]) ==
                idle_cost(&prices, i - 1, SERVER.target_residency_ns[i]);
    TAP_OK(even, "neighbours_break_even_at_the_target_residency");
    TAP_INT(idle_cheapest(&prices, 0xf, 800001), 3, "deep_above_it");
    TAP_INT(idle_cheapest(&prices, 0xf, 799999), 2, "shallow_below_it");
    TAP_INT(idle_allowed_mask(&SERVER, 2000), 0x7, "a_limit_allows_what_just_keeps_it");
    TAP_INT(idle_allowed_mask(&SERVER, 1999), 0x3, "and_nothing_slower");
    TAP_INT(idle_charge(&prices, 0x3, 3, 100), idle_cost(&prices, 1, 100), "breaking_a_limit_never_pays");
}

int main(void)
{
    check_names();
    check_unique();
    check_poll_budget();
    check_counters();
    check_haltpoll();
    check_haltpoll_at_120_us();
    check_haltpoll_forced();
    check_menu();
    check_ladder();
    check_impossible();
    check_price();
    return tap_done();
}
