/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/irq/watchdog_prove.c arch/x86/irq/watchdog_start.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/power/power_model.c
/*
 * Sources of NMIs that lie in each way, and machines on which the first ways to an NMI do not work: the right one is
 * taken, and the log knows why the others were not.
 */
#include "arch/x86/irq/watchdog.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/hv/xen.h"
#include "arch/x86/machine.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { TSC_HZ = 1000 * 1000 * 1000, US = TSC_HZ / 1000000, LOOK_TSC = 300 };

/* What a source does; times in microseconds. */
struct source {
    const char *name;
    bool silent, only_once;
    int64_t late_us; /* how much later than asked; negative: earlier */
    uint32_t times;  /* NMIs for each time that it is armed */
    uint32_t stray_us, stray_first_us;
    enum watchdog_refusal want;
};

static const struct source sources[] = {
    {"true", .times = 1, .want = WATCHDOG_PROVEN},
    {"as late as an emulator", .late_us = 50000, .times = 1, .want = WATCHDOG_PROVEN},
    {"silent", .silent = true, .want = WATCHDOG_SILENT},
    {"too late", .late_us = 65000, .times = 1, .want = WATCHDOG_SILENT},
    {"early", .late_us = -500, .times = 1, .want = WATCHDOG_EARLY},
    {"once and never again", .only_once = true, .times = 1, .want = WATCHDOG_SILENT},
    {"twice for each time", .times = 2, .want = WATCHDOG_UNASKED},
    {"silent, another device ticks at 18.2 Hz", .silent = true, .stray_us = 54925, .stray_first_us = 11000,
     .want = WATCHDOG_UNASKED},
    {"silent, another device ticks at 18.2 Hz, too soon", .silent = true, .stray_us = 54925, .stray_first_us = 9500,
     .want = WATCHDOG_EARLY},
    {"silent, another device ticks at 1 kHz", .silent = true, .stray_us = 1000, .want = WATCHDOG_UNASKED},
    {"true, and another device ticks every 40 ms", .times = 1, .stray_us = 40000, .stray_first_us = 20000,
     .want = WATCHDOG_UNASKED},
    {"true, and the input had latched an edge", .times = 1, .stray_us = 10000000, .stray_first_us = 1,
     .want = WATCHDOG_PROVEN},
    {"true, and another device is heard only afterwards", .times = 1, .stray_us = 80000, .stray_first_us = 25000,
     .want = WATCHDOG_UNASKED},
};

static struct {
    const struct source *source;
    uint64_t now_tsc, count, fire_tsc, fire_left, stray_tsc, armed;
} play;

static void play_set(void *context, uint64_t in_tsc)
{
    (void)context;
    play.armed++;
    play.fire_left = play.source->silent || (play.source->only_once && play.armed > 1) ? 0 : play.source->times;
    play.fire_tsc = play.now_tsc + in_tsc + (uint64_t)(play.source->late_us * US);
}

static void play_stop(void *context)
{
    (void)context;
    if (play.source->times < 2)
        play.fire_left = 0;
}

static uint64_t play_now_tsc(void *context)
{
    const struct source *source = play.source;

    (void)context;
    play.now_tsc += LOOK_TSC;
    if (play.fire_left && play.now_tsc >= play.fire_tsc) {
        play.fire_left--;
        play.count++;
        play.fire_tsc += 5 * US;
    }
    if (source->stray_us && play.now_tsc >= play.stray_tsc) {
        play.count++;
        play.stray_tsc += (uint64_t)source->stray_us * US;
    }
    return play.now_tsc;
}

static uint64_t play_nmi_count(void *context)
{
    (void)context;
    return play.count;
}

static void try_sources(void)
{
    const struct watchdog_probe probe = {NULL, play_set, play_stop, play_now_tsc, play_nmi_count};

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        play.source = &sources[i];
        play.now_tsc = play.count = play.fire_left = play.armed = 0;
        play.stray_tsc = (uint64_t)sources[i].stray_first_us * US;
        TAP_STR(watchdog_refusal_name(watchdog_prove(&probe, TSC_HZ)), watchdog_refusal_name(sources[i].want),
                sources[i].name);
        TAP_OK(play.now_tsc < 210000 * (uint64_t)US, "and it was told in 210 ms");
    }
}

