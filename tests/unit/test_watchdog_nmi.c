/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/irq/watchdog.c arch/x86/irq/watchdog_abort.c
/*
 * The watchdog's NMI: when it is due it ends the call of every CPU that has one, and nothing else; one that comes early
 * sets it again.
 */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/hv/xen.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/pit.h"
#include "tests/unit/tap.h"

enum { CPUS = 4, TSC_HZ = 1000 * 1000 * 1000, HPET_HZ = 10 * 1000 * 1000 };
static const uint64_t FAR_TSC = UINT64_C(1) << 60;

static struct machine machine;
static struct percpu cpus[CPUS];
static uint32_t registers[0x400 / 4]; /* the xAPIC's */
static uint32_t armed_ticks, tries, refusals;
static uint16_t pit_count;
static unsigned disarmed, closed_gsi;
static int64_t xen_id; /* what Xen gives for a new timer */
static uint32_t asked_id, asked_s;

uint64_t hpet_hz(const struct hpet *hpet)
{
    (void)hpet;
    return HPET_HZ;
}

bool hpet_arm_oneshot(const struct hpet *hpet, uint32_t timer, uint32_t ticks)
{
    (void)hpet, (void)timer;
    armed_ticks = ticks;
    return ++tries > refusals;
}

void hpet_disarm(const struct hpet *hpet, uint32_t timer)
{
    (void)hpet, (void)timer;
    disarmed++;
}

void pit_arm_oneshot(uint16_t count)
{
    pit_count = count;
}

void pit_disarm(void)
{
    disarmed++;
}

bool ioapic_mask(const struct ioapics *set, uint32_t gsi, bool masked)
{
    (void)set;
    closed_gsi = masked ? gsi : 0;
    return true;
}

int64_t xen_watchdog(uint32_t id, uint32_t timeout_s)
{
    asked_id = id;
    asked_s = timeout_s;
    return id ? 0 : xen_id;
}

enum watchdog_refusal watchdog_prove(const struct watchdog_probe *probe, uint64_t tsc_hz)
{
    (void)probe, (void)tsc_hz;
    machine.watchdog.nmi_count = 7;
    return WATCHDOG_PROVEN;
}

/* CPU 3 is parked. */
static void reset(enum watchdog_source source)
{
    static volatile uint32_t *const mmio = registers;

    memset(&machine, 0, sizeof(machine));
    memset(registers, 0, sizeof(registers));
    machine.cpu_count = CPUS;
    machine.apic.mmio = mmio;
    machine.clock.tsc_hz = TSC_HZ;
    machine.watchdog.source = source;
    for (uint32_t i = 0; i < CPUS; i++) {
        cpus[i] = (struct percpu){.index = i, .apic_id = 0x10 + i};
        cpus[i].work.state = i && i < 3 ? WORK_RUNNING : WORK_DONE;
        machine.cpus[i] = &cpus[i];
    }
    tries = refusals = armed_ticks = pit_count = 0;
    disarmed = 0;
}

static unsigned aborts(void)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < CPUS; i++)
        mask |= cpus[i].abort ? 1u << i : 0;
    return mask;
}

static void test_due(void)
{
    reset(WATCHDOG_HPET);
    watchdog_arm(&machine.watchdog, &machine, 0);
    watchdog_nmi(&machine.watchdog, &machine, &cpus[0]);
    TAP_INT(aborts(), 7, "CPU 0 and those at work are told to end, the parked one is not");
    TAP_INT(registers[APIC_ICR_HIGH / 4] >> 24, 0x12, "by an NMI, the last one to CPU 2");
    TAP_INT(registers[APIC_ICR_LOW / 4] & APIC_ICR_DELIVERY_NMI, APIC_ICR_DELIVERY_NMI, "which it is");
    TAP_INT(machine.watchdog.armed, 0, "once");
    memset(registers, 0, sizeof(registers));
    cpus[0].abort = cpus[1].abort = cpus[2].abort = 0;
    watchdog_nmi(&machine.watchdog, &machine, &cpus[0]);
    TAP_INT(aborts(), 0, "an NMI while nothing is armed ends nothing");
    watchdog_arm(&machine.watchdog, &machine, 0);
    watchdog_nmi(&machine.watchdog, &machine, &cpus[1]);
    TAP_INT(aborts(), 0, "nor does one on another CPU");
}

