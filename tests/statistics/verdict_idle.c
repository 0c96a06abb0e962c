/* SPDX-License-Identifier: MIT */
/*
 * How often small verdicts about idle states are right: `exit_disarms` and `hints` of `monitor`, `not_entered` of
 * `wake` and `policy`, `timer_hides_latency` and `freq_no_effect` of `cstate`. Sources: SDM volume 3, 9.10.5 (monitor),
 * 26.3.3 and 27 (exits and entries); volume 4 (residency counters); Intel's specification updates (residency counters
 * that stop); Intel datasheets on demotion and pre-wake; ACPI 6.5, 8.4.6 (CPPC); PPR on core clocks.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/clock_obeys.h"
#include "lib/infer/cstate_entered.h"
#include "lib/infer/exit_disarms.h"
#include "lib/infer/prewake.h"
#include "tests/statistics/verdict/tally.h"

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Waits that a made-up machine ends. */
struct disarm_kind {
    const char *words;
    bool exits, clears; /* CPUID exits; coming back clears the monitor */
    bool alone;         /* as far as CPUID tells */
    bool sleeps;        /* the wait does */
    double ends;        /* share of waits that an interrupt ends within half of the store's time, by host up to that */
    double ends_cpuid;  /* the same where CPUID came between: what the exit lets happen */
    double lost;        /* share of stores that do not end a wait, by host up to that */
    bool no_store;      /* no second CPU */
};

static const struct disarm_kind disarm_kinds[] = {
    {"a processor", false, false, true, true, 0.002, 0.002, 0, false},
    {"a processor, one CPU", false, false, true, true, 0.002, 0.002, 0, true},
    {"a guest that may wait (cpu-pm=on)", true, true, false, true, 0.05, 0.05, 0, false},
    {"the same, one CPU", true, true, false, true, 0.05, 0.05, 0, true},
    {"the same, the bit hidden", true, true, true, true, 0.05, 0.05, 0, false},
    {"a guest, a busy host", true, true, false, true, 0.45, 0.5, 0, false},
    {"a partition (Jailhouse): CPUID exits", true, true, false, true, 0.01, 0.01, 0, false},
    {"a hypervisor that keeps the monitor (software)", true, false, false, true, 0.05, 0.05, 0, false},
    {"the same, whose exits let interrupts in", true, false, false, true, 0.1, 0.8, 0, false},
    {"the same, one CPU, whose exits let interrupts in", true, false, false, true, 0.1, 0.8, 0, true},
    {"a processor, firmware interrupts", false, false, true, true, 0.3, 0.3, 0, false},
    {"a neighbour writes to the line", false, false, true, true, 0.6, 0.7, 0, false},
    {"a processor that loses stores (errata)", false, false, true, true, 0.002, 0.002, 0.6, false},
    {"an emulator whose wait returns", false, false, true, false, 0, 0, 0, false},
    {"KVM skips the wait", true, true, false, false, 0, 0, 0, false},
};

static struct disarm_tries draw_tries(struct prng *prng, unsigned n, bool armed, bool sleeps, double ends, double lost,
                                      bool store)
{
    struct disarm_tries tries = {.tries = n};

    for (unsigned i = 0; i < n; i++) {
        bool ended = draw_uniform(prng) < ends, stored = store && draw_uniform(prng) >= lost;
        tries.at_once += !sleeps || !armed || ended;
        tries.store += sleeps && armed && !ended && stored;
        tries.guard += sleeps && armed && !ended && !stored;
    }
    return tries;
}

static void try_disarm(const struct disarm_kind *kind, uint64_t seed, struct tally *tally)
{
    bool truth = kind->exits && kind->clears;
    struct disarm_seen seen = {.alone = kind->alone};
    double part, lost;
    enum confidence confidence;
    enum disarms is;
    struct prng prng;
    unsigned n;

    prng_seed(&prng, rate_seed(seed));
    n = 8 + (unsigned)prng_below(&prng, 25);
    part = draw_uniform(&prng);
    lost = kind->lost * draw_uniform(&prng);
    seen.nothing = draw_tries(&prng, n, true, kind->sleeps, kind->ends * part, 0, false);
    seen.cpuid = draw_tries(&prng, n, !truth, kind->sleeps, kind->ends_cpuid * part, 0, false);
    if (!kind->no_store)
        seen.cpuid_store = draw_tries(&prng, n, !truth, kind->sleeps, kind->ends_cpuid * part, lost, true);
    is = disarms_judge(&seen, &confidence);
    tally_add(tally, confidence, (is == DISARMS_YES) != truth);
}

