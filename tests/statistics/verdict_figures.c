/* SPDX-License-Identifier: MIT */
/*
 * How often the statements are right that repeat a figure and draw something from it: `tick_cost` (exits), `breakeven`
 * by latency, `pause` and the hand-overs of `ple`'s locks. Sources: Linux arch/x86/kvm (the deadline timer's fast exit,
 * virtual APIC, nested exits); TLFS (EOI assist); SDM volume 3, 26 (what exits); Agner Fog's tables (PAUSE, CPUID);
 * Linux's intel_idle tables (latencies), Intel datasheets (package states, demotion); docs/machines.md (TSC steps).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c experiments/ple/handed.c experiments/breakeven/find.c */
#include <stdlib.h>

#include "experiments/breakeven/parts.h"
#include "experiments/ple/contest.h"
#include "lib/infer/exit_cost.h"
#include "lib/stats.h"
#include "tests/statistics/verdict/tally.h"

#define COUNT_OF(kinds) (sizeof(kinds) / sizeof((kinds)[0]))

static double between(struct prng *prng, double low, double high)
{
    return low * pow(high / low, draw_uniform(prng));
}

/* Median of n costs with noise, as the TSC shows it. */
static int64_t median_cost(struct prng *prng, unsigned n, double tsc, double noise, double noise_tsc, unsigned step_tsc)
{
    int64_t values[200];

    for (unsigned i = 0; i < n; i++) {
        double cost = tsc * (1 + 0.1 * draw_uniform(prng)) + 25;
        if (draw_uniform(prng) < noise)
            cost += noise_tsc * draw_uniform(prng);
        values[i] = (int64_t)(cost + (double)prng_below(prng, step_tsc)) / step_tsc * step_tsc;
    }
    stats_sort(values, n);
    return stats_median(values, n) - 25;
}

/* What of a tick exits, and what it costs: cycles beyond the instruction itself. */
struct tick_kind {
    const char *words;
    double cpuid_low, cpuid_high; /* of an exit by CPUID */
    double arm, eoi;              /* the same as a share of it; 0: it stays inside */
    double noise, noise_tsc;
    double ratio_low, ratio_high; /* core's clock over the TSC's */
};

static const struct tick_kind tick_kinds[] = {
    {"KVM, no virtual APIC", 1000, 3500, 1, 1, 0.01, 20000, 0.8, 1.6},
    {"KVM, virtual APIC", 1000, 3500, 0.8, 0, 0.01, 20000, 0.8, 1.6},
    {"KVM, the deadline's fast exit", 1000, 3500, 0.55, 0, 0.01, 20000, 0.8, 1.6},
    {"fast exits (Zen 4 and later)", 650, 1000, 0.9, 0, 0.01, 20000, 0.8, 1.6},
    {"a virtual APIC timer", 1000, 3500, 0, 0, 0.01, 20000, 0.8, 1.6},
    {"a partition: the APIC is passed through", 900, 1800, 0, 0, 0.001, 20000, 0.8, 1.6},
    {"Hyper-V, EOI assist", 1500, 4000, 1.3, 0, 0.05, 30000, 0.8, 1.6},
    {"nested: CPUID to the inner one, the timer to the outer one", 12000, 60000, 0.06, 0, 0.05, 50000, 0.8, 1.6},
    {"nested, the timer's exit is fast", 20000, 90000, 0.02, 0.02, 0.05, 50000, 0.8, 1.6},
    {"nested, all to the inner one", 12000, 60000, 1, 1, 0.05, 50000, 0.8, 1.6},
    {"a VMM in user space, slow timers", 5000, 30000, 3, 0.3, 0.02, 50000, 0.8, 1.6},
    {"confidential guest, CPUID is a hypercall of its own", 5000, 20000, 0.25, 0.2, 0.02, 50000, 0.8, 1.6},
    {"busy host, steal", 1000, 3500, 0.8, 0.8, 0.4, 300000, 0.5, 1.6},
    {"a slow core (Atom)", 1500, 5000, 0.8, 0, 0.01, 20000, 0.5, 1},
};

