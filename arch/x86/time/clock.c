/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/clock.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/hpet.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/time/pmtimer.h"
#include "arch/x86/time/rtc.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum {
    MEASURE_MS = 20,
    BRACKET_TRIES = 8,
    PPM = 1000000,
    BOUND_GOOD_PPM = 500, /* a measurement this good is not repeated */
    MEASURE_TRIES = 8,
    PIT_POLLS_LIMIT = 10 * 1000 * 1000,
    RTC_JITTER_PPM = 2000,    /* emulators end an update from a timer of their own, up to a millisecond late */
    RTC_ONE_SECOND = 1000000, /* in its smallest unit that the bound needs: a microsecond */
};

/* Longer than two seconds at any rate, and shorter than the launcher's patience; a clock that does not move ends it. */
#define RTC_LIMIT_TSC     (UINT64_C(1) << 34)
#define COUNTER_LIMIT_TSC (UINT64_C(1) << 31) /* more than 20 ms at 10 GHz */

/* A hardware clock that can be read at any time. */
struct counter {
    uint64_t (*read)(const struct machine *machine);
    uint64_t hz;
    uint64_t mask;
};

/* One reading between two stamps; of several the tightest. */
struct reading {
    uint64_t before_tsc, after_tsc;
    uint64_t value;
};

static uint64_t read_hpet(const struct machine *machine)
{
    return hpet_read(&machine->hpet);
}

static uint64_t read_pmtimer(const struct machine *machine)
{
    return pmtimer_read(&machine->pmtimer);
}

static struct reading take_reading(const struct machine *machine, const struct counter *counter)
{
    struct reading best = {0, UINT64_MAX, 0};

    for (unsigned i = 0; i < BRACKET_TRIES; i++) {
        struct reading r;

        r.before_tsc = tsc_end();
        r.value = counter->read(machine);
        r.after_tsc = tsc_end();
        if (r.after_tsc - r.before_tsc < best.after_tsc - best.before_tsc)
            best = r;
    }
    return best;
}

static uint64_t middle(const struct reading *r)
{
    return r->before_tsc + (r->after_tsc - r->before_tsc) / 2;
}

/* TSC ticks in that many ticks of a clock, and half the sum of the two brackets, give the frequency and its bound. */
static struct tsc_reference reference_of(uint64_t ticks_tsc, uint64_t slack_tsc, uint64_t ticks, uint64_t hz)
{
    struct tsc_reference r = {0, 0};

    if (!ticks || !ticks_tsc)
        return r;
    r.hz = muldiv_round_u64(ticks_tsc, hz, ticks);
    /* One tick of the clock itself is uncertain too. */
    r.bound_ppm = (uint32_t)(muldiv_u64(slack_tsc, PPM, ticks_tsc) + PPM / ticks + 1);
    return r;
}

static struct tsc_reference measure_counter(const struct machine *machine, const struct counter *counter)
{
    uint64_t want = counter->hz * MEASURE_MS / 1000;
    struct reading first = take_reading(machine, counter), last;

    do {
        last = take_reading(machine, counter);
        if (last.after_tsc - first.before_tsc > COUNTER_LIMIT_TSC)
            return (struct tsc_reference){0, 0};
    } while (((last.value - first.value) & counter->mask) < want);
    return reference_of(middle(&last) - middle(&first),
                        (first.after_tsc - first.before_tsc + last.after_tsc - last.before_tsc) / 2,
                        (last.value - first.value) & counter->mask, counter->hz);
}

static struct tsc_reference measure_pit(const struct machine *machine, const struct counter *counter)
{
    uint16_t count = (uint16_t)((uint32_t)PIT_HZ * MEASURE_MS / 1000);
    struct pit_wait wait = pit_wait_channel2(count, PIT_POLLS_LIMIT);
    struct tsc_reference none = {0, 0};
    /*
     * It began to count around the write that opened its gate, and its output rose between the last look that saw it
     * low and the first that saw it high.
     */
    uint64_t start_slack_tsc = wait.start_tsc - wait.loaded_tsc, slack_tsc = wait.end_tsc - wait.before_tsc;
    uint64_t began_tsc = wait.loaded_tsc + start_slack_tsc / 2, risen_tsc = wait.before_tsc + slack_tsc / 2;

