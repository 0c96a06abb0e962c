/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/clock.h"

#include "lib/fixed.h"

enum {
    PPM = 1000000,
    STATED_MARGIN_PPM = 500, /* crystals, and a host's clock that is being set right */
};

static const enum tsc_source measured[] = {TSC_SOURCE_HPET, TSC_SOURCE_PMTIMER, TSC_SOURCE_PIT, TSC_SOURCE_RTC};

enum tsc_source clock_best_measured(const struct clock *clock)
{
    enum tsc_source best = TSC_SOURCE_NONE;

    for (unsigned i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
        const struct tsc_reference *r = &clock->references[measured[i]];

        if (r->hz && (!best || r->bound_ppm < clock->references[best].bound_ppm))
            best = measured[i];
    }
    return best;
}

static uint64_t ppm_apart(uint64_t a, uint64_t b)
{
    return muldiv_u64(a > b ? a - b : b - a, PPM, b);
}

/* True where the reference says another frequency, beyond its bound and the margin. */
static bool contradicts(const struct tsc_reference *reference, uint64_t hz)
{
    return ppm_apart(hz, reference->hz) > reference->bound_ppm + STATED_MARGIN_PPM;
}

void clock_choose(struct clock *clock)
{
    static const enum tsc_source stated[] = {TSC_SOURCE_CPUID15, TSC_SOURCE_CPUID_40000010, TSC_SOURCE_KVMCLOCK,
                                             TSC_SOURCE_XEN};
    enum tsc_source hardware = clock_best_measured(clock);

    for (unsigned i = 0; i < sizeof(stated) / sizeof(stated[0]); i++) {
        uint64_t hz = clock->references[stated[i]].hz;

        if (!hz)
            continue;
        if (hardware && contradicts(&clock->references[hardware], hz)) {
            if (!clock->disbelieved)
                clock->disbelieved = stated[i];
            continue;
        }
        clock->source = stated[i];
        clock->tsc_hz = hz;
        return;
    }
    clock->source = hardware ? hardware : TSC_SOURCE_CPUID16;
    clock->tsc_hz = clock->references[clock->source].hz;
    if (!clock->tsc_hz) {
        clock->source = TSC_SOURCE_NONE;
        clock->tsc_hz = 1000 * 1000 * 1000;
    }
}

void clock_take_wish(struct clock *clock, uint64_t wish_hz)
{
    enum tsc_source witness = clock_best_measured(clock);

    if (!witness && clock->source != TSC_SOURCE_CPUID16)
        witness = clock->source;
    if (witness && contradicts(&clock->references[witness], wish_hz)) {
        clock->against_wish = witness;
        clock->wait_hz = clock->tsc_hz;
    }
    clock->source = TSC_SOURCE_COMMAND_LINE;
    clock->tsc_hz = wish_hz;
}

const char *tsc_source_name(enum tsc_source source)
{
    static const char *const names[TSC_SOURCE_COUNT] = {
        [TSC_SOURCE_NONE] = "none",         [TSC_SOURCE_COMMAND_LINE] = "cmdline",
        [TSC_SOURCE_CPUID15] = "cpuid15",   [TSC_SOURCE_CPUID_40000010] = "cpuid40000010",
        [TSC_SOURCE_KVMCLOCK] = "kvmclock", [TSC_SOURCE_HPET] = "hpet",
        [TSC_SOURCE_PMTIMER] = "pmtimer",   [TSC_SOURCE_PIT] = "pit",
        [TSC_SOURCE_RTC] = "rtc",           [TSC_SOURCE_CPUID16] = "cpuid16",
        [TSC_SOURCE_LINUX] = "linux",       [TSC_SOURCE_XEN] = "xen",
    };

    return names[source];
}

int64_t clock_ppm(const struct clock *clock, enum tsc_source source)
{
    uint64_t hz = clock->references[source].hz;
    int64_t apart = (int64_t)ppm_apart(hz, clock->tsc_hz);

    return hz < clock->tsc_hz ? -apart : apart;
}
