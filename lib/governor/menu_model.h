/* SPDX-License-Identifier: MIT */
/*
 * What the versions of the menu governor share: a correction factor for the distance of the next timer in each of six
 * ranges of it, the lengths of the last eight sleeps, and the walk over the states. Only lib/governor/menu*.c include
 * it.
 */
#ifndef LAB_LIB_GOVERNOR_MENU_MODEL_H
#define LAB_LIB_GOVERNOR_MENU_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_loop.h"

enum {
    MENU_RANGES = 6,
    MENU_BUCKETS = 2 * MENU_RANGES, /* the second half: while tasks wait for a disk, before Linux 6.12 */
    MENU_INTERVALS = 8,
    MENU_SHORT_NS = 15000, /* sleeps of less are not worth a timer query, nor
                            stopping the tick */
    MENU_STEADY_US2 = 400, /* a variance that is always good enough, in us squared */
};

#define MENU_NO_PATTERN UINT32_MAX

struct menu {
    uint64_t next_timer_ns;
    uint32_t factor[MENU_BUCKETS]; /* slept over predicted: 8192 is 1.0 */
    uint64_t sum_us;               /* of all intervals */
    uint64_t squares_us2;          /* may wrap around */
    uint32_t interval_us[MENU_INTERVALS];
    uint32_t position; /* of the oldest interval */
    uint32_t bucket;
    bool pending; /* a period has not been learned from yet */
    bool tick_woke;
};

/* Results of one select. */
struct menu_forecast {
    uint64_t slept_ns; /* how long the CPU will probably sleep */
    int64_t event_ns;  /* distance of the next event of any kind; negative when it is late */
    int64_t limit_ns;  /* of the exit latency */
    bool before_6_12;  /* the walk of the older version, and its reason to leave the polling state */
};

void menu_enable(void *state, struct idle_loop *loop, uint32_t argument);
void menu_reflect(void *state, struct idle_loop *loop, uint32_t chosen);

/* Learns from the last period, or notes that there was none. */
void menu_update(struct menu *menu, const struct idle_loop *loop);

/* The bucket of a timer at that distance. */
uint32_t menu_bucket(uint64_t timer_ns);

/* A timer's distance in us, corrected by experience in menu->bucket. */
uint32_t menu_corrected_us(const struct menu *menu, uint64_t timer_ns);

/*
 * Makes a forecast of the typical interval in us (or MENU_NO_PATTERN). `far_timer_ticks`: with the tick stopped, a
 * forecast below one tick holds unless the timer is more than that many ticks away.
 */
struct menu_forecast menu_forecast(struct menu *menu, struct idle_loop *loop, uint32_t typical_us,
                                   uint32_t far_timer_ticks);

/* The state for a forecast; writes *stop_tick. */
uint32_t menu_choose(const struct menu *menu, struct idle_loop *loop, struct menu_forecast forecast, bool *stop_tick);

/* True where a variance (us squared) is small enough for the average of `count` intervals to be typical. */
static inline bool menu_is_typical(uint64_t average_us, uint64_t variance_us2, uint32_t count)
{
    if (variance_us2 <= MENU_STEADY_US2)
        return true;
    return variance_us2 <= UINT64_MAX / 36 && 4 * count >= 3 * MENU_INTERVALS &&
           average_us * average_us > 36 * variance_us2;
}

/*
 * dividend / count for counts of 1 to MENU_INTERVALS, without a division where the dividend allows it: with m = 2^63 /
 * count rounded up, dividend * m / 2^63 is exact below 2^63 / count.
 */
static inline uint64_t menu_divide(uint64_t dividend, uint32_t count)
{
    static const uint64_t reciprocal[MENU_INTERVALS + 1] = {
        0,
        UINT64_C(0x8000000000000000),
        UINT64_C(0x4000000000000000),
        UINT64_C(0x2aaaaaaaaaaaaaab),
        UINT64_C(0x2000000000000000),
        UINT64_C(0x199999999999999a),
        UINT64_C(0x1555555555555556),
        UINT64_C(0x124924924924924a),
        UINT64_C(0x1000000000000000),
    };

    if (dividend >> 60)
        return dividend / count;
    return (uint64_t)((unsigned __int128)dividend * reciprocal[count] >> 63);
}

/* True where so few intervals are left that trimming another would leave no pattern. */
static inline bool menu_too_few(uint32_t count)
{
    return 4 * count <= 3 * MENU_INTERVALS;
}

#endif
