/* SPDX-License-Identifier: MIT */
/*
 * One round of naps of one cell; all cells take turns, so that drift affects them alike.
 *
 * Residencies are read around the whole round, not around each nap: they are updated late, by up to three naps in
 * others' measurements, so that only the round's ends are wrong. The first naps are not counted: in them appears what
 * an earlier state has not published yet. APERF and MPERF are exact, and are read around each nap, so that the work
 * between naps is not in them.
 */
#include "experiments/cstate/parts.h"

enum {
    JITTER_SHARE = 8, /* the distance is random within an eighth, so that no periodic disturbance keeps step with it */
};

static uint64_t distance(struct cstate *cstate, const struct cstate_cell *cell)
{
    uint64_t base_tsc = cstate->interval_tsc[cell->point];

    return prng_range(&cstate->prng, base_tsc, base_tsc + base_tsc / JITTER_SHARE);
}

static void nap(struct cstate *cstate, const struct cstate_cell *cell, struct sample *sample)
{
    wait_take_state(cstate->step, &cstate->nap, distance(cstate, cell), sample);
}

/* How long it slept: until the event, or an earlier end. Leaving the state is not included. */
static uint64_t slept_tsc(const struct sample *sample)
{
    return (sample->reject ? sample->after_tsc : sample->event_tsc) - sample->before_tsc;
}

static void keep(struct cstate_cell *cell, const struct sample *sample)
{
    cell->tried++;
    cell->slept_tsc += slept_tsc(sample);
    cell->early += sample->reject == REJECT_EARLY;
    cell->spurious += sample->reject == REJECT_SPURIOUS;
    cell->disturbed += sample->reject == REJECT_NMI || sample->reject == REJECT_SKEW;
    if (sample->reject == REJECT_NONE)
        cell->latency_tsc[cell->kept++] = sample_wake_latency(sample);
}

static void take(struct cstate *cstate, struct cstate_cell *cell)
{
    struct cstate_reading before = {0}, after = {0};
    struct sample sample;

    cstate_read_clocks(cstate, &before);
    nap(cstate, cell, &sample);
    cstate_read_clocks(cstate, &after);
    keep(cell, &sample);
    if (sample.reject != REJECT_NONE) {
        cstate->step->rejected++;
        return;
    }
    cell->clock_slept_tsc += slept_tsc(&sample);
    cell->aperf += after.aperf - before.aperf;
    cell->mperf += after.mperf - before.mperf;
}

bool cstate_round(struct cstate *cstate, struct cstate_cell *cell)
{
    const struct cstate_state *state = &cstate->states[cell->state];
    struct cstate_reading before = {0}, after = {0};
    struct sample sample;
    bool over = false, parked;

    nap_open_state(&cstate->nap, &state->nap, (enum nap_source)cell->source, cstate->others);
    /* Not cut short where the batch should end: with long distances no nap would ever be counted. */
    for (unsigned i = 0; i < CSTATE_WARMUP; i++) {
        nap(cstate, cell, &sample);
        step_pet(cstate->step);
    }
    cstate_read(cstate, &before);
    for (unsigned i = 0; i < CSTATE_ROUND && cell->tried < cstate->samples && !over; i++) {
        take(cstate, cell);
        cstate->step->done++;
        over = step_should_return(cstate->step);
    }
    cstate_read(cstate, &after);
    parked = nap_close(&cstate->nap);
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        cell->residency_tsc[i] += residency_tsc(cstate->model, i, after.residency[i] - before.residency[i],
                                                cstate->step->machine->clock.tsc_hz);
    cell->smi += after.smi - before.smi;
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        cstate->counters_set |= (uint32_t)(after.residency[i] != 0) << i;
    return parked;
}
