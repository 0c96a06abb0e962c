/* SPDX-License-Identifier: MIT */
/*
 * The knee finder against curves whose knees are known: made by hand, and 2,000 seeded ones with noise, spikes and
 * slopes.
 */
#include "lib/infer/knee.h"
#include "lib/prng.h"
#include "tests/unit/tap.h"

static const struct knee_limits usual = {
    .least_ratio_percent = 130, .least_value = 100, .least_count = 8, .most = KNEES_MAX};

static size_t fill(struct knee_point *points, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        points[i] = (struct knee_point){.at = 1000u << i, .value = values[i], .count = 100};
    return count;
}

static void find(const int64_t *values, size_t count, struct knees *found)
{
    struct knee_point points[KNEE_POINTS_MAX];

    knees_find(points, fill(points, values, count), &usual, found);
}

static void check_steps(void)
{
    static const int64_t one[] = {2000, 2100, 1950, 2000, 2050, 6000, 6100, 5900, 6200, 6000};
    static const int64_t two[] = {2000, 2010, 2000, 1990, 6000, 6010, 6000, 31000, 31200, 30000, 31000, 31100};
    static const int64_t between[] = {2000, 2020, 1990, 2000, 4000, 4500, 9000, 9100, 8900, 9000};
    static const int64_t gap[] = {9000, 2000, 2020, 1990, 2000, 9000, 9100, 8900, 9000};
    struct knees found;

    find(one, 10, &found);
    TAP_OK(found.verdict == KNEES_FOUND && found.count == 1, "one step: one knee");
    TAP_OK(found.knee[0].low == 16000 && found.knee[0].high == 32000 && found.knee[0].at > 22000 &&
               found.knee[0].at < 23000,
           "between the two points");
    TAP_OK(found.knee[0].before > 1990 && found.knee[0].before < 2060 && found.knee[0].after > 5950 &&
               found.knee[0].after < 6100,
           "with its levels");
    TAP_STR(confidence_word(found.knee[0].confidence), "high", "and high confidence");
    find(two, 12, &found);
    TAP_OK(found.count == 2 && found.knee[0].low == 8000 && found.knee[1].low == 64000,
           "two steps: two knees, in order");
    find(between, 10, &found);
    TAP_OK(found.count == 1 && found.knee[0].low == 8000 && found.knee[0].high == 64000,
           "points between two levels widen the interval");
    find(gap, 9, &found);
    TAP_OK(found.count == 1 && found.knee[0].low == 16000, "a dear first point changes nothing");
}

static void check_most(void)
{
    static const int64_t two[] = {2000, 2010, 2000, 1990, 4000, 4010, 4000, 31000, 31200, 30000};
    struct knee_limits one = usual;
    struct knee_point points[16];
    struct knees found;

    one.most = 1;
    knees_find(points, fill(points, two, 10), &one, &found);
    TAP_OK(found.count == 1 && found.knee[0].low == 64000, "one wanted: the higher one of two");
}

static void check_nothing(void)
{
    static const int64_t flat[] = {2000, 2100, 1950, 2000, 2050, 1980, 2020, 2000, 2060, 1990};
    static const int64_t spike[] = {2000, 2100, 1950, 2000, 90000, 1980, 2020, 2000, 2060, 1990};
    static const int64_t falls[] = {9000, 9100, 8950, 9000, 9050, 1980, 2020, 2000, 2060, 1990};
    static const int64_t slope[] = {2000, 2300, 2600, 3000, 3450, 4000, 4600, 5300, 6100, 7000};
    static const int64_t wild[] = {2000, 9000, 1000, 7000, 3000, 12000, 1500, 8000, 2500, 9500};
    static const int64_t tiny[] = {1, 90, 2, 80, 5, 99, 3, 70};
    struct knees found;

    find(flat, 10, &found);
    TAP_OK(found.verdict == KNEES_NONE && found.from == 4000 && found.upto == 128000, "flat: none, but for the ends");
    find(spike, 10, &found);
    TAP_OK(found.verdict == KNEES_NONE, "one outlier: none");
    find(falls, 10, &found);
    TAP_OK(found.count == 0, "a fall is no knee");
    find(slope, 10, &found);
    TAP_OK(found.verdict == KNEES_UNKNOWN && found.count == 0, "a slope is no knee");
    find(wild, 10, &found);
    TAP_OK(found.verdict == KNEES_UNKNOWN && found.reason != NULL, "noise: don't know, and why");
    find(tiny, 8, &found);
    TAP_OK(found.verdict == KNEES_NONE, "below the resolution all values are alike");
    find(flat, 3, &found);
    TAP_OK(found.verdict == KNEES_UNKNOWN, "three points: don't know");
}

