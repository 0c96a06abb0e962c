/* SPDX-License-Identifier: MIT */
/*
 * Is a tick during sleep as long as one awake? Waits in a row between two readings of the PM timer or the HPET; and
 * what WAITPKG proved to be.
 *
 * kvmclock cannot tell: a guest computes it from the same TSC.
 */
#include "arch/x86/time/tsc.h"
#include "experiments/deadline/parts.h"
#include "lib/infer/asleep_clock.h"

enum {
    TEXT_BYTES = 192,
    SPAN_NS = 20 * 1000 * 1000,
    WAIT_NS = 100 * 1000,
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

void deadline_report_clock(struct step *step, const struct deadline *deadline)
{
    const struct deadline_clock *clock = &deadline->clock;
    const struct tsc_reference *awake = &step->machine->clock.references[clock->source];
    struct asleep_seen seen = {clock->passed_tsc, clock->passed_ticks, clock->hz,
                               clock->bound_tsc,  awake->hz,           awake->bound_ppm};
    struct asleep_answer answer;

    if (clock->source == TSC_SOURCE_NONE || !clock->passed_ticks || !awake->hz)
        return;
    answer = asleep_clock_judge(&seen);
    result_scalar(step, "asleep_ppm", answer.ppm, "ppm");
    result_say(step, "asleep_clock", answer.confidence,
               "asleep for %lu of %lu ticks, %u waits: a tick is %s long as awake by %s (%ld ppm, give or take %lu)",
               clock->asleep_tsc, clock->passed_tsc, clock->waits, answer.word, tsc_source_name(clock->source),
               answer.ppm, answer.bound_ppm);
}

void deadline_report_proof(struct step *step, const struct deadline *deadline)
{
    const struct waitpkg_proof *proof = &deadline->proof;
    char text[TEXT_BYTES];

    waitpkg_describe(proof, text, sizeof(text));
    result_finding(step, "waitpkg_is", proof->confidence, text);
    if (proof->is == WAITPKG_FAULTS)
        result_metric(step, "fault_vector", proof->vector, "count");
    else if (proof->is != WAITPKG_REAL)
        result_fail(step, "not_real", 1, "count");
}
