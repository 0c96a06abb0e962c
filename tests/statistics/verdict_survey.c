/* SPDX-License-Identifier: MIT */
/*
 * How often two verdicts of `survey` are right: whether TPAUSE waits (`waitpkg_is`), and whether the APIC timer counts
 * at 1 GHz (`apic_bus`). Sources: SDM volume 2, TPAUSE; volume 3, 26.3.3 (exits of TPAUSE); Linux arch/x86/kvm/lapic.h
 * (APIC_BUS_CYCLE_NS), arch/x86/kernel/cpu/umwait.c; the virtual APICs of Xen and bhyve; VMware's and
 * Microsoft's documents on their guests' timers; Intel's and AMD's board clocks of the last 25 years.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include "lib/infer/apic_bus.h"
#include "lib/infer/waitpkg_is.h"
#include "tests/statistics/verdict/tally.h"

struct wait_kind {
    const char *words;
    bool waits;
    double cost_low, cost_high; /* of a TPAUSE that does not wait, in ticks, by host; spread by factor */
    double scatter;             /* of each, as a share */
    double limit;               /* a limit of the host, in ticks; 0: none */
    bool silent;                /* which leaves CF clear */
    double ends_tsc;            /* something ends a wait early, once in so many ticks on average; 0: nothing */
    double held_share, held;    /* the CPU is taken away in that share of the tries, up to so many ticks */
    double stamps;              /* two stamps take so much */
};

static const struct wait_kind waits[] = {
    {"a processor", true, 60, 300, 0.2, 0, false, 5e7, 0, 0, 50},
    {"a processor, firmware interrupts", true, 60, 300, 0.2, 0, false, 5e7, 0.05, 800000, 50},
    {"KVM, as on the processor", true, 60, 300, 0.2, 0, false, 1e7, 0.01, 30000, 50},
    {"KVM, overcommitted", true, 60, 300, 0.2, 0, false, 2e6, 0.2, 8e6, 50},
    {"Linux's limit of 100 us (host)", true, 60, 300, 0.2, 260000, false, 1e7, 0.01, 30000, 50},
    {"a short limit of the host", true, 60, 300, 0.2, 9000, false, 1e7, 0.01, 30000, 50},
    {"a short limit that leaves CF clear", true, 60, 300, 0.2, 9000, true, 1e7, 0.01, 30000, 50},
    {"packets end each wait", true, 60, 300, 0.2, 0, false, 15000, 0, 0, 50},
    {"a host that interrupts at 100 kHz", true, 60, 300, 0.2, 0, false, 26000, 0.02, 9000, 50},
    {"a host in another: stamps exit", true, 2000, 9000, 0.4, 0, false, 1e7, 0.05, 100000, 40000},
    {"an emulator's no-op", false, 20, 900, 0.5, 0, false, 0, 0.01, 30000, 60},
    {"a no-op that leaves to a host in user space", false, 15000, 250000, 0.5, 0, false, 0, 0.05, 1e6, 60},
    {"a no-op that leaves to a nested host", false, 20000, 200000, 0.8, 0, false, 0, 0.05, 1e6, 40000},
    {"a no-op, overcommitted", false, 1000, 4000, 0.3, 0, false, 0, 0.3, 8e6, 60},
    {"a no-op by microcode", false, 60, 200, 0.2, 0, false, 0, 0.001, 30000, 50},
    {"a no-op, firmware in each second", false, 1000, 4000, 0.3, 0, false, 0, 0.5, 800000, 60},
};

static int64_t wait_once(const struct wait_kind *kind, struct prng *prng, double cost, double ahead, unsigned *limited)
{
    double length = cost * (1 + kind->scatter * draw_uniform(prng)), end;
    bool cut = false;

    if (kind->waits && ahead > 0) {
        end = ahead;
        if (kind->limit > 0 && kind->limit < end) {
            end = kind->limit;
            cut = !kind->silent;
        }
        if (kind->ends_tsc > 0) {
            double early = -log(draw_uniform(prng)) * kind->ends_tsc;
            cut = cut && early > end;
            end = early < end ? early + 3000 * draw_uniform(prng) : end;
        }
        length += end;
    }
    if (draw_uniform(prng) < kind->held_share)
        length += kind->held * draw_uniform(prng);
    *limited += cut;
    return (int64_t)(length + kind->stamps * (0.9 + 0.3 * draw_uniform(prng)));
}

