/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "lib/prng.h"
#include "run/tool/energy/fit.h"

enum { RESAMPLES = 400 };

static const double T_95 = 2.22;     /* Student's for 19 degrees of freedom, and 6 % for noise that outlasts a block */
static const double RARE = 0.005;    /* of all time */
static const double VARIES = 0.002;  /* of all time, that a column varies by on its own */
static const double STEP_MAX = 0.01; /* of an interval's energy, that a step of the counter may be */
static const double EXPLAINED_MIN = 0.3;

_Static_assert(ENERGY_BLOCKS == 20, "T_95 is for 19 degrees of freedom");

/* Consecutive intervals: sums of squares and products about the block's own means, and these. */
struct block {
    struct energy_squares about;
    double mean[ENERGY_COLUMNS + 1];
    uint32_t count;
};

static void take_row(double row[ENERGY_COLUMNS + 1], const struct energy_interval *interval)
{
    memcpy(row, interval->seconds, sizeof(interval->seconds));
    row[ENERGY_COLUMNS] = interval->joules;
}

static void fill_block(struct block *block, const struct energy_interval *intervals, uint32_t count)
{
    double row[ENERGY_COLUMNS + 1];

    memset(block, 0, sizeof(*block));
    block->count = count;
    for (uint32_t n = 0; n < count; n++) {
        take_row(row, &intervals[n]);
        for (uint32_t i = 0; i <= ENERGY_COLUMNS; i++)
            block->mean[i] += row[i] / count;
    }
    for (uint32_t n = 0; n < count; n++) {
        take_row(row, &intervals[n]);
        for (uint32_t i = 0; i <= ENERGY_COLUMNS; i++)
            for (uint32_t j = 0; j <= ENERGY_COLUMNS; j++)
                block->about.of[i][j] += (row[i] - block->mean[i]) * (row[j] - block->mean[j]);
    }
}

/*
 * What several blocks say together. What sets one block apart from another as a whole, such as temperature, tells
 * nothing of the states: their differences come from within the blocks, their level from the mean of all.
 */
static void add_blocks(struct energy_squares *to, const struct block *const blocks[ENERGY_BLOCKS])
{
    double mean[ENERGY_COLUMNS + 1] = {0}, count = 0;

    memset(to, 0, sizeof(*to));
    for (uint32_t b = 0; b < ENERGY_BLOCKS; b++)
        count += blocks[b]->count;
    for (uint32_t b = 0; b < ENERGY_BLOCKS; b++)
        for (uint32_t i = 0; i <= ENERGY_COLUMNS; i++) {
            mean[i] += blocks[b]->mean[i] * blocks[b]->count / count;
            for (uint32_t j = 0; j <= ENERGY_COLUMNS; j++)
                to->of[i][j] += blocks[b]->about.of[i][j];
        }
    for (uint32_t i = 0; i <= ENERGY_COLUMNS; i++)
        for (uint32_t j = 0; j <= ENERGY_COLUMNS; j++)
            to->of[i][j] += count * mean[i] * mean[j];
}

/* Where the counter's steps are coarse beside an interval's energy, several readings make one interval. */
static uint32_t join(struct energy_fit *fit, struct energy_interval *intervals, uint32_t count, double step_joules)
{
    double joules = 0;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        joules += intervals[i].joules;
    fit->joined = 1;
    if (joules > 0 && step_joules > STEP_MAX * joules / count)
        fit->joined = (uint32_t)fmin(ceil(step_joules * count / (STEP_MAX * joules)), count);
    for (uint32_t i = 0; i + fit->joined <= count; i += fit->joined, kept++) {
        struct energy_interval sum = {{0}, 0};

        for (uint32_t j = i; j < i + fit->joined; j++) {
            for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
                sum.seconds[c] += intervals[j].seconds[c];
            sum.joules += intervals[j].joules;
        }
        intervals[kept] = sum;
    }
    return kept;
}

/* The standard error of each column by drawing blocks with replacement. */
static void find_errors(const struct block block[ENERGY_BLOCKS], uint32_t mask, double error[ENERGY_COLUMNS])
{
    const struct block *drawn[ENERGY_BLOCKS];
    struct energy_squares squares_of;
    double sum[ENERGY_COLUMNS] = {0}, squares[ENERGY_COLUMNS] = {0}, watts[ENERGY_COLUMNS];
    struct prng prng;

    prng_seed(&prng, 1);
    for (uint32_t r = 0; r < RESAMPLES; r++) {
        for (uint32_t b = 0; b < ENERGY_BLOCKS; b++)
            drawn[b] = &block[prng_below(&prng, ENERGY_BLOCKS)];
        add_blocks(&squares_of, drawn);
        energy_solve(&squares_of, mask, false, watts, NULL);
        for (uint32_t c = 0; c < ENERGY_COLUMNS; c++) {
            sum[c] += watts[c];
            squares[c] += watts[c] * watts[c];
        }
    }
    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++) {
        double variance = (squares[c] - sum[c] * sum[c] / RESAMPLES) / (RESAMPLES - 1);

        error[c] = sqrt(fmax(variance, 0) * ENERGY_BLOCKS / (ENERGY_BLOCKS - 1));
    }
}

