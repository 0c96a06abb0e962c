/* SPDX-License-Identifier: MIT */
/*
 * How often `cstate`'s verdict is right: processors that enter, demote, promote or share what is asked for, with the
 * counters that they have or lack, nap by nap. Right is the state that had most of the naps. Sources: SDM volume 4
 * (residency counters); Intel datasheets, C-state demotion; PPR, C-states; Linux tools/power/x86/turbostat.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/cstate_entered.h"
#include "tests/statistics/verdict/tally.h"

enum { NAPS_MOST = 200, TSC_PER_US = 2600, CLEAR_TSC = 2600 };

enum {
    HAS_CC1 = 1 << RESIDENCY_CC1,
    HAS_CC3 = 1 << RESIDENCY_CC3,
    HAS_CC6 = 1 << RESIDENCY_CC6,
    HAS_CC7 = 1 << RESIDENCY_CC7,
};

struct kind {
    const char *words;
    unsigned want, other;    /* asked for, and what some naps get */
    double low, high;        /* share of naps that get `other`, by host */
    unsigned counters, dead; /* present; present and always zero */
    double awake;            /* share of the time that firmware or others take */
    double nap_low_us, nap_high_us;
    double spurious; /* share of naps that something ends early */
    bool no_c0;      /* MPERF cannot be read */
    bool elsewhere;  /* the deep counters moved in another state's naps */
    bool guest;
};

#define SERVER (HAS_CC1 | HAS_CC6)
#define CLIENT (HAS_CC3 | HAS_CC6 | HAS_CC7)

static const struct kind kinds[] = {
    {"enters C6", 6, 1, 0, 0.05, SERVER, 0, 0.01, 800, 5000, 0.01, false, true, false},
    {"enters C6, no counter of C1", 6, 1, 0, 0.05, CLIENT, 0, 0.01, 800, 5000, 0.01, false, true, false},
    {"demotes to C1, counted", 6, 1, 0.95, 1, SERVER, 0, 0.01, 200, 5000, 0.01, false, true, false},
    {"demotes to C1, not counted", 6, 1, 0.95, 1, CLIENT, 0, 0.01, 200, 5000, 0.01, false, true, false},
    {"demotes to C3", 6, 3, 0.95, 1, CLIENT, 0, 0.01, 200, 5000, 0.01, false, true, false},
    {"demotes some naps", 6, 1, 0.2, 0.8, SERVER, 0, 0.01, 300, 5000, 0.01, false, true, false},
    {"demotes some naps, not counted", 6, 1, 0.2, 0.8, CLIENT, 0, 0.01, 300, 5000, 0.01, false, true, false},
    {"the other thread is awake", 6, 1, 1, 1, CLIENT, 0, 0.01, 300, 5000, 0.01, false, false, false},
    {"the other thread is awake at times", 6, 1, 0.3, 0.9, SERVER, 0, 0.01, 300, 5000, 0.01, false, true, false},
    {"the counter is dead, enters C6", 6, 1, 0, 0, HAS_CC6, HAS_CC6, 0.01, 800, 5000, 0.01, false, false, false},
    {"the counter is dead, C1's works", 6, 1, 0, 0, SERVER, HAS_CC6, 0.01, 800, 5000, 0.01, false, false, false},
    {"no counters, deep (AMD)", 6, 1, 0, 0.05, 0, 0, 0.01, 800, 5000, 0.01, false, false, false},
    {"no counters, not deep (AMD)", 6, 1, 0.95, 1, 0, 0, 0.01, 800, 5000, 0.01, false, false, false},
    {"C7 becomes C6", 7, 6, 1, 1, CLIENT, 0, 0.01, 800, 5000, 0.01, false, true, false},
    {"C7 enters, C6 counts it", 7, 1, 0, 0.05, HAS_CC3 | HAS_CC6, 0, 0.01, 800, 5000, 0.01, false, true, false},
    {"C1 becomes C6", 1, 6, 0.95, 1, SERVER, 0, 0.01, 800, 5000, 0.01, false, true, false},
    {"C1, no counters", 1, 1, 0, 0, 0, 0, 0.01, 200, 5000, 0.01, false, false, false},
    {"firmware takes a third", 6, 1, 0, 0.05, SERVER, 0, 0.33, 800, 5000, 0.05, false, true, false},
    {"short naps", 6, 1, 0, 0.05, SERVER, 0, 0.02, 150, 400, 0.01, false, true, false},
    {"short naps, not counted", 6, 1, 0, 0.05, CLIENT, 0, 0.02, 150, 400, 0.01, false, true, false},
    {"most naps end early", 6, 1, 0, 0.05, SERVER, 0, 0.02, 800, 5000, 0.7, false, true, false},
    {"MPERF cannot be read", 6, 1, 0.9, 1, CLIENT, 0, 0.01, 800, 5000, 0.01, true, true, false},
    {"a guest", 6, 1, 0, 1, SERVER, 0, 0.01, 800, 5000, 0.01, false, true, true},
};

