/* SPDX-License-Identifier: MIT */
/* run/tool/compare/needed.c against R's qt(). */
#include <math.h>

#include "run/tool/compare/needed.h"
#include "tests/unit/tap.h"

static bool near(double found, double expected)
{
    return fabs(found - expected) <= 0.015 * fabs(expected);
}

/* R: (qt(1 - 0.05 / m, 2 * n - 2) + qt(0.8, 2 * n - 2)) * sqrt(2 / n); of either kind with 0.025. */
static void test_spreads(void)
{
    TAP_OK(near(needed_spreads(4, 30, false), 3.962362), "4 boots, 30 questions: four spreads");
    TAP_OK(near(needed_spreads(6, 30, false), 2.717239), "6 boots");
    TAP_OK(near(needed_spreads(10, 30, false), 1.897264), "10 boots: two spreads");
    TAP_OK(near(needed_spreads(3, 6, false), 4.002263), "3 boots, 6 questions");
    TAP_OK(near(needed_spreads(4, 1, true), 2.370657), "4 boots, one question of either kind");
}

static void test_boots(void)
{
    TAP_OK(needed_boots(4, 30, false) == 4 && needed_boots(2, 30, false) == 10, "as docs/host-tool.md says");
    TAP_OK(needed_boots(1000, 1, false) == 3 && needed_boots(1000, 1, true) == 4, "fewer confirm nothing");
    TAP_OK(needed_boots(0.1, 30, false) == 0 && needed_boots(0, 1, false) == 0 && needed_boots(NAN, 1, false) == 0,
           "more than a comparison takes, and no number");
}

static void test_spread(void)
{
    static const double values[] = {1, 3, 10, 12, NAN}, alone[] = {1, 10};

    TAP_OK(near(needed_spread_of(values, (struct relabel_boots){2, 3}), sqrt(2)), "within the sides, not between them");
    TAP_OK(isnan(needed_spread_of(alone, (struct relabel_boots){1, 1})), "one boot a side has none");
}

int main(void)
{
    test_spreads();
    test_boots();
    test_spread();
    return tap_done();
}
