/* SPDX-License-Identifier: MIT */
/* The TSC's step out of differences: of processors that move it by 26, by a fraction, by 2 and by 1; and of none. */
#include "lib/infer/tsc_step.h"

#include "lib/prng.h"
#include "tests/unit/tap.h"

enum { N = 256 };

/* Work of 30 to 90 ticks between two readings of a clock that moves by step_milli thousandths of a tick. */
static void take(int64_t *values, uint64_t step_milli, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed);
    for (unsigned i = 0; i < N; i++) {
        uint64_t begin = prng_below(&prng, 1000000), end = begin + 30000 + prng_below(&prng, 60000);

        values[i] = (int64_t)(end / step_milli * step_milli / 1000) - (int64_t)(begin / step_milli * step_milli / 1000);
    }
}

static void expect(uint64_t step_milli, uint32_t step, const char *what)
{
    int64_t values[N];
    unsigned right = 0;

    for (uint64_t seed = 1; seed <= 100; seed++) {
        take(values, step_milli, seed);
        right += tsc_step_of(values, N).step_tsc == step;
    }
    TAP_OK(right == 100, what);
}

static void test_steps(void)
{
    expect(26000, 26, "26 ticks");
    expect(25961, 26, "25.961 ticks, as a scaled TSC has");
    expect(2000, 2, "2 ticks");
    expect(1000, 1, "every tick");
    expect(38000, 38, "38 ticks");
}

static void test_words(void)
{
    int64_t values[] = {52, 26, 52, 78, 52, 26, 26, 52};
    struct tsc_step found = tsc_step_of(values, sizeof(values) / sizeof(values[0]));

    TAP_OK(found.step_tsc == 26, "the step");
    TAP_OK(found.mode_tsc == 52, "the most frequent difference");
    TAP_OK(found.p50_tsc == 52, "the median");
    TAP_OK(found.n == 8, "how many");
}

/* A loop that always takes as long says nothing of the clock. */
static void test_one_length(void)
{
    int64_t values[N], none[1];

    for (unsigned i = 0; i < N; i++)
        values[i] = 40;
    TAP_OK(tsc_step_of(values, N).step_tsc == 1, "one length");
    TAP_OK(tsc_step_of(none, 0).step_tsc == 1, "nothing");
}

/* Interrupts in one of fifty do not hide it. */
static void test_disturbed(void)
{
    int64_t values[N];

    take(values, 26000, 7);
    for (unsigned i = 0; i < N; i += 50)
        values[i] = 10000 + 7 * i;
    TAP_OK(tsc_step_of(values, N).step_tsc == 26, "disturbed");
}

int main(void)
{
    test_steps();
    test_words();
    test_one_length();
    test_disturbed();
    return tap_done();
}
