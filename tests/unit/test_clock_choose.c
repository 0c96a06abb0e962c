/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/clock_choose.c
/* Which clock is believed: the machine's own word within a measurement's bound plus 500 ppm, else what was measured. */
#include "arch/x86/time/clock.h"
#include "tests/unit/tap.h"

#define MHZ UINT64_C(1000000)

static struct clock choose(uint64_t stated_hz, uint64_t hpet_hz, uint32_t hpet_ppm, uint64_t pit_hz, uint32_t pit_ppm)
{
    struct clock clock = {0};

    clock.references[TSC_SOURCE_CPUID15].hz = stated_hz;
    clock.references[TSC_SOURCE_HPET] = (struct tsc_reference){hpet_hz, hpet_ppm};
    clock.references[TSC_SOURCE_PIT] = (struct tsc_reference){pit_hz, pit_ppm};
    clock.references[TSC_SOURCE_CPUID16].hz = 2100 * MHZ;
    clock_choose(&clock);
    return clock;
}

static void expect(struct clock clock, enum tsc_source source, enum tsc_source disbelieved, const char *title)
{
    TAP_STR(tsc_source_name(clock.source), tsc_source_name(source), title);
    TAP_STR(tsc_source_name(clock.disbelieved), tsc_source_name(disbelieved), title);
    TAP_OK(clock.tsc_hz == (clock.source ? clock.references[clock.source].hz : 1000 * MHZ), title);
}

/* The clock that contradicts tsc_hz=, where the machine states `stated_hz` and the HPET measures. */
static void expect_wish(struct clock clock, uint64_t wish_hz, enum tsc_source against, const char *title)
{
    uint64_t chosen_hz = clock.tsc_hz;

    clock_take_wish(&clock, wish_hz);
    TAP_STR(tsc_source_name(clock.against_wish), tsc_source_name(against), title);
    TAP_OK(clock.source == TSC_SOURCE_COMMAND_LINE && clock.tsc_hz == wish_hz, title);
    TAP_OK(clock_wait_hz(&clock) == (against ? chosen_hz : wish_hz), title);
}

int main(void)
{
    const enum tsc_source none = TSC_SOURCE_NONE, leaf = TSC_SOURCE_CPUID15, hpet = TSC_SOURCE_HPET;
    struct clock empty;

    expect(choose(2000 * MHZ, 2001 * MHZ - 10000, 10, 0, 0), leaf, none, "495 ppm are within the margin");
    expect(choose(2000 * MHZ, 2001 * MHZ + 50000, 10, 0, 0), hpet, leaf, "525 ppm with a bound of 10 are not");
    expect(choose(2000 * MHZ, 2001 * MHZ + 50000, 30, 0, 0), leaf, none, "525 ppm with a bound of 30 are");
    expect(choose(2000 * MHZ, 2040 * MHZ, 20, 0, 0), hpet, leaf, "a board overclocked by 2 %");
    expect(choose(2000 * MHZ, 0, 0, 2400 * MHZ, 250000), leaf, none, "a poor PIT contradicts nobody");
    expect(choose(2000 * MHZ, 2000 * MHZ, 20, 2400 * MHZ, 250000), leaf, none, "the best clock is the witness");
    expect(choose(0, 2100 * MHZ, 900, 2096 * MHZ, 60), TSC_SOURCE_PIT, none, "the tightest bound is taken");
    expect(choose(0, 0, 0, 0, 0), TSC_SOURCE_CPUID16, none, "a figure of the brochure, where there is nothing else");
    empty = (struct clock){0};
    empty.references[TSC_SOURCE_CPUID15].hz = 2000 * MHZ;
    empty.references[TSC_SOURCE_KVMCLOCK].hz = 2001 * MHZ;
    clock_choose(&empty);
    expect(empty, leaf, none, "the processor's word before the host's");
    empty = (struct clock){0};
    empty.references[TSC_SOURCE_XEN].hz = 1000 * MHZ;
    clock_choose(&empty);
    expect(empty, TSC_SOURCE_XEN, none, "Xen's word, in a guest without any clock");
    TAP_STR(tsc_source_name(empty.source), "xen", "its name");
    empty = (struct clock){0};
    clock_choose(&empty);
    expect(empty, none, none, "nothing at all");
    expect_wish(choose(2000 * MHZ, 2000 * MHZ, 10, 0, 0), 2001 * MHZ - 10000, none, "tsc_hz= within the margin");
    expect_wish(choose(2000 * MHZ, 2000 * MHZ, 10, 0, 0), 2001 * MHZ + 50000, hpet, "tsc_hz= 525 ppm away");
    expect_wish(choose(2000 * MHZ, 2000 * MHZ, 10, 0, 0), 1 * MHZ, hpet, "tsc_hz= that nobody means");
    expect_wish(choose(2000 * MHZ, 2100 * MHZ, 10, 0, 0), 2000 * MHZ, hpet, "the measured clock is the witness");
    expect_wish(choose(2000 * MHZ, 0, 0, 2400 * MHZ, 250000), 2200 * MHZ, none, "a poor clock contradicts little");
    expect_wish(choose(2000 * MHZ, 0, 0, 0, 0), 2200 * MHZ, leaf, "where none is measured, what is stated");
    expect_wish(choose(0, 0, 0, 0, 0), 2200 * MHZ, none, "a figure of the brochure contradicts nobody");
    empty = (struct clock){0};
    clock_choose(&empty);
    expect_wish(empty, 2200 * MHZ, none, "no clock at all");
    return tap_done();
}
