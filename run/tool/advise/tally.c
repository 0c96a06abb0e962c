/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "run/tool/advise/advice.h"

const int64_t ADVICE_BUDGET_NS[ADVICE_BUDGETS] = {10000, 20000, 50000, 100000, 200000, 400000, 800000};

/* Student's t for 95 % and ADVICE_BLOCKS - 1 degrees of freedom. */
static const double T_95 = 2.093;

_Static_assert(ADVICE_BLOCKS == 20, "T_95 is for 19 degrees of freedom");

static uint32_t latency_class(uint64_t latency_ns)
{
    uint32_t octave = latency_ns > 1 ? 63 - (uint32_t)__builtin_clzll(latency_ns) : 0;
    uint64_t above = latency_ns - (octave > 0 ? 1ull << octave : 0);
    uint32_t number = (octave << ADVICE_LATENCY_BITS) + (uint32_t)((above << ADVICE_LATENCY_BITS) >> octave);

    return number < ADVICE_LATENCIES ? number : ADVICE_LATENCIES - 1;
}

/* `bound`: the least cost that the row may have without a limit, the same for all candidates. */
static void add_block(struct advice_block *block, uint64_t cost, uint64_t bound, uint64_t latency_ns)
{
    block->rows++;
    block->cost += cost;
    block->bound += bound;
    block->latency_ns += latency_ns;
}

static void add_load(struct advice *advice, const struct replay_row *row)
{
    advice->rows++;
    advice->wake_ns += (uint64_t)row->wake_ns;
    for (uint32_t s = 0; s < advice->truth.count; s++)
        advice->fits[s] += row->wake_ns >= advice->truth.target_residency_ns[s];
    for (uint32_t b = 0; b < ADVICE_BUDGETS; b++) {
        bool caught = row->wake_ns <= ADVICE_BUDGET_NS[b];

        advice->caught[b] += caught;
        advice->burnt_ns[b] += (uint64_t)(caught ? row->wake_ns : ADVICE_BUDGET_NS[b]);
    }
}

/* Whose pass it is, and what judges it. */
struct judge {
    struct idle_counters *counters;
    const struct idle_table *truth;
};

/* Too deep and too shallow by one table for all, whatever a candidate believes. */
static void judge_pass(void *context, const struct replay_pass *pass)
{
    const struct judge *judge = context;

    if (pass->wake != 'R')
        idle_counters_add(judge->counters, judge->truth, pass->choice.state, (uint64_t)pass->residency_ns);
}

void advice_add_row(struct advice *advice, struct replay_lane *lanes, const struct replay_row *row, uint32_t block)
{
    uint64_t bound = 0;

    add_load(advice, row);
    for (uint32_t c = 0; c < advice->candidates; c++) {
        struct advice_candidate *candidate = &advice->candidate[c];
        struct replay_totals before = lanes[c].totals;
        struct judge judge = {&candidate->tally.counters, &advice->truth};
        uint64_t cost, latency_ns;
        uint32_t state;

        if (candidate->why)
            continue;
        candidate->why = replay_lane_row(&lanes[c], row, judge_pass, &judge, &state);
        cost = lanes[c].totals.cost - before.cost;
        latency_ns = lanes[c].totals.wake_latency_sum_ns - before.wake_latency_sum_ns;
        if (candidate->limit_ns == IDLE_LIMIT_NONE_NS)
            bound = lanes[c].totals.bound - before.bound;
        add_block(&candidate->tally.block[block], cost, bound, latency_ns);
        add_block(&candidate->tally.all, cost, bound, latency_ns);
        candidate->tally.latency[latency_class(latency_ns)]++;
        if (latency_ns > candidate->tally.latency_max_ns)
            candidate->tally.latency_max_ns = latency_ns;
    }
}

void advice_end_cpu(struct advice *advice, struct replay_lane *lanes)
{
    for (uint32_t c = 0; c < advice->candidates; c++) {
        struct advice_tally *tally = &advice->candidate[c].tally;

        tally->passes += lanes[c].totals.passes;
        tally->tick_wakes += lanes[c].totals.tick_wakes;
        tally->poll_ns += lanes[c].totals.poll_ns;
        tally->time_ns += (uint64_t)lanes[c].clock_ns;
    }
}

static struct advice_interval interval_of(const double *values, uint32_t count)
{
    struct advice_interval interval = {0, -1};
    double squares = 0;

    for (uint32_t i = 0; i < count; i++)
        interval.mean += values[i] / count;
    for (uint32_t i = 0; i < count; i++)
        squares += (values[i] - interval.mean) * (values[i] - interval.mean);
    if (count == ADVICE_BLOCKS)
        interval.half = T_95 * sqrt(squares / (count - 1) / count);
    return interval;
}

static double cost_of(const struct advice_block *block)
{
    return block->bound ? (double)block->cost / (double)block->bound : 0;
}

static double latency_of(const struct advice_block *block)
{
    return block->rows ? (double)block->latency_ns / (double)block->rows : 0;
}

/*
 * Of blocks; of the whole where a block is empty. A change is a ratio of two that rise and fall together: what a block
 * is off from that ratio tells how sure it is.
 */
static struct advice_interval over_blocks(const struct advice_tally *tally, const struct advice_tally *base,
                                          double (*value)(const struct advice_block *))
{
    double values[ADVICE_BLOCKS], whole = value(&tally->all), of = base ? value(&base->all) : 1;
    struct advice_interval interval = {base ? (of > 0 ? whole / of - 1 : 0) : whole, -1};
    uint32_t count = 0;

    for (uint32_t b = 0; b < ADVICE_BLOCKS; b++)
        if (tally->block[b].rows > 0)
            values[count++] = base ? (of > 0 ? (value(&tally->block[b]) - whole / of * value(&base->block[b])) / of : 0)
                                   : value(&tally->block[b]);
    if (count == ADVICE_BLOCKS)
        interval.half = interval_of(values, count).half;
    return interval;
}

struct advice_interval advice_cost(const struct advice_tally *tally)
{
    return over_blocks(tally, NULL, cost_of);
}

struct advice_interval advice_latency(const struct advice_tally *tally)
{
    return over_blocks(tally, NULL, latency_of);
}

struct advice_interval advice_cost_change(const struct advice_tally *tally, const struct advice_tally *base)
{
    return over_blocks(tally, base, cost_of);
}

struct advice_interval advice_latency_change(const struct advice_tally *tally, const struct advice_tally *base)
{
    return over_blocks(tally, base, latency_of);
}

static double class_end(uint32_t number)
{
    const uint32_t parts = 1u << ADVICE_LATENCY_BITS;

    return ldexp(1 + (double)(number % parts + 1) / parts, (int)(number / parts));
}

double advice_quantile_ns(const struct advice_tally *tally, double share)
{
    uint64_t below = 0;

    for (uint32_t i = 0; i < ADVICE_LATENCIES; i++) {
        below += tally->latency[i];
        if ((double)below >= share * (double)tally->all.rows)
            return i == 0 ? 0 : fmin(class_end(i), (double)tally->latency_max_ns);
    }
    return (double)tally->latency_max_ns;
}