static void try_tick(const struct tick_kind *kind, uint64_t seed, struct tally *tally)
{
    struct prng prng;
    double ratio, cpuid, arm, eoi;
    int64_t cpuid_tsc, arm_tsc, eoi_tsc;
    bool sure = true, arm_leaves, eoi_leaves;

    prng_seed(&prng, rate_seed(seed));
    ratio = between(&prng, kind->ratio_low, kind->ratio_high);
    cpuid = between(&prng, kind->cpuid_low, kind->cpuid_high);
    arm = 60 + 180 * draw_uniform(&prng) + cpuid * kind->arm * (0.9 + 0.2 * draw_uniform(&prng));
    eoi = 20 + 100 * draw_uniform(&prng) + cpuid * kind->eoi * (0.9 + 0.2 * draw_uniform(&prng));
    cpuid += 90 + 190 * draw_uniform(&prng);
    cpuid_tsc = median_cost(&prng, 65, cpuid / ratio, kind->noise, kind->noise_tsc, 1);
    arm_tsc = median_cost(&prng, 65, arm / ratio, kind->noise, kind->noise_tsc, 1);
    eoi_tsc = median_cost(&prng, 65, eoi / ratio, kind->noise, kind->noise_tsc, 1);
    arm_leaves = exit_by_cost(arm_tsc, cpuid_tsc, &sure);
    eoi_leaves = exit_by_cost(eoi_tsc, cpuid_tsc, &sure);
    tally_add(tally, sure ? CONFIDENCE_INFERRED : CONFIDENCE_LOW,
              arm_leaves != (kind->arm > 0) || eoi_leaves != (kind->eoi > 0));
}

/* A state in sleeps of many lengths, us; by latency it does not pay below what the finding says. */
struct bound_kind {
    const char *words;
    double enter_low, enter_high, leave_low, leave_high;
    double package_us, package_leave; /* longer sleeps let the package follow, which takes so much more to leave */
    double demoted_us, demoted_leave; /* shorter ones are demoted to a state with this latency */
    double target;                    /* where it pays, over entering and leaving; by host up to twice that */
    double scatter, late, late_us;
    double bursts, factor; /* share of the lengths measured beside a busy thread, and how much slower */
    double slow_us, slow;  /* longer sleeps find a clock so many times slower */
    unsigned naps;
};

static const struct bound_kind bound_kinds[] = {
    {"C6", 20, 60, 40, 120, .target = 3, .scatter = 0.05, .naps = 64},
    {"C1", 0.3, 1, 0.5, 2, .target = 1, .scatter = 0.05, .naps = 64},
    {"it pays at once", 20, 60, 40, 120, .target = 1, .scatter = 0.05, .naps = 64},
    {"the package follows long sleeps", 20, 60, 40, 120, 1500, 300, .target = 1, .scatter = 0.05, .naps = 64},
    {"the package takes a millisecond", 20, 60, 40, 120, 3000, 1200, .target = 1, .scatter = 0.05, .naps = 64},
    {"short sleeps are demoted", 20, 60, 40, 120, .demoted_us = 300, .demoted_leave = 2, .target = 3, .scatter = 0.05,
     .naps = 64},
    {"the clock is slow behind long sleeps", 20, 60, 40, 120, .slow_us = 1000, .slow = 3, .target = 1.2,
     .scatter = 0.05, .naps = 64},
    {"a wide scatter", 20, 60, 40, 120, .target = 1.2, .scatter = 0.4, .late = 0.1, .late_us = 300, .naps = 64},
    {"few naps", 20, 60, 40, 120, .target = 1.2, .scatter = 0.3, .late = 0.1, .late_us = 300, .naps = 5},
    {"a busy thread beside it, at times", 20, 60, 40, 120, .target = 1.2, .scatter = 0.1, .bursts = 0.2, .factor = 2,
     .naps = 64},
    {"firmware interrupts", 20, 60, 40, 120, .target = 1.2, .scatter = 0.05, .late = 0.3, .late_us = 400, .naps = 64},
    {"leaving costs more than entering", 5, 20, 100, 300, .target = 1.2, .scatter = 0.05, .naps = 64},
};

enum { SWEEP = 19, TSC_PER_US = 2600 };

uint64_t step_tsc(const struct step *step, uint64_t ns)
{
    (void)step;
    return ns * TSC_PER_US / 1000;
}

/*
 * The true bound: what entering and leaving take, of what is entered there. A state that pays from `target` times that
 * on is one of which it may be said.
 */
