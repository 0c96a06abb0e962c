/* SPDX-License-Identifier: MIT */
/*
 * Properties of the idle governors over random tables and traces: no governor beats the oracle or chooses a state that
 * does not exist, the counters add up. The seed is fixed, so that a failure repeats.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/replay/lane.c
#include <inttypes.h>

#include "lib/prng.h"
#include "run/tool/replay/lane.h"
#include "tests/unit/tap.h"

enum {
    ROUNDS = 400,
    ROWS = 150,
    TICK_NS = 4000000,
    LANES_MAX = 24,
    SEED = 42,
    SHOWN_MAX = 5,
};

struct field {
    struct idle_table table;
    struct replay_row rows[ROWS];
    struct replay_lane lane[LANES_MAX];
    char name[LANES_MAX][16];
    uint32_t lanes;
    uint32_t oracle; /* its lane */
};

/* What a round found; each is printed once, at the end. */
struct verdicts {
    uint64_t beaten;     /* a governor cost less than the oracle */
    uint64_t below;      /* a governor cost less than the bound */
    uint64_t off_bound;  /* the oracle did not reach the bound */
    uint64_t impossible; /* a state that the table does not have, or a row that does not end */
    uint64_t disabled;   /* a disabled state by one that never may */
    uint64_t sums;       /* counters that do not add up */
    uint64_t passes;
};

static void make_table(struct prng *prng, struct idle_table *table)
{
    int64_t residency_ns = 0;

    memset(table, 0, sizeof(*table));
    table->count = (uint32_t)prng_range(prng, IDLE_STATES_MIN, IDLE_STATES_MAX);
    for (uint32_t i = 0; i < table->count; i++) {
        bool polls = i == 0 && prng_below(prng, 4) != 0;

        residency_ns += polls ? 0 : (int64_t)prng_log_range(prng, 1, 2000000) - 1;
        table->target_residency_ns[i] = residency_ns;
        table->exit_latency_ns[i] = polls ? 0 : (int64_t)prng_range(prng, 0, (uint64_t)residency_ns);
        table->poll_mask |= (uint32_t)polls << i;
        table->disabled_mask |= (uint32_t)(prng_below(prng, 6) == 0) << i;
        snprintf(table->name[i], IDLE_NAME_BYTES, "S%" PRIu32, i);
    }
}

static void make_rows(struct prng *prng, struct replay_row *rows)
{
    uint64_t longest_ns = prng_log_range(prng, 1000, 200000000);

    for (uint32_t i = 0; i < ROWS; i++) {
        struct replay_row *row = &rows[i];
        bool by_timer = prng_below(prng, 2);

        row->period = i;
        row->next_timer_ns = (int64_t)prng_log_range(prng, 1, longest_ns);
        row->tick_ns = (int64_t)prng_range(prng, 1, TICK_NS);
        row->latency_ns = prng_below(prng, 4) ? IDLE_LIMIT_NONE_NS : (int64_t)prng_below(prng, 1000000);
        row->wake_ns = by_timer ? row->next_timer_ns : (int64_t)prng_log_range(prng, 1, longest_ns);
        row->cause = by_timer ? 'T' : 'O';
        row->resched = prng_below(prng, 3) != 0;
        row->reject = prng_below(prng, 20) == 0;
        row->exit_percent = (uint32_t)prng_below(prng, 101);
        row->lead_ns = prng_below(prng, 2) ? (int64_t)prng_log_range(prng, 1, 5000) : 0;
        row->iowaiters = prng_below(prng, 4) == 0 ? (uint32_t)prng_below(prng, 4) : 0;
    }
}

static void add_lane(struct field *field, const struct governor *governor, const char *argument,
                     const struct replay_setup *setup)
{
    struct replay_lane *lane = &field->lane[field->lanes];

    if (replay_lane_start(lane, governor, argument, &field->table, setup))
        return;
    snprintf(field->name[field->lanes], sizeof(field->name[0]), "%s%s", governor->name, argument ? argument : "");
    if (strcmp(governor->name, "oracle") == 0)
        field->oracle = field->lanes;
    field->lanes++;
}

