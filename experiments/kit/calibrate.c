/* SPDX-License-Identifier: MIT */
#include "experiments/kit/calibrate.h"

#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/pending.h"
#include "lib/stats.h"

enum {
    EMPTY_SAMPLES = 200,
    EMPTY_TRIES = 2 * EMPTY_SAMPLES,
};

bool calibrate_empty_once(struct step *step, void (*wait)(struct idle_call *call), struct idle_call *call,
                          struct empty_path *empty)
{
    int64_t isr_tsc, after_tsc;
    uint64_t stamp_tsc;

    *empty = (struct empty_path){0};
    call->watch_was = percpu_count(call->watch);
    if (!pending_make(step->machine, wait, call))
        return false;
    wait(call);
    empty->waits = 1;
    after_tsc = (int64_t)(call->after_tsc - call->before_tsc);
    isr_tsc = after_tsc;
    if (!pending_take(step->machine, call, &stamp_tsc))
        return false;
    if (stamp_tsc != STAMP_NONE)
        isr_tsc = (int64_t)(stamp_tsc - call->before_tsc);
    empty->plain.count = 1;
    empty->plain.after_min_tsc = after_tsc;
    empty->plain.min_tsc = isr_tsc < after_tsc ? isr_tsc : after_tsc;
    empty->plain.p50_tsc = empty->plain.min_tsc;
    return true;
}

/* Fills in one floor. Returns how many windows were entered. */
static uint32_t take_floor(struct step *step, void (*wait)(struct idle_call *call), struct idle_call *call,
                           struct empty_floor *floor)
{
    int64_t cost_tsc[EMPTY_SAMPLES];
    uint32_t waits = 0;

    *floor = (struct empty_floor){.after_min_tsc = INT64_MAX};
    for (unsigned i = 0; i < EMPTY_TRIES && floor->count < EMPTY_SAMPLES; i++) {
        struct empty_path one;
        bool kept;

        step_pet(step);
        kept = calibrate_empty_once(step, wait, call, &one);
        waits += one.waits;
        if (!kept) {
            floor->missed++;
            continue;
        }
        cost_tsc[floor->count++] = one.plain.min_tsc;
        if (one.plain.after_min_tsc < floor->after_min_tsc)
            floor->after_min_tsc = one.plain.after_min_tsc;
    }
    if (!floor->count)
        return waits;
    stats_sort(cost_tsc, floor->count);
    floor->min_tsc = cost_tsc[0];
    floor->p50_tsc = cost_tsc[floor->count / 2];
    return waits;
}

/* No floor is known better than the TSC's step. */
static void limit(const struct step *step, struct empty_floor *floor)
{
    int64_t step_tsc = step->machine->clock.step.step_tsc;

    if (floor->count && floor->min_tsc < step_tsc)
        floor->min_tsc = step_tsc;
}

void calibrate_empty(struct step *step, const struct idle_method *method, bool masked, struct idle_call *call,
                     struct empty_path *empty)
{
    *empty = (struct empty_path){0};
    if (!pending_possible(method, masked))
        return;
    empty->waits = take_floor(step, masked ? method->wait_masked : method->wait, call, &empty->plain);
    empty->waits += take_floor(step, masked ? method->wait_masked_fenced : method->wait_fenced, call, &empty->fenced);
    limit(step, &empty->plain);
    limit(step, &empty->fenced);
}

static void emit(struct step *step, const char *key, const char *irq, const char *method,
                 const struct empty_floor *floor)
{
    result_write(step, "t:%s k:%s m:%s irq:%s min:%ld p50:%ld after_min:%ld n:%u missed:%u", "cal", key, method, irq,
                 floor->min_tsc, floor->p50_tsc, floor->count ? floor->after_min_tsc : 0, floor->count, floor->missed);
}

void calibrate_emit(struct step *step, const char *irq, const char *method, const struct empty_path *empty)
{
    emit(step, "empty", irq, method, &empty->plain);
    emit(step, "empty_fenced", irq, method, &empty->fenced);
}
