/* SPDX-License-Identifier: MIT */
#include "lib/infer/host_tick.h"

#include <stdbool.h>

#include "lib/fixed.h"

enum {
    JITTER_SHARE = 16, /* a wake is one period later within a sixteenth of the period */
    WAKES_MIN = 16,    /* fewer show no period */
    WAKES_SURE = 50,
    COUNT_PERCENT = 60, /* of the ticks in the watched time must have been seen */
    ABOVE_PERCENT = 40, /* partners beyond what chance gives */
    SURE_PERCENT = 85,
    NEAR_SHARE = 100,
    QUIET_PER_1000S = 20000,
    WATCHED_MIN_SHARE = 5, /* a fifth of a second at least */
};

/*
 * Of 100 wakes that could have another one a period later, how many do; *mean_tsc: their distance on average, which
 * jitter does not change.
 */
static uint32_t partners_percent(const uint64_t *at_tsc, size_t n, uint64_t period_tsc, uint64_t *mean_tsc)
{
    uint64_t slack_tsc = period_tsc / JITTER_SHARE, sum_tsc = 0;
    uint32_t could = 0, have = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t from_tsc = at_tsc[i] + period_tsc - slack_tsc;
        uint64_t to_tsc = at_tsc[i] + period_tsc + slack_tsc;
        size_t k = i + 1;

        if (to_tsc > at_tsc[n - 1])
            break;
        could++;
        while (at_tsc[k] < from_tsc)
            k++;
        if (at_tsc[k] > to_tsc)
            continue;
        sum_tsc += at_tsc[k] - at_tsc[i];
        have++;
    }
    *mean_tsc = have ? sum_tsc / have : 0;
    return could ? have * 100 / could : 0;
}

/* Upper bound of what random wakes would give: their rate times the width of the search. */
static uint32_t chance_percent(uint64_t per_1000s, uint32_t hz)
{
    uint64_t percent = per_1000s * 2 * 100 / JITTER_SHARE / 1000 / hz;

    return percent > 100 ? 100 : (uint32_t)percent;
}

/* A clock that interrupts 1 % more or less often is another one: 240 and 1024 Hz are no ticks. */
static bool is_near(uint64_t mean_tsc, uint64_t period_tsc)
{
    uint64_t apart_tsc = mean_tsc > period_tsc ? mean_tsc - period_tsc : period_tsc - mean_tsc;

    return apart_tsc <= period_tsc / NEAR_SHARE;
}

/* Every second wake of twice the rate is a period later, too. */
static bool is_twice(const uint64_t *at_tsc, size_t n, uint64_t period_tsc, uint32_t chance)
{
    uint64_t mean_tsc;

    return partners_percent(at_tsc, n, period_tsc / 2, &mean_tsc) >= chance + ABOVE_PERCENT;
}

struct host_tick host_tick_find(const uint64_t *at_tsc, size_t n, uint64_t watched_tsc, uint64_t tsc_hz)
{
    /* The fastest first: every fourth tick of 1000 Hz is one of 250 Hz. */
    static const uint32_t rates_hz[] = {1000, 300, 250, 100};
    struct host_tick tick = {.confidence = CONFIDENCE_LOW};

    if (watched_tsc < tsc_hz / WATCHED_MIN_SHARE)
        return tick;
    tick.per_1000s = muldiv_u64(n * 1000, tsc_hz, watched_tsc);
    if (tick.per_1000s < QUIET_PER_1000S) {
        tick.is = HOST_TICK_NONE;
        tick.confidence = watched_tsc >= tsc_hz ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
        return tick;
    }
    for (unsigned i = 0; i < sizeof(rates_hz) / sizeof(rates_hz[0]) && n >= WAKES_MIN; i++) {
        uint64_t period_tsc = tsc_hz / rates_hz[i], mean_tsc;
        uint32_t share = partners_percent(at_tsc, n, period_tsc, &mean_tsc);
        uint32_t chance = chance_percent(tick.per_1000s, rates_hz[i]);

        if (tick.per_1000s < (uint64_t)rates_hz[i] * 10 * COUNT_PERCENT || share < chance + ABOVE_PERCENT ||
            !is_near(mean_tsc, period_tsc) || is_twice(at_tsc, n, period_tsc, chance))
            continue;
        tick.is = HOST_TICK_PERIODIC;
        tick.hz = rates_hz[i];
        tick.share_percent = share;
        tick.confidence = share >= SURE_PERCENT && n >= WAKES_SURE ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
        return tick;
    }
    return tick;
}
