/* SPDX-License-Identifier: MIT */
/* Chooses the watchdog's source of NMIs: the first that proves itself by arriving. */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/time/tsc.h"

enum {
    TEST_US = 2000,            /* how far ahead the self-test arms */
    TEST_LIMIT_US = 60 * 1000, /* how long it waits */
    PEER_PERIOD_US = 50 * 1000,
    HPET_GSI_LIMIT = 32,
};

/* Arms the source once and sees whether the NMI comes; it aborts nothing, because the watchdog is not armed. */
static bool proves_itself(struct watchdog *watchdog, struct machine *machine)
{
    struct percpu *cpu = machine->cpus[0];
    uint64_t before = percpu_count(&cpu->nmi_count);
    uint64_t end_tsc = tsc_now() + delay_tsc(machine, TEST_LIMIT_US);

    watchdog_set(watchdog, machine, delay_tsc(machine, TEST_US));
    while (percpu_count(&cpu->nmi_count) == before && tsc_now() < end_tsc)
        pause();
    watchdog_stop(watchdog, machine);
    return percpu_count(&cpu->nmi_count) != before;
}

static bool route_nmi(const struct machine *machine, uint32_t gsi, bool active_low)
{
    struct ioapic_route route = {
        .gsi = gsi, .apic_id = machine->cpus[0]->apic_id, .delivery = IOAPIC_NMI, .active_low = active_low};

    return ioapic_set(&machine->ioapics, &route) && ioapic_mask(&machine->ioapics, gsi, false);
}

static bool try_hpet_gsi(struct watchdog *watchdog, struct machine *machine, uint32_t timer, uint32_t gsi)
{
    watchdog->hpet_timer = timer;
    watchdog->gsi = gsi;
    if (!hpet_route(&machine->hpet, timer, gsi) || !route_nmi(machine, gsi, false))
        return false;
    if (proves_itself(watchdog, machine))
        return true;
    ioapic_mask(&machine->ioapics, gsi, true);
    return false;
}

/* The highest input first: the low ones are shared with old devices. */
static bool try_hpet(struct watchdog *watchdog, struct machine *machine)
{
    if (!machine->hpet.base)
        return false;
    watchdog->source = WATCHDOG_HPET;
    for (uint32_t timer = 0; timer < machine->hpet.timer_count; timer++) {
        uint32_t routes = hpet_timer_routes(&machine->hpet, timer);

        for (uint32_t gsi = HPET_GSI_LIMIT; gsi-- > 0;) {
            if (((routes >> gsi) & 1) && ioapic_has(&machine->ioapics, gsi)) {
                if (try_hpet_gsi(watchdog, machine, timer, gsi))
                    return true;
                break;
            }
        }
    }
    return false;
}

static bool try_pit(struct watchdog *watchdog, struct machine *machine)
{
    struct acpi_override irq = acpi_madt_isa_irq(&machine->acpi.madt, PIT_ISA_IRQ);

    if (!machine->pit)
        return false;
    watchdog->source = WATCHDOG_PIT;
    watchdog->gsi = irq.gsi;
    if (!route_nmi(machine, irq.gsi, irq.active_low))
        return false;
    if (proves_itself(watchdog, machine))
        return true;
    ioapic_mask(&machine->ioapics, irq.gsi, true);
    return false;
}

/* The peer's loop: sleep, look, and send the NMI when the limit has passed. */
static void peer_loop(void *argument)
{
    struct machine *machine = argument;
    struct watchdog *watchdog = &machine->watchdog;

    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_NOTHING);
    for (;;) {
        apic_timer_arm(&machine->apic, &machine->timer, delay_tsc(machine, PEER_PERIOD_US));
        sti_hlt();
        cli();
        if (__atomic_load_n(&watchdog->armed, __ATOMIC_ACQUIRE) &&
            tsc_now() >= __atomic_load_n(&watchdog->due_tsc, __ATOMIC_ACQUIRE))
            apic_send_nmi(&machine->apic, machine->cpus[0]->apic_id);
    }
}

static bool try_peer(struct watchdog *watchdog, struct machine *machine)
{
    if (machine->cpu_count < 2)
        return false;
    watchdog->peer = machine->cpus[--machine->cpu_count];
    watchdog->source = WATCHDOG_PEER;
    return smp_run(machine, watchdog->peer, peer_loop, machine);
}

void watchdog_start(struct watchdog *watchdog, struct machine *machine, enum watchdog_wish wish)
{
    bool any = wish == WATCHDOG_WISH_AUTO;

    if ((any || wish == WATCHDOG_WISH_HPET) && try_hpet(watchdog, machine))
        return;
    if ((any || wish == WATCHDOG_WISH_PIT) && try_pit(watchdog, machine))
        return;
    if ((any || wish == WATCHDOG_WISH_PEER) && try_peer(watchdog, machine))
        return;
    watchdog->source = WATCHDOG_NONE;
}
