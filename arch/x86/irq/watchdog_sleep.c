/* SPDX-License-Identifier: MIT */
/* How deep the CPU that is the watchdog may sleep. */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/deepest.h"
#include "arch/x86/machine.h"

const char *watchdog_peer_awake(const struct machine *machine, const struct percpu *cpu, uint32_t *hint)
{
    const struct cpu_snapshot *snapshot = machine_cpuid(machine, cpu);
    const char *why = idle_deepest(&machine->hv, snapshot, hint);

    return why || cpu_timer_always_runs(snapshot) ? why : "its timer stops in deeper states";
}
