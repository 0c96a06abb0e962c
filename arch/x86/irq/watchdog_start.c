/* SPDX-License-Identifier: MIT */
/* Chooses the watchdog's source of NMIs: the first that proves itself. What was refused is noted, and why. */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/hv/xen.h"
#include "arch/x86/machine.h"
#include "arch/x86/power/power_model.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/time/pit.h"

enum {
    HPET_GSI_LIMIT = 32,
    XEN_TRIAL_S = 60,
    STATE_C10 = 7, /* the nibble of hint 60h in CPUID.05H:EDX */
    PC10 = 10,
    LIMIT_C10 = 8, /* of the limit's field, where the model is not known: Linux's test */
    /* A message that is an NMI to one CPU (SDM volume 3, 10.11: message address and data registers). */
    MESSAGE_NMI = 4 << 8,
    MESSAGE_ID_SHIFT = 12,
    MESSAGE_ID_MAX = 254,
};
#define MESSAGE_ADDRESS UINT32_C(0xFEE00000)

bool watchdog_stops_in_pc10(const struct cpu_snapshot *snapshot, uint64_t limit)
{
    struct cpu_mwait info = cpu_mwait_info(snapshot);
    int depth = power_limit_depth(power_model_of(snapshot), limit);

    if (snapshot->vendor != CPU_VENDOR_INTEL || !info.monitor || !info.break_on_masked || !info.substates[STATE_C10])
        return false;
    return depth == LIMIT_RESERVED ? (limit & PKG_CST_LIMIT_MASK) >= LIMIT_C10 : depth >= PC10;
}

static bool note(struct watchdog *watchdog, enum watchdog_refusal why)
{
    if (why == WATCHDOG_PROVEN)
        return true;
    if (watchdog->try_count < WATCHDOG_TRIES_NOTED)
        watchdog->tries[watchdog->try_count] = (struct watchdog_try){
            (uint8_t)watchdog->source, (uint8_t)why, (uint8_t)watchdog->hpet_timer, (uint16_t)watchdog->gsi};
    watchdog->try_count++;
    return false;
}

/* The input as an NMI, open: the source is then put to the proof. Refused: the input is closed again. */
static enum watchdog_refusal try_line(struct watchdog *watchdog, struct machine *machine, bool active_low)
{
    const struct ioapics *ioapics = &machine->ioapics;
    struct ioapic_route route = {
        .gsi = watchdog->gsi, .apic_id = machine->cpus[0]->apic_id, .delivery = IOAPIC_NMI, .active_low = active_low};
    enum watchdog_refusal why = WATCHDOG_NO_LINE;

    if (ioapic_set(ioapics, &route) && ioapic_mask(ioapics, route.gsi, false))
        why = watchdog_try(watchdog, machine);
    if (why != WATCHDOG_PROVEN)
        ioapic_mask(ioapics, route.gsi, true);
    return why;
}

/* All lines of one timer, the highest first: the low ones are shared with old devices. */
static bool try_hpet_lines(struct watchdog *watchdog, struct machine *machine, uint32_t *tries)
{
    uint32_t routes = hpet_timer_routes(&machine->hpet, watchdog->hpet_timer);

    for (uint32_t gsi = HPET_GSI_LIMIT; gsi-- > 0 && *tries < WATCHDOG_HPET_TRIES;) {
        enum watchdog_refusal why = WATCHDOG_NO_LINE;

        if (!((routes >> gsi) & 1) || !ioapic_has(&machine->ioapics, gsi))
            continue;
        ++*tries;
        watchdog->gsi = gsi;
        if (hpet_route(&machine->hpet, watchdog->hpet_timer, gsi))
            why = try_line(watchdog, machine, false);
        if (note(watchdog, why))
            return true;
    }
    return false;
}

