/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/irq.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/irq/fault.h"
#include "arch/x86/irq/machine_check.h"
#include "arch/x86/irq/panic.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/irq/watchdog.h"
#include "arch/x86/machine.h"

static void nmi_handle(struct percpu *cpu, struct irq_frame *frame)
{
    if (panic_stops(cpu)) {
        /* #MC does not mask NMIs: this one may have come before that one's handler noted the banks. */
        machine_check_take_pending(cpu->machine);
        for (;;)
            hlt();
    }
    cpu->nmi_tsc = frame->tsc;
    __atomic_store_n(&cpu->nmi_count, cpu->nmi_count + 1, __ATOMIC_RELAXED);
    fault_leave_wait(frame);
    watchdog_nmi(&cpu->machine->watchdog, cpu->machine, cpu);
    /* Without a guarded call the request stays: work may be about to begin (tests/model/abort.pml, ABORT_DROPPED). */
    if (__atomic_load_n(&cpu->abort, __ATOMIC_ACQUIRE) && fault_guard_abort(frame))
        __atomic_store_n(&cpu->abort, 0, __ATOMIC_RELEASE);
}

static bool from_pic(uint64_t vector)
{
    return vector >= VECTOR_PIC_BASE && vector < VECTOR_PIC_BASE + 16;
}

void irq_dispatch(struct irq_frame *frame)
{
    struct percpu *cpu = this_cpu();

    if (frame->vector == VECTOR_NMI) {
        nmi_handle(cpu, frame);
        return;
    }
    if (frame->vector < VECTOR_FIRST_IRQ) {
        fault_handle(frame);
        return;
    }
    __atomic_store_n(&cpu->irq_count, cpu->irq_count + 1, __ATOMIC_RELAXED);
    if (frame->vector == VECTOR_HELD)
        return;
    if (frame->vector == VECTOR_WORK || frame->vector == VECTOR_NOTHING) {
        apic_eoi(&cpu->machine->apic);
        return;
    }
    cpu->stray_count++;
    /*
     * A spurious interrupt takes no EOI (SDM volume 3, 10.9); nor does a remapped 8259's, whose lines are all masked.
     * But the firmware may have left one of the local APIC's own on the same vectors, and that one needs it.
     */
    if (frame->vector == VECTOR_SPURIOUS)
        return;
    if (!from_pic(frame->vector) || apic_in_service(&cpu->machine->apic, (uint8_t)frame->vector))
        apic_eoi(&cpu->machine->apic);
}