/* Sleeps by one hint, and the counters. */
struct nap_kind {
    const char *words;
    double deep_low, deep_high; /* share of the time asleep in the deep state, by host */
    double shallow;             /* of the rest, what the counter of C1 counts */
    double rate;                /* the deep counter's, against the TSC */
    double late; /* of one reading, as a share of the sleep: it counts what came before, or not yet all */
    bool dead;   /* stands at zero */
    bool stuck;  /* stands at another value */
    bool both;   /* C3's counter counts the deep state, too */
};

static const struct nap_kind nap_kinds[] = {
    {"enters C6", 0.9, 0.99, 1, 1, 0.01, false, false, false},
    {"enters C1 instead", 0, 0.01, 1, 1, 0.01, false, false, false},
    {"enters C1 instead, not counted", 0, 0.01, 0, 1, 0.01, false, false, false},
    {"demotes some of the time", 0, 1, 1, 1, 0.01, false, false, false},
    {"demotes some of the time, not counted", 0, 1, 0, 1, 0.01, false, false, false},
    {"few sleeps, late counters", 0.3, 0.9, 1, 1, 0.3, false, false, false},
    {"enters C6 in part, counted with coming and going", 0.3, 0.99, 1, 1.06, 0.02, false, false, false},
    {"enters C6, its counter is dead", 0.9, 0.99, 0, 1, 0, true, false, false},
    {"enters C6, its counter is dead, C1's works", 0.9, 0.99, 1, 1, 0, true, false, false},
    {"enters C6, its counter is stuck (errata)", 0.9, 0.99, 0, 1, 0, false, true, false},
    {"enters C6, C3's counter counts it, too", 0.6, 0.99, 1, 1, 0.01, false, false, true},
    {"the other thread is awake", 0, 0, 1, 1, 0.01, false, false, false},
};

static void try_nap(const struct nap_kind *kind, uint64_t seed, struct tally *hints, struct tally *not_entered)
{
    uint64_t moved[RESIDENCY_COUNT] = {0}, slept = 26000000;
    double deep, counted;
    struct cstate_evidence e = {.want = 6};
    enum confidence confidence;
    enum residency proven;
    uint32_t percent;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    deep = kind->deep_low + (kind->deep_high - kind->deep_low) * draw_uniform(&prng);
    counted = kind->dead || kind->stuck ? 0 : kind->rate * (deep + kind->late * (2 * draw_uniform(&prng) - 1) * deep);
    moved[RESIDENCY_CC6] = (uint64_t)(fmax(0, counted) * (double)slept);
    moved[RESIDENCY_CC3] = kind->both ? moved[RESIDENCY_CC6] : 0;
    moved[RESIDENCY_CC1] = (uint64_t)(kind->shallow * (0.98 - 0.97 * deep) * (double)slept);
    proven = cstate_proven(moved, slept, &percent);
    if (proven == RESIDENCY_COUNT)
        tally_add(hints, CONFIDENCE_LOW, false);
    else /* the state's share of the time is what is said, give or take ten percent */
        tally_add(hints, CONFIDENCE_MEASURED,
                  fabs(percent / 100.0 - (proven == RESIDENCY_CC6 ? deep : 1 - deep)) > 0.1 + kind->late);
    e.counters =
        1u << RESIDENCY_CC6 | (kind->shallow > 0 ? 1u << RESIDENCY_CC1 : 0) | (kind->both ? 1u << RESIDENCY_CC3 : 0);
    if (kind->dead) {
        e.counters &= ~(1u << RESIDENCY_CC6);
        e.zero = 1u << RESIDENCY_CC6;
    }
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        e.share_ppm[i] = moved[i] < slept ? (uint32_t)((double)moved[i] / (double)slept * CSTATE_PPM) : CSTATE_PPM;
    if (cstate_not_entered(&e, &confidence))
        tally_add(not_entered, confidence, deep > 0.5);
    else
        tally_add(not_entered, CONFIDENCE_LOW, false);
}

/* Wakes from a deep state by the CPU's timer and by another's interrupt, in us. */
struct prewake_kind {
    const char *words;
    double hidden;      /* of leaving, what the processor does before its timer is due; 0: nothing */
    bool on;            /* the register says that pre-wake is on */
    double leave;       /* leaving takes so much, by host from half to twice */
    double sender;      /* an interrupt of another CPU takes so much more: its package, its clock, its own sleep */
    double sender_late; /* share of interrupts that are sent late, by up to 200 us */
    double demoted;     /* share of the timer's naps that are demoted to C1: it was known how short they are */
    double clock;       /* the core's clock is so much slower when an interrupt wakes it */
    double scatter;
    unsigned least, most; /* naps */
};

