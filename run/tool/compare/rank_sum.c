/* SPDX-License-Identifier: MIT */
#include "run/tool/compare/rank_sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/median.h"

/* Each tail of a 95 % interval. */
#define TAIL 0.025

/* Twice the mid-rank (from 1) of each value among all, so that ties stay whole numbers. */
static void double_ranks(const double *all, size_t n, size_t *ranks)
{
    for (size_t i = 0; i < n; i++) {
        size_t below = 0, equal = 0;
        for (size_t j = 0; j < n; j++) {
            below += all[j] < all[i];
            equal += all[j] == all[i];
        }
        ranks[i] = 2 * below + equal + 1;
    }
}

/*
 * Adds up, for every sum of ranks, the share of all ways to choose `chosen` of the n ranks that give it. Returns the
 * shares (sums 0 to sum_max), or NULL without memory.
 */
static double *sum_shares(const size_t *ranks, size_t n, size_t chosen, size_t sum_max)
{
    size_t row = sum_max + 1;
    double *ways = calloc((chosen + 1) * row, sizeof(*ways));
    double *shares = malloc(row * sizeof(*shares));
    double total;

    if (!ways || !shares) {
        free(ways);
        free(shares);
        return NULL;
    }
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = chosen < i + 1 ? chosen : i + 1; k > 0; k--)
            for (size_t sum = sum_max; sum + 1 > ranks[i]; sum--)
                ways[k * row + sum] += ways[(k - 1) * row + sum - ranks[i]];
    total = 0;
    for (size_t sum = 0; sum <= sum_max; sum++)
        total += ways[chosen * row + sum];
    for (size_t sum = 0; sum <= sum_max; sum++)
        shares[sum] = ways[chosen * row + sum] / total;
    free(ways);
    return shares;
}

bool rank_sum_test(const double *a, size_t a_count, const double *b, size_t b_count, struct rank_sum *test)
{
    double all[2 * RANK_SUM_SIDE_MAX];
    size_t ranks[2 * RANK_SUM_SIDE_MAX], n = a_count + b_count, sum_b = 0;
    size_t sum_max;
    double *shares, below, above, pairs;

    memcpy(all, b, b_count * sizeof(*b));
    memcpy(all + b_count, a, a_count * sizeof(*a));
    double_ranks(all, n, ranks);
    for (size_t i = 0; i < b_count; i++)
        sum_b += ranks[i];
    sum_max = n * (n + 1);
    shares = sum_shares(ranks, n, b_count, sum_max);
    if (!shares)
        return false;
    below = 0;
    above = 0;
    for (size_t sum = 0; sum <= sum_max; sum++) {
        below += sum <= sum_b ? shares[sum] : 0;
        above += sum >= sum_b ? shares[sum] : 0;
    }
    free(shares);
    pairs = (double)a_count * (double)b_count;
    test->u = (double)sum_b / 2 - (double)b_count * (double)(b_count + 1) / 2;
    test->p = fmin(1, 2 * fmin(below, above));
    test->cliff = 2 * test->u / pairs - 1;
    return true;
}

/* The largest k with P(U < k) <= TAIL for sides of these sizes without ties; 0 where there is none. */
static bool interval_rank(size_t a_count, size_t b_count, size_t *k)
{
    size_t ranks[2 * RANK_SUM_SIDE_MAX], n = a_count + b_count;
    size_t least, sum_max;
    double *shares, below;

    for (size_t i = 0; i < n; i++)
        ranks[i] = i + 1;
    least = b_count * (b_count + 1) / 2;
    sum_max = n * (n + 1) / 2;
    shares = sum_shares(ranks, n, b_count, sum_max);
    below = 0;
    if (!shares)
        return false;
    *k = 0;
    while (*k < a_count * b_count && below + shares[least + *k] <= TAIL)
        below += shares[least + (*k)++];
    free(shares);
    return true;
}

bool rank_shift(const double *a, size_t a_count, const double *b, size_t b_count, struct rank_shift *shift)
{
    size_t pairs = a_count * b_count, k;
    double *differences = malloc(pairs * sizeof(*differences));
    if (!differences || !interval_rank(a_count, b_count, &k)) {
        free(differences);
        return false;
    }
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0; j < b_count; j++)
            differences[i * b_count + j] = b[j] - a[i];
    shift->estimate = median_of(differences, pairs);
    shift->has_interval = k > 0;
    if (shift->has_interval) {
        shift->low = differences[k - 1];
        shift->high = differences[pairs - k];
    }
    free(differences);
    return true;
}