/* The machine under the choice: which lines an HPET lists, which deliver, and what else works. */
static struct {
    struct machine machine;
    uint32_t routes[3];
    uint32_t good_timer, good_gsi; /* the only way that works; gsi WATCHDOG_MESSAGE */
    bool messages, pit_works, peer_works;
    bool irq_low;       /* the PIT's line is active low */
    bool low;           /* the last line that was set */
    uint32_t open;      /* lines that are not masked */
    uint32_t cpu_count; /* 0: two */
    uint32_t apic_id;   /* of CPU 0; 0: three */
    uint32_t tried;     /* ways that were not taken */
    uint64_t limit;     /* MSR_PKG_CST_CONFIG_CONTROL */
    bool xen_tells, xen_refuses;
    int64_t xen_error;
    unsigned xen_timers;
} at;

bool msr_read(uint32_t msr, uint64_t *value)
{
    (void)msr;
    *value = at.limit;
    return true;
}

bool ioapic_set(const struct ioapics *set, const struct ioapic_route *route)
{
    (void)set;
    at.low = route->active_low;
    return route->delivery == IOAPIC_NMI;
}

bool ioapic_mask(const struct ioapics *set, uint32_t gsi, bool masked)
{
    (void)set;
    at.open = masked ? at.open & ~(1u << gsi) : at.open | 1u << gsi;
    return true;
}

bool ioapic_has(const struct ioapics *set, uint32_t gsi)
{
    (void)set;
    return gsi < 24;
}

uint32_t hpet_timer_routes(const struct hpet *hpet, uint32_t timer)
{
    (void)hpet;
    return at.routes[timer];
}

bool hpet_route(const struct hpet *hpet, uint32_t timer, uint32_t gsi)
{
    (void)hpet;
    return (at.routes[timer] >> gsi) & 1;
}

bool hpet_route_message(const struct hpet *hpet, uint32_t timer, uint32_t address, uint32_t message)
{
    (void)hpet;
    (void)timer;
    return at.messages && (address == 0xFEE03000 || address == 0xFEEFF000) && message == 0x400;
}

struct acpi_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq)
{
    (void)madt;
    return (struct acpi_override){.irq = irq, .gsi = 2, .active_low = at.irq_low};
}

enum watchdog_refusal watchdog_try(struct watchdog *watchdog, struct machine *machine)
{
    bool works;

    (void)machine;
    if (watchdog->source == WATCHDOG_PIT)
        works = at.pit_works;
    else
        works = watchdog->gsi == at.good_gsi && watchdog->hpet_timer == at.good_timer;
    return works ? WATCHDOG_PROVEN : WATCHDOG_SILENT;
}

enum watchdog_refusal watchdog_try_peer(struct watchdog *watchdog, struct machine *machine)
{
    (void)watchdog;
    machine->cpu_count -= at.peer_works;
    return at.peer_works ? WATCHDOG_PROVEN : WATCHDOG_SILENT;
}

int64_t xen_watchdog(uint32_t id, uint32_t timeout_s)
{
    TAP_OK(at.xen_tells && (id == 0) == (at.xen_timers == 0), "a timer of Xen's is had once, and given back");
    if (id == 0)
        at.xen_timers++;
    else if (timeout_s == 0)
        at.xen_timers--;
    return id ? at.xen_error : at.xen_error && at.xen_refuses ? at.xen_error : 2;
}

/* Chooses, and writes the source and all refusals down as "hpet 0 11, silent hpet 0 23". */
static const char *choose(enum watchdog_wish wish)
{
    static char text[1024];
    static struct percpu cpus[2];
    static struct watchdog watchdog;
    int length;

    cpus[0].apic_id = at.apic_id ? at.apic_id : 3;
    at.open = 0;
    at.machine.cpus[0] = &cpus[0];
    at.machine.cpus[1] = &cpus[1];
    at.machine.cpu_count = at.cpu_count ? at.cpu_count : 2;
    at.machine.pit = true;
    at.machine.hpet.base = (volatile uint8_t *)text;
    at.machine.hpet.timer_count = 3;
    watchdog = (struct watchdog){0};
    watchdog_start(&watchdog, &at.machine, wish);
    at.tried = watchdog.try_count;
    length = snprintf(text, sizeof(text), "%u %u %u", watchdog.source, watchdog.hpet_timer, watchdog.gsi);
    for (uint32_t i = 0; i < watchdog.try_count && i < WATCHDOG_TRIES_NOTED; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, ", %s %u %u %u",
                           watchdog_refusal_name(watchdog.tries[i].why), watchdog.tries[i].source,
                           watchdog.tries[i].timer, watchdog.tries[i].gsi);
    return text;
}

