/* SPDX-License-Identifier: MIT */
/*
 * How often `sibling_shallow`, `package_partial` and `package_held` are right: machines of many shapes, whose threads
 * sleep, do not run, or are somebody else's, and packages that follow or do not. Right is who really keeps the core or
 * the package up, by the machine's own drawing. Sources: SDM volume 3, 9.9 (APIC ids), 15.5 (C-states of threads,
 * cores, packages); Intel datasheets (package states, demotion); ACPI 6.5, 5.2.12; Linux's turbostat (dead counters).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c arch/x86/wake/beside.c arch/x86/cpu/topology.c */
/* STATISTICS_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/mwait_hints.c */
/* STATISTICS_EXTRA: arch/x86/idle/known_states.c experiments/cstate/notes.c experiments/cstate/evidence.c */
#include <stdlib.h>

#include "arch/x86/power/amd_ports.h"
#include "arch/x86/wake/beside.h"
#include "experiments/cstate/parts.h"
#include "experiments/kit/siblings.h"
#include "tests/statistics/verdict/tally.h"

#define COUNT_OF(kinds) (sizeof(kinds) / sizeof((kinds)[0]))

enum { CPUS_MOST = 64, C6_HINT = 0x20, C1_HINT = 0 };

/* One CPU as it is drawn: where it stands, and what it does while another sleeps. */
struct drawn {
    unsigned package, core, thread;
    uint32_t apic_id;
    bool runs, deep;
};

struct shape_kind {
    const char *words;
    unsigned packages, cores, threads; /* at most */
    double stopped;                    /* share that the firmware lists and that do not run */
    double holes;                      /* share of ids that do not exist */
    bool peer, peer_deep;              /* one serves as the watchdog; it sleeps deeply */
    bool awake;                        /* the script keeps the others awake */
    bool lead_deep;                    /* CPU 0 waits for work in a deep state */
    bool e_cores;                      /* some cores have one thread, and the others two */
    bool waker;                        /* another CPU sends the wakes */
    unsigned first;                    /* `breakeven` of the first CPUs: at most so many of all, in eighths */
    bool guest;
};

static const struct shape_kind shape_kinds[] = {
    {"one package, two threads a core", .packages = 1, .cores = 8, .threads = 2},
    {"two packages", .packages = 2, .cores = 8, .threads = 2},
    {"no second threads", .packages = 2, .cores = 16, .threads = 1},
    {"four threads a core (Xeon Phi)", .packages = 1, .cores = 8, .threads = 4},
    {"some CPUs were not started", 2, 8, 2, .stopped = 0.1},
    {"half of the CPUs were not started (maxcpus)", 2, 8, 2, .stopped = 0.5},
    {"ids with holes", 2, 8, 2, .holes = 0.3},
    {"a watchdog in HLT", 1, 8, 2, .peer = true},
    {"a watchdog that sleeps as deep", 1, 8, 2, .peer = true, .peer_deep = true},
    {"the others are awake", 1, 8, 2, .awake = true},
    {"CPU 0 waits in a deep state", 1, 8, 2, .lead_deep = true},
    {"P-cores and E-cores", 1, 8, 2, .e_cores = true},
    {"another CPU sends the wakes", 2, 8, 2, .waker = true},
    {"part of the CPUs take part", 2, 8, 2, .first = 4},
};

static struct machine machine;
static struct percpu cpus[CPUS_MOST];
static struct drawn all[CPUS_MOST];

struct amd_ports amd_ports_read(const struct cpu_snapshot *snapshot, bool guest)
{
    (void)snapshot, (void)guest;
    return (struct amd_ports){0};
}

uint8_t amd_port_state(const struct amd_ports *ports, uint32_t port)
{
    (void)ports, (void)port;
    return CSTATE_UNKNOWN;
}

/* A server of Intel's: MONITOR, and MWAIT's C1 and C6. */
static struct cpuid_regs read_cpuid(void *of, uint32_t leaf, uint32_t subleaf)
{
    (void)of, (void)subleaf;
    switch (leaf) {
    case 0:
        return (struct cpuid_regs){0x16, 0x756e6547, 0x6c65746e, 0x49656e69};
    case 1:
        return (struct cpuid_regs){0x50654, 0, 1 << 3, 0};
    case 5:
        return (struct cpuid_regs){64, 64, 3, 0x2020};
    default:
        return (struct cpuid_regs){0};
    }
}

static unsigned bits_for(unsigned count)
{
    unsigned bits = 0;

    while (1u << bits < count)
        bits++;
    return bits;
}

static unsigned draw_all(const struct shape_kind *kind, struct prng *prng)
{
    unsigned packages = 1 + (unsigned)prng_below(prng, kind->packages),
             cores = 2 + (unsigned)prng_below(prng, kind->cores - 1);
    unsigned thread_bits = bits_for(kind->threads), core_bits = bits_for(cores), n = 0;

    machine.topology = (struct topology){.source = TOPOLOGY_AMD_LEGACY,
                                         .core_shift = thread_bits,
                                         .module_shift = thread_bits,
                                         .package_shift = thread_bits + core_bits};
    for (unsigned p = 0; p < packages; p++)
        for (unsigned c = 0; c < cores; c++) {
            bool hole = n && draw_uniform(prng) < kind->holes;
            unsigned threads = kind->e_cores && c >= cores / 2 ? 1 : kind->threads;
            for (unsigned t = 0; t < threads && !hole && n < CPUS_MOST; t++, n++)
                all[n] = (struct drawn){p,
                                        c,
                                        t,
                                        p << (thread_bits + core_bits) | c << thread_bits | t,
                                        !n || draw_uniform(prng) >= kind->stopped,
                                        true};
        }
    return n;
}