static const struct prewake_kind prewake_kinds[] = {
    {"pre-wake", 0.9, true, 60, 1, 0.01, 0, 1, 0.2, 20, 200},
    {"pre-wake, not told", 0.9, false, 60, 1, 0.01, 0, 1, 0.2, 20, 200},
    {"pre-wake of half", 0.5, true, 60, 1, 0.01, 0, 1, 0.2, 20, 200},
    {"none", 0, false, 60, 1, 0.01, 0, 1, 0.2, 20, 200},
    {"the register says on, without effect", 0, true, 60, 1, 0.01, 0, 1, 0.2, 20, 200},
    {"none, few naps, a wide scatter", 0, true, 60, 1, 0.05, 0, 1, 1, 5, 9},
    {"none, the sender in another package", 0, true, 30, 6, 0.01, 0, 1, 0.2, 20, 200},
    {"none, a sender that is often late", 0, true, 40, 1, 0.45, 0, 1, 0.2, 20, 200},
    {"none, C1E and a slow sender", 0, true, 3, 6, 0.01, 0, 1, 0.2, 20, 200},
    {"none, the timer's naps are demoted", 0, true, 60, 1, 0.01, 0.8, 1, 0.2, 20, 200},
    {"none, the clock is slower behind interrupts", 0, true, 20, 1, 0.01, 0, 1.8, 0.2, 20, 200},
    {"none, firmware interrupts", 0, true, 60, 1, 0.1, 0, 1, 0.5, 20, 200},
};

static void try_prewake(const struct prewake_kind *kind, uint64_t seed, struct tally *tally)
{
    enum { TSC_PER_US = 2600, MOST = 200 };
    int64_t timer[MOST], ipi[MOST];
    double leave;
    struct prng prng;
    enum confidence confidence;
    unsigned n;

    prng_seed(&prng, rate_seed(seed));
    n = kind->least + (unsigned)prng_below(&prng, kind->most - kind->least + 1);
    leave = kind->leave * 0.5 * pow(4, draw_uniform(&prng));
    for (unsigned i = 0; i < n; i++) {
        double wake = draw_uniform(&prng) < kind->demoted ? 1.5 : leave * (1 - kind->hidden);
        timer[i] = (int64_t)((0.8 + wake * (1 + kind->scatter * draw_normal(&prng) / 2)) * TSC_PER_US);
        wake = (leave + kind->sender * draw_uniform(&prng)) * kind->clock;
        wake += draw_uniform(&prng) < kind->sender_late ? 200 * draw_uniform(&prng) : 0;
        ipi[i] = (int64_t)((0.8 + wake * (1 + kind->scatter * draw_normal(&prng) / 2)) * TSC_PER_US);
    }
    qsort(timer, n, sizeof(timer[0]), ascending);
    qsort(ipi, n, sizeof(ipi[0]), ascending);
    if (prewake_hides(timer, ipi, n, n, 2 * TSC_PER_US, kind->on,
                      &confidence)) /* what it says, and that it is so for a reason */
        tally_add(tally, confidence, kind->hidden <= 0 && kind->demoted <= 0);
    else
        tally_add(tally, CONFIDENCE_LOW, false);
}

/* A clock that was asked for, and what comes of it: shares of MPERF's rate. */
struct clock_kind {
    const char *words;
    double asked, gets; /* gets: what it runs at in the end; 0: as asked */
    double starts;      /* before */
    double ramp_ms;     /* it gets there in so long, by host up to that */
    double delay_ms;    /* after so long, by host up to that */
    double step;        /* of the clock: rounded to it */
    double scatter;     /* of one reading */
    double throttled;   /* share of the time at half the clock */
    bool at_least;
};

