/* SPDX-License-Identifier: MIT */
/* lib/infer/quantum: grids, caps and floors that the test has made itself are found, and none where it made none. */
#include "lib/prng.h"
#include "lib/stats.h"
#include "lib/infer/quantum.h"
#include "tests/unit/tap.h"

enum { LENGTHS = 512, BASE_TSC = 2000, SPAN_TSC = 16384 };

/* Lengths that end on the first tick of a clock of num/den ticks after a random limit, later by up to `jitter`. */
static void make_grid(int64_t *lengths, uint64_t num, uint64_t den, uint64_t jitter, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed);
    for (unsigned i = 0; i < LENGTHS; i++) {
        uint64_t limit = prng_range(&prng, BASE_TSC, BASE_TSC + SPAN_TSC);
        uint64_t tick = (limit * den + num - 1) / num;

        lengths[i] = (int64_t)(tick * num / den + prng_range(&prng, 0, jitter));
    }
}

static uint32_t quantum_of(int64_t *lengths, size_t n)
{
    stats_sort(lengths, n);
    return steps_quantum(lengths, n);
}

static void check_quantum(uint64_t num, uint64_t den, uint64_t jitter, const char *name)
{
    int64_t lengths[LENGTHS];
    uint32_t want = (uint32_t)((num * STEPS_ONE + den / 2) / den), got;
    bool all = true;

    for (uint64_t seed = 1; seed <= 5; seed++) {
        make_grid(lengths, num, den, jitter, seed);
        got = quantum_of(lengths, LENGTHS);
        /* A sixteenth of a tick, or a part in a thousand of a wide step. */
        if (got + 1 + want / 1000 < want || got > want + 1 + want / 1000) {
            printf("# seed %llu: got %u sixteenths, want %u\n", (unsigned long long)seed, got, want);
            all = false;
        }
    }
    TAP_OK(all, name);
}

static void check_no_quantum(void)
{
    int64_t lengths[LENGTHS];
    bool none = true;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        make_grid(lengths, 1, 1, 0, seed);
        none &= quantum_of(lengths, LENGTHS) == 0;
        make_grid(lengths, 1, 1, 300, seed);
        none &= quantum_of(lengths, LENGTHS) == 0;
        make_grid(lengths, 83, 1, 83, seed); /* as much jitter as the step is wide */
        none &= quantum_of(lengths, LENGTHS) == 0;
    }
    TAP_OK(none, "no grid is found where there is none");
    for (unsigned i = 0; i < LENGTHS; i++)
        lengths[i] = 100000;
    TAP_INT(quantum_of(lengths, LENGTHS), 0, "one length alone is no grid");
    make_grid(lengths, 83, 1, 0, 1);
    TAP_INT(quantum_of(lengths, STEPS_VALUES_MIN - 1), 0, "too few lengths are no grid");
    TAP_INT(quantum_of(lengths, 0), 0, "no lengths");
    /* About twenty within the periods of the widest step: fewer than may be off the grid among all. */
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct prng prng;

        prng_seed(&prng, seed);
        for (unsigned i = 0; i < LENGTHS; i++)
            lengths[i] = (int64_t)prng_range(&prng, 0, 13000000);
        none &= quantum_of(lengths, LENGTHS) == 0;
    }
    TAP_OK(none, "the share holds for the lengths that are looked at");
}

static void check_outliers(void)
{
    int64_t lengths[LENGTHS];

    make_grid(lengths, 83, 1, 2, 7);
    for (unsigned i = 0; i < LENGTHS / 40; i++)
        lengths[i * 40] += 31 + (int64_t)i * 977;
    TAP_INT(quantum_of(lengths, LENGTHS) / STEPS_ONE, 83, "one length in forty off the grid");
    make_grid(lengths, 83, 1, 2, 7);
    for (unsigned i = 0; i < LENGTHS / 4; i++)
        lengths[i * 4] += 31 + (int64_t)i * 97 % 1000;
    TAP_INT(quantum_of(lengths, LENGTHS), 0, "one length in four off the grid");
}

