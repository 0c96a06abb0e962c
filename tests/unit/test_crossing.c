/* SPDX-License-Identifier: MIT */
/* lib/infer/crossing.c and mean.c: where a loss becomes a gain, and how well a mean is known; by hand. */
#include "lib/infer/crossing.h"

#include "lib/infer/mean.h"
#include "tests/unit/tap.h"

static struct crossing crossing;

static const char *find(const struct crossing_point *points, size_t count)
{
    crossing = crossing_find(points, count);
    return crossing_name(crossing.outcome);
}

#define FIND(points) find(points, sizeof(points) / sizeof((points)[0]))

static void test_outcomes(void)
{
    static const struct crossing_point found[] = {{100, -30, 2}, {200, -10, 2}, {300, 4, 2}, {400, 10, 2}};
    static const struct crossing_point below[] = {{100, 4, 2}, {200, 6, 2}, {300, 20, 2}};
    static const struct crossing_point above[] = {{100, -20, 2}, {200, -6, 2}, {300, 4, 2}};
    static const struct crossing_point several[] = {{100, 5, 9},  {200, 10, 2},  {250, 8, 9},
                                                    {280, -8, 9}, {300, -10, 2}, {400, 1, 2}};
    static const struct crossing_point twice[] = {{100, -9, 2},  {200, 10, 2}, {250, 10, 2}, {280, -10, 2},
                                                  {300, -10, 2}, {400, 1, 2},  {500, 9, 2}};
    static const struct crossing_point outer[] = {{100, 10, 2}, {120, 2, 2}, {180, -2, 2}, {200, -10, 2}};
    static const struct crossing_point alone[] = {{100, 9, 2}, {200, 0, 2}, {300, -9, 2}, {400, 9, 3}, {500, 9, 2}};
    static const struct crossing_point beside[] = {{100, 9, 2}, {200, 4, 9}, {300, 9, 2}, {400, 5, 9}};
    static const struct crossing_point contrary[] = {{100, 5, 9}, {200, 10, 2}, {300, -10, 2}, {400, 1, 2}};
    static const struct crossing_point far[] = {{100, 5, 9}, {200, 17, 2}, {300, -17, 2}, {400, 1, 2}};
    static const struct crossing_point none[] = {{100, 4, 2}, {200, -4, 2}};

    TAP_STR(FIND(found), "found", "a loss, then a gain");
    TAP_OK(crossing.low == 200 && crossing.high == 400 && crossing.sure == 3,
           "between the last loss and the first gain");
    TAP_INT(crossing.at, 266, "at the zero of the energy's line: 200 * 10 lost, 400 * 10 gained");
    TAP_STR(FIND(below), "below", "gains alone; one as large as twice its error is none");
    TAP_OK(crossing.at == 200 && crossing.high == 200 && crossing.low == 0 && crossing.sure == 2, "at most the first");
    TAP_STR(FIND(above), "above", "losses alone");
    TAP_OK(crossing.at == 200 && crossing.low == 200 && crossing.high == 0, "at least the last");
    TAP_STR(FIND(several), "several", "a gain, then a loss");
    TAP_OK(crossing.low == 100 && crossing.high == 400 && crossing.at == 250, "to the ends, where nothing is sure");
    TAP_STR(FIND(twice), "several", "a loss, a gain, a loss, a gain");
    TAP_OK(crossing.low == 100 && crossing.high == 500, "from the first loss to the last gain that is sure");
    TAP_STR(FIND(outer), "several", "at the ends");
    TAP_OK(crossing.low == 100 && crossing.high == 200, "there are no neighbours");
    TAP_STR(FIND(alone), "below", "a gain and a loss whose neighbours do not share them");
    TAP_OK(crossing.high == 400 && crossing.sure == 4, "are sure, but no bound");
    TAP_STR(FIND(beside), "below", "a neighbour within half of its error shares nothing");
    TAP_INT(crossing.high, 300, "and more than half of it is enough");
    TAP_STR(FIND(contrary), "unknown", "a gain and a loss side by side bound nothing");
    TAP_INT(crossing.sure, 2, "although both are sure");
    TAP_STR(FIND(far), "several", "beyond eight times their errors they do");
    TAP_STR(FIND(none), "unknown", "nothing is sure");
    TAP_INT(crossing.sure, 0, "not one");
}

/* The same line with lengths and powers that do not fit until they are scaled. */
static void test_large(void)
{
    static const uint64_t scale = UINT64_C(1) << 36;
    const struct crossing_point points[] = {{1000 * scale, -(INT64_C(30) << 40), 0},
                                            {2000 * scale, INT64_C(15) << 40, 0}};
    uint64_t at;

    FIND(points);
    at = crossing.at / scale;
    TAP_OK(at >= 1499 && at <= 1500, "30 lost over 1000, 15 gained over 2000: in the middle");
}

static void test_mean(void)
{
    static const int64_t two[] = {10, 12}, five[] = {8, 9, 10, 11, 12};
    static int64_t many[200], large[4];
    struct mean mean = mean_of(two, 2);

    /* t for one degree of freedom is 63.657; the standard error is 1. */
    TAP_OK(mean.value == 11 && mean.error >= 63 && mean.error <= 74, "two values, rounded up");
    /* 4.605 times sqrt(2.5 / 5) = 0.707. */
    mean = mean_of(five, 5);
    TAP_OK(mean.value == 10 && mean.error >= 3 && mean.error <= 5, "five values");
    mean = mean_of(five, 1);
    TAP_OK(mean.value == 8 && mean.error == UINT64_MAX, "one value has no error that is known");
    TAP_INT(mean_of(five, 0).value, 0, "nor has none");
    for (unsigned i = 0; i < 200; i++)
        many[i] = i % 2 ? 1000 : -1000;
    /* For 39 degrees the table's last t, 2.750, is taken: 2.75 * 1000 * sqrt(40 / 39 / 40) = 440; for 199: 188. */
    mean = mean_of(many, 40);
    TAP_OK(mean.value == 0 && mean.error >= 438 && mean.error <= 444, "forty");
    mean = mean_of(many, 200);
    TAP_OK(mean.value == 0 && mean.error >= 186 && mean.error <= 192, "two hundred");
    for (unsigned i = 0; i < 4; i++)
        large[i] = i % 2 ? INT64_C(1) << 50 : 0;
    /* t is 5.841 for three degrees: 5.841 * 2^49 / sqrt(3). */
    mean = mean_of(large, 4);
    TAP_OK(mean.error > UINT64_C(1890000000000000) && mean.error < UINT64_C(1910000000000000),
           "what is cut comes back");
}

int main(void)
{
    test_outcomes();
    test_large();
    test_mean();
    return tap_done();
}
