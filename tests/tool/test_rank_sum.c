/* SPDX-License-Identifier: MIT */
/* run/tool/compare/rank_sum.c against R (rank_sum_vectors.R), and with ties against counting every case by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/rank_sum.h"
#include "tests/unit/tap.h"

#define VALUES_MAX 24

struct rank_vector {
    size_t a_count;
    double a[VALUES_MAX];
    size_t b_count;
    double b[VALUES_MAX];
    double u, p, estimate, low, high;
    bool has_interval;
};

#include "tests/tool/rank_sum_vectors.inc"

static bool near(double found, double expected)
{
    return fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected));
}

static void test_vector(size_t index)
{
    const struct rank_vector *v = &RANK_VECTORS[index];
    struct rank_sum test;
    struct rank_shift shift;
    char name[64];
    bool ran = rank_sum_test(v->a, v->a_count, v->b, v->b_count, &test) &&
               rank_shift(v->a, v->a_count, v->b, v->b_count, &shift);
    snprintf(name, sizeof(name), "vector %zu: U and p as in R", index);
    TAP_OK(ran && near(test.u, v->u) && near(test.p, v->p), name);
    snprintf(name, sizeof(name), "vector %zu: shift as in R", index);
    TAP_OK(near(shift.estimate, v->estimate), name);
    snprintf(name, sizeof(name), "vector %zu: interval as in R", index);
    TAP_OK(shift.has_interval == v->has_interval &&
               (!v->has_interval || (near(shift.low, v->low) && near(shift.high, v->high))),
           name);
}

/* Pairs in which b is larger, ties one half, of the values that `chosen` marks as b's. */
static double count_pairs(const double *all, size_t n, unsigned chosen)
{
    double u = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if ((chosen >> i & 1) && !(chosen >> j & 1))
                u += all[i] > all[j] ? 1 : all[i] == all[j] ? 0.5 : 0;
    return u;
}

/* With ties: every way to choose b's values, one after the other. */
static void test_ties(void)
{
    const double a[] = {3, 3, 5, 7, 7}, b[] = {3, 7, 8, 8, 9};
    double all[10], below = 0, above = 0, ways = 0;
    struct rank_sum test;
    double u;

    memcpy(all, b, sizeof(b));
    memcpy(all + 5, a, sizeof(a));
    u = count_pairs(all, 10, 0x1F);
    for (unsigned chosen = 0; chosen < 1024; chosen++) {
        double other;

        if (__builtin_popcount(chosen) != 5)
            continue;
        other = count_pairs(all, 10, chosen);
        ways++;
        below += other <= u;
        above += other >= u;
    }
    TAP_OK(rank_sum_test(a, 5, b, 5, &test) && near(test.u, u), "ties count one half");
    TAP_OK(near(test.p, 2 * fmin(below, above) / ways), "p with ties is that of all ways");
    TAP_OK(near(test.cliff, 2 * u / 25 - 1), "Cliff's delta");
}

int main(void)
{
    for (size_t i = 0; i < sizeof(RANK_VECTORS) / sizeof(RANK_VECTORS[0]); i++)
        test_vector(i);
    test_ties();
    return tap_done();
}
