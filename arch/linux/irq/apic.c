/* SPDX-License-Identifier: MIT */
/* Interrupts between CPUs are signals to their threads; one that waits to be delivered shows in sigpending(). */
#include "arch/x86/irq/apic.h"

#include <signal.h>

#include "arch/linux/os.h"
#include "arch/linux/system.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"

static int signal_of(uint32_t command)
{
    uint8_t vector = (uint8_t)command;

    if (command & APIC_ICR_DELIVERY_NMI)
        return OS_SIGNAL_ABORT;
    return vector == VECTOR_WAKE_IPI || vector == VECTOR_WAKE_TIMER ? OS_SIGNAL_WAKE : OS_SIGNAL_NOTHING;
}

static void send(const struct machine *machine, const struct percpu *cpu, int signal)
{
    (void)system_call(__NR_tgkill, machine->cpus[0]->os->tid, cpu->os->tid, signal, 0);
}

void apic_send(const struct apic *apic, uint32_t destination, uint32_t command)
{
    const struct percpu *self = this_cpu();
    const struct machine *machine = self->machine;
    uint32_t to_all = APIC_ICR_TO_SELF | APIC_ICR_TO_OTHERS, shorthand = command & to_all;
    int signal = signal_of(command);

    (void)apic;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];
        bool meant = shorthand == APIC_ICR_TO_SELF     ? cpu == self
                     : shorthand == APIC_ICR_TO_OTHERS ? cpu != self
                                                       : cpu->apic_id == destination;

        if (meant)
            send(machine, cpu, signal);
    }
}

bool apic_requested(const struct apic *apic, uint8_t vector)
{
    sigset_t pending;

    (void)apic;
    sigpending(&pending);
    return sigismember(&pending, signal_of(vector)) == 1;
}

bool apic_in_service(const struct apic *apic, uint8_t vector)
{
    (void)apic, (void)vector;
    return false;
}

/* A guarded call that was ended may have held the wake back: it comes now, and is nobody's. */
void apic_drain(const struct apic *apic)
{
    (void)apic;
    os_signals_hold_wake(false);
}