    (void)machine;
    (void)counter;
    if (!wait.done)
        return none;
    /* The count is loaded one input clock after the write: N + 1 (8254 data sheet, mode 0). */
    return reference_of(risen_tsc - began_tsc, start_slack_tsc + slack_tsc, count + 1u, PIT_HZ);
}

/* An SMI or a busy host in one of the brackets makes its bound poor: once more then, and the best counts. */
static void measure_best(struct machine *machine, enum tsc_source source,
                         struct tsc_reference (*measure)(const struct machine *, const struct counter *),
                         const struct counter *counter, unsigned tries)
{
    struct tsc_reference *best = &machine->clock.references[source];

    for (unsigned i = 0; i < tries && (!best->hz || best->bound_ppm > BOUND_GOOD_PPM); i++) {
        struct tsc_reference r = measure(machine, counter);

        if (!r.hz)
            return;
        if (!best->hz || r.bound_ppm < best->bound_ppm)
            *best = r;
    }
}

static struct tsc_reference measure_rtc(void)
{
    struct rtc_second second;
    struct tsc_reference none = {0, 0};
    uint64_t ticks_tsc, slack_tsc;
    struct tsc_reference r;

    if (!rtc_watch_native(&second, RTC_LIMIT_TSC))
        return none;
    ticks_tsc = second.last_after_tsc - second.first_after_tsc;
    slack_tsc = second.first_after_tsc - second.first_before_tsc + second.last_after_tsc - second.last_before_tsc;
    r = reference_of(ticks_tsc, slack_tsc, RTC_ONE_SECOND, RTC_ONE_SECOND);

    r.bound_ppm += RTC_JITTER_PPM;
    return r;
}

/* The PIT is asked again only where no other clock is good: each of its tries takes 20 ms more. */
static void measure_hardware(struct machine *machine)
{
    const struct tsc_reference *references = machine->clock.references;
    enum tsc_source best;

    if (machine->hpet.base) {
        struct counter hpet = {read_hpet, hpet_hz(&machine->hpet), machine->hpet.wide ? UINT64_MAX : UINT32_MAX};
        measure_best(machine, TSC_SOURCE_HPET, measure_counter, &hpet, MEASURE_TRIES);
    }
    if (machine->pmtimer.port) {
        struct counter pmtimer = {read_pmtimer, PMTIMER_HZ, machine->pmtimer.mask};
        measure_best(machine, TSC_SOURCE_PMTIMER, measure_counter, &pmtimer, MEASURE_TRIES);
    }
    best = clock_best_measured(&machine->clock);
    if (machine->pit)
        measure_best(machine, TSC_SOURCE_PIT, measure_pit, NULL,
                     best && references[best].bound_ppm <= BOUND_GOOD_PPM ? 1 : MEASURE_TRIES);
}

static void gather(struct machine *machine)
{
    struct tsc_reference *references = machine->clock.references;
    const struct cpu_snapshot *snapshot = &machine->snapshot;
    struct pvclock_time *area = mem_alloc(&machine->mem, sizeof(*area), 64);

    if (cpu_crystal_listed(snapshot))
        references[TSC_SOURCE_CPUID15].hz = cpu_tsc_hz_leaf15(snapshot);
    references[TSC_SOURCE_CPUID16].hz = cpu_tsc_hz_leaf16(snapshot);
    references[TSC_SOURCE_CPUID_40000010].hz = cpu_tsc_hz_hypervisor(snapshot);
    if (area)
        references[TSC_SOURCE_KVMCLOCK].hz = kvm_clock_tsc_hz(&machine->hv, area, NULL);
    references[TSC_SOURCE_XEN].hz = UINT64_C(1000) * machine->hv.xen_tsc_khz;
    measure_hardware(machine);
}

static bool knows_anything(const struct clock *clock)
{
    for (unsigned source = 0; source < TSC_SOURCE_COUNT; source++)
        if (clock->references[source].hz)
            return true;
    return false;
}

void clock_calibrate(struct machine *machine, uint64_t wish_hz)
{
    struct clock *clock = &machine->clock;

    clock->invariant = cpu_has(&machine->snapshot, CPUID_INVARIANT_TSC);
    gather(machine);
    if (!wish_hz && !knows_anything(clock))
        clock->references[TSC_SOURCE_RTC] = measure_rtc();
    clock_choose(clock);
    if (wish_hz)
        clock_take_wish(clock, wish_hz);
    clock_measure_stamp(clock);
}
