/* SPDX-License-Identifier: MIT */
/* How deep the CPU that is the watchdog may sleep. */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/known_states.h"
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/machine.h"

enum { HINT_DEEP = 0x10 }; /* from here on a hint asks for more than C1 */

/* The deepest hint that a kernel uses on this processor and CPUID lists; without a kernel's table, that CPUID lists. */
static uint32_t deepest_hint(const struct cpu_snapshot *snapshot)
{
    const struct kernel_table *table = known_states(snapshot);
    uint8_t hints[MWAIT_HINTS_MAX];

    for (uint32_t i = table ? table->count : 0; i-- > 0;)
        if (!mwait_hint_problem(snapshot, table->states[i].hint))
            return table->states[i].hint;
    return hints[mwait_hints_list(snapshot, hints) - 1];
}

const char *watchdog_peer_awake(const struct machine *machine, uint32_t *hint)
{
    const struct cpu_snapshot *snapshot = &machine->snapshot;

    *hint = deepest_hint(snapshot);
    if (hv_is_guest(&machine->hv) && !machine->hv.emulator)
        return "a hypervisor decides how it sleeps";
    if (!cpu_has(snapshot, CPUID_MONITOR) || *hint < HINT_DEEP)
        return "CPUID lists no MWAIT hint deeper than C1";
    if (!cpu_timer_always_runs(snapshot))
        return "its timer stops in deeper states";
    if (errata_rapid_c6(snapshot))
        return "erratum RAPID_C6";
    return NULL;
}
