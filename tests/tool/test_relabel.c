/* SPDX-License-Identifier: MIT */
/* run/tool/compare/relabel.c against counting every dealing by hand. */
#include <math.h>
#include <stdlib.h>

#include "run/tool/compare/relabel.h"
#include "tests/unit/tap.h"

enum { A = 4, B = 4, N = A + B };

static const double CALM[N] = {1.00, 1.02, 0.99, 1.01, 1.04, 1.05, 1.06, 1.00};
static const double WILD[N] = {1.3, 0.7, 1.0, 1.1, 0.9, 1.2, 0.8, 1.05};
static const struct relabel_boots BOOTS = {A, B};

static bool near(double found, double expected)
{
    return fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected));
}

static double mean_difference(const double *values, unsigned chosen, double limit)
{
    double sum[2] = {0, 0};
    for (unsigned i = 0; i < N; i++)
        sum[chosen >> i & 1] += values[i] - (i >= A ? limit : 0);
    return sum[1] / B - sum[0] / A;
}

/* Of one question, and sides of one size, t rises and falls with the difference of the means. */
static double counted_p(const double *values, enum relabel_side side, double limit)
{
    double reached = 0, ways = 0, sign = side == RELABEL_BELOW ? -1 : 1;
    double observed = sign * mean_difference(values, 0xF0, limit);
    for (unsigned chosen = 0; chosen < 1u << N; chosen++) {
        double t = sign * mean_difference(values, chosen, limit);
        if (__builtin_popcount(chosen) != B)
            continue;
        ways++;
        reached += side == RELABEL_EITHER ? fabs(t) >= fabs(observed) - 1e-12 : t >= observed - 1e-12;
    }
    return reached / ways;
}

static void test_one(enum relabel_side side, double limit, const char *name)
{
    struct relabel_question question = {CALM, side, limit, 0, 0, 0};
    bool ran = relabel_test(BOOTS, &question, 1);
    TAP_OK(ran && near(question.p, counted_p(CALM, side, limit)), name);
}

static void test_family(void)
{
    struct relabel_question alone = {CALM, RELABEL_ABOVE, 0, 0, 0, 0};
    struct relabel_question twice[2] = {alone, alone};
    struct relabel_question two[2] = {alone, {WILD, RELABEL_ABOVE, 0, 1, 0, 0}};
    bool ran = relabel_test(BOOTS, &alone, 1) && relabel_test(BOOTS, twice, 2) && relabel_test(BOOTS, two, 2);
    TAP_OK(ran && near(twice[0].p, alone.p) && near(twice[1].p, alone.p), "a question asked twice costs nothing");
    TAP_OK(two[0].p > alone.p && two[0].p <= 2 * alone.p + 0.06, "another question costs");
    TAP_OK(two[1].p >= two[0].p, "a less extreme question has no smaller p");
}

static void test_missing(void)
{
    double values[N];
    struct relabel_question question = {values, RELABEL_ABOVE, 0, 0, 0, 0};
    for (unsigned i = 0; i < N; i++)
        values[i] = i == 0 || i == A ? 1 + 0.01 * i : NAN;
    TAP_OK(relabel_test(BOOTS, &question, 1) && near(question.p, 1), "two boots with a value decide nothing");
    for (unsigned i = 0; i < N; i++)
        values[i] = 1;
    TAP_OK(relabel_test(BOOTS, &question, 1) && near(question.p, 1), "nor do boots that are all alike");
}

static void test_many(void)
{
    double values[40];
    struct relabel_question question = {values, RELABEL_ABOVE, 0, 0, 0, 0};
    double first;
    for (unsigned i = 0; i < 40; i++)
        values[i] = (double)(i * 7 % 40) + (i >= 20 ? 9 : 0);
    TAP_OK(relabel_test((struct relabel_boots){20, 20}, &question, 1) && question.p > 0.0001 && question.p < 0.05,
           "many boots: a sample of the dealings");
    first = question.p;
    TAP_OK(relabel_test((struct relabel_boots){20, 20}, &question, 1) && near(question.p, first), "which repeats");
    TAP_OK(question.seen > 1 && question.seen < 40, "the change that would have been seen is of the spread's size");
}

int main(void)
{
    test_one(RELABEL_ABOVE, 0, "above: as counted");
    test_one(RELABEL_ABOVE, 0.03, "above a limit: as counted");
    test_one(RELABEL_BELOW, -0.01, "below a limit: as counted");
    test_one(RELABEL_EITHER, 0, "either side: as counted");
    test_family();
    test_missing();
    test_many();
    TAP_OK(near(relabel_least_p((struct relabel_boots){1, 1}, false), 0.5) &&
               near(relabel_least_p((struct relabel_boots){3, 3}, false), 0.05) &&
               near(relabel_least_p((struct relabel_boots){3, 5}, true), 1.0 / 56) &&
               near(relabel_least_p((struct relabel_boots){4, 4}, true), 2.0 / 70),
           "the least p there can be");
    return tap_done();
}
