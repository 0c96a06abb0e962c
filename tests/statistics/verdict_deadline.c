/* SPDX-License-Identifier: MIT */
/*
 * How often the verdicts of `deadline` are right: what a wait with a limit ends on (`quantum`), whether C0.2 ends later
 * than C0.1 (`c01_c02`), whether a tick asleep is as long as one awake (`asleep_clock`). Sources: SDM volume 2, TPAUSE;
 * volume 3, 18.17 (crystal and TSC); PPR, TSC in steps of the core's multiplier; APM volume 3, MWAITX; ACPI 6.5, 4.8.2
 * (PM timer); Linux arch/x86/kernel/hpet.c and drivers/clocksource/acpi_pm.c (slow and inconsistent readings).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/asleep_clock.h"
#include "lib/infer/quantum.h"
#include "lib/stats.h"
#include "tests/statistics/verdict/tally.h"

enum { PROBES = 512, SPAN = 16384 };

/* What ends a wait, beside its limit. */
struct grid_kind {
    const char *words;
    double low, high;   /* the clock's step in ticks, by host, spread by factor; 0: none */
    bool absolute;      /* that clock runs by itself: its phase is not the wait's */
    double stamp;       /* the TSC's own step */
    double leave, late; /* of leaving: up to so many ticks; so many on top for a share of the waits */
    double late_share;
    double other;    /* share of waits that something else ends later, anywhere up to 4000 ticks */
    double period;   /* of that something: it ends them on its own grid; 0: anywhere */
    double kept;     /* share of the probes that were not cut short */
    unsigned levels; /* a wait ends by one of two ways of leaving, 40 ticks apart */
};

static const struct grid_kind grids[] = {
    {"no step", 0, 0, false, 1, 3, 0, 0, 0, 0, 1, 0},
    {"no step, leaving takes 300 ticks or less", 0, 0, false, 1, 300, 0, 0, 0, 0, 1, 0},
    {"no step, two ways of leaving", 0, 0, false, 1, 6, 0, 0, 0, 0, 1, 2},
    {"no step, the TSC in steps of 26", 0, 0, false, 26, 30, 0, 0, 0, 0, 1, 0},
    {"no step, few waits", 0, 0, false, 1, 100, 0, 0, 0.1, 0, 0.09, 0},
    {"no step, a fifth ended by something else", 0, 0, false, 1, 20, 0, 0, 0.2, 0, 1, 0},
    {"no step, a host that ticks", 0, 0, false, 1, 20, 0, 0, 0.3, 1300, 1, 0},
    {"a step", 24, 2000, false, 1, 3, 0, 0, 0, 0, 1, 0},
    {"a step, few waits", 24, 2000, false, 1, 3, 0, 0, 0, 0, 0.09, 0},
    {"a step of the crystal, its own phase", 24, 2000, true, 1, 3, 0, 0, 0, 0, 1, 0},
    {"a step, the TSC in steps of 26", 100, 2000, false, 26, 3, 0, 0, 0, 0, 1, 0},
    {"a step, leaving scatters by a third", 200, 400, false, 1, 100, 0, 0, 0, 0, 1, 0},
    {"a step, leaving scatters more", 24, 60, false, 1, 200, 0, 0, 0, 0, 1, 0},
    {"a step, one in fifty late", 24, 2000, false, 1, 3, 2000, 0.02, 0, 0, 1, 0},
    {"a step, a fifth ended by something else", 24, 2000, false, 1, 3, 0, 0, 0.2, 0, 1, 0},
    {"a step, half ended by something else", 24, 2000, false, 1, 3, 0, 0, 0.5, 0, 1, 0},
    {"a step, few, a fifth ended elsewise", 24, 2000, false, 1, 3, 0, 0, 0.2, 0, 0.09, 0},
    {"a step, a host that ticks", 24, 2000, false, 1, 3, 0, 0, 0.2, 1300, 1, 0},
    {"a step, two ways of leaving", 100, 2000, false, 1, 3, 0, 0, 0, 0, 1, 2},
    {"a step that is a fraction", 24.1, 60, false, 1, 1, 0, 0, 0, 0, 1, 0},
};