static void test_early(void)
{
    reset(WATCHDOG_PIT);
    watchdog_arm(&machine.watchdog, &machine, FAR_TSC);
    pit_count = 0;
    watchdog_nmi(&machine.watchdog, &machine, &cpus[0]);
    TAP_INT(aborts(), 0, "before it is due nothing ends");
    TAP_INT(pit_count, 65535, "the PIT is set again, for as long as it can");
    TAP_INT(machine.watchdog.nmi_count, 1, "and the NMI is counted");
    TAP_OK(machine.watchdog.armed, "it stays armed");
    watchdog_disarm(&machine.watchdog, &machine);
    TAP_OK(!machine.watchdog.armed && disarmed == 1, "until it is disarmed");
    TAP_OK(watchdog_try(&machine.watchdog, &machine) == WATCHDOG_PROVEN && machine.watchdog.nmi_count == 0,
           "NMIs of the proof are not counted");
}

static void test_set(void)
{
    reset(WATCHDOG_HPET);
    cpus[0].abort = 1;
    watchdog_arm(&machine.watchdog, &machine, TSC_HZ);
    TAP_INT(cpus[0].abort, 0, "arming forgets an old end");
    TAP_INT(armed_ticks, HPET_HZ, "the HPET gets the time in its ticks");
    TAP_INT(machine.watchdog.due_tsc - machine.watchdog.rearm_tsc, TSC_HZ / 2, "and again after half of it");
    watchdog_set(&machine.watchdog, &machine, FAR_TSC);
    TAP_INT(armed_ticks, INT32_MAX, "not more than half the counter's range");
    watchdog_set(&machine.watchdog, &machine, UINT64_C(300) * TSC_HZ);
    TAP_INT(armed_ticks, INT32_MAX, "nor what would fit into the whole");
    watchdog_set(&machine.watchdog, &machine, 1);
    TAP_INT(armed_ticks, 1, "at least one tick");
    tries = 0;
    refusals = 2;
    watchdog_set(&machine.watchdog, &machine, 1);
    TAP_INT(armed_ticks, 256, "more where the counter has passed it meanwhile");
    reset(WATCHDOG_PIT);
    watchdog_set(&machine.watchdog, &machine, TSC_HZ / 1000);
    TAP_INT(pit_count, 1193, "the PIT gets its own");
    watchdog_set(&machine.watchdog, &machine, 1);
    TAP_INT(pit_count, 1, "at least one");
    TAP_STR(watchdog_source_name(WATCHDOG_PEER), "peer", "names");
}

static void test_xen(void)
{
    reset(WATCHDOG_XEN);
    xen_id = 2;
    watchdog_arm(&machine.watchdog, &machine, UINT64_C(8) * TSC_HZ);
    TAP_OK(asked_id == 0 && asked_s == 10, "a timer of Xen's, in whole seconds, and not sooner than asked");
    watchdog_set(&machine.watchdog, &machine, UINT64_C(8) * TSC_HZ);
    TAP_OK(asked_id == 2 && asked_s == 10, "the same is put off");
    watchdog_set(&machine.watchdog, &machine, FAR_TSC);
    TAP_INT(asked_s, 24 * 60 * 60, "a day at most");
    watchdog_close(&machine.watchdog, &machine);
    TAP_OK(asked_id == 2 && asked_s == 0, "given back");
    asked_id = 99;
    watchdog_disarm(&machine.watchdog, &machine);
    TAP_INT(asked_id, 99, "once");
    xen_id = -28;
    watchdog_arm(&machine.watchdog, &machine, TSC_HZ);
    TAP_INT(machine.watchdog.xen_id, 0, "Xen has none left");
    TAP_STR(watchdog_source_name(WATCHDOG_XEN), "xen", "names");
}

static void test_close(void)
{
    reset(WATCHDOG_HPET);
    machine.watchdog.gsi = 2;
    watchdog_close(&machine.watchdog, &machine);
    TAP_INT(closed_gsi, 2, "its line is closed at the end");
    machine.watchdog.gsi = WATCHDOG_MESSAGE;
    closed_gsi = 0;
    watchdog_close(&machine.watchdog, &machine);
    TAP_INT(closed_gsi, 0, "a message has no line");
}

int main(void)
{
    test_close();
    test_due();
    test_early();
    test_set();
    test_xen();
    return tap_done();
}