/* What is judged anew once its neighbours are known, or is too near the noise or the end to be sure. */
static void check_doubt(void)
{
    static const int64_t weak[] = {1000, 1000, 1000, 1000, 1100, 1500, 1500, 4500, 4500, 4500, 1100};
    static const int64_t noisy[] = {2000, 2500, 2000, 2500, 2000, 2500, 3600, 4500, 3600, 4500, 3600, 4500};
    static const int64_t gradual[] = {2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2500, 3100,
                                      3900, 4800, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000};
    static const int64_t late[] = {2000, 2010, 2000, 1990, 2000, 2010, 2000, 6000, 6010, 6000};
    struct knees found;
    uint64_t at[3];

    find(weak, 11, &found);
    TAP_INT(found.count, 1, "a step that is none between its own neighbours is dropped");
    find(noisy, 12, &found);
    TAP_OK(found.verdict == KNEES_UNKNOWN && found.count == 0,
           "a step of less than five times the noise is none, though in order");
    find(gradual, 20, &found);
    TAP_INT(found.count, 2, "a rise over six points is no single knee: less than 60 % of it lie between neighbours");
    find(late, 10, &found);
    TAP_OK(found.count == 1 && found.knee[0].confidence == CONFIDENCE_LOW, "three points on a side: low confidence");
    knee_zoom(&(struct knee){.low = 1000, .high = 2000}, at, 3);
    TAP_OK(at[0] == 800 && at[1] == 1650 && at[2] == 2500, "a closer look reaches a fifth before and a fourth behind");
}

static void check_counts(void)
{
    struct knee_point points[8];
    static const int64_t values[] = {2000, 2000, 2000, 9000, 2000, 2000, 2000, 2000};
    struct knees found;

    fill(points, values, 8);
    for (size_t i = 0; i < 5; i++)
        points[i].count = 7;
    knees_find(points, 8, &usual, &found);
    TAP_OK(found.verdict == KNEES_UNKNOWN && found.from == 0, "intervals with few samples are left out");
}

/* A curve of 12 to 40 points with up to three steps of 1.5 to 30 times, noise of 1 to 12 %, and spikes. */
struct planted {
    struct knee_point points[KNEE_POINTS_MAX];
    size_t count;
    size_t splits[3];
    size_t split_count;
};

static void plant(struct planted *planted, struct prng *prng)
{
    uint64_t noise = prng_range(prng, 1, 12), at = prng_range(prng, 1000, 5000);
    int64_t level = (int64_t)prng_range(prng, 500, 20000);
    size_t next = 0;

    planted->count = prng_range(prng, 12, 40);
    planted->split_count = prng_below(prng, 4);
    for (size_t i = 0; i < planted->split_count; i++)
        planted->splits[i] = planted->count * (i + 1) / (planted->split_count + 1) + prng_below(prng, 2);
    for (size_t i = 0; i < planted->count; i++) {
        if (next < planted->split_count && planted->splits[next] == i) {
            level = level * (int64_t)prng_range(prng, 150, 3000) / 100;
            next++;
        }
        planted->points[i] =
            (struct knee_point){.at = at,
                                .value = level * (int64_t)prng_range(prng, 1000 - 10 * noise, 1000 + 10 * noise) / 1000,
                                .count = 50};
        if (prng_below(prng, 100) < 3)
            planted->points[i].value *= 5;
        at += at / 4 + 1;
    }
}

static bool is_right(const struct planted *planted, const struct knees *found)
{
    if (found->count != planted->split_count)
        return false;
    for (size_t i = 0; i < found->count; i++) {
        size_t split = planted->splits[i];

        if (found->knee[i].high < planted->points[split].at || found->knee[i].low > planted->points[split - 1].at)
            return false;
    }
    return true;
}

/* A knee that stands nowhere near a planted one. Missing one of several is not that: it is not seen in the noise. */
static bool is_wrong(const struct planted *planted, const struct knees *found)
{
    for (size_t i = 0; i < found->count; i++) {
        bool near = false;

        for (size_t k = 0; k < planted->split_count; k++) {
            size_t split = planted->splits[k];

            near |=
                found->knee[i].high >= planted->points[split - 1].at && found->knee[i].low <= planted->points[split].at;
        }
        if (!near)
            return true;
    }
    return found->verdict == KNEES_NONE && planted->split_count;
}

static void check_planted(void)
{
    enum { CURVES = 2000 };
    unsigned right = 0, wrong = 0;

    for (unsigned seed = 0; seed < CURVES; seed++) {
        struct planted planted;
        struct knees found;
        struct prng prng;

        prng_seed(&prng, seed);
        plant(&planted, &prng);
        knees_find(planted.points, planted.count, &usual, &found);
        right += is_right(&planted, &found);
        wrong += is_wrong(&planted, &found);
    }
    printf("# of %u seeded curves: %u right, %u wrong, %u not all seen\n", (unsigned)CURVES, right, wrong,
           CURVES - right - wrong);
    TAP_OK(right * 100 >= CURVES * 95, "95 % of the seeded curves recovered");
    TAP_OK(wrong * 100 <= CURVES, "at most 1 % wrong");
}

int main(void)
{
    check_steps();
    check_most();
    check_nothing();
    check_counts();
    check_doubt();
    check_planted();
    return tap_done();
}
