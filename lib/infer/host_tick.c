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
    QUIET_PER_1000S = 20000,
    WATCHED_MIN_SHARE = 5, /* a fifth of a second at least */
};

/* Of 100 wakes that could have another one a period later, how many do. */
static uint32_t partners_percent(const uint64_t *at_tsc, size_t n, uint64_t period_tsc)
{
    uint64_t slack_tsc = period_tsc / JITTER_SHARE;
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
        have += at_tsc[k] <= to_tsc;
    }
    return could ? have * 100 / could : 0;
}

/* Upper bound of what random wakes would give: their rate times the width of the search. */
static uint32_t chance_percent(uint64_t per_1000s, uint32_t hz)
{
    uint64_t percent = per_1000s * 2 * 100 / JITTER_SHARE / 1000 / hz;

    return percent > 100 ? 100 : (uint32_t)percent;
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
        uint32_t share = partners_percent(at_tsc, n, tsc_hz / rates_hz[i]);

        if (tick.per_1000s < (uint64_t)rates_hz[i] * 10 * COUNT_PERCENT ||
            share < chance_percent(tick.per_1000s, rates_hz[i]) + ABOVE_PERCENT)
            continue;
        tick.is = HOST_TICK_PERIODIC;
        tick.hz = rates_hz[i];
        tick.share_percent = share;
        tick.confidence = share >= SURE_PERCENT && n >= WAKES_SURE ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
        return tick;
    }
    return tick;
}
