/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/machine.h"

void watchdog_abort_others(struct machine *machine, const struct percpu *self)
{
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (cpu == self || work_ended(&cpu->work))
            continue;
        __atomic_store_n(&cpu->abort, 1, __ATOMIC_RELEASE);
        apic_send_nmi(&machine->apic, cpu->apic_id);
    }
}
