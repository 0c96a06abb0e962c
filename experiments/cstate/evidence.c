/* SPDX-License-Identifier: MIT */
/* What one cell's counters and latencies say, as shares and medians: the input of the verdict. */
#include "experiments/cstate/parts.h"
#include "lib/cstring.h"
#include "lib/dependence.h"
#include "lib/fixed.h"
#include "lib/quantile.h"
#include "lib/stats.h"

enum {
    BELIEVABLE = 3,       /* more than this many times the time slept is no residency */
    CLOCKS_LEAST_US = 50, /* in shorter naps the code around them would count as C0 */
    CLEAR_US = 2,
    NS_PER_US = 1000,
};

void cstate_sort(struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        struct cstate_cell *cell = &cstate->cells[i];
        struct dependence dependence;

        memcpy(cstate->arrived_tsc, cell->latency_tsc, cell->kept * sizeof(*cell->latency_tsc));
        dependence = dependence_of(cstate->arrived_tsc, cell->latency_tsc, cell->kept);
        cell->series = dependence_mark(&dependence);
        cell->p50_effective = dependence.effective[QUANTILE_P50];
        cell->p50_printable = dependence.printable[QUANTILE_P50];
        cell->p99_printable = dependence.printable[QUANTILE_P99];
    }
}

int64_t cstate_p50(const struct cstate_cell *cell)
{
    return cell->kept ? quantile_of_sorted(cell->latency_tsc, cell->kept, QUANTILE_ONE / 2).value : 0;
}

struct cstate_cell *cstate_cell_at(const struct cstate *cstate, uint32_t state, uint32_t source, uint32_t point)
{
    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        struct cstate_cell *cell = &cstate->cells[i];

        if (cell->state == state && cell->source == source && cell->point == point)
            return cell;
    }
    return NULL;
}

/* A share above one is a late counter: the whole time. */
static uint32_t share(uint64_t part_tsc, uint64_t whole_tsc)
{
    if (part_tsc >= whole_tsc)
        return whole_tsc ? CSTATE_PPM : 0;
    return (uint32_t)muldiv_u64(part_tsc, CSTATE_PPM, whole_tsc);
}

/* A share above three is no residency, and the counter is left out. */
static void add_share(struct cstate_evidence *evidence, const struct cstate_cell *cell, unsigned i)
{
    if (cell->residency_tsc[i] / BELIEVABLE > cell->slept_tsc)
        evidence->counters &= ~(1u << i);
    else
        evidence->share_ppm[i] = share(cell->residency_tsc[i], cell->slept_tsc);
}

static uint32_t moved(const struct cstate *cstate)
{
    uint32_t moved = 0;

    for (uint32_t i = 0; i < cstate->cell_count; i++)
        for (unsigned k = 0; k < RESIDENCY_COUNT; k++)
            moved |= (uint32_t)(cstate->cells[i].residency_tsc[k] != 0) << k;
    return moved;
}

static int64_t c1_latency(const struct cstate *cstate, const struct cstate_cell *cell)
{
    for (uint32_t i = 0; i < cstate->state_count; i++) {
        const struct cstate_cell *other = cstate_cell_at(cstate, i, cell->source, cell->point);

        if (cstate->states[i].want == 1 && other && other->kept)
            return cstate_p50(other);
    }
    return 0;
}

void cstate_gather(const struct cstate *cstate, const struct cstate_cell *cell, struct cstate_evidence *evidence)
{
    *evidence = (struct cstate_evidence){
        .want = cstate->states[cell->state].want,
        .guest = cstate->guest,
        .naps = cell->tried,
        .kept = cell->kept,
        .spurious = cell->spurious,
        .counters = cstate->counters & cstate->counters_set,
        .zero = cstate->counters & ~cstate->counters_set,
        .alive = moved(cstate),
        .p50_tsc = cstate_p50(cell),
        .c1_p50_tsc = c1_latency(cstate, cell),
        .clear_tsc = (int64_t)step_tsc(cstate->step, CLEAR_US * NS_PER_US),
    };
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if (evidence->counters >> i & 1)
            add_share(evidence, cell, i);
    if (cstate->clocks && cell->kept &&
        cell->clock_slept_tsc / cell->kept >= step_tsc(cstate->step, CLOCKS_LEAST_US * NS_PER_US)) {
        evidence->has_c0 = true;
        evidence->c0_ppm = share(cell->mperf, cell->clock_slept_tsc);
    }
}
