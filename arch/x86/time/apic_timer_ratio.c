/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/apic_timer.h"
#include "lib/fixed.h"

#define PPB UINT64_C(1000000000)

enum { HZ_LEAST = 1000000 }; /* bus and crystal clocks have 19 MHz and more, undivided */

/* Each reading was taken at a time within its bracket, and shows whole counts; the ratios are rounded to 2^-32. */
static uint32_t bound_ppb(uint64_t counts, uint64_t ticks_tsc, uint64_t slack_tsc)
{
    uint64_t smaller = counts < ticks_tsc ? counts : ticks_tsc;
    uint64_t rounding_ppb = muldiv_u64(ticks_tsc + counts, PPB, smaller) >> 32;
    uint64_t bound = muldiv_u64(slack_tsc, PPB, ticks_tsc) + PPB / counts + rounding_ppb + 1;

    return bound < UINT32_MAX ? (uint32_t)bound : UINT32_MAX;
}

bool apic_timer_may_repeat(const struct apic_timer *timer)
{
    return timer->hz >= HZ_LEAST;
}

static enum apic_periodic judge(const struct apic_ticks *ticks, uint64_t wanted, uint64_t period_tsc)
{
    if (ticks->shortest_tsc < period_tsc / 2)
        return APIC_PERIODIC_BURSTS;
    if (ticks->count < wanted || ticks->passed_tsc >= (ticks->count + 1) * period_tsc)
        return APIC_PERIODIC_MISSING;
    return ticks->passed_tsc < ticks->count * period_tsc ? APIC_PERIODIC_EARLY : APIC_PERIODIC_LATE;
}

void apic_timer_take_periodic(struct apic_timer *timer, const struct apic_ticks *ticks, uint64_t wanted,
                              uint64_t period_tsc)
{
    uint64_t due_tsc = ticks->count * period_tsc, passed_tsc = ticks->passed_tsc;
    uint64_t off_tsc = passed_tsc > due_tsc ? passed_tsc - due_tsc : due_tsc - passed_tsc;

    timer->periodic = judge(ticks, wanted, period_tsc);
    timer->periodic_error_ppm = ticks->count < wanted ? UINT64_MAX : muldiv_u64(off_tsc, 1000000, due_tsc);
}

const char *apic_periodic_name(enum apic_periodic what)
{
    static const char *const names[] = {"late", "early", "in bursts", "missing"};

    return names[what];
}

void apic_timer_take_ratio(struct apic_timer *timer, uint64_t tsc_hz, uint64_t counts, uint64_t ticks_tsc,
                           uint64_t slack_tsc)
{
    uint32_t bound;

    if (!counts || !ticks_tsc)
        return;
    bound = bound_ppb(counts, ticks_tsc, slack_tsc);
    if (timer->hz && bound >= timer->bound_ppb)
        return;
    timer->hz = muldiv_round_u64(counts, tsc_hz, ticks_tsc);
    timer->bound_ppb = bound;
    timer->count_per_tsc_q32 = muldiv_round_u64(counts, FIXED_Q32_ONE, ticks_tsc);
    timer->tsc_per_count_q32 = muldiv_round_u64(ticks_tsc, FIXED_Q32_ONE, counts);
}

uint64_t apic_timer_off_tsc(const struct apic_timer *timer, uint64_t ahead_tsc)
{
    return timer->one_shot == APIC_TIMER_DEADLINE ? 0 : muldiv_u64(ahead_tsc, timer->bound_ppb, PPB);
}