static void try_bound(const struct bound_kind *kind, uint64_t seed, struct tally *tally)
{
    static struct breakeven_cell cells[SWEEP];
    struct breakeven b = {.state_count = 1, .point_count = SWEEP, .sweep_points = SWEEP, .cells = cells, .rounds = 1};
    double enter, leave, pays_us;
    struct prng prng;
    uint32_t bound;

    prng_seed(&prng, rate_seed(seed));
    enter = between(&prng, kind->enter_low, kind->enter_high);
    leave = between(&prng, kind->leave_low, kind->leave_high);
    pays_us = (enter + leave) * kind->target * (1 + draw_uniform(&prng));
    for (unsigned i = 0; i < SWEEP; i++) {
        double us = 10 * pow(1000, i / (SWEEP - 1.0)), slower = draw_uniform(&prng) < kind->bursts ? kind->factor : 1;
        cells[i] = (struct breakeven_cell){.naps = kind->naps};
        for (unsigned k = 0; k < kind->naps; k++) {
            double latency = us < kind->demoted_us ? kind->demoted_leave : leave + fmax(0, enter - us);
            if (kind->package_us > 0 && us > kind->package_us)
                latency += kind->package_leave;
            latency *= exp(kind->scatter * draw_normal(&prng)) * slower;
            latency *= kind->slow_us > 0 && us > kind->slow_us ? kind->slow : 1;
            latency += draw_uniform(&prng) < kind->late ? kind->late_us * draw_uniform(&prng) : 0;
            cells[i].latency_tsc[k] = (int64_t)(latency * TSC_PER_US);
            cells[i].silent_tsc[k] = (int64_t)(us * (1 + draw_uniform(&prng) / 50) * TSC_PER_US);
        }
    }
    bound = breakeven_latency_bound(&b, 0);
    if (bound == 0 || bound == SWEEP) /* shorter than all lengths, or longer: nothing that could be wrong, or all */
        tally_add(tally, bound ? CONFIDENCE_INFERRED : CONFIDENCE_LOW, bound && pays_us < 10000);
    else
        tally_add(tally, CONFIDENCE_INFERRED, pays_us < 10 * pow(1000, (bound - 1) / (SWEEP - 1.0)) * 0.98);
}

/* PAUSE and CPUID of a machine, cycles. */
struct pause_kind {
    const char *words;
    double pause_low, pause_high, cpuid_low, cpuid_high;
    bool pause_leaves, cpuid_leaves, guest;
    double noise, noise_tsc;
    unsigned step_tsc;
};

static const struct pause_kind pause_kinds[] = {
    {"a processor, short PAUSE", 8, 45, 90, 280, false, false, false, 0.01, 20000, 1},
    {"a processor, long PAUSE (Skylake and later)", 120, 160, 90, 280, false, false, false, 0.01, 20000, 1},
    {"a TSC of steps (Zen)", 40, 70, 90, 280, false, false, false, 0.01, 20000, 36},
    {"KVM", 8, 160, 1000, 3500, false, true, true, 0.01, 20000, 1},
    {"KVM, each PAUSE exits", 1000, 3500, 1000, 3500, true, true, true, 0.01, 20000, 1},
    {"a partition: CPUID stays inside (AMD)", 40, 160, 90, 280, false, false, true, 0.001, 20000, 1},
    {"nested", 8, 160, 12000, 60000, false, true, true, 0.05, 50000, 1},
    {"nested, PAUSE exits to the outer one", 1000, 3500, 12000, 60000, true, true, true, 0.05, 50000, 1},
    {"fast exits", 8, 160, 650, 1000, false, true, true, 0.01, 20000, 1},
    {"a busy host", 8, 160, 1000, 3500, false, true, true, 0.4, 300000, 1},
    {"the other thread is busy", 16, 320, 200, 500, false, false, false, 0.1, 2000, 1},
    {"firmware interrupts", 8, 160, 90, 280, false, false, false, 0.05, 500000, 1},
};

/* Wrong: the figure, by more than a tenth and a step of the clock, or what is said of leaving. */
static void try_pause(const struct pause_kind *kind, uint64_t seed, struct tally *tally)
{
    struct prng prng;
    double pause, cpuid;
    int64_t pause_tsc, cpuid_tsc;
    bool wrong;

    prng_seed(&prng, rate_seed(seed));
    pause = between(&prng, kind->pause_low, kind->pause_high);
    cpuid = between(&prng, kind->cpuid_low, kind->cpuid_high);
    pause_tsc = median_cost(&prng, 199, pause, kind->noise, kind->noise_tsc, kind->step_tsc);
    cpuid_tsc = median_cost(&prng, 199, cpuid, kind->noise, kind->noise_tsc, kind->step_tsc);
    wrong = fabs((double)pause_tsc - pause * 1.05) > 0.1 * pause + kind->step_tsc + 1;
    if (kind->guest && pause_tsc * 2 > cpuid_tsc) /* "it leaves if CPUID does" */
        wrong |= kind->cpuid_leaves && !kind->pause_leaves;
    tally_add(tally, CONFIDENCE_MEASURED, wrong);
}

/* Hand-overs of a lock from CPU to CPU, ticks, and clocks that differ by what is within the bound. */
struct lock_kind {
    const char *words;
    double low, high;     /* a hand-over, by host */
    double spin;          /* without PAUSE: so many times that */
    double scatter, late; /* share that wait for a slice of the host's scheduler */
    double bound_low, bound_high;
    double within; /* the offset is within so much of the bound; -1: at it */
    unsigned naps;
};

