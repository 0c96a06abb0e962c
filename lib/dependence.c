/* SPDX-License-Identifier: MIT */
#include "lib/dependence.h"

#include "lib/dependence_blocks.h"
#include "lib/fixed.h"
#include "lib/stats.h"

enum {
    CUTS = 14,
    CLASSES = CUTS + 1,
    LAGS = 2,
    MANY_LAGS = 20,
    MANY_LEAST = 200,   /* of fewer samples the sum over many lags has no law */
    MANY_MOST = 10000,  /* of more samples lags 1 and 2 and the blocks show it, and time counts */
    MANY_LIMIT = 33667, /* of the sum over those above 0: one in two thousand, in thousandths */
    RANK_ONE = 1 << 15, /* ranks run from -RANK_ONE to RANK_ONE */
    ACF_SIGMAS = 4,     /* beyond so many standard errors (1 / sqrt(n)) neighbours are similar */
    PERMILLE = 1000,
    MEDIAN = QUANTILE_ONE / 2,
    TENTH = QUANTILE_ONE / 10,
    SPREAD_MOST = 1000, /* of more samples the blocks show a spread that lasts */
};

/* Where the values are cut into classes, in parts per 10^7: all quantiles with an interval, and enough for ranks. */
static const uint32_t cuts[CUTS] = {100000,  1000000, 2500000, 5000000, 7500000, 9000000, 9500000,
                                    9800000, 9900000, 9950000, 9975000, 9990000, 9999000, 9999900};

