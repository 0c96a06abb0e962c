/* SPDX-License-Identifier: MIT */
/*
 * lib/infer/timer_advance.c: on wakes as Debian's kvm_amd gave them in exact time (6.1, lapic_timer_advance_ns -1 and
 * 0), on KVM's rule with a way that takes longer than its 5000 ns, and on hosts that have no such sawtooth.
 */
#include "lib/infer/timer_advance.h"
#include "lib/prng.h"
#include "tests/unit/tap.h"

enum { RECORDED = 64, HOSTS = 1000, WAKES = 128, MODELS = 6 };

/* 64 wakes in turn; HLT, 1 ms. */
static const int64_t adapted_ns[RECORDED] = {
    2138, 5330, 4693, 4772, 3552, 3120, 2757, 2437, 2160, 2560, 1618, 2087, 5330, 4809, 4101, 3616,
    3714, 2754, 3077, 2064, 1824, 1621, 1440, 5333, 4690, 4117, 3634, 3203, 3472, 2416, 2128, 1891,
    1680, 1493, 5330, 4691, 4117, 3634, 3856, 2738, 2418, 2149, 2550, 1474, 1442, 5333, 5334, 4034,
    3554, 3794, 2690, 2373, 2098, 1859, 1648, 1475, 5982, 4610, 4053, 4225, 3058, 3355, 2306, 1909,
};
static const int64_t fixed_ns[RECORDED] = {
    6117, 6912, 6242, 6245, 6240, 6903, 6240, 6245, 6902, 6242, 6242, 6117, 6245, 6910, 6242, 6898,
    6242, 6242, 6245, 6240, 6117, 6240, 6909, 6242, 6242, 6243, 6245, 6240, 6245, 6240, 6901, 6242,
    6243, 6896, 6242, 6240, 6245, 6240, 6245, 6242, 6897, 6240, 6245, 6242, 6901, 6240, 6243, 6242,
    6903, 6242, 6912, 6240, 6902, 6240, 6898, 6240, 6245, 6908, 6114, 6245, 6242, 6245, 6744, 6307,
};

static void check_recorded(void)
{
    int64_t scratch[RECORDED];
    struct advance found;

    TAP_OK(advance_find(adapted_ns, RECORDED, scratch, &found), "kvm_amd's own setting is found");
    TAP_INT(found.period, 11, "eleven wakes from one beginning to the next");
    TAP_OK(found.high_ns > 5200 && found.high_ns < 5500 && found.low_ns > 1300 && found.low_ns < 1700, "and its ends");
    TAP_OK(!advance_find(fixed_ns, RECORDED, scratch, &found), "none with lapic_timer_advance_ns=0");
    TAP_OK(!advance_find(adapted_ns, ADVANCE_MIN_COUNT - 1, scratch, &found), "too few wakes say nothing");
}

/* All as KVM's rule gives it, but for the first wake behind a top: it falls more than half of the way at once. */
static void check_steep(void)
{
    enum { PERIOD = 8, TOP_NS = 5300, NEXT_NS = 3000, END_NS = 1000 };
    int64_t late_ns[RECORDED], scratch[RECORDED], now_ns = 0;
    struct advance found;

    for (unsigned i = 0; i < RECORDED; i++) {
        now_ns -= (now_ns - END_NS) / 8;
        if (i % PERIOD < 2)
            now_ns = i % PERIOD ? NEXT_NS : TOP_NS;
        late_ns[i] = now_ns;
    }
    TAP_OK(!advance_find(late_ns, RECORDED, scratch, &found), "no learning falls so far at once");
}

/*
 * A sawtooth that falls by a part of what is left, from one top, to an end which may lie lower as seen from the upper
 * half: other parts, other swings and two ends are not KVM's.
 */
static bool is_found(int64_t top_ns, int64_t bottom_ns, int64_t part, int64_t upper_end_ns)
{
    enum { END_NS = 200 };
    int64_t late_ns[RECORDED], scratch[RECORDED], now_ns = top_ns;
    struct advance found;

    for (unsigned i = 0; i < RECORDED; i++) {
        late_ns[i] = now_ns;
        now_ns -= (now_ns - (2 * now_ns > top_ns + bottom_ns ? upper_end_ns : END_NS)) / part;
        if (now_ns < bottom_ns)
            now_ns = top_ns;
    }
    return advance_find(late_ns, RECORDED, scratch, &found) && found.fits;
}