static double ends_at(const struct grid_kind *kind, struct prng *prng, double step, double limit)
{
    double phase = kind->absolute ? draw_uniform(prng) * step : 0, end = limit;

    if (step > 0)
        end = ceil((limit + phase) / step) * step - phase;
    end += kind->leave * draw_uniform(prng);
    end += draw_uniform(prng) < kind->late_share ? kind->late * draw_uniform(prng) : 0;
    end += kind->levels && draw_uniform(prng) < 0.5 ? 40 : 0;
    if (draw_uniform(prng) < kind->other)
        end = kind->period > 0 ? ceil(limit / kind->period) * kind->period : limit + 4000 * draw_uniform(prng);
    return floor(end / kind->stamp) * kind->stamp;
}

/* True where a step is said. */
static bool try_grid(const struct grid_kind *kind, uint64_t seed, struct tally *tally)
{
    int64_t slept[PROBES], overshoot[PROBES];
    double step = 0, found;
    struct prng prng;
    struct steps_answer answer;
    size_t n = 0;

    prng_seed(&prng, rate_seed(seed));
    if (kind->low > 0)
        step = kind->low * pow(kind->high / kind->low, draw_uniform(&prng));
    if (kind->low == floor(kind->low))
        step = floor(step);
    for (unsigned i = 0; i < PROBES; i++) {
        double limit = floor(2000 + SPAN * draw_uniform(&prng));
        if (draw_uniform(&prng) >= kind->kept)
            continue;
        slept[n] = (int64_t)ends_at(kind, &prng, step, limit);
        overshoot[n] = slept[n] - (int64_t)limit;
        n += overshoot[n] >= 0;
    }
    stats_sort(slept, n);
    stats_sort(overshoot, n);
    answer = steps_judge(slept, overshoot, n);
    if (!answer.said)
        return false;
    found = (double)answer.quantum / STEPS_ONE;
    /* The TSC's own step is one of the sleeps, too. */
    if (answer.quantum)
        tally_add(tally, CONFIDENCE_INFERRED,
                  fabs(found - step) > 0.1 + step / 500 && (kind->stamp < 8 || fabs(found - kind->stamp) > 0.1));
    else
        tally_add(tally, CONFIDENCE_INFERRED, step > (double)answer.none_above_tsc);
    return answer.quantum != 0;
}

/* How C0.1 and C0.2 end after their limits, in ticks. */
struct pair_kind {
    const char *words;
    double deeper;         /* C0.2 takes so much longer, up to, by host */
    double scatter, stamp; /* of leaving, normal; the TSC's own step */
    double level, share;   /* a share of the waits, by host up to that, end so much later */
    double granted;        /* share of the waits in which C0.2 is had at all */
    double drift, alike;   /* all waits get so much slower through the run; share of correlation from wait to wait */
    double grid;           /* all end on a clock of that step */
    double every;          /* something ends every second wait later, by so much, in a share of the run */
    unsigned least, most;  /* waits of each */
};

static const struct pair_kind pairs[] = {
    {"C0.2 later", 400, 20, 1, 0, 0, 1, 0, 0, 0, 0, 512, 512},
    {"C0.2 later by little", 20, 20, 1, 0, 0, 1, 0, 0, 0, 0, 512, 512},
    {"no difference", 0, 20, 1, 0, 0, 1, 0, 0, 0, 0, 512, 512},
    {"no difference, few waits", 0, 20, 1, 0, 0, 1, 0, 0, 0, 0, 32, 48},
    {"no difference, the TSC in steps of 26", 0, 8, 26, 0, 0, 1, 0, 0, 0, 0, 100, 512},
    {"little, the TSC in steps of 26", 10, 8, 26, 0, 0, 1, 0, 0, 0, 0, 100, 512},
    {"no difference, two ways of leaving", 0, 8, 1, 90, 0.6, 1, 0, 0, 0, 0, 512, 512},
    {"C0.2 had in part (the other thread)", 300, 10, 1, 0, 0, 0.5, 0, 0, 0, 0, 512, 512},
    {"no difference, firmware interrupts", 0, 10, 1, 300000, 0.05, 1, 0, 0, 0, 0, 512, 512},
    {"no difference, the clock falls", 0, 10, 1, 0, 0, 1, 300, 0, 0, 0, 512, 512},
    {"no difference, neighbours in bursts", 0, 20, 1, 200, 0.6, 1, 0, 0.95, 0, 0, 512, 512},
    {"no difference, a coarse clock", 0, 4, 1, 0, 0, 1, 0, 0, 260, 0, 100, 512},
    {"little, a coarse clock", 20, 4, 1, 0, 0, 1, 0, 0, 260, 0, 100, 512},
    {"no difference, every second wait late", 0, 20, 1, 0, 0, 1, 0, 0, 0, 150, 512, 512},
};

