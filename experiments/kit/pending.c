/* SPDX-License-Identifier: MIT */
#include "experiments/kit/pending.h"

#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "lib/record/sample.h"

enum { PENDING_POLLS = 10000 };

bool pending_possible(const struct idle_method *method, bool masked)
{
    return (method->ends & (masked ? IDLE_ENDS_MASKED : IDLE_ENDS_INTERRUPT)) != 0;
}

bool pending_make(const struct machine *machine, void (*wait)(struct idle_call *call), struct idle_call *call)
{
    const struct apic *apic = &machine->apic;

    (void)wait, (void)call;
    apic_send_self(apic, VECTOR_WAKE_IPI);
    for (unsigned i = 0; i < PENDING_POLLS; i++)
        if (apic_requested(apic, VECTOR_WAKE_IPI))
            return true;
    sti_nop_cli();
    return false;
}

/* The interrupt must have been taken before anything else is measured; a software APIC may deliver it late. */
bool pending_take(const struct machine *machine, const struct idle_call *call, uint64_t *stamp_tsc)
{
    const struct apic *apic = &machine->apic;
    bool inside = idle_is_over(call);

    for (unsigned i = 0; i < PENDING_POLLS; i++) {
        if (idle_is_over(call) && !apic_requested(apic, VECTOR_WAKE_IPI)) {
            *stamp_tsc = inside ? percpu_count(&this_cpu()->wake_tsc) : STAMP_NONE;
            return true;
        }
        sti_nop_cli();
        pause();
    }
    return false;
}