/* What the powers leave of the variation of the intervals' mean power. */
static double explained_by(const struct energy_interval *intervals, uint32_t count, double mean_watts,
                           const double watts[ENERGY_COLUMNS])
{
    double left = 0, all = 0;

    for (uint32_t i = 0; i < count; i++) {
        double seconds = 0, joules = 0;

        for (uint32_t c = 0; c < ENERGY_COLUMNS; c++) {
            seconds += intervals[i].seconds[c];
            joules += intervals[i].seconds[c] * watts[c];
        }
        left += (intervals[i].joules - joules) * (intervals[i].joules - joules);
        all += pow(intervals[i].joules - mean_watts * seconds, 2);
    }
    return all > 0 ? 1 - left / all : 0;
}

static void judge(struct energy_fit *fit, const struct block block[ENERGY_BLOCKS], double sum, uint32_t mask)
{
    const struct block *blocks[ENERGY_BLOCKS];
    struct energy_squares all;
    double free_watts[ENERGY_COLUMNS], watts[ENERGY_COLUMNS], error[ENERGY_COLUMNS], spare[ENERGY_COLUMNS] = {0};
    double mean = sum / fit->intervals; /* CPU time of an interval */

    for (uint32_t b = 0; b < ENERGY_BLOCKS; b++)
        blocks[b] = &block[b];
    add_blocks(&all, blocks);
    energy_solve(&all, mask, false, free_watts, spare);
    energy_solve(&all, mask, true, watts, NULL);
    find_errors(block, mask, error);
    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++) {
        struct energy_power *power = &fit->power[c];

        if (!(mask >> c & 1))
            continue;
        power->watts = watts[c];
        power->low = fmax(fmin(free_watts[c] - T_95 * error[c], watts[c]), 0);
        power->high = fmax(free_watts[c] + T_95 * error[c], watts[c]);
        if (sqrt(spare[c] / fit->intervals) < VARIES * mean)
            power->word = ENERGY_CONSTANT;
        else if (power->high - power->low > 2 * fit->mean_watts)
            power->word = ENERGY_WIDE;
    }
}

/*
 * The states that are too rare to tell: their time goes to the idle state that has the most, whose error grows by what
 * that may change.
 */
static double fold_rare(struct energy_fit *fit, struct energy_interval *intervals, uint32_t columns,
                        const double seconds[ENERGY_COLUMNS], double sum, uint32_t *mask, uint32_t *most)
{
    double folded = 0;

    *mask = 0;
    *most = 1;
    for (uint32_t c = 1; c < columns; c++)
        *most = seconds[c] > seconds[*most] ? c : *most;
    for (uint32_t c = 0; c < columns; c++) {
        if (c == *most || seconds[c] > RARE * sum) {
            *mask |= 1u << c;
            continue;
        }
        fit->power[c].word = ENERGY_RARE;
        folded += seconds[c];
        for (uint32_t i = 0; i < fit->intervals; i++) {
            intervals[i].seconds[*most] += intervals[i].seconds[c];
            intervals[i].seconds[c] = 0;
        }
    }
    return seconds[*most] > 0 ? folded / seconds[*most] * fit->mean_watts : 0;
}

static void split(struct block block[ENERGY_BLOCKS], const struct energy_interval *intervals, uint32_t count)
{
    for (uint32_t b = 0; b < ENERGY_BLOCKS; b++) {
        uint32_t first = (uint32_t)((uint64_t)b * count / ENERGY_BLOCKS);
        uint32_t end = (uint32_t)((uint64_t)(b + 1) * count / ENERGY_BLOCKS);

        fill_block(&block[b], intervals + first, end - first);
    }
}

void energy_fit(struct energy_fit *fit, struct energy_interval *intervals, uint32_t count, uint32_t columns,
                double step_joules)
{
    struct block block[ENERGY_BLOCKS];
    double seconds[ENERGY_COLUMNS] = {0}, sum = 0, joules = 0, watts[ENERGY_COLUMNS], error;
    uint32_t mask, most;

    memset(fit, 0, sizeof(*fit));
    fit->intervals = count = join(fit, intervals, count, step_joules);
    for (uint32_t i = 0; i < count; i++) {
        joules += intervals[i].joules;
        for (uint32_t c = 0; c < columns; c++) {
            seconds[c] += intervals[i].seconds[c];
            sum += intervals[i].seconds[c];
        }
    }
    if (count < ENERGY_INTERVALS_MIN) {
        fit->cannot = fit->joined > 1 ? "the counter's steps are too coarse for so short a recording"
                                      : "there are too few intervals";
        return;
    }
    fit->mean_watts = sum > 0 ? joules / sum : 0;
    error = fold_rare(fit, intervals, columns, seconds, sum, &mask, &most);
    split(block, intervals, count);
    judge(fit, block, sum, mask);
    fit->power[most].low = fmax(fit->power[most].low - error, 0);
    fit->power[most].high += error;
    for (uint32_t c = 0; c < ENERGY_COLUMNS; c++)
        watts[c] = fit->power[c].watts;
    fit->explained = explained_by(intervals, count, fit->mean_watts, watts);
    for (uint32_t c = 0; c < columns; c++)
        mask &= ~((uint32_t)(fit->power[c].word == ENERGY_CONSTANT) << c);
    if (mask == 0)
        fit->cannot = "the states' shares of the time do not vary";
    else if (fit->explained < EXPLAINED_MIN)
        fit->cannot = "the states explain too little of how the power varies";
}