/* Takes n waits of each state by turns. */
static void take_pairs(const struct pair_kind *kind, struct prng *prng, double deeper, double share, double locked,
                       int64_t *values[2], size_t n)
{
    bool slow = false;

    for (size_t i = 0; i < 2 * n; i++) {
        double late = 150 + kind->scatter * draw_normal(prng) + kind->drift * (double)i / (double)n / 2;
        if (draw_uniform(prng) >= kind->alike)
            slow = draw_uniform(prng) < share;
        late += slow ? kind->level * (0.9 + 0.2 * draw_uniform(prng)) : 0;
        late += i % 2 && draw_uniform(prng) < kind->granted ? deeper : 0;
        late += i % 2 && (double)i < locked * 2 * (double)n ? kind->every : 0;
        if (kind->grid > 0)
            late = ceil(late / kind->grid + draw_uniform(prng)) * kind->grid - kind->grid * draw_uniform(prng);
        values[i % 2][i / 2] = (int64_t)(floor((late + kind->stamp * draw_uniform(prng)) / kind->stamp) * kind->stamp);
    }
    stats_sort(values[0], n);
    stats_sort(values[1], n);
}

static void try_pair(const struct pair_kind *kind, uint64_t seed, struct tally *tally)
{
    enum { MANY = 4000 };
    static int64_t seen[2][PROBES], true_of[2][MANY];
    double deeper, share, locked, truth;
    struct steps_pair pair;
    struct prng prng;
    size_t n;

    prng_seed(&prng, rate_seed(seed));
    deeper = kind->deeper * draw_uniform(&prng);
    share = kind->share * draw_uniform(&prng);
    locked = 0.4 * draw_uniform(&prng);
    n = kind->least + prng_below(&prng, kind->most - kind->least + 1);
    take_pairs(kind, &prng, deeper, share, locked, (int64_t *[2]){seen[0], seen[1]}, n);
    pair = steps_compare(seen[0], n, seen[1], n);
    take_pairs(kind, &prng, deeper, share, kind->every > 0 ? locked : 0, (int64_t *[2]){true_of[0], true_of[1]}, MANY);
    truth = kind->deeper > 0 ? (double)(stats_median(true_of[1], MANY) - stats_median(true_of[0], MANY)) : 0;
    tally_add(tally, CONFIDENCE_INFERRED,
              pair.differ ? (double)pair.less_tsc * truth <= 0 : fabs(truth) > (double)pair.within_tsc);
}

/* What the other clock and the machine do between two readings. */
struct clock_kind {
    const char *words;
    double hz;       /* of the clock */
    double read_us;  /* a reading takes, up to */
    double true_ppm; /* the TSC asleep is so much off, by host up to that */
    double slew_ppm; /* the clock has another rate than at boot, up to */
    double held_ms;  /* the CPU is taken away within a reading, up to, in a share of the hosts */
    double boot_ppm; /* what the boot's figure is good for */
    double glitch;   /* share of readings that are wrong by some ticks */
};

