/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/apic_timer_ratio.c
/* A one-shot timer's ratio to the TSC: what a measurement says of it, and how far off an event may be by that. */
#include "arch/x86/time/apic_timer.h"
#include "tests/unit/tap.h"

#define TSC_HZ UINT64_C(3400000000)

/* 100 MHz, as AMD's count, between two readings of 340 ticks each. */
static void measure(struct apic_timer *timer, uint64_t ms)
{
    apic_timer_take_ratio(timer, TSC_HZ, ms * 100000, ms * TSC_HZ / 1000, 340);
}

/* Ticks a millisecond apart, 8 of them wanted. */
static const char *periodic(uint64_t count, uint64_t passed_us, uint64_t shortest_us)
{
    struct apic_timer timer = {0};

    apic_timer_take_periodic(&timer, &(struct apic_ticks){count, passed_us * 1000, shortest_us * 1000}, 8, 1000000);
    return timer.periodic_error_ppm <= 100000 ? "good" : apic_periodic_name(timer.periodic);
}

static void test_periodic(void)
{
    TAP_STR(periodic(8, 8000, 1000), "good", "eight in eight milliseconds");
    TAP_STR(periodic(8, 8700, 990), "good", "or nearly");
    TAP_STR(periodic(8, 8900, 1000), "late", "the last one late");
    TAP_STR(periodic(8, 6400, 800), "early", "a count that is faster than was measured");
    TAP_STR(periodic(9, 8100, 1), "good", "one at once behind another, all in their time");
    TAP_STR(periodic(9, 12000, 1), "in bursts", "a host that was away hands out what was due");
    TAP_STR(periodic(8, 6000, 0), "in bursts", "or the first came late");
    TAP_STR(periodic(8, 16000, 2000), "missing", "every second one");
    TAP_STR(periodic(3, 3000, 1000), "missing", "it stopped");
    TAP_STR(periodic(0, 0, UINT64_MAX / 1000), "missing", "none at all");
}

int main(void)
{
    struct apic_timer timer = {.one_shot = APIC_TIMER_ONE_SHOT}, slow = timer;
    uint64_t hundred_ms = TSC_HZ / 10;

    apic_timer_take_ratio(&timer, TSC_HZ, 0, TSC_HZ / 100, 340);
    TAP_INT(timer.hz, 0, "a count that stands still is no measurement");
    measure(&timer, 10);
    TAP_INT(timer.hz, 100000000, "the count's frequency");
    TAP_INT(timer.tsc_per_count_q32, UINT64_C(34) << 32, "34 ticks are a count");
    TAP_INT(timer.count_per_tsc_q32, ((UINT64_C(1) << 32) + 17) / 34, "and a count is so much of a tick");
    TAP_OK(timer.bound_ppb > 11000 && timer.bound_ppb < 11050, "10 ms: the brackets are 10 ppm, a count is one more");
    TAP_OK(apic_timer_off_tsc(&timer, hundred_ms) > TSC_HZ / 1000000, "100 ms ahead are known to a microsecond only");
    measure(&timer, 1280);
    TAP_OK(timer.bound_ppb > 85 && timer.bound_ppb < 110, "1280 ms: a hundredth, but for the ratio's rounding");
    TAP_OK(apic_timer_off_tsc(&timer, hundred_ms) < TSC_HZ / 10000000, "100 ms ahead are known to 100 ns");
    measure(&timer, 10);
    TAP_OK(timer.bound_ppb < 110, "a worse measurement does not replace a better one");
    apic_timer_take_ratio(&timer, TSC_HZ, 1, 34, UINT64_C(1) << 40);
    TAP_OK(timer.bound_ppb < 110, "nor does one without any worth");
    TAP_OK(apic_timer_may_repeat(&timer), "100 MHz may repeat itself");
    apic_timer_take_ratio(&slow, 1000000, 10000000, 26000000, 0);
    TAP_OK(slow.hz && !apic_timer_may_repeat(&slow), "1 GHz beside a TSC of 2.6 that is said to have 1 MHz may not");
    test_periodic();
    timer.one_shot = APIC_TIMER_DEADLINE;
    TAP_INT(apic_timer_off_tsc(&timer, hundred_ms), 0, "a deadline is exact");
    return tap_done();
}
