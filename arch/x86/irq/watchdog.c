/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/hv/xen.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum {
    PIT_COUNT_MAX = 65535,
    HPET_RETRIES = 4,
    XEN_SECONDS_MAX = 24 * 60 * 60,
};

static void hpet_set(const struct watchdog *watchdog, const struct machine *machine, uint64_t in_tsc)
{
    uint64_t ticks = muldiv_u64(in_tsc, hpet_hz(&machine->hpet), clock_wait_hz(&machine->clock));

    if (ticks < 1)
        ticks = 1;
    if (ticks > INT32_MAX)
        ticks = INT32_MAX;
    for (unsigned i = 0; i < HPET_RETRIES; i++) {
        if (hpet_arm_oneshot(&machine->hpet, watchdog->hpet_timer, (uint32_t)ticks))
            return;
        ticks = ticks > INT32_MAX / 16 ? INT32_MAX : ticks * 16; /* the counter passed the value while it was set */
    }
}

static void pit_set(const struct machine *machine, uint64_t in_tsc)
{
    uint64_t count = muldiv_u64(in_tsc, PIT_HZ, clock_wait_hz(&machine->clock));

    pit_arm_oneshot(count < 1 ? 1 : (uint16_t)(count > PIT_COUNT_MAX ? PIT_COUNT_MAX : count));
}

/* In whole seconds, and one more: what Xen ends cannot say anything. Where it refuses, nothing is armed. */
static void xen_set(struct watchdog *watchdog, const struct machine *machine, uint64_t in_tsc)
{
    uint64_t in_s = in_tsc / clock_wait_hz(&machine->clock) + 2;
    int64_t id = xen_watchdog(watchdog->xen_id, in_s > XEN_SECONDS_MAX ? XEN_SECONDS_MAX : (uint32_t)in_s);

    if (!watchdog->xen_id && id > 0)
        watchdog->xen_id = (uint32_t)id;
}

static void xen_stop(struct watchdog *watchdog)
{
    if (watchdog->xen_id)
        xen_watchdog(watchdog->xen_id, 0);
    watchdog->xen_id = 0;
}

void watchdog_set(struct watchdog *watchdog, const struct machine *machine, uint64_t in_tsc)
{
    if (watchdog->source == WATCHDOG_HPET)
        hpet_set(watchdog, machine, in_tsc);
    else if (watchdog->source == WATCHDOG_PIT)
        pit_set(machine, in_tsc);
    else if (watchdog->source == WATCHDOG_XEN)
        xen_set(watchdog, machine, in_tsc);
}

void watchdog_stop(struct watchdog *watchdog, const struct machine *machine)
{
    if (watchdog->source == WATCHDOG_HPET)
        hpet_disarm(&machine->hpet, watchdog->hpet_timer);
    else if (watchdog->source == WATCHDOG_PIT)
        pit_disarm();
    else if (watchdog->source == WATCHDOG_XEN)
        xen_stop(watchdog);
}

static void probe_set(void *context, uint64_t in_tsc)
{
    struct machine *machine = context;

    /* Of a peer it is the whole way that is tried; no call is guarded, so nothing ends. */
    if (machine->watchdog.source == WATCHDOG_PEER)
        watchdog_arm(&machine->watchdog, machine, in_tsc);
    else
        watchdog_set(&machine->watchdog, machine, in_tsc);
}

static void probe_stop(void *context)
{
    struct machine *machine = context;

    watchdog_disarm(&machine->watchdog, machine);
}

static uint64_t probe_now_tsc(void *context)
{
    (void)context;
    pause();
    return tsc_now();
}

static uint64_t probe_nmi_count(void *context)
{
    const struct machine *machine = context;

    return percpu_count(&machine->cpus[0]->nmi_count);
}

enum watchdog_refusal watchdog_try(struct watchdog *watchdog, struct machine *machine)
{
    const struct watchdog_probe probe = {machine, probe_set, probe_stop, probe_now_tsc, probe_nmi_count};
    enum watchdog_refusal why = watchdog_prove(&probe, clock_wait_hz(&machine->clock));

    watchdog->nmi_count = 0;
    return why;
}

void watchdog_nmi(struct watchdog *watchdog, struct machine *machine, struct percpu *cpu)
{
    uint64_t now_tsc = tsc_now();
    uint64_t due_tsc = __atomic_load_n(&watchdog->due_tsc, __ATOMIC_ACQUIRE);

    if (cpu->index != 0 || !__atomic_load_n(&watchdog->armed, __ATOMIC_ACQUIRE))
        return;
    if (now_tsc < due_tsc) {
        watchdog->nmi_count++;
        watchdog_set(watchdog, machine, due_tsc - now_tsc);
        return;
    }
    __atomic_store_n(&watchdog->armed, 0, __ATOMIC_RELEASE);
    watchdog_abort_others(machine, cpu);
    __atomic_store_n(&cpu->abort, 1, __ATOMIC_RELEASE);
}

const char *watchdog_source_name(enum watchdog_source source)
{
    static const char *const names[] = {
        [WATCHDOG_NONE] = "none", [WATCHDOG_HPET] = "hpet", [WATCHDOG_PIT] = "pit",
        [WATCHDOG_PEER] = "peer", [WATCHDOG_XEN] = "xen",
    };

    return names[source];
}

void watchdog_arm(struct watchdog *watchdog, struct machine *machine, uint64_t limit_tsc)
{
    uint64_t now_tsc = tsc_now();

    watchdog->limit_tsc = limit_tsc;
    watchdog->rearm_tsc = now_tsc + limit_tsc / 2;
    __atomic_store_n(&watchdog->due_tsc, now_tsc + limit_tsc, __ATOMIC_RELEASE);
    __atomic_store_n(&machine->cpus[0]->abort, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&watchdog->armed, 1, __ATOMIC_RELEASE);
    watchdog_set(watchdog, machine, limit_tsc);
}

void watchdog_pet(struct watchdog *watchdog, struct machine *machine, uint64_t tsc)
{
    if (watchdog_put_off(watchdog, tsc))
        return;
    watchdog->rearm_tsc = tsc - (uint64_t)this_cpu()->tsc_offset + watchdog->limit_tsc / 2;
    if (watchdog->source != WATCHDOG_PIT)
        watchdog_set(watchdog, machine, watchdog->limit_tsc);
}

void watchdog_disarm(struct watchdog *watchdog, struct machine *machine)
{
    __atomic_store_n(&watchdog->armed, 0, __ATOMIC_RELEASE);
    watchdog_stop(watchdog, machine);
}

void watchdog_close(struct watchdog *watchdog, struct machine *machine)
{
    watchdog_disarm(watchdog, machine);
    if ((watchdog->source == WATCHDOG_HPET || watchdog->source == WATCHDOG_PIT) && watchdog->gsi != WATCHDOG_MESSAGE)
        ioapic_mask(&machine->ioapics, watchdog->gsi, true);
}
