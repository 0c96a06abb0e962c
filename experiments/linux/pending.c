/* SPDX-License-Identifier: MIT */
/*
 * The empty path inside Linux: what each method's window costs when there is nothing to wait for. A method with a limit
 * of its own finds it past; one that a signal ends and nothing else finds the signal pending; the others find the
 * watched word changed, and the one that reads an eventfd finds it written.
 */
#include "experiments/kit/pending.h"

#include <stddef.h>

#include "arch/linux/os.h"
#include "arch/linux/system.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "lib/record/sample.h"

enum { PAST_PART = 10 }; /* of a second: a limit so long past lies beyond any timer slack */

static const struct idle_method *method_of(void (*wait)(struct idle_call *call))
{
    for (const struct idle_method *const *m = __lab_methods_start; m < __lab_methods_end; m++)
        if ((*m)->wait == wait || (*m)->wait_fenced == wait || (*m)->wait_masked == wait ||
            (*m)->wait_masked_fenced == wait)
            return *m;
    return NULL;
}

bool pending_possible(const struct idle_method *method, bool masked)
{
    return masked ? method->wait_masked != NULL : method->wait != NULL;
}

bool pending_make(const struct machine *machine, void (*wait)(struct idle_call *call), struct idle_call *call)
{
    static const uint64_t one = 1;
    const struct idle_method *method = method_of(wait);

    if (!method)
        return false;
    if (method->ends & IDLE_ENDS_DEADLINE) {
        call->limit_tsc = method->relative_limit ? 1 : tsc_now() - machine->clock.tsc_hz / PAST_PART;
    } else if (method->ends == IDLE_ENDS_INTERRUPT) {
        os_signals_hold_wake(true);
        apic_send_self(&machine->apic, VECTOR_WAKE_IPI);
    } else {
        call->watch_was--;
    }
    if (method->ends & IDLE_ENDS_EVENTFD)
        (void)system_call(__NR_write, this_cpu()->os->event_fd, (int64_t)(uintptr_t)&one, sizeof(one), 0);
    return true;
}

bool pending_take(const struct machine *machine, const struct idle_call *call, uint64_t *stamp_tsc)
{
    const struct percpu *cpu = this_cpu();
    uint64_t stamp = percpu_count(&cpu->wake_tsc);

    (void)machine;
    /* The handler ran inside the window, or has not run for this wait. */
    *stamp_tsc = stamp > call->before_tsc && stamp < call->after_tsc ? stamp : STAMP_NONE;
    return true;
}