static bool try_hpet_message(struct watchdog *watchdog, struct machine *machine)
{
    uint32_t apic_id = machine->cpus[0]->apic_id;
    enum watchdog_refusal why = WATCHDOG_NO_LINE;

    watchdog->gsi = WATCHDOG_MESSAGE;
    if (apic_id <= MESSAGE_ID_MAX && hpet_route_message(&machine->hpet, watchdog->hpet_timer,
                                                        MESSAGE_ADDRESS | apic_id << MESSAGE_ID_SHIFT, MESSAGE_NMI))
        why = watchdog_try(watchdog, machine);
    return note(watchdog, why);
}

static bool try_hpet(struct watchdog *watchdog, struct machine *machine)
{
    uint32_t tries = 0, count = machine->hpet.timer_count;

    watchdog->source = WATCHDOG_HPET;
    watchdog->hpet_timer = watchdog->gsi = 0;
    if (!machine->hpet.base)
        return note(watchdog, WATCHDOG_ABSENT);
    for (watchdog->hpet_timer = 0; watchdog->hpet_timer < count; watchdog->hpet_timer++)
        if (try_hpet_lines(watchdog, machine, &tries))
            return true;
    for (watchdog->hpet_timer = 0; watchdog->hpet_timer < count; watchdog->hpet_timer++)
        if (try_hpet_message(watchdog, machine))
            return true;
    return false;
}

static bool try_pit(struct watchdog *watchdog, struct machine *machine)
{
    struct acpi_override irq = acpi_madt_isa_irq(&machine->acpi.madt, PIT_ISA_IRQ);

    watchdog->source = WATCHDOG_PIT;
    watchdog->hpet_timer = 0;
    watchdog->gsi = irq.gsi;
    return note(watchdog, machine->pit ? try_line(watchdog, machine, irq.active_low) : WATCHDOG_ABSENT);
}

static bool try_peer(struct watchdog *watchdog, struct machine *machine)
{
    watchdog->source = WATCHDOG_PEER;
    watchdog->hpet_timer = watchdog->gsi = 0;
    return note(watchdog, machine->cpu_count < 2 ? WATCHDOG_ABSENT : watchdog_try_peer(watchdog, machine));
}

/* It cannot be tried to its end, which is the domain's. A timer that can be had, put off and given back will do. */
static bool try_xen(struct watchdog *watchdog, const struct machine *machine)
{
    int64_t id;

    if (!machine->hv.xen_base)
        return false;
    watchdog->source = WATCHDOG_XEN;
    watchdog->hpet_timer = watchdog->gsi = 0;
    id = xen_watchdog(0, XEN_TRIAL_S);
    if (id <= 0)
        return note(watchdog, WATCHDOG_ABSENT);
    return note(watchdog, xen_watchdog((uint32_t)id, XEN_TRIAL_S) == 0 && xen_watchdog((uint32_t)id, 0) == 0
                              ? WATCHDOG_PROVEN
                              : WATCHDOG_SILENT);
}

static bool may_stop(const struct machine *machine)
{
    uint64_t limit = 0;

    return !hv_is_guest(&machine->hv) && msr_read(MSR_PKG_CST_CONFIG_CONTROL, &limit) &&
           watchdog_stops_in_pc10(&machine->snapshot, limit);
}

void watchdog_start(struct watchdog *watchdog, struct machine *machine, enum watchdog_wish wish)
{
    bool any = wish == WATCHDOG_WISH_AUTO;

    watchdog->pc10 = may_stop(machine);
    if (any && watchdog->pc10) {
        watchdog->source = WATCHDOG_HPET;
        note(watchdog, WATCHDOG_PC10);
        watchdog->source = WATCHDOG_PIT;
        note(watchdog, WATCHDOG_PC10);
        if (try_peer(watchdog, machine))
            return;
    }
    if ((any || wish == WATCHDOG_WISH_HPET) && try_hpet(watchdog, machine))
        return;
    if ((any || wish == WATCHDOG_WISH_PIT) && try_pit(watchdog, machine))
        return;
    if (((any && !watchdog->pc10) || wish == WATCHDOG_WISH_PEER) && try_peer(watchdog, machine))
        return;
    if (any && try_xen(watchdog, machine))
        return;
    watchdog->source = WATCHDOG_NONE;
}