static const struct clock_kind clock_kinds[] = {
    {"obeys at once", 0.4, 0, 1.3, 0.1, 0.1, 0.0385, 0.002, 0, false},
    {"obeys in steps of 100 MHz", 0.62, 0, 1.3, 0.1, 1, 0.0625, 0.002, 0, false},
    {"ramps (HWP)", 0.4, 0, 1.3, 60, 10, 0.0385, 0.002, 0, false},
    {"ramps slowly (firmware, PCC)", 0.4, 0, 1.3, 900, 200, 0.0385, 0.002, 0, false},
    {"another driver holds it", 0.4, 1.3, 1.3, 0.1, 0.1, 0.0385, 0.002, 0, false},
    {"power limit: it runs slower than asked", 1, 0.7, 0.7, 0.1, 0.1, 0.0385, 0.01, 0, false},
    {"the fastest, turbo", 1, 1.5, 0.8, 5, 5, 0.0385, 0.01, 0, true},
    {"the fastest, limited by heat", 1, 0.9, 0.9, 0.1, 0.1, 0.0385, 0.01, 0.3, true},
    {"its core's other thread asks for more", 0.4, 1, 1, 0.1, 0.1, 0.0385, 0.002, 0, false},
    {"a lowest clock above what was asked", 0.3, 0.5, 1.3, 1, 1, 0.0385, 0.002, 0, false},
    {"a clock that dithers between two steps", 0.5, 0, 1.3, 0.1, 0.1, 0.0385, 0.04, 0, false},
    {"firmware takes time", 0.4, 0, 1.3, 0.1, 0.1, 0.0385, 0.03, 0.1, false},
};

static void try_clock(const struct clock_kind *kind, uint64_t seed, struct tally *tally)
{
    enum { TRIES = 20, WATCH_MS = 5 };
    double gets, ramp_ms, delay_ms, truth = 0;
    bool obeys = false;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    gets = (kind->gets > 0 ? kind->gets : kind->asked) * (kind->gets > 0 ? 0.95 + 0.1 * draw_uniform(&prng) : 1);
    gets = round(gets / kind->step) * kind->step;
    ramp_ms = kind->ramp_ms * draw_uniform(&prng);
    delay_ms = kind->delay_ms * draw_uniform(&prng);
    for (unsigned i = 0; i < TRIES && !obeys; i++) {
        double at = fmin(1, fmax(0, ((i + 0.5) * WATCH_MS - delay_ms) / ramp_ms));
        truth = kind->starts + (gets - kind->starts) * at;
        truth *= 1 - 0.5 * kind->throttled * draw_uniform(&prng);
        obeys = clock_obeys((uint64_t)(kind->asked * 1e6),
                            (uint64_t)(truth * (1 + kind->scatter * draw_normal(&prng)) * 1e6), kind->at_least);
    }
    if (obeys)
        tally_add(tally, CONFIDENCE_LOW, false);
    else
        tally_add(tally, CONFIDENCE_HIGH,
                  truth + kind->step > kind->asked && (kind->at_least || truth - kind->step < kind->asked));
}

#define COUNT_OF(kinds) (sizeof(kinds) / sizeof((kinds)[0]))

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);
    unsigned hosts = campaign_hosts(&campaign, 500, 4);

    for (size_t k = 0; k < COUNT_OF(disarm_kinds); k++) {
        struct tally tally = {.verdict = "exit_disarms", .kind = disarm_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_disarm(&disarm_kinds[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k == 0 || k == 2)
            campaign_power(&campaign, &tally, 95);
    }
    for (size_t k = 0; k < COUNT_OF(nap_kinds); k++) {
        struct tally tally = {.verdict = "hints", .kind = nap_kinds[k].words};
        struct tally not_entered = {.verdict = "not_entered", .kind = nap_kinds[k].words};
        for (unsigned seed = 0;
             campaign_more_of(&campaign, seed, hosts, (const struct tally *[]){&tally, &not_entered, NULL}); seed++)
            try_nap(&nap_kinds[k], seed + 10000 * (k + 20), &tally, &not_entered);
        campaign_line(&campaign, &tally);
        campaign_line(&campaign, &not_entered);
        if (k == 0)
            campaign_power(&campaign, &tally, 95);
        if (k == 1)
            campaign_power(&campaign, &not_entered, 95);
    }
    for (size_t k = 0; k < COUNT_OF(prewake_kinds); k++) {
        struct tally tally = {.verdict = "timer_hides_latency", .kind = prewake_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_prewake(&prewake_kinds[k], seed + 10000 * (k + 40), &tally);
        campaign_line(&campaign, &tally);
        if (k == 0)
            campaign_power(&campaign, &tally, 90);
    }
    for (size_t k = 0; k < COUNT_OF(clock_kinds); k++) {
        struct tally tally = {.verdict = "freq_no_effect", .kind = clock_kinds[k].words};
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_clock(&clock_kinds[k], seed + 10000 * (k + 60), &tally);
        campaign_line(&campaign, &tally);
        if (k == 4)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