/* The series in classes, counted in one pass; class c holds what is above cut c - 1 and not above cut c. */
struct order {
    size_t n;
    int64_t cut_values[CUTS];
    uint32_t total[CLASSES];
    unsigned blocks;
    uint32_t block[BLOCKS_MOST][CLASSES];
    uint32_t follows[LAGS][CLASSES][CLASSES]; /* by lag - 1: the earlier sample's class, the later one's */
    size_t last[CUTS];                        /* of a tail: its last sample, counted from 1, */
    uint32_t near[CUTS];                      /* and how many come soon after another one */
    int64_t ranks[CLASSES], squares;          /* every value has its class's middle rank; the sum of their squares */
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static unsigned class_of(const int64_t cut_values[CUTS], int64_t value)
{
    unsigned low = 0, high = CUTS;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (value > cut_values[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t parts_beyond(unsigned cut)
{
    return cuts[cut] < MEDIAN ? cuts[cut] : QUANTILE_ONE - cuts[cut];
}

/* One more of a tail: soon is within an eighth of the distance that its samples have in the mean. */
static void count_near(struct order *order, unsigned cut, size_t at)
{
    order->near[cut] += order->last[cut] && (at - order->last[cut]) * BLOCKS_NEAR * parts_beyond(cut) <= QUANTILE_ONE;
    order->last[cut] = at;
}

static void count_order(const int64_t *arrived, const int64_t *sorted, size_t n, struct order *order)
{
    unsigned before[LAGS] = {0}, block = 0, blocks = blocks_of(n);
    size_t length = n / blocks, left = length;

    *order = (struct order){.n = n, .blocks = blocks};
    for (unsigned i = 0; i < CUTS; i++)
        order->cut_values[i] = sorted[quantile_rank(n, cuts[i]) - 1];
    for (size_t i = 0; i < n; i++) {
        unsigned class = class_of(order->cut_values, arrived[i]);

        order->total[class]++;
        for (unsigned c = class; c < CUTS && cuts[c] <= TENTH; c++)
            count_near(order, c, i + 1);
        for (unsigned c = class; c > 0 && cuts[c - 1] >= QUANTILE_ONE - TENTH; c--)
            count_near(order, c - 1, i + 1);
        if (i > 0)
            order->follows[0][before[0]][class]++;
        if (i > 1)
            order->follows[1][before[1]][class]++;
        before[1] = before[0];
        before[0] = class;
        if (block == blocks)
            continue;
        order->block[block][class]++;
        if (--left == 0) {
            block++;
            left = length;
        }
    }
}

static void rank_classes(struct order *order)
{
    int64_t below = 0, n = (int64_t)order->n;

    for (unsigned c = 0; c < CLASSES; c++) {
        int64_t rank = (2 * below + order->total[c] - n) * RANK_ONE / n;

        order->ranks[c] = rank;
        below += order->total[c];
        order->squares += rank * rank * order->total[c];
    }
}

static int64_t acf_q15(const struct order *order, const int64_t ranks[CLASSES], int64_t squares, unsigned lag)
{
    int64_t products = 0;

    for (unsigned a = 0; a < CLASSES; a++)
        for (unsigned b = 0; b < CLASSES; b++)
            products += ranks[a] * ranks[b] * order->follows[lag][a][b];
    return products / (squares / RANK_ONE + 1);
}

/* Autocorrelation of ranks at the first lags. */
static void look_at_neighbours(const struct order *order, struct dependence *found)
{
    for (unsigned lag = 0; lag < LAGS; lag++) {
        int64_t acf = acf_q15(order, order->ranks, order->squares, lag);

        found->lag_permille[lag] = (int32_t)(acf * PERMILLE / RANK_ONE);
        if (acf > 0 && (uint64_t)(acf * acf) * order->n > (uint64_t)ACF_SIGMAS * ACF_SIGMAS * RANK_ONE * RANK_ONE)
            found->clustered = true;
    }
}

/*
 * How alike neighbours are in their distance from the median, at lag 1, in thousandths: a spread that lasts shows here,
 * in both tails together, and not in the ranks (of squares: A. McLeod, W. Li, 1983).
 */
static int64_t spread_lag_permille(const struct order *order)
{
    int64_t ranks[CLASSES], sum = 0, squares = 0;

    for (unsigned c = 0; c < CLASSES; c++) {
        ranks[c] = order->ranks[c] < 0 ? -order->ranks[c] : order->ranks[c];
        sum += ranks[c] * order->total[c];
    }
    for (unsigned c = 0; c < CLASSES; c++) {
        ranks[c] -= sum / (int64_t)order->n;
        squares += ranks[c] * ranks[c] * order->total[c];
    }
    return acf_q15(order, ranks, squares, 0) * PERMILLE / RANK_ONE;
}

/*
 * Many lags together (G. Box, D. Pierce, 1970): n times the sum of the squared autocorrelations above 0, each of which
 * is 0 or the square of a normal number where samples are independent. It sees periods and slow waves that no single
 * lag shows; neighbours that avoid each other make no interval too short. Returns whether likeness fades too slowly.
 */
static bool look_at_many_lags(const int64_t *arrived, const struct order *order, struct dependence *found)
{
    int64_t alike_q15[MANY_LAGS] = {0}, past[MANY_LAGS] = {0};
    uint64_t sum = 0;

    if (order->n < MANY_LEAST || order->n > MANY_MOST)
        return false;
    for (size_t i = 0; i < order->n; i++) {
        int64_t rank = order->ranks[class_of(order->cut_values, arrived[i])];

        for (unsigned lag = MANY_LAGS - 1; lag > 0; lag--) {
            alike_q15[lag] += rank * past[lag];
            past[lag] = past[lag - 1];
        }
        alike_q15[0] += rank * past[0];
        past[0] = rank;
    }
    for (unsigned lag = 0; lag < MANY_LAGS; lag++) {
        alike_q15[lag] /= order->squares / RANK_ONE + 1;
        sum += alike_q15[lag] > 0 ? (uint64_t)(alike_q15[lag] * alike_q15[lag]) : 0;
    }
    found->clustered |= muldiv_u64(sum, order->n * PERMILLE, (uint64_t)RANK_ONE * RANK_ONE) > MANY_LIMIT;
    return blocks_hardly_fade(alike_q15[0], alike_q15[MANY_LAGS - 1], MANY_LAGS, order->n);
}

/* The means of the blocks' ranks, times 2^6, and their variance among independent samples. */
static void rank_blocks(const struct order *order, struct blocks *blocks)
{
    enum { SHIFT = 6 };

    *blocks = (struct blocks){.count = order->blocks, .length = order->n / order->blocks};
    for (unsigned i = 0; i < blocks->count; i++) {
        for (unsigned c = 0; c < CLASSES; c++)
            blocks->figure[i] += order->ranks[c] * order->block[i][c];
        blocks->figure[i] = blocks->figure[i] * (1 << SHIFT) / (int64_t)blocks->length;
    }
    blocks->usual_permille = ((uint64_t)order->squares / order->n << 2 * SHIFT) * PERMILLE / blocks->length;
}

/* The rarer side of a cut. */
static void rare_at(const struct order *order, unsigned cut, struct rare *rare)
{
    uint64_t below = 0;
    bool is_above;

    *rare = (struct rare){.blocks = {.count = order->blocks, .length = order->n / order->blocks}};
    for (unsigned c = 0; c <= cut; c++)
        below += order->total[c];
    is_above = 2 * below > order->n;
    rare->count = is_above ? order->n - below : below;
    /* Of many equal values at the cut more are in the tail, and nearer, than its share says. */
    if (is_above == (cuts[cut] > MEDIAN) && rare->count <= quantile_rank(order->n, parts_beyond(cut)))
        rare->near = order->near[cut];
    for (unsigned a = 0; a < CLASSES; a++) {
        if ((a > cut) != is_above)
            continue;
        for (unsigned b = 0; b < CLASSES; b++)
            for (unsigned lag = 0; (b > cut) == is_above && lag < LAGS; lag++)
                rare->pairs[lag] += order->follows[lag][a][b];
        for (unsigned i = 0; i < order->blocks; i++)
            rare->blocks.figure[i] += order->block[i][a];
    }
    blocks_usual(&rare->blocks);
}

/*
 * Rare samples follow each other more often than chance. c independent samples among n make c^2 / n pairs with a
 * variance of about the same; the 3 is for numbers so small that their law has a long tail.
 */
static bool is_tail_clustered(const struct rare *rare, size_t n)
{
    uint64_t usual = muldiv_u64(rare->count, rare->count, n);

    return rare->pairs[0] > usual + 3 && (rare->pairs[0] - usual - 3) * (rare->pairs[0] - usual - 3) > 16 * (usual + 1);
}

/* The cut of that quantile, or CUTS. */
static unsigned cut_of(uint32_t parts)
{
    unsigned cut = 0;

    while (cut < CUTS && cuts[cut] != parts)
        cut++;
    return cut;
}

/* Marks of the whole series, by its ranks and its median. Returns whether no quantile can have an interval. */
static bool look_at_level(const struct order *order, struct dependence *found)
{
    struct blocks ranks;
    struct rare median;
    int64_t lag;

    rank_blocks(order, &ranks);
    rare_at(order, cut_of(MEDIAN), &median);
    found->drifts = blocks_drift(&ranks, &median.blocks);
    look_at_neighbours(order, found);
    lag = found->lag_permille[found->lag_permille[1] > found->lag_permille[0]];
    return found->drifts || (found->clustered && blocks_last(&ranks, lag, order->n));
}

/* What the samples on the rarer side of a cut say. */
struct tail {
    uint64_t count, effective, printable;
    uint64_t more_permille; /* by so much more often they may come in truth */
    bool raised, once;
};

static struct tail tail_at(const struct order *order, unsigned cut, const struct dependence *found,
                           int64_t spread_permille)
{
    uint64_t n = order->n, alike = n;
    struct tail tail;
    struct rare rare;

    rare_at(order, cut, &rare);
    tail.count = rare.count;
    tail.more_permille = blocks_more(&rare, found->clustered, n);
    tail.once = blocks_once(&rare, n);
    tail.raised = found->clustered || is_tail_clustered(&rare, n);
    tail.effective = tail.raised ? blocks_effective(&rare, n) : blocks_even(&rare, found->lag_permille[0], n);
    if (!found->clustered)
        alike = blocks_alike(found->lag_permille[0], n);
    if (!found->clustered && cuts[cut] != MEDIAN && n <= SPREAD_MOST)
        alike = least(alike, blocks_alike(spread_permille, n));
    tail.printable = least(tail.effective, alike);
    return tail;
}

/*
 * A quantile is no surer than the share of what lies further out, nor than the clusters are, further in, to which its
 * samples belong.
 */
static uint64_t limit_by_tails(const struct tail tails[CUTS], unsigned cut, uint64_t n)
{
    uint64_t most = tails[cut].printable, rare = muldiv_u64(n, parts_beyond(cut), QUANTILE_ONE);

    for (unsigned c = 0; c < CUTS && rare; c++)
        if (c != cut && (cuts[cut] == MEDIAN || (cuts[cut] < MEDIAN) == (cuts[c] < MEDIAN)))
            most = least(most, blocks_limit(rare, least(tails[c].count, rare), tails[c].more_permille, n));
    return most;
}

struct dependence dependence_of(const int64_t *arrived, int64_t *values, size_t n)
{
    struct dependence found = {.judged = n >= DEPENDENCE_LEAST};
    struct tail tails[CUTS];
    struct order order;
    bool none = false, fades = false;
    int64_t spread_permille;

    stats_sort(values, n);
    if (found.judged) {
        count_order(arrived, values, n, &order);
        rank_classes(&order);
        fades = look_at_many_lags(arrived, &order, &found);
        none = look_at_level(&order, &found);
        spread_permille = spread_lag_permille(&order);
        for (unsigned c = 0; c < CUTS; c++)
            tails[c] = tail_at(&order, c, &found, spread_permille);
    }
    for (unsigned q = 0; q < QUANTILE_COUNT; q++) {
        unsigned cut = cut_of(QUANTILES[q].parts);

        found.effective[q] = n;
        found.printable[q] = n < DEPENDENCE_PRINTS || (fades && found.clustered) ? 0 : n;
        if (!found.judged || found.drifts || cut == CUTS)
            continue;
        none |= tails[cut].once;
        found.quantiles_clustered |= tails[cut].raised;
        found.effective[q] = tails[cut].effective;
        found.printable[q] = least(found.printable[q], limit_by_tails(tails, cut, n));
    }
    for (unsigned q = 0; none && q < QUANTILE_COUNT; q++)
        found.effective[q] = found.printable[q] = 0;
    return found;
}

const char *dependence_mark(const struct dependence *dependence)
{
    if (dependence->drifts)
        return "drifts";
    return dependence->clustered || dependence->quantiles_clustered ? "clustered" : NULL;
}
