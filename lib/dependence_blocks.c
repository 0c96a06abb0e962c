/* SPDX-License-Identifier: MIT */
#include "lib/dependence_blocks.h"

#include "lib/fixed.h"

enum {
    ONE = 1000, /* the scatter of independent samples */
    PERCENT = 100,
    BLOCK_SHORT = 12,        /* samples in the shortest blocks */
    RARE_PAYS = 8,           /* samples beyond a quantile that pay for scatter */
    RARE_FEW = 20,           /* fewer pay only where the blocks are short, and for more than chance rarely does */
    ONCE_LEAST = 10,         /* samples of a tail that came once */
    ONCE_PERCENT = 60,       /* the sum of the squared shares of ten blocks */
    FEW_PERCENT = 37,        /* the same of few samples: one series of 400 */
    CLUSTERED_LEAST = 1000,  /* samples of a clustered series: of fewer the blocks are too short */
    LASTS_PART = 110,        /* what lasts longer than such a part of the series is seen too seldom */
    HALVES = 8820,           /* (2.1 * sqrt 2)^2: two intervals of the median, of 96.4 %, that do not meet */
    RANK_HALVES = 10890,     /* 3.3^2: one in a thousand */
    QUARTERS = 6667,         /* quarters of independent samples scatter more, over 3 degrees, twice in 10,000 */
    QUARTERS_TIMES = 4,      /* and so much more than the blocks within them, in variance */
    GROWTH_TIMES = 2,        /* a scatter that grows so from 20 blocks to 5 is not known */
    SCATTER_TEN = 1700,      /* chi-square of 9 degrees over that, one in twelve */
    EFFECTIVE_PERCENT = 114, /* (2.09 / 1.96)^2: the scatter of 20 blocks is an estimate */
    PAYS_SIGMAS = 30,        /* a lag that pays, in tenths of 1 / sqrt(n) */
    LAG_MOST = 950,
    LAG_SHORT = 5,   /* an autocorrelation is too low by up to so many parts in n (F. Marriott, J. Pope, 1954) */
    SIGMAS_95 = 196, /* of a normal number, times 100 */
    BILLION = 1000000000,
    PAIRS_CHANCE = 1100000, /* of a billion: two samples of 2000, one behind the other */
};

#define FADE_SURE (INT64_C(4) << 30) /* two standard errors, 2 / sqrt(n), squared, in parts of 2^15 */

/*
 * Scatters by number of blocks: from which on one pays, with few samples beyond the quantile, too; 0: then it does not;
 * and what for: (t / 1.96)^2 of Student's t, for it is an estimate itself.
 */
static const struct scale {
    unsigned blocks, pays, pays_few, percent;
} scales[] = {
    {80, 1240, 1640, 103}, {40, 1340, 1910, 106}, {20, 1490, 2300, 114}, {10, 1940, 0, 133}, {5, 2410, 0, 201}};

unsigned blocks_of(uint64_t n)
{
    unsigned count = DEPENDENCE_BLOCKS;

    while (count < BLOCKS_MOST && n / (2 * count) >= BLOCK_SHORT)
        count *= 2;
    return count;
}

void blocks_usual(struct blocks *blocks)
{
    uint64_t sum = 0, all = blocks->length * blocks->count;

    for (unsigned i = 0; i < blocks->count; i++)
        sum += (uint64_t)blocks->figure[i];
    blocks->usual_permille = muldiv_u64(sum * ONE, all - sum, all * blocks->count);
}

/* With the sum S and the sum of squares Q of B figures their variance is (B Q - S^2) / (B (B - 1)). */
static uint64_t scatter_of(const struct blocks *blocks, unsigned count)
{
    unsigned joined = blocks->count / count;
    int64_t sum = 0, squares = 0;

    for (unsigned i = 0; i < count * joined; i += joined) {
        int64_t figure = 0;

        for (unsigned k = 0; k < joined; k++)
            figure += blocks->figure[i + k];
        sum += figure;
        squares += figure * figure;
    }
    if (!blocks->usual_permille)
        return 0;
    return muldiv_u64((uint64_t)(count * squares - sum * sum), (uint64_t)ONE * ONE,
                      (uint64_t)count * (count - 1) * joined * blocks->usual_permille);
}

