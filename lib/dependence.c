/* SPDX-License-Identifier: MIT */
#include "lib/dependence.h"

#include "lib/dependence_blocks.h"
#include "lib/fixed.h"
#include "lib/stats.h"

enum {
    CUTS = 10,
    CLASSES = CUTS + 1,
    LAGS = 2,
    MANY_LAGS = 20,
    MANY_LEAST = 200,   /* of fewer samples the sum over many lags has no law */
    MANY_MOST = 10000,  /* of more samples lags 1 and 2 and the blocks show it, and time counts */
    MANY_LIMIT = 33667, /* of the sum over those above 0: one in two thousand, in thousandths */
    RANK_ONE = 1 << 15, /* ranks run from -RANK_ONE to RANK_ONE */
    ACF_SIGMAS = 4,     /* beyond so many standard errors (1 / sqrt(n)) neighbours are similar */
    PERMILLE = 1000,
};

/* Where the values are cut into classes, in parts per 10^7: all quantiles with an interval, and enough for ranks. */
static const uint32_t cuts[CUTS] = {100000,  1000000, 2500000, 5000000, 7500000,
                                    9000000, 9900000, 9990000, 9999000, 9999900};

/* The series in classes, counted in one pass; class c holds what is above cut c - 1 and not above cut c. */
struct order {
    size_t n;
    int64_t cut_values[CUTS];
    uint32_t total[CLASSES];
    uint32_t block[DEPENDENCE_BLOCKS][CLASSES];
    uint32_t follows[LAGS][CLASSES][CLASSES]; /* by lag - 1: the earlier sample's class, the later one's */
};

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

static void count_order(const int64_t *arrived, const int64_t *sorted, size_t n, struct order *order)
{
    size_t length = n / DEPENDENCE_BLOCKS, left = length;
    unsigned before[LAGS] = {0}, block = 0;

    *order = (struct order){.n = n};
    for (unsigned i = 0; i < CUTS; i++)
        order->cut_values[i] = sorted[quantile_rank(n, cuts[i]) - 1];
    for (size_t i = 0; i < n; i++) {
        unsigned class = class_of(order->cut_values, arrived[i]);

        order->total[class]++;
        if (i > 0)
            order->follows[0][before[0]][class]++;
        if (i > 1)
            order->follows[1][before[1]][class]++;
        before[1] = before[0];
        before[0] = class;
        if (block == DEPENDENCE_BLOCKS || !length)
            continue;
        order->block[block][class]++;
        if (--left == 0) {
            block++;
            left = length;
        }
    }
}

/* Every value has the middle rank of its class. Returns the sum of the ranks' squares. */
static int64_t rank_classes(const struct order *order, int64_t ranks[CLASSES])
{
    int64_t squares = 0, below = 0, n = (int64_t)order->n;

    for (unsigned c = 0; c < CLASSES; c++) {
        ranks[c] = (2 * below + order->total[c] - n) * RANK_ONE / n;
        below += order->total[c];
        squares += ranks[c] * ranks[c] * order->total[c];
    }
    return squares;
}

/* Autocorrelation of ranks at the first lags. */
static void look_at_neighbours(const struct order *order, struct dependence *found)
{
    int64_t ranks[CLASSES], squares = rank_classes(order, ranks);

    for (unsigned lag = 0; lag < LAGS && squares; lag++) {
        int64_t products = 0, acf_q15;

        for (unsigned a = 0; a < CLASSES; a++)
            for (unsigned b = 0; b < CLASSES; b++)
                products += ranks[a] * ranks[b] * order->follows[lag][a][b];
        acf_q15 = products / (squares / RANK_ONE + 1);
        found->lag_permille[lag] = (int32_t)(acf_q15 * PERMILLE / RANK_ONE);
        if (acf_q15 > 0 &&
            (uint64_t)(acf_q15 * acf_q15) * order->n > (uint64_t)ACF_SIGMAS * ACF_SIGMAS * RANK_ONE * RANK_ONE)
            found->clustered = true;
    }
}

/*
 * Many lags together (G. Box, D. Pierce, 1970): n times the sum of the squared autocorrelations above 0, each of which
 * is 0 or the square of a normal number where samples are independent. It sees periods and slow waves that no single
 * lag shows; neighbours that avoid each other make no interval too short.
 */