static void add_lanes(struct field *field, const struct replay_setup *setup)
{
    static const char *const STATES[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

    field->lanes = 0;
    for (uint32_t g = 0; g < governor_count(); g++)
        if (!governor_at(g)->needs_argument)
            add_lane(field, governor_at(g), NULL, setup);
        else
            for (uint32_t i = 0; i < IDLE_STATES_MAX; i++)
                add_lane(field, governor_at(g), STATES[i], setup);
}

/* What Linux's governors do (docs/policies.md, "Oddities"). */
static bool may_take_disabled(const char *name, uint32_t state)
{
    if (strcmp(name, "ladder") == 0 || strcmp(name, "haltpoll") == 0)
        return true;
    return state == 0 && (strncmp(name, "teo", 3) == 0 || strncmp(name, "menu", 4) == 0);
}

static void check_lane(const struct field *field, uint32_t index, struct verdicts *verdicts)
{
    const struct replay_lane *lane = &field->lane[index];
    uint64_t entries = 0;
    uint64_t time_ns = 0;

    for (uint32_t i = 0; i < field->table.count; i++) {
        const struct idle_state_count *count = &lane->run.counters.state[i];

        entries += count->usage + count->rejected;
        time_ns += count->time_ns;
        if (idle_state_disabled(&field->table, i) && idle_enabled_mask(&field->table) &&
            !may_take_disabled(field->name[index], i))
            verdicts->disabled += count->usage + count->rejected;
        verdicts->sums += count->above + count->below > count->usage;
    }
    verdicts->passes += lane->totals.passes;
    verdicts->sums += entries != lane->totals.passes || time_ns != (uint64_t)lane->clock_ns;
    if (lane->setup->closed && lane->totals.cost < field->lane[field->oracle].totals.cost) {
        if (verdicts->beaten++ < SHOWN_MAX)
            printf("# beaten by %s: %" PRIu64 " against %" PRIu64 "\n", field->name[index], lane->totals.cost,
                   field->lane[field->oracle].totals.cost);
    }
    verdicts->below += lane->totals.cost < lane->totals.bound;
}

static void run_round(struct field *field, const struct replay_setup *setup, struct verdicts *verdicts)
{
    uint32_t state;

    add_lanes(field, setup);
    for (uint32_t i = 0; i < field->lanes; i++)
        for (uint32_t row = 0; row < ROWS; row++)
            verdicts->impossible += replay_lane_row(&field->lane[i], &field->rows[row], NULL, NULL, &state) != NULL;
    for (uint32_t i = 0; i < field->lanes; i++)
        check_lane(field, i, verdicts);
    verdicts->off_bound += field->lane[field->oracle].totals.cost != field->lane[field->oracle].totals.bound;
}

static void print_verdicts(const struct verdicts *verdicts, const char *mode)
{
    char name[80];

    snprintf(name, sizeof(name), "%s_nobody_costs_less_than_the_bound", mode);
    TAP_INT(verdicts->below, 0, name);
    snprintf(name, sizeof(name), "%s_oracle_reaches_the_bound", mode);
    TAP_INT(verdicts->off_bound, 0, name);
    snprintf(name, sizeof(name), "%s_no_impossible_state", mode);
    TAP_INT(verdicts->impossible, 0, name);
    snprintf(name, sizeof(name), "%s_no_disabled_state", mode);
    TAP_INT(verdicts->disabled, 0, name);
    snprintf(name, sizeof(name), "%s_counters_add_up", mode);
    TAP_INT(verdicts->sums, 0, name);
    snprintf(name, sizeof(name), "%s_something_ran", mode);
    TAP_OK(verdicts->passes > (uint64_t)ROUNDS * ROWS, name);
}

int main(void)
{
    static const struct replay_setup CLOSED = {true, false, false, TICK_NS, IDLE_LIMIT_NONE_NS};
    static const struct replay_setup OPEN = {false, false, false, TICK_NS, IDLE_LIMIT_NONE_NS};
    static struct field field;
    struct verdicts closed = {0};
    struct verdicts open = {0};
    struct prng prng;

    prng_seed(&prng, SEED);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        make_table(&prng, &field.table);
        make_rows(&prng, field.rows);
        run_round(&field, &CLOSED, &closed);
        run_round(&field, &OPEN, &open);
    }
    TAP_INT(closed.beaten, 0, "oracle_is_never_beaten");
    print_verdicts(&closed, "closed");
    print_verdicts(&open, "open");
    return tap_done();
}
