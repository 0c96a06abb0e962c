/* SPDX-License-Identifier: MIT */
#include "experiments/kit/calibrate.h"

#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "experiments/kit/experiment.h"
#include "lib/stats.h"

enum {
    EMPTY_SAMPLES = 200,
    EMPTY_TRIES = 2 * EMPTY_SAMPLES,
    PENDING_POLLS = 10000,
};

/* The interrupt must have been taken before anything else is measured; a software APIC may deliver it late. */
static bool take_pending(const struct apic *apic, const struct idle_call *call)
{
    for (unsigned i = 0; i < PENDING_POLLS; i++) {
        if (idle_is_over(call) && !apic_requested(apic, VECTOR_WAKE_IPI))
            return true;
        sti_nop_cli();
        pause();
    }
    return false;
}

static bool make_pending(const struct apic *apic)
{
    apic_send_self(apic, VECTOR_WAKE_IPI);
    for (unsigned i = 0; i < PENDING_POLLS; i++)
        if (apic_requested(apic, VECTOR_WAKE_IPI))
            return true;
    return false;
}

bool calibrate_empty_once(struct step *step, void (*wait)(struct idle_call *call), struct idle_call *call,
                          struct empty_path *empty)
{
    const struct percpu *cpu = this_cpu();
    int64_t isr_tsc, after_tsc;
    bool taken_inside;

    *empty = (struct empty_path){0};
    call->watch_was = percpu_count(call->watch);
    if (!make_pending(&step->machine->apic)) {
        sti_nop_cli();
        return false;
    }
    wait(call);
    empty->waits = 1;
    taken_inside = idle_is_over(call);
    after_tsc = (int64_t)(call->after_tsc - call->before_tsc);
    isr_tsc = after_tsc;
    if (!take_pending(&step->machine->apic, call))
        return false;
    if (taken_inside)
        isr_tsc = (int64_t)(percpu_count(&cpu->wake_tsc) - call->before_tsc);
    empty->count = 1;
    empty->after_min_tsc = after_tsc;
    empty->min_tsc = isr_tsc < after_tsc ? isr_tsc : after_tsc;
    empty->p50_tsc = empty->min_tsc;
    return true;
}

void calibrate_empty(struct step *step, void (*wait)(struct idle_call *call), struct idle_call *call,
                     struct empty_path *empty)
{
    int64_t cost_tsc[EMPTY_SAMPLES];

    *empty = (struct empty_path){.after_min_tsc = INT64_MAX};
    for (unsigned i = 0; i < EMPTY_TRIES && empty->count < EMPTY_SAMPLES; i++) {
        struct empty_path one;
        bool kept;

        step_pet(step);
        kept = calibrate_empty_once(step, wait, call, &one);
        empty->waits += one.waits;
        if (!kept) {
            empty->missed++;
            continue;
        }
        cost_tsc[empty->count++] = one.min_tsc;
        if (one.after_min_tsc < empty->after_min_tsc)
            empty->after_min_tsc = one.after_min_tsc;
    }
    if (!empty->count)
        return;
    stats_sort(cost_tsc, empty->count);
    empty->min_tsc = cost_tsc[0];
    empty->p50_tsc = cost_tsc[empty->count / 2];
}

void calibrate_emit(struct step *step, const char *irq, const char *method, const struct empty_path *empty)
{
    result_write(step, "t:%s k:%s m:%s irq:%s min:%ld p50:%ld after_min:%ld n:%u missed:%u", "cal", "empty", method,
                 irq, empty->min_tsc, empty->p50_tsc, empty->count ? empty->after_min_tsc : 0, empty->count,
                 empty->missed);
}