bool blocks_drift(const struct blocks *ranks, const struct blocks *median)
{
    uint64_t quarters = scatter_of(ranks, 4), within = 19 * scatter_of(ranks, 20); /* 3 and 16 degrees of freedom */

    within = within > 3 * quarters ? (within - 3 * quarters) / 16 : 0;
    return scatter_of(median, 2) > HALVES || scatter_of(ranks, 2) > RANK_HALVES ||
           (quarters > QUARTERS && quarters > QUARTERS_TIMES * within);
}

/*
 * The scatter of long blocks is 1 and twice the sum of the autocorrelations: over the one at lag 1 it is for how many
 * samples neighbours are alike.
 */
bool blocks_last(const struct blocks *blocks, int64_t lag_permille, uint64_t n)
{
    uint64_t scatter = scatter_of(blocks, 10), least = ONE / (isqrt_u64(n) + 1),
             lag = lag_permille > (int64_t)least ? (uint64_t)lag_permille : least;

    return scatter > SCATTER_TEN && (scatter - ONE) * LASTS_PART > 2 * lag * n;
}

/* The sum of the squared shares of ten blocks, in percent: 10 where they are even, 100 where all came in one. */
static uint64_t squared_shares(const struct blocks *blocks)
{
    unsigned joined = blocks->count / 10;
    uint64_t sum = 0, squares = 0;

    for (unsigned i = 0; i < blocks->count; i += joined) {
        uint64_t tenth = 0;

        for (unsigned k = 0; k < joined; k++)
            tenth += (uint64_t)blocks->figure[i + k];
        sum += tenth;
        squares += tenth * tenth;
    }
    return sum ? muldiv_u64(squares, PERCENT, sum * sum) : 0;
}

bool blocks_once(const struct rare *rare, uint64_t n)
{
    return rare->count >= ONCE_LEAST && rare->count >= n / 120 && rare->count <= n / 8 &&
           squared_shares(&rare->blocks) >= ONCE_PERCENT;
}

/* A cluster is known by its members: few of them, and it may be larger. So many halves of 1 / sqrt(count) more. */
static uint64_t pay_for_few(uint64_t scatter, const struct rare *rare, unsigned halves)
{
    uint64_t root = isqrt_u64(rare->count * PERCENT * PERCENT);

    return root ? scatter + muldiv_u64(scatter, (uint64_t)halves * PERCENT / 2, root) : scatter;
}

uint64_t blocks_effective(const struct rare *rare, uint64_t n)
{
    const struct blocks *blocks = &rare->blocks;
    uint64_t twenty = scatter_of(blocks, 20), ten = scatter_of(blocks, 10), five = scatter_of(blocks, 5), most, number;
    int64_t first = rare_lag_permille(rare, 1, n), second = rare_lag_permille(rare, 2, n);

    if (n < CLUSTERED_LEAST || five > GROWTH_TIMES * twenty || blocks_last(blocks, first > second ? first : second, n))
        return 0;
    most = twenty > ten ? twenty : ten;
    most = pay_for_few(most > five ? most : five, rare, 1) * EFFECTIVE_PERCENT / PERCENT;
    if (most <= ONE)
        return n;
    number = muldiv_u64(n, ONE, most);
    return number < DEPENDENCE_EFFECTIVE_LEAST ? 0 : number;
}

int64_t rare_lag_permille(const struct rare *rare, unsigned lag, uint64_t n)
{
    uint64_t usual = muldiv_u64(rare->count, rare->count, n), pairs = rare->pairs[lag - 1];

    if (pairs <= usual)
        return 0;
    return (int64_t)muldiv_u64(pairs * n - rare->count * rare->count, ONE, rare->count * (n - rare->count));
}

/* The scatter of a series in which each sample has so much of the one before. */
static uint64_t scatter_by_lag(int64_t lag_permille, uint64_t n, uint64_t tenths)
{
    uint64_t lag = lag_permille < LAG_MOST ? (uint64_t)lag_permille : LAG_MOST;

    if (lag_permille <= 0 || lag * lag * n < tenths * tenths * 10000)
        return ONE;
    return (ONE + lag) * ONE / (ONE - lag);
}

