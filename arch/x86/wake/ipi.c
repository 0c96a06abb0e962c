// SPDX-License-Identifier: MIT
/*
 * A fixed interrupt from another CPU. The stamp is the last instruction before the ICR write that sends it.
 */
#include "arch/x86/irq/apic.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

static uint64_t ipi_fire(const struct machine *machine, const struct percpu *target)
{
    const struct apic *apic = &machine->apic;
    uint32_t command = APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | VECTOR_WAKE_IPI;
    uint64_t event_tsc;

    if (apic->x2apic) {
        /* The write is not serialising: earlier stores must be seen first (SDM volume 3, 10.12.3). */
        mfence();
        event_tsc = tsc_end();
        wrmsr(MSR_X2APIC_ICR, ((uint64_t)target->apic_id << 32) | command);
        return event_tsc;
    }
    apic->mmio[APIC_ICR_HIGH / 4] = target->apic_id << 24;
    event_tsc = tsc_end();
    apic->mmio[APIC_ICR_LOW / 4] = command;
    return event_tsc;
}

static const struct wake_source ipi = {
    .name = "ipi",
    .title = "fixed interrupt from another CPU",
    .remote = true,
    .fire = ipi_fire,
};
WAKE_SOURCE(ipi);