static void try_machines(void)
{
    at.routes[0] = at.routes[1] = 0x01900004; /* 24 is no input here */
    at.routes[2] = 0x01900804;
    at.good_gsi = 20;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "1 0 20, silent 1 0 23", "the highest line is not the only one");
    at.good_timer = 2;
    at.good_gsi = 11;
    TAP_STR(
        choose(WATCHDOG_WISH_AUTO),
        "1 2 11, silent 1 0 23, silent 1 0 20, silent 1 0 2, silent 1 1 23, silent 1 1 20, silent 1 1 2, silent 1 2 "
        "23, silent 1 2 20",
        "nor is the first timer");
    at.routes[0] = at.routes[1] = at.routes[2] = 1 << 2;
    at.good_timer = 1;
    at.good_gsi = WATCHDOG_MESSAGE;
    at.messages = true;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "1 1 256, silent 1 0 2, silent 1 1 2, silent 1 2 2, silent 1 0 256",
            "behind the lines come messages");
    at.messages = false;
    at.pit_works = true;
    TAP_STR(choose(WATCHDOG_WISH_AUTO),
            "2 0 2, silent 1 0 2, silent 1 1 2, silent 1 2 2, no_line 1 0 256, no_line 1 1 256, no_line 1 2 256",
            "then the PIT");
    at.pit_works = false;
    at.peer_works = true;
    TAP_STR(
        choose(WATCHDOG_WISH_AUTO),
        "3 0 0, silent 1 0 2, silent 1 1 2, silent 1 2 2, no_line 1 0 256, no_line 1 1 256, no_line 1 2 256, silent "
        "2 0 2",
        "then a CPU");
    at.peer_works = false;
    TAP_STR(choose(WATCHDOG_WISH_PEER), "0 0 0, silent 3 0 0", "none");
    at.routes[0] = at.routes[1] = at.routes[2] = 0x00ffffff;
    TAP_OK(choose(WATCHDOG_WISH_HPET) && at.tried <= WATCHDOG_HPET_TRIES + 3, "lines without end");
}

static void try_edges(void)
{
    at.routes[0] = at.routes[1] = at.routes[2] = 0x01900004;
    at.good_timer = 0;
    at.good_gsi = 20;
    choose(WATCHDOG_WISH_AUTO);
    TAP_INT(at.open, 1 << 20, "the lines that were tried and not taken are closed");
    at.routes[0] = at.routes[1] = at.routes[2] = 0;
    at.good_gsi = WATCHDOG_MESSAGE;
    at.messages = true;
    at.apic_id = 254;
    TAP_OK(choose(WATCHDOG_WISH_HPET)[0] == '0', "a message to another CPU is none");
    at.apic_id = 255;
    TAP_STR(choose(WATCHDOG_WISH_HPET), "0 3 256, no_line 1 0 256, no_line 1 1 256, no_line 1 2 256",
            "no message names a CPU of such an id");
    at.apic_id = 0;
    at.messages = false;
    at.pit_works = at.irq_low = true;
    TAP_STR(choose(WATCHDOG_WISH_PIT), "2 0 2", "the PIT");
    TAP_OK(at.low, "by a line that is active low, where the table says so");
    at.pit_works = at.irq_low = false;
    at.cpu_count = 1;
    TAP_STR(choose(WATCHDOG_WISH_PEER), "0 0 0, absent 3 0 0", "one CPU has no other");
    at.cpu_count = 0;
    at.routes[0] = at.routes[1] = at.routes[2] = 0x00ffffff;
}

/* The last place of a word in a text. */
static const char *strrstr(const char *text, const char *word)
{
    const char *found = NULL;

    for (const char *next = text; (next = strstr(next, word)) != NULL; next++)
        found = next;
    return found;
}