/* Rows as an ideal processor gives them: at least `floor`, at most `cap`. */
static void make_rows(struct steps_row *rows, unsigned count, int64_t floor_tsc, int64_t cap_tsc, uint32_t limited)
{
    for (unsigned i = 0; i < count; i++) {
        int64_t slept = (int64_t)steps_point(100, 1000000, true, i, count) + 20;
        bool cut = cap_tsc && slept > cap_tsc;

        rows[i] = (struct steps_row){.asked_tsc = (uint64_t)slept - 20, .n = 10};
        slept = cut ? cap_tsc + 3 : slept;
        rows[i].p50_tsc = slept < floor_tsc ? floor_tsc : slept;
        rows[i].limited = cut ? limited : 0;
    }
}

static void check_cap(void)
{
    struct steps_row rows[9];
    struct steps_cap cap;

    make_rows(rows, 9, 0, 0, 0);
    TAP_INT(steps_cap(rows, 9).tsc, 0, "nothing is cut");
    TAP_INT(steps_cap(rows, 0).tsc, 0, "no rows");
    make_rows(rows, 9, 0, 100000, 10);
    cap = steps_cap(rows, 9);
    TAP_INT(cap.tsc, 100003, "the cap is the length of the cut rows");
    TAP_INT(cap.rows, 2, "rows cut");
    TAP_INT(cap.waits, 20, "waits in them");
    TAP_INT(cap.limited, 20, "waits with CF");
    TAP_INT(cap.from_tsc, rows[7].asked_tsc, "the shortest limit that was cut");
    make_rows(rows, 9, 0, 100000, 0);
    TAP_INT(steps_cap(rows, 9).limited, 0, "a cap without CF");
    rows[8].n = 0;
    TAP_INT(steps_cap(rows, 9).rows, 1, "an empty row is passed over");
    make_rows(rows, 9, 0, 0, 0);
    rows[4].p50_tsc /= 2;
    TAP_INT(steps_cap(rows, 9).tsc, 0, "a short row in the middle is no cap");
    make_rows(rows, 9, 0, 0, 0);
    for (unsigned i = 0; i < 9; i++)
        rows[i].p50_tsc = (int64_t)rows[i].asked_tsc / 2;
    TAP_INT(steps_cap(rows, 9).rows, 1, "half of what was asked is not one length");
}

static void check_floor(void)
{
    struct steps_row rows[9];

    make_rows(rows, 9, 700, 0, 0);
    TAP_INT(steps_floor(rows, 9), 700, "the floor");
    make_rows(rows, 9, 0, 0, 0);
    TAP_INT(steps_floor(rows, 9), 120, "no floor but the first row");
    for (unsigned i = 0; i < 9; i++)
        rows[i].p50_tsc = 30;
    TAP_INT(steps_floor(rows, 9), 0, "waits that do not wait have no floor");
}

static void check_points(void)
{
    unsigned short_of = 0;

    TAP_INT(steps_point(100, 1000000, true, 0, 9), 100, "first");
    TAP_INT(steps_point(100, 1000000, true, 4, 9), 10000, "middle by factor");
    TAP_INT(steps_point(100, 1000000, true, 8, 9), 1000000, "last");
    TAP_INT(steps_point(100, 1100, false, 5, 11), 600, "middle by difference");
    TAP_INT(steps_point(100, 1100, true, 0, 1), 100, "one value alone");
    TAP_INT(steps_point(7, 7, true, 1, 3), 7, "no range");
    for (uint64_t high = 2; high < 20000; high++)
        short_of += steps_point(1, high, true, 8, 9) != high;
    TAP_INT(steps_point(1, 1000000000039, true, 8, 9), 1000000000039, "the last, where the logarithm is not exact");
    TAP_INT(short_of, 0, "the last is the highest, however the logarithm is rounded");
}

int main(void)
{
    check_quantum(16, 1, 0, "16 ticks, exact");
    check_quantum(8, 1, 0, "8 ticks, exact");
    check_quantum(83, 1, 4, "83 ticks with jitter");
    check_quantum(250, 3, 4, "83 1/3 ticks with jitter");
    check_quantum(88, 1, 8, "88 ticks with jitter");
    check_quantum(49, 2, 2, "24 1/2 ticks with jitter");
    check_quantum(2083, 1, 60, "2083 ticks with jitter");
    check_quantum(4096, 1, 0, "the widest");
    check_no_quantum();
    check_outliers();
    check_cap();
    check_floor();
    check_points();
    return tap_done();
}