static const struct clock_kind clocks[] = {
    {"PM timer, a processor", 3579545, 1.2, 0, 0, 0, 5, 0},
    {"HPET, a processor", 24000000, 0.8, 0, 0, 0, 5, 0},
    {"PM timer, the TSC stops asleep", 3579545, 1.2, -900000, 0, 0, 5, 0},
    {"HPET, the TSC slows asleep", 14318180, 0.8, -100000, 0, 0, 5, 0},
    {"PM timer, KVM", 3579545, 40, 0, 0, 0, 20, 0},
    {"HPET of QEMU, 100 MHz", 100000000, 60, 0, 0, 0, 20, 0},
    {"HPET of Xen, a time daemon slews it", 62500000, 3, 0, 500, 0, 20, 0},
    {"HPET of Xen, migrated, the rate within tolerance", 62500000, 3, 0, 250, 0, 20, 0},
    {"PM timer, nested", 3579545, 400, 0, 0, 0, 100, 0},
    {"PM timer, steal within a reading", 3579545, 40, 0, 0, 8, 20, 0},
    {"PM timer, firmware interrupts", 3579545, 1.2, 0, 0, 0.4, 5, 0},
    {"PM timer, temperature", 3579545, 1.2, 0, 3, 0, 5, 0},
    {"PM timer that reads wrong (PIIX4)", 3579545, 1.2, 0, 0, 0, 5, 0.002},
};

/* The clock as it reads at a point within a reading; returns the middle of its two stamps. */
static double read_at(const struct clock_kind *kind, struct prng *prng, double at_s, double hz, double *bound_s,
                      double *ticks)
{
    double width = kind->read_us * (0.3 + 0.7 * draw_uniform(prng)) * 1e-6;

    if (draw_uniform(prng) < 0.1)
        width += kind->held_ms * draw_uniform(prng) * 1e-3;
    *ticks = floor((at_s + width * draw_uniform(prng)) * hz);
    if (draw_uniform(prng) < kind->glitch)
        *ticks += (double)prng_below(prng, 4096) - 2048;
    *bound_s += width;
    return at_s + width / 2;
}

static void try_clock(const struct clock_kind *kind, uint64_t seed, struct tally *tally)
{
    const double tsc_hz = 2600000000.0;
    double off, hz, bound_s = 0, from_ticks, to_ticks, from_s, to_s, phase;
    struct asleep_answer answer;
    struct asleep_seen seen;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    off = kind->true_ppm * draw_uniform(&prng) * 1e-6;
    hz = kind->hz * (1 + kind->slew_ppm * (2 * draw_uniform(&prng) - 1) * 1e-6);
    phase = draw_uniform(&prng);
    from_s = read_at(kind, &prng, phase, hz, &bound_s, &from_ticks);
    to_s = read_at(kind, &prng, phase + 0.02 + 0.0001 * draw_uniform(&prng), hz, &bound_s, &to_ticks);
    seen = (struct asleep_seen){
        .passed_tsc = (uint64_t)((to_s - from_s) * tsc_hz * (1 + off)),
        .passed_ticks = (uint64_t)(to_ticks - from_ticks),
        .hz = (uint64_t)kind->hz,
        .bound_tsc = (uint64_t)(bound_s * tsc_hz),
        .awake_hz = (uint64_t)(tsc_hz * (1 + kind->boot_ppm * 0.7 * (2 * draw_uniform(&prng) - 1) * 1e-6)),
        .awake_bound_ppm = (uint64_t)kind->boot_ppm};
    answer = asleep_clock_judge(&seen);
    /* "As" within what is said beside it. */
    if (answer.word[0] == 'n')
        tally_add(tally, answer.confidence, fabs(off) < 1e-6);
    else
        tally_add(tally, answer.confidence, fabs(off * 1e6) > 2 * (double)answer.bound_ppm + 2);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    campaign.times = 8;
    for (size_t k = 0; k < sizeof(grids) / sizeof(grids[0]); k++) {
        struct tally tally = {.verdict = "quantum", .kind = grids[k].words};
        unsigned hosts = campaign_hosts(&campaign, 20, 4), found = 0;
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            found += try_grid(&grids[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k == 7)
            campaign_rate(&campaign, "quantum: the step is found", found, tally.n, 95);
    }
    for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
        struct tally tally = {.verdict = "c01_c02", .kind = pairs[k].words};
        unsigned hosts = campaign_hosts(&campaign, 50, 6);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_pair(&pairs[k], seed + 20000 * (k + 20), &tally);
        campaign_line(&campaign, &tally);
    }
    for (size_t k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++) {
        struct tally tally = {.verdict = "asleep_clock", .kind = clocks[k].words};
        unsigned hosts = campaign_hosts(&campaign, 200, 20);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_clock(&clocks[k], seed + 20000 * (k + 50), &tally);
        campaign_line(&campaign, &tally);
        if (k == 0 || k == 2)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
