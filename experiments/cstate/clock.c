/* SPDX-License-Identifier: MIT */
/*
 * The core's clock by APERF and MPERF: while it naps, and whether freq= does what it should. A register can hold its
 * value without effect: another driver of the clock, a limit of power or heat, another CPU of the same clock.
 */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/cstate/parts.h"
#include "lib/fixed.h"
#include "lib/infer/clock_obeys.h"

enum { WATCH_NS = 5 * 1000 * 1000, TRIES = 20, PERCENT_PPM = CSTATE_PPM / 100 };

/* The busy core's clock over 5 ms; 0: MPERF stands still. */
static uint64_t busy_ppm(struct cstate *cstate)
{
    struct cstate_reading before = {0}, after = {0};
    uint64_t begin_tsc = step_now_tsc(), ticks_tsc = step_tsc(cstate->step, WATCH_NS);

    cstate_read_clocks(cstate, &before);
    while (step_now_tsc() - begin_tsc < ticks_tsc)
        step_pet(cstate->step);
    cstate_read_clocks(cstate, &after);
    if (after.mperf == before.mperf)
        return 0;
    return muldiv_u64(after.aperf - before.aperf, CSTATE_PPM, after.mperf - before.mperf);
}

void cstate_verify_clock(struct cstate *cstate)
{
    struct cstate_clock *clock = &cstate->clock;

    if (!clock->changed || clock->found || !clock->asked_ppm || !cstate->clocks)
        return;
    for (unsigned i = 0; i < TRIES; i++) {
        clock->found_ppm = busy_ppm(cstate);
        if (clock_obeys(clock->asked_ppm, clock->found_ppm, clock->at_least))
            break;
    }
    clock->found = true;
}

static void report_verified(const struct cstate *cstate)
{
    const struct cstate_clock *clock = &cstate->clock;

    if (!clock->found) {
        result_finding(cstate->step, "freq_unverified", CONFIDENCE_NONE,
                       "freq= was written, and no counter tells what clock came of it");
        return;
    }
    result_scalar(cstate->step, "freq_asked", (int64_t)clock->asked_ppm, "ppm");
    result_scalar(cstate->step, "freq_found", (int64_t)clock->found_ppm, "ppm");
    if (!clock_obeys(clock->asked_ppm, clock->found_ppm, clock->at_least))
        result_say(
            cstate->step, "freq_no_effect", CONFIDENCE_HIGH,
            "freq= was written, and 0.1 s later the busy core runs at %lu %% of MPERF's rate instead of %s%lu %%",
            clock->found_ppm / PERCENT_PPM, clock->at_least ? "at least " : "", clock->asked_ppm / PERCENT_PPM);
}

void cstate_report_clock(const struct cstate *cstate)
{
    uint64_t aperf = 0, mperf = 0;

    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        aperf += cstate->cells[i].aperf;
        mperf += cstate->cells[i].mperf;
    }
    if (mperf)
        result_scalar(cstate->step, "core_clock", (int64_t)muldiv_u64(aperf, CSTATE_PPM, mperf), "ppm");
    if (cstate->clock.changed)
        report_verified(cstate);
}
