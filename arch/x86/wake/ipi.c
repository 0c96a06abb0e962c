/* SPDX-License-Identifier: MIT */
/*
 * An interrupt from another CPU: fixed, or NMI, which ends every wait whether interrupts are on or off. The stamp is
 * the last instruction before the ICR write that sends it.
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/wake.h"

static inline __attribute__((always_inline)) uint64_t send_stamped(const struct apic *apic, const struct percpu *target,
                                                                   uint32_t command)
{
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

static uint64_t ipi_fire(const struct machine *machine, struct percpu *target, uint64_t *word)
{
    (void)word;
    return send_stamped(&machine->apic, target, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | VECTOR_WAKE_IPI);
}

static uint64_t nmi_fire(const struct machine *machine, struct percpu *target, uint64_t *word)
{
    (void)word;
    return send_stamped(&machine->apic, target, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_NMI);
}

static const struct wake_source ipi = {
    .name = "ipi",
    .privileged = true,
    .remote = true,
    .trace = WAKE_TRACE_IRQ,
    .needs = IDLE_ENDS_INTERRUPT,
    .needs_masked = IDLE_ENDS_MASKED,
    .fire = ipi_fire,
};
WAKE_SOURCE(ipi, "ipi");

static const struct wake_source nmi = {
    .name = "nmi",
    .privileged = true,
    .remote = true,
    .trace = WAKE_TRACE_NMI,
    .fire = nmi_fire,
};
WAKE_SOURCE(nmi, "nmi");
