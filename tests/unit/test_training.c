/* SPDX-License-Identifier: MIT */
/*
 * lib/infer/training.c on synthetic hosts: KVM's timer advance as the kernel's rule has it (arch/x86/kvm/lapic.c,
 * adjust_lapic_timer_advance: from 1000 ns in steps of an eighth while the error is between 100 and 10000 cycles, back
 * to 1000 ns above 5000 ns), hosts without it, and series that never settle. Noise of three shapes, with preemptions.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/prng.h"
#include "lib/infer/training.h"

enum { HOSTS = 1000, SERIES = 1000, ADVANCE_START_NS = 1000, ADVANCE_MAX_NS = 5000 };

static int64_t noise(struct prng *prng, unsigned shape, int64_t width)
{
    int64_t sum = 0;

    switch (shape) {
    case 0: /* uniform */
        return (int64_t)prng_below(prng, (uint64_t)width + 1);
    case 1: /* bell */
        for (unsigned i = 0; i < 8; i++)
            sum += (int64_t)prng_below(prng, (uint64_t)width + 1);
        return sum / 8;
    default: /* two levels, as of a host that polls or not */
        return prng_below(prng, 3) ? (int64_t)prng_below(prng, 20) : width;
    }
}

/* Once in a hundred the host takes the CPU away. */
static int64_t preemption(struct prng *prng)
{
    return prng_below(prng, 100) ? 0 : 5000 + (int64_t)prng_below(prng, 3000000);
}

/* One host: the series in ns, and the first index from which the mean error is within the noise for good. */
static size_t make_host(struct prng *prng, int64_t *late_ns, unsigned shape, int64_t *width_ns)
{
    int64_t expiry_ns = 1800 + (int64_t)prng_below(prng, 2500), advance_ns = ADVANCE_START_NS;
    int64_t cycle_ns_x100 = 25 + (int64_t)prng_below(prng, 25), inside_ns;
    size_t settled = 0;

    *width_ns = 10 + (int64_t)prng_below(prng, 60);
    /* KVM leaves an error of 100 cycles alone. */
    inside_ns = cycle_ns_x100 > *width_ns ? cycle_ns_x100 : *width_ns;
    for (size_t i = 0; i < SERIES; i++) {
        int64_t error_ns = expiry_ns + noise(prng, shape, *width_ns) - advance_ns;
        int64_t cycles = error_ns * 100 / cycle_ns_x100;

        if (expiry_ns - advance_ns > inside_ns)
            settled = i + 1;
        /* An early expiry is waited for. */
        late_ns[i] = (error_ns > 0 ? error_ns : 0) + noise(prng, shape, *width_ns) + preemption(prng);
        if (llabs(cycles) > 10000 || llabs(cycles) < 100)
            continue;
        advance_ns += error_ns / 8;
        if (advance_ns > ADVANCE_MAX_NS)
            advance_ns = ADVANCE_START_NS;
    }
    return settled;
}

static void find_training(unsigned shape, const char *name)
{
    static int64_t late_ns[SERIES], scratch[SERIES];
    unsigned right = 0, wrong = 0;

    for (uint64_t seed = 1; seed <= HOSTS; seed++) {
        struct prng prng;
        int64_t width_ns;
        size_t truth;
        struct settle settle;

        prng_seed(&prng, seed);
        truth = make_host(&prng, late_ns, shape, &width_ns);
        settle = settle_find(late_ns, SERIES, 20, scratch);
        if (settle.verdict == SETTLE_FOUND && settle.after + 2 * SETTLE_BLOCK >= truth &&
            settle.after <= truth + 2 * SETTLE_BLOCK && settle.first > settle.high)
            right++;
        else if (settle.verdict == SETTLE_NONE && truth == SERIES)
            right++; /* more than 10000 cycles off: KVM does not adjust at all */
        else if (settle.verdict != SETTLE_UNKNOWN)
            wrong++;
    }
    printf("# %s: %u right, %u wrong of %u hosts\n", name, right, wrong, HOSTS);
    TAP_OK(right >= HOSTS * 95 / 100, name);
    TAP_OK(wrong <= HOSTS / 100, "hardly ever a wrong end");
}

/* No training, and a series that moves until its end. */
static void find_none(unsigned shape, const char *name)
{
    static int64_t late_ns[SERIES], scratch[SERIES];
    unsigned none = 0, found = 0, unknown = 0;

    for (uint64_t seed = 1; seed <= HOSTS; seed++) {
        struct prng prng;

        prng_seed(&prng, seed);
        for (size_t i = 0; i < SERIES; i++)
            late_ns[i] = 700 + noise(&prng, shape, 300) + preemption(&prng);
        none += settle_find(late_ns, SERIES, 20, scratch).verdict == SETTLE_NONE;
        found += settle_find(late_ns, SERIES, 20, scratch).verdict == SETTLE_FOUND;
        for (size_t i = 0; i < SERIES; i++)
            late_ns[i] += 4 * (int64_t)i;
        unknown += settle_find(late_ns, SERIES, 20, scratch).verdict == SETTLE_UNKNOWN;
    }
    printf("# %s: %u none, %u found, %u unknown of %u hosts\n", name, none, found, unknown, HOSTS);
    TAP_OK(none >= HOSTS * 95 / 100 && found <= HOSTS / 100, name);
    TAP_OK(unknown == HOSTS, "a series that never settles says nothing");
}

static void edges(void)
{
    static int64_t values[SERIES], scratch[SERIES];
    struct settle settle;

    TAP_INT(settle_find(values, SETTLE_MIN_COUNT - 1, 0, scratch).verdict, SETTLE_UNKNOWN, "too few values");
    TAP_INT(settle_find(values, SETTLE_MIN_COUNT, 0, scratch).verdict, SETTLE_NONE, "all equal");
    for (size_t i = 0; i < 16; i++)
        values[i] = -30;
    settle = settle_find(values, 128, 0, scratch);
    TAP_INT(settle.verdict, SETTLE_FOUND, "early at first");
    TAP_INT(settle.after, 16, "16 values early");
    TAP_INT(settle.first, -30, "the first block's median");
    TAP_INT(settle_find(values, 128, 30, scratch).verdict, SETTLE_NONE, "within the slack");
    for (size_t i = 8; i < 12; i++)
        values[i] = 0;
    TAP_INT(settle_find(values, 128, 0, scratch).after, 16, "half of the second block is enough");
    for (size_t i = 0; i < 3; i++)
        values[i] = 0;
    TAP_INT(settle_find(values, 128, 0, scratch).verdict, SETTLE_NONE, "of the first it is not");
    for (size_t i = 0; i < 62; i++)
        values[i] = 500;
    TAP_INT(settle_find(values, 128, 0, scratch).verdict, SETTLE_UNKNOWN,
            "training up to the half: its end is not known");
}

int main(void)
{
    find_training(0, "timer advance, uniform noise");
    find_training(1, "timer advance, bell noise");
    find_training(2, "timer advance, two levels");
    find_none(0, "no advance, uniform noise");
    find_none(2, "no advance, two levels");
    edges();
    return tap_done();
}