/* A PVH guest of Xen's: no HPET, no PIT. Xen's own timer comes last of all. */
static void try_xen_guest(void)
{
    at.machine.hv = (struct hv_info){.kind = HYPERVISOR_XEN, .xen_base = 0x40000000};
    at.routes[0] = at.routes[1] = at.routes[2] = 0;
    at.cpu_count = 1;
    at.xen_tells = true;
    TAP_STR(strrstr(choose(WATCHDOG_WISH_AUTO), "absent"), "absent 3 0 0", "a guest of Xen's with one CPU");
    TAP_OK(choose(WATCHDOG_WISH_AUTO)[0] == '4' && at.xen_timers == 0, "has Xen's timer");
    TAP_OK(choose(WATCHDOG_WISH_PIT)[0] == '0', "not where another is asked for");
    at.xen_error = -22;
    TAP_OK(choose(WATCHDOG_WISH_AUTO)[0] == '0', "one that cannot be put off is none");
    at.xen_refuses = true;
    at.xen_timers = 0;
    TAP_OK(choose(WATCHDOG_WISH_AUTO)[0] == '0', "nor one that Xen refuses");
    at.xen_error = 0;
    at.xen_tells = at.xen_refuses = false;
    at.xen_timers = 0;
    at.cpu_count = 0;
    at.machine.hv = (struct hv_info){0};
    at.routes[0] = at.routes[1] = at.routes[2] = 0x00ffffff;
}

static void record(struct cpu_snapshot *snapshot, uint32_t signature, uint32_t ecx, uint32_t edx)
{
    const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000005, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {signature, 0x00010800, 0x00000008, 0x00000000}},
        {0x00000005, 0, {0x00000040, 0x00000040, ecx, edx}},
    };
    const struct recorded_cpu cpu = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(snapshot, &cpu);
}

/* Tiger Lake lists C10; Broadwell-U too; Ice Lake-SP does not. The numbers are the limits of their tables. */
static void try_pc10(void)
{
    struct cpu_snapshot *cpu = &at.machine.snapshot;

    record(cpu, 0x000806C1, 3, 0x11121020);
    TAP_OK(watchdog_stops_in_pc10(cpu, 8) && watchdog_stops_in_pc10(cpu, 0x8008), "no limit: PC10 can be");
    TAP_OK(!watchdog_stops_in_pc10(cpu, 7) && !watchdog_stops_in_pc10(cpu, 2), "a limit above it");
    at.limit = 8;
    at.peer_works = true;
    at.good_timer = 0;
    at.good_gsi = 23;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "3 0 0, pc10 1 0 0, pc10 2 0 0", "a CPU guards there");
    TAP_STR(choose(WATCHDOG_WISH_HPET), "1 0 23", "who asks for the HPET gets it");
    at.peer_works = false;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "1 0 23, pc10 1 0 0, pc10 2 0 0, silent 3 0 0",
            "where no CPU can, the HPET is better than nothing");
    at.machine.hv.kind = HYPERVISOR_KVM;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "1 0 23", "a guest's HPET does not stop");
    at.machine.hv.kind = HYPERVISOR_NONE;
    at.limit = 6;
    TAP_STR(choose(WATCHDOG_WISH_AUTO), "1 0 23", "nor does it behind a limit");
    at.limit = 8;
    at.routes[0] = at.routes[1] = at.routes[2] = 1 << 2; /* few lines, so that all tries are noted */
    at.good_gsi = 99;
    at.peer_works = false;
    TAP_OK(choose(WATCHDOG_WISH_AUTO) && strstr(choose(WATCHDOG_WISH_AUTO), "silent 3 0 0") ==
                                             strrstr(choose(WATCHDOG_WISH_AUTO), "silent 3 0 0"),
           "a CPU that failed is not tried again");
    at.routes[0] = at.routes[1] = at.routes[2] = 0x00ffffff;
    at.good_gsi = 23;
    at.limit = 0;
    record(cpu, 0x000506C9, 3, 0x11142120);
    TAP_OK(watchdog_stops_in_pc10(cpu, 0), "Goldmont's 0 is no limit");
    TAP_OK(watchdog_stops_in_pc10(cpu, 8) && !watchdog_stops_in_pc10(cpu, 7), "its 8 is C10, its 7 C9");
    record(cpu, 0x000F0001, 3, 0x11142120);
    TAP_OK(watchdog_stops_in_pc10(cpu, 8) && !watchdog_stops_in_pc10(cpu, 7), "a model that is not known");
    record(cpu, 0x000606A6, 3, 0x00002020);
    TAP_OK(!watchdog_stops_in_pc10(cpu, 8), "a server has no C10");
    record(cpu, 0x000806C1, 1, 0x11121020);
    TAP_OK(!watchdog_stops_in_pc10(cpu, 8), "as Linux: only where MWAIT ends on masked interrupts");
}

int main(void)
{
    try_sources();
    try_machines();
    try_edges();
    try_xen_guest();
    try_pc10();
    return tap_done();
}
