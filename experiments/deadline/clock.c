/* SPDX-License-Identifier: MIT */
/*
 * Is a tick during sleep as long as one awake? Waits in a row between two readings of the PM timer or the HPET; and
 * what WAITPKG proved to be.
 *
 * kvmclock cannot tell: a guest computes it from the same TSC.
 */
#include "arch/x86/time/tsc.h"
#include "experiments/deadline/parts.h"
#include "lib/fixed.h"

enum {
    TEXT_BYTES = 192,
    SPAN_NS = 20 * 1000 * 1000,
    WAIT_NS = 100 * 1000,
    PPM = 1000000,
};

/* The PM timer has 24 bits and wraps after 4.7 s: a host that takes the CPU for so long hides a wrap. */
#define SPAN_MAX_NS (UINT64_C(4) * 1000 * 1000 * 1000)

/* The clock between two stamps; their distance widens *bound_tsc. Returns the middle. */
static uint64_t read_clock(const struct machine *machine, enum tsc_source source, uint64_t *ticks, uint64_t *bound_tsc)
{
    uint64_t before_tsc = tsc_begin(), after_tsc;

    *ticks = source == TSC_SOURCE_PMTIMER ? pmtimer_read(&machine->pmtimer) : hpet_read(&machine->hpet);
    after_tsc = tsc_end();
    *bound_tsc += after_tsc - before_tsc;
    return before_tsc + (after_tsc - before_tsc) / 2;
}

void deadline_compare_clock(struct step *step, struct deadline *deadline)
{
    const struct machine *machine = step->machine;
    struct deadline_clock *clock = &deadline->clock;
    uint64_t span_tsc = step_tsc(step, SPAN_NS), wait_tsc = step_tsc(step, WAIT_NS);
    uint64_t start_tsc, from, to;

    if (machine->pmtimer.port)
        clock->source = TSC_SOURCE_PMTIMER;
    else if (machine->hpet.base)
        clock->source = TSC_SOURCE_HPET;
    else
        return;
    start_tsc = read_clock(machine, clock->source, &from, &clock->bound_tsc);
    do {
        clock->asleep_tsc += (uint64_t)deadline_wait_once(step, deadline, wait_tsc);
        clock->waits++;
    } while (tsc_now() - start_tsc < span_tsc);
    clock->passed_tsc = read_clock(machine, clock->source, &to, &clock->bound_tsc) - start_tsc;
    if (clock->passed_tsc > step_tsc(step, SPAN_MAX_NS)) {
        clock->source = TSC_SOURCE_NONE;
        return;
    }
    if (clock->source == TSC_SOURCE_PMTIMER) {
        clock->hz = PMTIMER_HZ;
        clock->passed_ticks = pmtimer_delta(&machine->pmtimer, (uint32_t)from, (uint32_t)to);
    } else {
        clock->hz = hpet_hz(&machine->hpet);
        clock->passed_ticks = machine->hpet.wide ? to - from : (uint32_t)(to - from);
    }
}

/* The TSC's rate by that clock while it waited, against what the same clock said at boot. */
void deadline_report_clock(struct step *step, const struct deadline *deadline)
{
    const struct deadline_clock *clock = &deadline->clock;
    uint64_t awake_hz = step->machine->clock.references[clock->source].hz, asleep_hz, bound_ppm;
    int64_t ppm;

    if (clock->source == TSC_SOURCE_NONE || !clock->passed_ticks || !awake_hz)
        return;
    asleep_hz = muldiv_u64(clock->passed_tsc, clock->hz, clock->passed_ticks);
    ppm = ((int64_t)asleep_hz - (int64_t)awake_hz) / (int64_t)(awake_hz / PPM + 1);
    /* The readings' width, a tick of the clock at each end, and what the boot's figure is good for. */
    bound_ppm = muldiv_u64(clock->bound_tsc, PPM, clock->passed_tsc) + 2 * PPM / clock->passed_ticks +
                step->machine->clock.references[clock->source].bound_ppm;
    result_scalar(step, "asleep_ppm", ppm, "ppm");
    result_say(step, "asleep_clock", CONFIDENCE_MEASURED,
               "asleep for %lu of %lu ticks, %u waits: a tick is %s long as awake by %s (%ld ppm, give or take %lu)",
               clock->asleep_tsc, clock->passed_tsc, clock->waits,
               (uint64_t)(ppm < 0 ? -ppm : ppm) <= bound_ppm ? "as" : "not as", tsc_source_name(clock->source), ppm,
               bound_ppm);
}

void deadline_report_proof(struct step *step, const struct deadline *deadline)
{
    const struct waitpkg_proof *proof = &deadline->proof;
    char text[TEXT_BYTES];

    waitpkg_describe(proof, text, sizeof(text));
    result_finding(step, "waitpkg_is", CONFIDENCE_HIGH, text);
    if (proof->is == WAITPKG_FAULTS)
        result_metric(step, "fault_vector", proof->vector, "count");
    else if (proof->is != WAITPKG_REAL)
        result_fail(step, "not_real", 1, "count");
}
