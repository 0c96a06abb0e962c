/* SPDX-License-Identifier: MIT */
/*
 * The watchdog that is a CPU: it sleeps, looks, and sends the NMI when the limit has passed. It sleeps as deep as it
 * can and seldom wakes, for a core or a package is no deeper than the shallowest of its CPUs.
 */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum {
    NAP_IDLE_US = 10 * 1000,    /* nothing is measured while nothing is armed */
    NAP_ARMED_US = 1000 * 1000, /* a limit is 4 s at least, and is moved on meanwhile */
    TRIAL_US = 2000,            /* a nap that shows whether it lasts and ends */
    TRIAL_LATE_US = 60 * 1000,
    TRIALS = 3,
    READY_US = 100 * 1000,
    READY_TRIES = 8,
};

/* One nap of at most so many ticks. */
static void nap(const struct machine *machine, uint64_t ticks_tsc)
{
    const struct watchdog_peer *peer = &machine->watchdog.peer;
    struct idle_call call = {.watch = &peer->cpu->wake_line,
                             .watch_was = peer->cpu->wake_line,
                             .argument = peer->hint,
                             .flush_line = errata_flush_before_monitor(machine_cpuid(machine, peer->cpu))};

    apic_timer_arm(&machine->apic, &machine->timer, ticks_tsc);
    if (peer->awake) {
        sti_hlt();
        cli();
    } else {
        idle_find("mwait")->wait(&call);
    }
}

/* Whether MWAIT lasts until this CPU's timer, and not much longer. */
static const char *find_untrue_sleep(const struct machine *machine)
{
    for (unsigned i = 0; i < TRIALS; i++) {
        uint64_t start_tsc = tsc_now(), slept_tsc;

        nap(machine, delay_tsc(machine, TRIAL_US));
        slept_tsc = tsc_now() - start_tsc;
        if (slept_tsc < delay_tsc(machine, TRIAL_US) / 2)
            return "MWAIT returns at once";
        if (slept_tsc > delay_tsc(machine, TRIAL_LATE_US))
            return "its timer does not end MWAIT";
    }
    return NULL;
}

static void guard(void *argument)
{
    struct machine *machine = argument;
    struct watchdog *watchdog = &machine->watchdog;
    struct watchdog_peer *peer = &watchdog->peer;

    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_NOTHING);
    if (!peer->awake)
        peer->awake = find_untrue_sleep(machine);
    __atomic_store_n(&peer->ready, 1, __ATOMIC_RELEASE);
    for (;;) {
        uint64_t nap_tsc = delay_tsc(machine, NAP_IDLE_US);

        if (__atomic_load_n(&watchdog->armed, __ATOMIC_ACQUIRE)) {
            uint64_t now_tsc = tsc_now() - (uint64_t)peer->cpu->tsc_offset; /* CPU 0's */
            uint64_t due_tsc = __atomic_load_n(&watchdog->due_tsc, __ATOMIC_ACQUIRE);
            uint64_t longest_tsc = delay_tsc(machine, NAP_ARMED_US);

            if (now_tsc >= due_tsc)
                apic_send_nmi(&machine->apic, machine->cpus[0]->apic_id);
            else
                nap_tsc = due_tsc - now_tsc < longest_tsc ? due_tsc - now_tsc : longest_tsc;
        }
        nap(machine, nap_tsc);
    }
}

/* Should its timer fail in deep sleep, an interrupt shows it that. */
static bool wait_ready(const struct machine *machine, struct watchdog_peer *peer)
{
    for (unsigned i = 0; i < READY_TRIES; i++) {
        uint64_t end_tsc = tsc_now() + delay_tsc(machine, READY_US);

        while (tsc_now() < end_tsc) {
            if (__atomic_load_n(&peer->ready, __ATOMIC_ACQUIRE))
                return true;
            pause();
        }
        apic_send_fixed(&machine->apic, peer->cpu->apic_id, VECTOR_NOTHING);
    }
    return false;
}

enum watchdog_refusal watchdog_try_peer(struct watchdog *watchdog, struct machine *machine)
{
    struct watchdog_peer *peer = &watchdog->peer;
    enum watchdog_refusal why = WATCHDOG_SILENT;

    /* Not one of the CPUs from here on: a limit that is reached does not end its work. */
    peer->cpu = machine->cpus[--machine->cpu_count];
    peer->awake = watchdog_peer_awake(machine, peer->cpu, &peer->hint);
    if (smp_run(machine, peer->cpu, guard, machine) && wait_ready(machine, peer))
        why = watchdog_try(watchdog, machine);
    if (why != WATCHDOG_PROVEN) {
        machine->cpu_count++;
        smp_abort_all(machine);
    }
    return why;
}
