/* SPDX-License-Identifier: MIT */
/* One slice of `breakeven`: all CPUs asleep in one state, woken once an interval; and which slice comes next. */
#include "experiments/breakeven/parts.h"
#include "lib/energy.h"
#include "lib/fixed.h"

enum {
    TIGHT_SHARE = 50,
    WRAP_SHARE = 2,
    STILL_SLICES = 3, /* this many first slices without energy: the counter does not work */
};

static void count_nap(struct breakeven_cell *cell, const struct sample *sample)
{
    if (sample->reject == REJECT_EARLY)
        cell->early++;
    else if (sample->reject != REJECT_NONE)
        cell->other++;
    else if (cell->naps++ < BREAKEVEN_NAPS_KEPT) {
        cell->latency_tsc[cell->naps - 1] = sample_wake_latency(sample);
        cell->silent_tsc[cell->naps - 1] = sample_silent_time(sample);
    }
}

/*
 * Takes naps, at least one, until the slice is over, or, without an energy counter, until there are enough. Returns the
 * stamp behind the last wait.
 */
static uint64_t take_naps(struct step *step, struct breakeven *b, struct breakeven_cell *cell)
{
    uint64_t begin_tsc = 0;
    struct sample sample;

    do {
        wait_take_state(step, &b->nap, b->interval_tsc[b->point], &sample);
        nap_wake_others(&b->nap);
        count_nap(cell, &sample);
        step->rejected += sample.reject != REJECT_NONE;
        if (!begin_tsc)
            begin_tsc = sample.before_tsc;
        if (b->no_energy && cell->naps + cell->early + cell->other >= BREAKEVEN_NAPS_KEPT)
            break;
    } while (sample.after_tsc - begin_tsc < b->slice_tsc);
    return sample.after_tsc;
}

/* The counter's steps around a slice: two before it, between which the leader only waits, and one after it. */
struct slice_steps {
    struct rapl_reading reading[3];
    uint64_t at_tsc[3];
    uint64_t last_nap_tsc;
};

/*
 * Energy and time of the naps alone: the wait between the first two steps gives the cost of the leader's wait for the
 * last one. False where that makes no sense, or the counter may have wrapped twice.
 */
static bool keep_energy(const struct step *step, struct breakeven *b, struct breakeven_cell *cell,
                        const struct slice_steps *steps)
{
    uint64_t hz = step->machine->clock.tsc_hz;
    uint64_t awake_tsc = steps->at_tsc[1] - steps->at_tsc[0];
    uint64_t all_tsc = steps->at_tsc[2] - steps->at_tsc[1];
    uint64_t tail_tsc = steps->at_tsc[2] - steps->last_nap_tsc;
    uint64_t nj = rapl_nj(&b->rapl, RAPL_PKG, &steps->reading[1], &steps->reading[2]);
    uint64_t tail_nj =
        muldiv_u64(rapl_nj(&b->rapl, RAPL_PKG, &steps->reading[0], &steps->reading[1]), tail_tsc, awake_tsc);
    uint64_t time_ns = (uint64_t)tsc_to_ns((int64_t)(all_tsc - tail_tsc), hz);
    uint64_t power_uw;

    if (tail_tsc >= all_tsc || tail_nj >= nj)
        return false;
    power_uw = energy_uw(nj - tail_nj, time_ns);
    if (!power_uw || time_ns > energy_wrap_ns(b->rapl.unit_pj[RAPL_PKG], power_uw) / WRAP_SHARE)
        return false;
    cell->power_uw[b->round] = (int64_t)power_uw;
    b->kept_slices++;
    for (unsigned domain = 0; domain < RAPL_DOMAINS; domain++)
        cell->energy_nj[domain] += rapl_nj(&b->rapl, domain, &steps->reading[1], &steps->reading[2]);
    cell->energy_ns += (uint64_t)tsc_to_ns((int64_t)all_tsc, hz);
    return true;
}

static bool wait_step(const struct breakeven *b, struct slice_steps *steps, unsigned i)
{
    return rapl_wait_step(&b->rapl, b->step_limit_tsc, &steps->reading[i], &steps->at_tsc[i]);
}

/* There and back: 0 1 2, 2 1 0, so that a slow drift adds nothing to the neighbours' differences. */
static uint32_t state_of_turn(const struct breakeven *b)
{
    return b->first + (b->round % 2 ? b->count - 1 - b->turn : b->turn);
}

bool breakeven_slice(struct step *step, struct breakeven *b)
{
    uint32_t state = state_of_turn(b);
    struct breakeven_cell *cell = breakeven_cell(b, b->point, state);
    struct slice_steps steps = {0};
    bool stepped = true, parked;

    nap_open_state(&b->nap, &b->states[state].nap, NAP_TIMER, NAP_OTHERS_SAME);
    if (!b->no_energy)
        stepped = wait_step(b, &steps, 0) && wait_step(b, &steps, 1);
    steps.last_nap_tsc = take_naps(step, b, cell);
    if (!b->no_energy && stepped)
        stepped = wait_step(b, &steps, 2);
    parked = nap_close(&b->nap);
    if (b->no_energy)
        return parked;
    if (!stepped || !keep_energy(step, b, cell, &steps))
        b->lost_slices++;
    if (!b->kept_slices && b->lost_slices == STILL_SLICES) {
        b->no_energy = "its energy counter stands still";
        b->rounds = 1;
    }
    return parked;
}

/* True where neighbours are told apart, or known to be alike. */
static bool point_is_done(const struct breakeven *b)
{
    for (uint32_t i = b->first; i + 1 < b->first + b->count; i++) {
        struct mean gain = breakeven_gain(b, b->point, i, i + 1);
        uint64_t power_uw = (uint64_t)breakeven_cell(b, b->point, i)->power_uw[b->round - 1];

        if (!mean_sign(gain.value, gain.error) && gain.error > power_uw / TIGHT_SHARE)
            return false;
    }
    return true;
}

bool breakeven_next(const struct step *step, struct breakeven *b)
{
    if (++b->turn < b->count)
        return false;
    b->turn = 0;
    if (++b->round < b->rounds && !(b->round >= BREAKEVEN_ROUNDS_LEAST && point_is_done(b)))
        return false;
    b->round = 0;
    return ++b->point >= b->point_count && !breakeven_close_in(step, b);
}