/* Adds KVM's rule to a way of that length. */
static int64_t advanced_ns(int64_t way_ns, int64_t *advance_ns)
{
    int64_t error_ns = way_ns - *advance_ns;

    if (error_ns > 100 && error_ns < 10000)
        *advance_ns += error_ns / 8;
    if (*advance_ns > 5000)
        *advance_ns = 1000;
    return 200 + (error_ns > 0 ? error_ns : 0);
}

/* The next wake of a model: KVM, even noise, a bell, two levels, a clock that beats with another, a walk. */
static int64_t next_ns(struct prng *prng, unsigned model, int64_t width_ns, int64_t *state)
{
    switch (model) {
    case 0:
        return advanced_ns(width_ns + 3500 + (int64_t)prng_below(prng, 60), state);
    case 1:
        return (int64_t)prng_below(prng, (uint64_t)width_ns);
    case 2:
        return (int64_t)(prng_below(prng, (uint64_t)width_ns) + prng_below(prng, (uint64_t)width_ns)) / 2;
    case 3:
        return (prng_below(prng, 3) ? 0 : width_ns) + (int64_t)prng_below(prng, 100);
    case 4:
        *state = *state > width_ns / 11 ? *state - width_ns / 11 : *state + width_ns;
        return *state;
    default:
        *state += (int64_t)prng_below(prng, 600) - 300;
        return *state;
    }
}

static uint32_t count_found(unsigned model)
{
    int64_t late_ns[WAKES], scratch[WAKES];
    uint32_t count = 0;
    struct advance found;

    for (uint64_t host = 0; host < HOSTS; host++) {
        int64_t state = 1000, width_ns;
        struct prng prng;

        prng_seed(&prng, host);
        width_ns = (int64_t)prng_range(&prng, 2700, 5000);
        for (unsigned i = 0; i < WAKES; i++)
            late_ns[i] = next_ns(&prng, model, width_ns, &state) +
                         (prng_below(&prng, 100) ? 0 : (int64_t)prng_below(&prng, 90000));
        count += advance_find(late_ns, WAKES, scratch, &found);
    }
    return count;
}

/* As on kvm_amd with the advance off, where early ticks after a pause came later or sooner. */
static void check_explained(void)
{
    TAP_OK(advance_explains(4300, 1200), "3 us less late in the end: an advance may have grown by that");
    TAP_OK(!advance_explains(1200, 4300), "none makes wakes later");
    TAP_OK(!advance_explains(2200, 2200), "nor leaves them alone");
    TAP_OK(!advance_explains(44628, 34035), "nor gains 10 us");
}

static void check_sawtooths(void)
{
    TAP_OK(is_found(5200, 1200, 8, 200), "a sawtooth of 4 us that falls by an eighth is KVM's");
    TAP_OK(!is_found(4200, 1200, 8, 200), "one of 3 us is not");
    TAP_OK(!is_found(6200, 1200, 8, 200), "nor one of 5 us");
    TAP_OK(!is_found(5200, 1200, 11, 200), "nor one that falls by an eleventh");
    TAP_OK(!is_found(5200, 1200, 6, 200), "nor by a sixth");
    TAP_OK(!is_found(5200, 1200, 8, -800), "nor one that falls to another end from above");
}

int main(void)
{
    static const char *const names[MODELS] = {"KVM's rule", "even noise", "a bell", "two levels", "a beat", "a walk"};

    check_recorded();
    check_steep();
    check_explained();
    check_sawtooths();
    for (unsigned model = 0; model < MODELS; model++) {
        uint32_t count = count_found(model);

        printf("# %s: %u of %u\n", names[model], count, HOSTS);
        TAP_OK(model ? count * 100 <= HOSTS : count * 100 >= 95 * HOSTS, names[model]);
    }
    return tap_done();
}
