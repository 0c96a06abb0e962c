/* SPDX-License-Identifier: MIT */
/*
 * Who keeps a core or a package shallow: a core is in the shallowest state that one of its threads asks for, a package
 * in that of one of its cores.
 *
 * Asked are all CPUs that the firmware lists, also those that do not run. Pure over the machine. Sources: SDM volume 3,
 * 15.5 (C-states of threads, cores and packages); AMD PPR, core C-states.
 */
#ifndef LAB_ARCH_WAKE_BESIDE_H
#define LAB_ARCH_WAKE_BESIDE_H

#include "arch/x86/wake/nap.h"

/* A sleep, and what the others do meanwhile. */
struct beside {
    const struct machine *machine;
    const struct percpu *cpu;   /* that sleeps */
    const struct percpu *waker; /* that is awake, to wake it; NULL: none */
    struct nap_state state;     /* that it asks for; the others sleep so, if they do */
    enum nap_others others;     /* HLT: of the others, those of its core sleep as it does */
    uint32_t first;             /* so many CPUs from 0 on sleep of their own accord; 0: only `cpu` does */
    bool shallow;               /* the script has them sleep by a shallower method */
};

/*
 * The core's C-state that it asks for, 1 to 7, for what the CPUs beside it must do: a port whose state is not known is
 * taken for a deep one. Of a port, reads the registers of the CPU it runs on (AMD's ports, the same on all).
 */
uint8_t nap_core_state(const struct machine *machine, const struct percpu *cpu, const struct nap_state *state);

/*
 * True where the threads beside that CPU sleep as it does although the other cores are in HLT: for states deeper than
 * C1, which the core would not reach else. Not in a guest, where threads are the host's to place.
 */
bool nap_takes_siblings(const struct machine *machine, const struct percpu *cpu, const struct nap_state *state,
                        enum nap_others others);

/* NULL, or why a thread of the sleeper's core is shallower, with its APIC id: "does not run, ...". */
const char *beside_shallow(const struct beside *beside, uint32_t *apic_id);

/* How many CPUs of the sleeper's package do not sleep so, and how many there are with it. */
uint32_t beside_missing(const struct beside *beside, uint32_t *listed);

#endif /* LAB_ARCH_WAKE_BESIDE_H */