uint64_t blocks_alike(int64_t lag_permille, uint64_t n)
{
    int64_t more = (int64_t)(ONE / isqrt_u64(n) + LAG_SHORT * ONE / n);

    return lag_permille > 0 ? muldiv_u64(n, ONE, scatter_by_lag(lag_permille + more, n, 0)) : n;
}

/* What lasts so long fades by exp(-x) to that lag, x = part / all; 1 / (1 + x + x^2 / 2) stands for it. */
bool blocks_hardly_fade(int64_t first, int64_t later, unsigned lag, uint64_t n)
{
    int64_t part = LASTS_PART * (int64_t)lag, all = (int64_t)n;

    return first > 0 && later > 0 && later * later * all > FADE_SURE &&
           later * (2 * all * (all + part) + part * part) > first * 2 * all * all;
}

/* In how many of a billion series so many of a few independent samples come right behind another one (Poisson). */
static uint64_t chance_of_pairs(const struct rare *rare, uint64_t n)
{
    uint64_t chance = BILLION;

    for (uint64_t i = 1; i <= rare->pairs[0]; i++)
        chance = chance * rare->count * (rare->count - 1) / (n * i);
    return chance;
}

uint64_t blocks_more(const struct rare *rare, bool clustered, uint64_t n)
{
    uint64_t part, power, term = ONE, sum = 0;
    int64_t beyond = (int64_t)(BLOCKS_NEAR * rare->near - rare->count) - BLOCKS_NEAR;
    bool follow = !clustered && rare->count < RARE_FEW && chance_of_pairs(rare, n) < PAIRS_CHANCE;

    if (!follow && (beyond <= 0 || (uint64_t)(beyond * beyond) <= 4 * BLOCKS_NEAR * rare->count)) /* two deviations */
        return 0;
    part = 2 * ONE * ONE / (rare->count - rare->near) - ONE * ONE / rare->count; /* in parts per million */
    power = (SIGMAS_95 * isqrt_u64(part) + part / 20) / PERCENT;
    for (uint64_t i = 1; term; i++, sum += term)
        term = term * power / (i * ONE);
    return sum;
}

uint64_t blocks_limit(uint64_t beyond, uint64_t count, uint64_t more_permille, uint64_t n)
{
    uint64_t reach = muldiv_u64(count * more_permille, n - beyond, n);

    /* A hundred times the root of the number: its interval reaches over 1.96 sqrt(beyond (n - beyond) / number). */
    reach = reach ? SIGMAS_95 * ONE * isqrt_u64(beyond * (n - beyond)) / reach : PERCENT * isqrt_u64(n) + PERCENT;
    return reach * reach / (PERCENT * PERCENT);
}

uint64_t blocks_even(const struct rare *rare, int64_t lag_permille, uint64_t n)
{
    bool few = rare->count < RARE_FEW;
    uint64_t most = ONE, pays;

    if (rare->count < RARE_PAYS)
        return n;
    if (few && squared_shares(&rare->blocks) >= FEW_PERCENT)
        return 0;
    most = scatter_by_lag(rare_lag_permille(rare, 1, n), n, PAYS_SIGMAS);
    most = most > ONE ? pay_for_few(most, rare, few ? 6 : 4) : ONE;
    for (unsigned i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        uint64_t scatter = scales[i].blocks <= rare->blocks.count ? scatter_of(&rare->blocks, scales[i].blocks) : 0;

        pays = few ? scales[i].pays_few : scales[i].pays;
        if (!pays || scatter <= pays)
            continue;
        scatter = pay_for_few(scatter, rare, few ? 6 : 4) * scales[i].percent / PERCENT;
        most = scatter > most ? scatter : most;
    }
    pays = rare->count * 20 >= n ? scatter_by_lag(lag_permille, n, 10) : ONE;
    most = pays > most ? pays : most;
    return muldiv_u64(n, ONE, most);
}