static const struct lock_kind lock_kinds[] = {
    {"a processor", 200, 800, 0.8, 0.1, 0, 20, 200, 1, 200},
    {"two packages", 600, 2000, 0.9, 0.1, 0, 200, 2000, 1, 200},
    {"two packages, a poor bound", 600, 2000, 0.9, 0.1, 0, 3000, 20000, 1, 200},
    {"threads of one core", 60, 200, 0.7, 0.1, 0, 20, 100, 1, 200},
    {"a guest with its own processors", 200, 2000, 0.9, 0.3, 0.01, 100, 2000, 1, 200},
    {"overcommitted, PAUSE leaves", 20000, 200000, 30, 1, 0.1, 100, 3000, 1, 200},
    {"overcommitted, nothing leaves", 1e6, 2e7, 1, 1, 0.3, 100, 3000, 1, 200},
    {"overcommitted, a poor bound", 20000, 200000, 30, 1, 0.1, 20000, 2e6, 1, 200},
    {"few hand-overs", 200, 2000, 0.9, 1, 0.2, 100, 1000, 1, 3},
    {"a busy host", 500, 5000, 1, 1, 0.4, 1000, 30000, 1, 200},
    {"the offset is at its bound", 200, 2000, 0.9, 0.1, 0, 20, 200, -1, 200},
};

static int64_t draw_hands(struct prng *prng, const struct lock_kind *kind, double hand, double offset, int64_t *seen)
{
    int64_t truth[200];

    for (unsigned i = 0; i < kind->naps; i++) {
        double tsc = hand * exp(kind->scatter * draw_normal(prng));
        if (draw_uniform(prng) < kind->late)
            tsc += 1e7 * draw_uniform(prng);
        truth[i] = (int64_t)tsc;
        seen[i] = (int64_t)(tsc + offset);
    }
    stats_sort(truth, kind->naps);
    stats_sort(seen, kind->naps);
    return stats_median(truth, kind->naps);
}

static void try_lock(const struct lock_kind *kind, uint64_t seed, struct tally *tally)
{
    int64_t seen[2][200], truth[2], said[2];
    struct contest_tally spin[2] = {{.kept = kind->naps, .handed_tsc = seen[0]},
                                    {.kept = kind->naps, .handed_tsc = seen[1]}};
    struct prng prng;
    double hand, bound, offset;
    char text[200];
    bool wrong = false;

    prng_seed(&prng, rate_seed(seed));
    hand = between(&prng, kind->low, kind->high);
    bound = between(&prng, kind->bound_low, kind->bound_high);
    offset = bound * kind->within * (2 * draw_uniform(&prng) - 1);
    if (kind->within < 0)
        offset = offset < 0 ? -bound : bound;
    truth[0] = draw_hands(&prng, kind, hand * kind->spin, offset, seen[0]);
    truth[1] = draw_hands(&prng, kind, hand, offset, seen[1]);
    contest_describe("ticket", spin, (int64_t)bound, text, sizeof(text));
    if (sscanf(text, "ticket: handed over in at most %ld ticks with PAUSE, %ld without", &said[1], &said[0]) == 2) {
        wrong = said[0] + 2 < truth[0] || said[1] + 2 < truth[1]; /* the bound is a whole number here */
    } else if (sscanf(text, "ticket: handed over in %ld ticks with PAUSE, %ld without", &said[1], &said[0]) == 2) {
        for (unsigned i = 0; i < 2; i++)
            wrong |= fabs((double)(said[i] - truth[i])) > 0.12 * (double)truth[i] + 1;
    } else {
        tally_add(tally, CONFIDENCE_LOW, false);
        return;
    }
    tally_add(tally, CONFIDENCE_MEASURED, wrong);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);
    unsigned hosts = campaign_hosts(&campaign, 200, 5);

    for (size_t k = 0; k < COUNT_OF(tick_kinds); k++) {
        struct tally tally = {.verdict = "tick_cost", .kind = tick_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_tick(&tick_kinds[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k < 2)
            campaign_power(&campaign, &tally, 80);
    }
    for (size_t k = 0; k < COUNT_OF(bound_kinds); k++) {
        struct tally tally = {.verdict = "breakeven by latency", .kind = bound_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_bound(&bound_kinds[k], seed + 10000 * (k + 20), &tally);
        campaign_line(&campaign, &tally);
        if (!k)
            campaign_power(&campaign, &tally, 90);
    }
    for (size_t k = 0; k < COUNT_OF(pause_kinds); k++) {
        struct tally tally = {.verdict = "pause", .kind = pause_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_pause(&pause_kinds[k], seed + 10000 * (k + 40), &tally);
        campaign_line(&campaign, &tally);
    }
    for (size_t k = 0; k < COUNT_OF(lock_kinds); k++) {
        struct tally tally = {.verdict = "ticket, mcs, flag", .kind = lock_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_lock(&lock_kinds[k], seed + 10000 * (k + 60), &tally);
        campaign_line(&campaign, &tally);
        if (!k)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
