/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/hpet.h"

#include <stddef.h>

#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn.h"
#include "arch/x86/time/hpet_regs.h"

/* Most reads to wait for the counter to move: one read takes 0.1 us or more, one tick 0.1 us at most. */
static const uint32_t still_reads = 1000;

/*
 * Longest span that a comparator is armed for: half a turn of 32 bits, so that "passed already" can be told from "far
 * ahead".
 */
static const uint32_t delay_max = UINT32_C(0x7FFFFFFF);

enum { READ_TRIES = 4 };

static const uint64_t fs_per_second = UINT64_C(1000000000000000);

static uint32_t read32(const struct hpet *hpet, uint32_t offset)
{
    return *(const volatile uint32_t *)(const volatile void *)(hpet->base + offset);
}

static void write32(const struct hpet *hpet, uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(volatile void *)(hpet->base + offset) = value;
}

static bool counts(const struct hpet *hpet)
{
    uint32_t first = read32(hpet, HPET_COUNTER_LOW);
    for (uint32_t i = 0; i < still_reads; i++)
        if (read32(hpet, HPET_COUNTER_LOW) != first)
            return true;
    return false;
}

bool hpet_open(struct hpet *hpet, uint64_t physical)
{
    bool sane;
    uint32_t capability;

    *hpet = (struct hpet){.base = NULL};
    hpet->base = paging_map_mmio(physical, HPET_MMIO_BYTES);
    if (hpet->base == NULL)
        return false;

    capability = read32(hpet, HPET_CAPABILITY);
    hpet->period_fs = read32(hpet, HPET_PERIOD);
    hpet->wide = (capability & HPET_CAP_COUNTER_64) != 0;
    hpet->timer_count = ((capability >> HPET_CAP_TIMERS_SHIFT) & HPET_CAP_TIMERS_MASK) + 1;
    sane = capability != UINT32_MAX && hpet->period_fs != 0 && hpet->period_fs <= HPET_PERIOD_MAX_FS;

    if (sane) {
        uint32_t config;

        for (uint32_t timer = 0; timer < hpet->timer_count; timer++)
            hpet_disarm(hpet, timer);
        config = read32(hpet, HPET_CONFIGURATION);
        write32(hpet, HPET_CONFIGURATION, (config & ~HPET_CONFIG_LEGACY) | HPET_CONFIG_ENABLE);
    }
    if (!sane || !counts(hpet)) {
        *hpet = (struct hpet){.base = NULL};
        return false;
    }
    return true;
}

uint64_t hpet_hz(const struct hpet *hpet)
{
    return (fs_per_second + hpet->period_fs / 2) / hpet->period_fs;
}

/*
 * Two 32-bit halves, because not every host takes a 64-bit access; read again where the high half has moved. It does so
 * once in five minutes: one that moves again and again is no counter, and the caller's own check finds that.
 */
uint64_t hpet_read(const struct hpet *hpet)
{
    uint32_t high, low, again;

    if (!hpet->wide)
        return read32(hpet, HPET_COUNTER_LOW);
    again = read32(hpet, HPET_COUNTER_HIGH);
    for (uint32_t i = 0; i < READ_TRIES; i++) {
        high = again;
        low = read32(hpet, HPET_COUNTER_LOW);
        again = read32(hpet, HPET_COUNTER_HIGH);
        if (again == high)
            break;
    }
    return ((uint64_t)again << 32) | low;
}

uint32_t hpet_timer_routes(const struct hpet *hpet, uint32_t timer)
{
    return timer < hpet->timer_count ? read32(hpet, HPET_TIMER_ROUTES(timer)) : 0;
}

/* The timer's configuration for 32 bits and edges, without a way to deliver them. */
static uint32_t plain_config(const struct hpet *hpet, uint32_t timer)
{
    uint32_t config = read32(hpet, HPET_TIMER_CONFIG(timer));

    config &= ~(HPET_TIMER_LEVEL | HPET_TIMER_INTERRUPT | HPET_TIMER_PERIODIC | HPET_TIMER_ROUTE_MASK | HPET_TIMER_FSB);
    return config | HPET_TIMER_FORCE_32;
}

bool hpet_route_message(const struct hpet *hpet, uint32_t timer, uint32_t address, uint32_t message)
{
    if (timer >= hpet->timer_count || !(read32(hpet, HPET_TIMER_CONFIG(timer)) & HPET_TIMER_FSB_ABLE))
        return false;
    write32(hpet, HPET_TIMER_MESSAGE(timer), message);
    write32(hpet, HPET_TIMER_MESSAGE(timer) + 4, address);
    write32(hpet, HPET_TIMER_CONFIG(timer), plain_config(hpet, timer) | HPET_TIMER_FSB);
    return (read32(hpet, HPET_TIMER_CONFIG(timer)) & HPET_TIMER_FSB) != 0;
}

bool hpet_route(const struct hpet *hpet, uint32_t timer, uint32_t gsi)
{
    if (gsi > 31 || ((hpet_timer_routes(hpet, timer) >> gsi) & 1) == 0)
        return false;
    write32(hpet, HPET_TIMER_CONFIG(timer), plain_config(hpet, timer) | (gsi << HPET_TIMER_ROUTE_SHIFT));
    return (read32(hpet, HPET_TIMER_CONFIG(timer)) & HPET_TIMER_ROUTE_MASK) == gsi << HPET_TIMER_ROUTE_SHIFT;
}

/* A comparator matches on equality only: one that is already behind the counter waits for a whole turn. */
bool hpet_arm_oneshot(const struct hpet *hpet, uint32_t timer, uint32_t delay)
{
    uint32_t left, config, target;

    if (timer >= hpet->timer_count || delay == 0 || delay > delay_max)
        return false;
    config = read32(hpet, HPET_TIMER_CONFIG(timer));
    target = read32(hpet, HPET_COUNTER_LOW) + delay;
    /*
     * The comparator first: with the interrupt already on, its old value, now in the past, may fire at once (QEMU
     * does).
     */
    write32(hpet, HPET_TIMER_CONFIG(timer), config & ~HPET_TIMER_INTERRUPT);
    write32(hpet, HPET_TIMER_COMPARATOR(timer), target);
    write32(hpet, HPET_TIMER_CONFIG(timer), config | HPET_TIMER_INTERRUPT);
    left = target - read32(hpet, HPET_COUNTER_LOW);
    return left != 0 && left <= delay_max;
}

void hpet_disarm(const struct hpet *hpet, uint32_t timer)
{
    uint32_t config;

    if (timer >= hpet->timer_count)
        return;
    config = read32(hpet, HPET_TIMER_CONFIG(timer));
    write32(hpet, HPET_TIMER_CONFIG(timer), config & ~(HPET_TIMER_INTERRUPT | HPET_TIMER_PERIODIC));
}