/* Of a state: what leaving takes, and how long after going idle it is reached, in us. */
static double latency_us(unsigned state)
{
    return state >= 7 ? 150 : state == 6 ? 100 : state == 3 ? 30 : 1.5;
}

static enum residency counter_of(unsigned state)
{
    return state >= 7 ? RESIDENCY_CC7 : state == 6 ? RESIDENCY_CC6 : state == 3 ? RESIDENCY_CC3 : RESIDENCY_CC1;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Returns the state that had most of the naps. */
static unsigned nap_all(const struct kind *kind, struct prng *prng, struct cstate_evidence *e)
{
    double share = kind->low + (kind->high - kind->low) * draw_uniform(prng), total = 0, awake = 0;
    double in[RESIDENCY_COUNT] = {0}, scale = 0.6 + 0.8 * draw_uniform(prng);
    unsigned n = 20 + (unsigned)prng_below(prng, NAPS_MOST - 20), others = 0;
    int64_t latency_tsc[NAPS_MOST];

    *e = (struct cstate_evidence){.want = (uint8_t)kind->want, .guest = kind->guest, .naps = n};
    for (unsigned i = 0; i < n; i++) {
        bool other = draw_uniform(prng) < share;
        unsigned state = other ? kind->other : kind->want;
        double us = kind->nap_low_us * pow(kind->nap_high_us / kind->nap_low_us, draw_uniform(prng));
        double taken = us * kind->awake * 2 * draw_uniform(prng), leave = latency_us(state) * scale;
        double slept = fmax(0, us - taken - 0.7 * latency_us(state) * scale);
        enum residency counter = counter_of(state);
        if (kind->want == 7 && !(kind->counters & HAS_CC7) && counter == RESIDENCY_CC7)
            counter = RESIDENCY_CC6;
        others += other;
        e->spurious += draw_uniform(prng) < kind->spurious;
        total += us + leave;
        awake += taken + 1;
        if (kind->counters & ~kind->dead & 1u << counter)
            in[counter] += slept;
        latency_tsc[i] = (int64_t)(leave * (0.8 + 0.5 * draw_uniform(prng)) * TSC_PER_US);
    }
    e->kept = n > e->spurious ? n - e->spurious : 0;
    e->counters = e->alive = kind->counters & ~kind->dead;
    e->zero = kind->dead;
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++) {
        e->share_ppm[c] = (uint32_t)(in[c] / total * CSTATE_PPM);
        if (!kind->elsewhere && in[c] <= 0)
            e->alive &= ~(1u << c);
    }
    e->has_c0 = !kind->no_c0;
    e->c0_ppm = (uint32_t)(awake / total * CSTATE_PPM);
    qsort(latency_tsc, n, sizeof(latency_tsc[0]), ascending);
    e->p50_tsc = latency_tsc[n / 2];
    e->c1_p50_tsc = (int64_t)(1.5 * scale * TSC_PER_US);
    e->clear_tsc = CLEAR_TSC;
    return others * 2 > n ? kind->other : kind->want;
}

static bool is_wrong(const struct kind *kind, const struct cstate_verdict *verdict, unsigned truth)
{
    switch (verdict->end) {
    case CSTATE_ENTERED:
        return verdict->got ? verdict->got != truth && !(kind->want == 7 && truth == 7 && verdict->got == 6)
                            : truth < kind->want;
    case CSTATE_DEMOTED:
        return truth >= kind->want || (verdict->got && verdict->got != truth);
    case CSTATE_REQUESTED: /* nothing shows that it was entered: right unless something does */
        return truth >= kind->want;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "cstate", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 500, 2);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++) {
            struct cstate_evidence evidence;
            struct cstate_verdict verdict;
            struct prng prng;
            unsigned truth;
            prng_seed(&prng, rate_seed(seed + 10000 * k));
            truth = nap_all(&kinds[k], &prng, &evidence);
            verdict = cstate_judge(&evidence);
            tally_add(&tally, verdict.end == CSTATE_UNVERIFIED ? CONFIDENCE_LOW : verdict.confidence,
                      is_wrong(&kinds[k], &verdict, truth));
            if (getenv("STATISTICS_EXPLAIN") && verdict.confidence > CONFIDENCE_LOW &&
                is_wrong(&kinds[k], &verdict, truth))
                printf("# %s: %s, got C%u, by %s (%s); C%u it was\n", kinds[k].words, cstate_end_name(verdict.end),
                       verdict.got, verdict.why, confidence_word(verdict.confidence), truth);
        }
        campaign_line(&campaign, &tally);
        if (k < 4)
            campaign_power(&campaign, &tally, 85);
    }
    return campaign_end(&campaign);
}