static void try_wait(const struct wait_kind *kind, uint64_t seed, struct tally *tally)
{
    int64_t slept[WAITPKG_TRIES], past[WAITPKG_TRIES], least = INT64_MAX;
    struct waitpkg_proof proof = {0};
    unsigned limited = 0, none = 0;
    struct prng prng;
    double cost;

    prng_seed(&prng, rate_seed(seed));
    cost = kind->cost_low * pow(kind->cost_high / kind->cost_low, draw_uniform(&prng));
    for (unsigned i = 0; i < WAITPKG_TRIES; i++) {
        past[i] = wait_once(kind, &prng, cost, 0, &none);
        least = past[i] < least ? past[i] : least;
    }
    proof.asked_tsc = waitpkg_ask(least);
    for (unsigned i = 0; i < WAITPKG_TRIES; i++)
        slept[i] = wait_once(kind, &prng, cost, (double)proof.asked_tsc, &limited);
    waitpkg_judge(&proof, slept, past, limited);
    tally_add(tally, proof.confidence, (proof.is == WAITPKG_REAL) != kind->waits);
}

/* The rate of the count register, and how well it is known. */
struct bus_kind {
    const char *words;
    double hz;        /* by divide-by-one */
    double off_ppm;   /* the crystal, or the host, by host up to that */
    double bound_ppm; /* said of the measurement */
    double scale_ppm; /* the TSC, by which it is measured, is off by more than it is said to be, up to that */
    bool is_virtual;
    bool told; /* CPUID's hypervisor bit */
};

static const struct bus_kind buses[] = {
    {"KVM", 1e9, 1, 20, 0, true, true},
    {"QEMU's emulator", 1e9, 30, 100, 0, true, true},
    {"KVM that hides", 1e9, 1, 20, 0, true, false},
    {"KVM, a coarse clock", 1e9, 50, 3000, 0, true, true},
    {"TDX (25 MHz)", 25e6, 1, 20, 0, true, true},
    {"Xen (100 MHz)", 100e6, 1, 20, 0, true, true},
    {"bhyve (128 MHz)", 134217728, 1, 20, 0, true, true},
    {"Hyper-V (200 MHz)", 200e6, 1, 20, 0, true, true},
    {"VMware (66 MHz)", 66e6, 1, 20, 0, true, true},
    {"a crystal of 24 MHz", 24e6, 50, 20, 0, false, false},
    {"a crystal of 38.4 MHz", 38.4e6, 50, 20, 0, false, false},
    {"100 MHz, the TSC stated wrong by a third", 100e6, 100, 20, 330000, false, false},
    {"a front side bus of 400 MHz, overclocked", 500e6, 100, 50, 0, false, false},
    {"AMD, 200 MHz", 200e6, 100, 20, 0, false, false},
    {"a clock that was measured badly", 400e6, 100, 900000, 600000, false, false},
};

static void try_bus(const struct bus_kind *kind, uint64_t seed, struct tally *tally)
{
    double hz;
    int64_t within_ppm;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    hz = kind->hz * (1 + kind->off_ppm * (2 * draw_uniform(&prng) - 1) * 1e-6);
    hz *= 1 + kind->scale_ppm * (2 * draw_uniform(&prng) - 1) * 1e-6;
    hz *= 1 + kind->bound_ppm * (2 * draw_uniform(&prng) - 1) * 1e-6;
    if (apic_bus_is_virtual((uint64_t)hz, (uint64_t)(kind->bound_ppm * 1000), &within_ppm))
        tally_add(tally, kind->told ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM, !kind->is_virtual || kind->hz < 1e9);
    else
        tally_add(tally, CONFIDENCE_LOW, false);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(waits) / sizeof(waits[0]); k++) {
        struct tally tally = {.verdict = "waitpkg_is", .kind = waits[k].words};
        unsigned hosts = campaign_hosts(&campaign, 500, 4);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_wait(&waits[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k == 0 || k == 2 || k == 10)
            campaign_power(&campaign, &tally, 95);
    }
    for (size_t k = 0; k < sizeof(buses) / sizeof(buses[0]); k++) {
        struct tally tally = {.verdict = "apic_bus", .kind = buses[k].words};
        unsigned hosts = campaign_hosts(&campaign, 500, 4);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_bus(&buses[k], seed + 10000 * (k + 20), &tally);
        campaign_line(&campaign, &tally);
        if (k < 2)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
