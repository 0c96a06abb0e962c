/* SPDX-License-Identifier: MIT */
#include "arch/x86/wake/beside.h"

#include <stddef.h>

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/machine.h"
#include "arch/x86/power/amd_ports.h"
#include "lib/infer/cstate_entered.h"

enum { C1 = 1, C6 = 6 };

static uint8_t port_depth(const struct machine *machine, const struct cpu_snapshot *snapshot, uint32_t port)
{
    struct amd_ports ports = amd_ports_read(snapshot, hv_is_guest(&machine->hv));
    uint8_t state = amd_port_state(&ports, port);

    return state == CSTATE_UNKNOWN ? C6 : state;
}

uint8_t nap_core_state(const struct machine *machine, const struct percpu *cpu, const struct nap_state *state)
{
    const struct cpu_snapshot *snapshot = machine_cpuid(machine, cpu);

    if (state->way == NAP_IOPORT)
        return port_depth(machine, snapshot, state->argument);
    return state->way == NAP_MWAIT ? mwait_hint_target(snapshot, state->argument).core : C1;
}

bool nap_takes_siblings(const struct machine *machine, const struct percpu *cpu, const struct nap_state *state,
                        enum nap_others others)
{
    return others == NAP_OTHERS_HLT && !hv_is_guest(&machine->hv) && nap_core_state(machine, cpu, state) > C1;
}

static const struct percpu *find_running(const struct machine *machine, uint32_t apic_id)
{
    for (uint32_t i = 0; i < machine->cpu_count; i++)
        if (machine->cpus[i]->apic_id == apic_id)
            return machine->cpus[i];
    return NULL;
}

static bool is_refused(const struct beside *beside, const struct percpu *cpu)
{
    const struct cpu_snapshot *snapshot = machine_cpuid(beside->machine, cpu);

    return beside->state.way == NAP_MWAIT &&
           (!cpu_has(snapshot, CPUID_MONITOR) || mwait_hint_problem(snapshot, beside->state.argument));
}

/* Why a CPU that is not the lab's to use does not; the watchdog's peer may sleep by a hint of its own. */
static const char *why_not_outside(const struct beside *beside, uint32_t apic_id)
{
    const struct watchdog_peer *peer = &beside->machine->watchdog.peer;
    struct nap_state own = {NAP_MWAIT, peer->hint};

    if (!peer->cpu || peer->cpu->apic_id != apic_id)
        return "does not run, and sleeps as the firmware left it";
    if (!peer->awake && nap_core_state(beside->machine, peer->cpu, &own) >=
                            nap_core_state(beside->machine, beside->cpu, &beside->state))
        return NULL;
    return "serves as the watchdog";
}

/* Waits for work in a state that is as deep (smp_park_deep()). */
static bool is_parked_deep(const struct beside *beside, const struct percpu *cpu)
{
    struct nap_state own = {NAP_MWAIT, cpu->park_hint};

    return cpu->park_hint != PARK_HLT &&
           nap_core_state(beside->machine, cpu, &own) >= nap_core_state(beside->machine, beside->cpu, &beside->state);
}

/* NULL, or why that CPU does not sleep as the sleeper does, or deeper. */
static const char *why_not(const struct beside *beside, uint32_t apic_id)
{
    const struct percpu *cpu = find_running(beside->machine, apic_id);

    if (!cpu)
        return why_not_outside(beside, apic_id);
    if (cpu == beside->cpu)
        return NULL;
    if (beside->first)
        return cpu->index < beside->first ? NULL : "is left out of this step and waits in HLT";
    if (cpu == beside->waker)
        return "is awake to send the wakes";
    if (beside->others == NAP_OTHERS_AWAKE)
        return "is kept awake by the script";
    if (cpu->index == 0)
        return is_parked_deep(beside, cpu) ? NULL : "is CPU 0, which leads the run in HLT";
    if (beside->shallow)
        return "sleeps by a shallower method, as the script says";
    return is_refused(beside, cpu) && !is_parked_deep(beside, cpu) ? "does not list that state" : NULL;
}

/* The CPU number i of all that run, and behind them those that the firmware lists. False: there are no more. */
static bool next_listed(const struct machine *machine, uint32_t i, uint32_t *apic_id)
{
    const struct acpi_madt *madt = &machine->acpi.madt;

    if (i < machine->cpu_count)
        *apic_id = machine->cpus[i]->apic_id;
    else if (i - machine->cpu_count < madt->cpu_count)
        *apic_id = madt->cpus[i - machine->cpu_count].apic_id;
    else
        return false;
    return true;
}

/* True where it is another CPU within that relation, and comes for the first time. */
static bool counts(const struct beside *beside, uint32_t i, uint32_t apic_id, enum cpu_relation within)
{
    const struct machine *machine = beside->machine;
    struct cpu_place place = topology_place(&machine->topology, apic_id);

    if (topology_relation(&beside->cpu->place, &place) > within || apic_id == beside->cpu->apic_id)
        return false;
    return i < machine->cpu_count || !find_running(machine, apic_id); /* the search last: there may be 1,024 */
}

const char *beside_shallow(const struct beside *beside, uint32_t *apic_id)
{
    const char *why = NULL;

    if (nap_core_state(beside->machine, beside->cpu, &beside->state) <= C1)
        return NULL;
    for (uint32_t i = 0; !why && next_listed(beside->machine, i, apic_id); i++)
        if (counts(beside, i, *apic_id, CPU_RELATION_SIBLING))
            why = why_not(beside, *apic_id);
    return why;
}

uint32_t beside_missing(const struct beside *beside, uint32_t *listed)
{
    uint32_t missing = 0, apic_id;

    *listed = 1;
    for (uint32_t i = 0; next_listed(beside->machine, i, &apic_id); i++) {
        if (!counts(beside, i, apic_id, CPU_RELATION_PACKAGE))
            continue;
        ++*listed;
        missing += why_not(beside, apic_id) != NULL;
    }
    return missing;
}
