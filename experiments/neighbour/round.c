/* SPDX-License-Identifier: MIT */
/* One round of `neighbour`: HLT, the method, HLT again, with the same work beside each. */
#include "experiments/neighbour/parts.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum {
    PPM = 1000000,
};

/* One part: the workers count while the idlers idle, from before their beginning until after their end. */
static void run_part(struct step *step, struct neighbour *n, enum neighbour_part part)
{
    struct machine *machine = step->machine;
    uint64_t begin_tsc = tsc_now() + delay_tsc(machine, NEIGHBOUR_LEAD_US);
    uint64_t end_tsc = begin_tsc + n->slice_tsc;

    for (uint32_t i = 0; i < n->idler_count; i++) {
        struct idler *idler = &n->idlers[i];

        idler->method = part == PART_METHOD ? n->method : n->hlt;
        idler->argument = part == PART_METHOD ? n->argument : 0;
        idler->end_tsc = end_tsc + (uint64_t)idler->cpu->tsc_offset;
        idler->returns = 0;
        if (idler->cpu->index)
            smp_run(machine, idler->cpu, neighbour_idle, idler);
    }
    for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++) {
        struct worker *worker = &n->workers[i];

        if (!worker->cpu)
            continue;
        worker->begin_tsc = begin_tsc + (uint64_t)worker->cpu->tsc_offset;
        worker->end_tsc = end_tsc + (uint64_t)worker->cpu->tsc_offset;
        worker->spent_tsc = 0;
        smp_run(machine, worker->cpu, neighbour_work, worker);
    }
    neighbour_idle(&n->idlers[0]);
    for (uint32_t i = 1; i < n->idler_count; i++)
        smp_join(n->idlers[i].cpu);
    for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++)
        if (n->workers[i].cpu)
            smp_join(n->workers[i].cpu);
    n->returns[part] += n->idlers[0].returns;
}

/* Units in a second of the TSC; 0: the worker had less than half its time, because it began late. */
static uint64_t rate_of(const struct step *step, const struct neighbour *n, const struct worker *worker)
{
    if (worker->spent_tsc < n->slice_tsc / 2)
        return 0;
    return muldiv_u64(worker->units, step->machine->clock.tsc_hz, worker->spent_tsc);
}

static void keep_round(struct neighbour *n, uint64_t rates[PART_COUNT][NEIGHBOUR_CLASSES])
{
    for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++) {
        uint64_t first = rates[PART_HLT][i], again = rates[PART_HLT_AGAIN][i];
        uint64_t with = rates[PART_METHOD][i];
        uint32_t at = n->kept[i];
        int64_t apart;

        if (!n->workers[i].cpu)
            continue;
        if (!first || !again || !with) {
            n->missed++;
            continue;
        }
        apart = (int64_t)muldiv_u64(again, PPM, first) - PPM;
        n->ratio_ppm[i][at] = (int64_t)muldiv_u64(with * 2, PPM, first + again);
        n->again_ppm[i][at] = apart < 0 ? -apart : apart;
        n->hlt_rate[i][at] = (int64_t)((first + again) / 2);
        n->method_rate[i][at] = (int64_t)with;
        n->kept[i]++;
    }
}

void neighbour_round(struct step *step, struct neighbour *n)
{
    uint64_t rates[PART_COUNT][NEIGHBOUR_CLASSES] = {0};
    uint32_t missed = n->missed;

    for (unsigned part = 0; part < PART_COUNT; part++) {
        run_part(step, n, part);
        for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++)
            rates[part][i] = rate_of(step, n, &n->workers[i]);
    }
    keep_round(n, rates);
    step->rejected += n->missed != missed;
    step->done++;
}