/* Fills the machine by the drawing; those that run are numbered in any order behind CPU 0. */
static void start(const struct shape_kind *kind, struct prng *prng, unsigned n)
{
    struct acpi_madt *madt = &machine.acpi.madt;
    bool peer = false;

    machine.cpu_count = madt->cpu_count = 0;
    machine.watchdog.peer = (struct watchdog_peer){0};
    madt->present = true;
    for (unsigned i = 0; i < n; i++) {
        struct percpu *cpu = &cpus[i];
        *cpu = (struct percpu){.apic_id = all[i].apic_id, .park_hint = PARK_HLT};
        cpu->place = topology_place(&machine.topology, cpu->apic_id);
        madt->cpus[madt->cpu_count++] = (struct acpi_cpu){.apic_id = cpu->apic_id, .uid = i};
        if (kind->peer && !peer && i && draw_uniform(prng) < 0.3) {
            peer = true;
            all[i].runs = false;
            machine.watchdog.peer = (struct watchdog_peer){
                .cpu = cpu, .awake = kind->peer_deep ? NULL : "", .hint = kind->peer_deep ? C6_HINT : C1_HINT};
            all[i].deep = kind->peer_deep;
        } else if (all[i].runs) {
            cpu->index = machine.cpu_count;
            machine.cpus[machine.cpu_count++] = cpu;
        } else {
            all[i].deep = false;
        }
    }
}

static void try_shape(const struct shape_kind *kind, uint64_t seed, struct tally *shallow, struct tally *partial)
{
    struct beside beside = {.machine = &machine, .state = {NAP_MWAIT, C6_HINT}, .others = NAP_OTHERS_SAME};
    unsigned n, me, up = 0, missing = 0, listed = 0;
    uint32_t apic_id, said_listed;
    const char *why;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    n = draw_all(kind, &prng);
    start(kind, &prng, n);
    do
        me = (unsigned)prng_below(&prng, n);
    while (!all[me].runs);
    beside.cpu = &cpus[me];
    beside.first = kind->first ? 1 + (uint32_t)prng_below(&prng, machine.cpu_count * kind->first / 8 + 1) : 0;
    if (beside.first && cpus[me].index >= beside.first)
        beside.cpu = &cpus[me = 0];
    beside.others = kind->awake ? NAP_OTHERS_AWAKE : NAP_OTHERS_SAME;
    if (kind->lead_deep)
        cpus[0].park_hint = C6_HINT;
    for (unsigned i = 0; i < n; i++) { /* who is deep, by the drawing */
        if (all[i].runs && i != me)
            all[i].deep = beside.first ? cpus[i].index < beside.first : !kind->awake && (i || kind->lead_deep);
        if (kind->waker && all[i].runs && i != me && !beside.waker && draw_uniform(&prng) < 0.2) {
            beside.waker = &cpus[i];
            all[i].deep = false;
        }
    }
    for (unsigned i = 0; i < n; i++) {
        if (all[i].package != all[me].package)
            continue;
        listed++;
        missing += i != me && !all[i].deep;
        up += i != me && !all[i].deep && all[i].core == all[me].core;
    }
    why = beside_shallow(&beside, &apic_id);
    /* Silence is a statement, too: what is called C6 then is the sleeper's. */
    tally_add(shallow, why || up ? CONFIDENCE_HIGH : CONFIDENCE_LOW, (why != NULL) != (up > 0));
    tally_add(partial, missing ? CONFIDENCE_HIGH : CONFIDENCE_LOW,
              beside_missing(&beside, &said_listed) != missing || said_listed != listed);
}

/* Packages: shares of the time by length of sleep, and counters. */
struct held_kind {
    const char *words;
    bool held;         /* something keeps it up */
    double follows_us; /* all cores must sleep so long first, by host from half to twice */
    double broken;     /* of the others' time not asleep: their interrupts, demotion, by host up to that */
    bool dead, stuck;  /* its counters read zero, or another value that stands */
    bool memory;       /* only PC2 moves: a device reads memory */
    double core_low;   /* share of C6 of CPU 0's core */
    double naps_us;
    bool lives; /* its counters moved in another state's naps, or at another length */
};