static bool are_many_lags_beyond(const int64_t *arrived, const struct order *order)
{
    int64_t ranks[CLASSES], squares = rank_classes(order, ranks), products[MANY_LAGS] = {0}, past[MANY_LAGS] = {0};
    uint64_t sum = 0;

    if (order->n < MANY_LEAST || order->n > MANY_MOST)
        return false;
    for (size_t i = 0; i < order->n; i++) {
        int64_t rank = ranks[class_of(order->cut_values, arrived[i])];

        for (unsigned lag = MANY_LAGS - 1; lag > 0; lag--) {
            products[lag] += rank * past[lag];
            past[lag] = past[lag - 1];
        }
        products[0] += rank * past[0];
        past[0] = rank;
    }
    for (unsigned lag = 0; lag < MANY_LAGS; lag++) {
        int64_t acf_q15 = products[lag] / (squares / RANK_ONE + 1);

        sum += acf_q15 > 0 ? (uint64_t)(acf_q15 * acf_q15) : 0;
    }
    return muldiv_u64(sum, order->n * PERMILLE, (uint64_t)RANK_ONE * RANK_ONE) > MANY_LIMIT;
}

static struct below below_cut(const struct order *order, unsigned cut)
{
    struct below below = {0};

    for (unsigned a = 0; a < CLASSES; a++) {
        below.count += a <= cut ? order->total[a] : 0;
        for (unsigned b = 0; b < CLASSES; b++) {
            below.pairs += a <= cut && b <= cut ? order->follows[0][a][b] : 0;
            below.above_pairs += a > cut && b > cut ? order->follows[0][a][b] : 0;
        }
        for (unsigned i = 0; i < DEPENDENCE_BLOCKS && a <= cut; i++)
            below.block[i] += order->block[i][a];
    }
    return below;
}

/*
 * The rarer side of the quantile follows itself more often than chance. c independent samples among n make c^2 / n
 * pairs with a variance of about the same; the 3 is for numbers so small that their law has a long tail.
 */
static bool is_tail_clustered(const struct below *below, size_t n)
{
    uint64_t above = n - below->count;
    uint64_t rare = below->count < above ? below->count : above;
    uint64_t pairs = below->count < above ? below->pairs : below->above_pairs;
    uint64_t usual = muldiv_u64(rare, rare, n);

    return pairs > usual + 3 && (pairs - usual - 3) * (pairs - usual - 3) > 16 * (usual + 1);
}

/* The cut of that quantile, or CUTS. */
static unsigned cut_of(uint32_t parts)
{
    unsigned cut = 0;

    while (cut < CUTS && cuts[cut] != parts)
        cut++;
    return cut;
}

struct dependence dependence_of(const int64_t *arrived, int64_t *values, size_t n)
{
    struct dependence found = {.judged = n >= DEPENDENCE_LEAST};
    struct order order;
    struct below below;
    bool raised;

    stats_sort(values, n);
    if (found.judged) {
        count_order(arrived, values, n, &order);
        below = below_cut(&order, cut_of(QUANTILE_ONE / 2));
        found.drifts = blocks_drift(&below, n);
        look_at_neighbours(&order, &found);
        found.clustered |= blocks_scatter(&below, n) || are_many_lags_beyond(arrived, &order);
    }
    for (unsigned q = 0; q < QUANTILE_COUNT; q++) {
        unsigned cut = cut_of(QUANTILES[q].parts);

        found.effective[q] = found.drifts ? 0 : n;
        if (!found.judged || found.drifts || cut == CUTS)
            continue;
        below = below_cut(&order, cut);
        raised = found.clustered || is_tail_clustered(&below, n) || blocks_scatter(&below, n);
        found.quantiles_clustered |= raised;
        found.effective[q] = raised ? blocks_effective(&below, n) : blocks_even(&below, n);
    }
    return found;
}

const char *dependence_mark(const struct dependence *dependence)
{
    if (dependence->drifts)
        return "drifts";
    return dependence->clustered || dependence->quantiles_clustered ? "clustered" : NULL;
}
