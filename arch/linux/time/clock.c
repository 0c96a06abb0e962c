/* SPDX-License-Identifier: MIT */
/*
 * The length of a tick inside Linux: the TSC against CLOCK_MONOTONIC_RAW, which the kernel keeps by the TSC itself
 * where that is its clock source, so that the figure is then the kernel's own (calibrated or stated) frequency.
 */
#include "arch/x86/time/clock.h"

#include <time.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum {
    MEASURE_NS = 300 * 1000 * 1000,
    TRIES = 32,
    PPM = 1000000,
};
#define S_NS UINT64_C(1000000000)

/* A clock of the kernel between two stamps; of several tries the tightest. */
struct reading {
    uint64_t mid_tsc, width_tsc, ns;
};

static struct reading read_clock(clockid_t id, unsigned tries)
{
    struct reading best = {.width_tsc = UINT64_MAX};

    for (unsigned i = 0; i < tries; i++) {
        struct timespec now;
        uint64_t before_tsc = tsc_end(), after_tsc;

        clock_gettime(id, &now);
        after_tsc = tsc_end();
        if (after_tsc - before_tsc < best.width_tsc)
            best = (struct reading){before_tsc + (after_tsc - before_tsc) / 2, after_tsc - before_tsc,
                                    (uint64_t)now.tv_sec * S_NS + (uint64_t)now.tv_nsec};
    }
    return best;
}

/* A tick and its fraction at a time are lost in the width of two readings, some tens of nanoseconds. */
struct timespec os_time_at(const struct machine *machine, uint64_t due_tsc)
{
    struct reading now = read_clock(CLOCK_MONOTONIC, 2);
    uint64_t hz = machine->clock.tsc_hz, due_ns = now.ns;

    if (due_tsc >= now.mid_tsc)
        due_ns += muldiv_u64(due_tsc - now.mid_tsc, S_NS, hz);
    else
        due_ns -= muldiv_u64(now.mid_tsc - due_tsc, S_NS, hz);
    return (struct timespec){(time_t)(due_ns / S_NS), (long)(due_ns % S_NS)};
}

void clock_calibrate(struct machine *machine, uint64_t wish_hz)
{
    const struct timespec pause_for = {0, MEASURE_NS};
    struct clock *clock = &machine->clock;
    struct tsc_reference *kernel = &clock->references[TSC_SOURCE_LINUX];
    struct reading first = read_clock(CLOCK_MONOTONIC_RAW, TRIES), last;

    (void)wish_hz;
    nanosleep(&pause_for, NULL);
    last = read_clock(CLOCK_MONOTONIC_RAW, TRIES);
    clock->invariant = cpu_has(&machine->snapshot, CPUID_INVARIANT_TSC);
    kernel->hz = muldiv_round_u64(last.mid_tsc - first.mid_tsc, S_NS, last.ns - first.ns);
    kernel->bound_ppm =
        (uint32_t)(muldiv_u64((first.width_tsc + last.width_tsc) / 2, PPM, last.mid_tsc - first.mid_tsc) + 1);
    clock->tsc_hz = kernel->hz;
    clock->source = TSC_SOURCE_LINUX;
    clock_measure_stamp(clock);
}