static const struct held_kind held_kinds[] = {
    {"it follows", false, 300, 0.02, false, false, false, 0.85, 5000, false},
    {"a device holds it", true, 300, 0.02, false, false, false, 0.85, 5000, false},
    {"a device holds it, its counters moved before", true, 300, 0.02, false, false, false, 0.85, 5000, true},
    {"graphics hold it at these lengths alone", true, 300, 0.02, false, false, false, 0.85, 5000, true},
    {"a device reads memory: PC2 alone", false, 300, 0.02, false, false, true, 0.85, 5000, false},
    {"it follows, its counters are dead", false, 300, 0.02, true, false, false, 0.85, 5000, false},
    {"it follows, its counters stand still", false, 300, 0.02, false, true, false, 0.85, 5000, false},
    {"it follows behind the naps' length", false, 20000, 0.02, false, false, false, 0.85, 5000, false},
    {"it follows behind it, longer naps show it", false, 20000, 0.02, false, false, false, 0.85, 5000, true},
    {"the others are often awake", false, 300, 0.6, false, false, false, 0.85, 5000, false},
    {"the others are demoted", false, 300, 1, false, false, false, 0.85, 5000, true},
    {"CPU 0's core is in C6 in part", false, 300, 0.02, false, false, false, 0.3, 5000, false},
    {"short naps", false, 300, 0.02, false, false, false, 0.85, 600, false},
};

static enum confidence held_confidence;
static bool held_said;

void result_finding(struct step *of, const char *id, enum confidence confidence, const char *text)
{
    (void)of, (void)text;
    held_said |= !strcmp(id, "package_held");
    held_confidence = confidence;
}

bool siblings_note(struct step *of, const struct beside *beside)
{
    (void)of, (void)beside;
    return false;
}

bool siblings_note_package(struct step *of, const struct beside *beside)
{
    (void)of, (void)beside;
    return false;
}

int power_limit_depth(const struct power_model *model, uint64_t pkg_cst_config_control)
{
    (void)model, (void)pkg_cst_config_control;
    return LIMIT_NONE;
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns * 26 / 10;
}

/* Wrong: the package was asleep for a twentieth of the time and more. That these naps may be too short is said. */
static void try_held(const struct held_kind *kind, uint64_t seed, struct tally *tally)
{
    static const struct power_model model;
    static struct percpu cpu;
    static int64_t latency;
    struct step step = {.machine = &machine, .cpu = &cpu};
    struct cstate_cell cells[2] = {{.source = NAP_TIMER, .kept = 1, .tried = 100, .latency_tsc = &latency},
                                   {.source = NAP_IPI, .kept = 1, .tried = 100, .latency_tsc = &latency}};
    const double slept = 1e9;
    double follows_us, share, core;
    struct cstate cstate = {.step = &step,
                            .model = &model,
                            .arat = true,
                            .has_cst = true,
                            .others = NAP_OTHERS_SAME,
                            .cells = cells,
                            .cell_count = 2,
                            .state_count = 1,
                            .states = {{.want = 6}}};
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    follows_us = kind->follows_us * 0.5 * pow(4, draw_uniform(&prng));
    core = kind->core_low + 0.1 * draw_uniform(&prng);
    share = fmax(0, 1 - follows_us / kind->naps_us) * (1 - kind->broken * draw_uniform(&prng));
    if (kind->held)
        share = 0;
    cstate.counters = cstate.counters_set = 1 << RESIDENCY_CC6 | 1 << RESIDENCY_PC2 | 1 << RESIDENCY_PC6;
    if (kind->dead)
        cstate.counters_set = 1 << RESIDENCY_CC6;
    for (unsigned i = 0; i < 2; i++)
        cells[i].slept_tsc = (uint64_t)slept;
    cells[0].residency_tsc[RESIDENCY_CC6] = (uint64_t)(slept * core);
    if (!kind->dead && !kind->stuck)
        cells[0].residency_tsc[kind->memory ? RESIDENCY_PC2 : RESIDENCY_PC6] = (uint64_t)(slept * share);
    if (kind->lives)
        cells[1].residency_tsc[RESIDENCY_PC2] = 1000000;
    held_said = false;
    cstate_notes(&cstate);
    tally_add(tally, held_said ? held_confidence : CONFIDENCE_LOW, held_said && share >= 0.05);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);
    unsigned hosts = campaign_hosts(&campaign, 200, 5);

    cpu_snapshot_read(&machine.snapshot, (struct cpuid_source){.read = read_cpuid});
    for (size_t k = 0; k < COUNT_OF(shape_kinds); k++) {
        struct tally shallow = {.verdict = "sibling_shallow", .kind = shape_kinds[k].words};
        struct tally partial = {.verdict = "package_partial", .kind = shape_kinds[k].words};
        for (unsigned seed = 0;
             campaign_more_of(&campaign, seed, hosts, (const struct tally *[]){&shallow, &partial, NULL}); seed++)
            try_shape(&shape_kinds[k], seed + 10000 * k, &shallow, &partial);
        campaign_line(&campaign, &shallow);
        campaign_line(&campaign, &partial);
    }
    for (size_t k = 0; k < COUNT_OF(held_kinds); k++) {
        struct tally held = {.verdict = "package_held", .kind = held_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &held); seed++)
            try_held(&held_kinds[k], seed + 10000 * (k + 20), &held);
        campaign_line(&campaign, &held);
        if (held_kinds[k].held && held_kinds[k].lives)
            campaign_power(&campaign, &held, 95);
    }
    return campaign_end(&campaign);
}
