/* SPDX-License-Identifier: MIT */
/*
 * How often `timer_advance` of `haltpoll` is right: KVM hosts whose advance is learnt and lost again, and KVM hosts
 * whose wakes rise and fall for other reasons. Sources: Linux arch/x86/kvm/lapic.c (adjust_lapic_timer_advance),
 * schedutil and its load tracking (a clock that follows the load), the menu governor, timer slack in prctl(2).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include "lib/infer/timer_advance.h"
#include "tests/statistics/verdict/tally.h"

enum { WAKES = 64 }; /* of a look of haltpoll's */

enum nature {
    LEARNS,      /* KVM's rule; the way is longer than its most */
    LEARNS_HIGH, /* the same on a way that is twice as long where the core slept deep, in one of eight */
    STAYS,       /* KVM's rule; the way is shorter, so it stays where it settles */
    OTHER,       /* lateness falls by a share of what is left from each event that lifts it */
    STRAIGHT,    /* by the same at each wake: a clock that beats with another */
    STEPS,       /* two levels by turns, or by chance */
    WALKS,
    WHITE,
};

struct kind {
    const char *words;
    enum nature nature;
    double way_low, way_high;     /* us: how late without an advance; the swing of what does not learn */
    double keep_low, keep_high;   /* OTHER: what is left of it at the next wake */
    double every_low, every_high; /* wakes from lift to lift */
    double jitters;               /* of the distance between lifts, as a share; 1: by chance */
    double scatter_us, tail;      /* of each wake; share of wakes that are late by up to 90 us */
};

static const struct kind kinds[] = {
    {"KVM learns and loses it", LEARNS, 6.2, 9, 0, 0, 0, 0, 0, 0.03, 0.01},
    {"the same, a busy host", LEARNS, 6.2, 9, 0, 0, 0, 0, 0, 0.1, 0.1},
    {"the same, deep sleeps at times", LEARNS_HIGH, 6.2, 9, 0, 0, 0, 0, 0, 0.03, 0.01},
    {"KVM learns, and keeps it", STAYS, 1.5, 4.5, 0, 0, 0, 0, 0, 0.03, 0.01},
    {"KVM learns, and keeps it, a wide scatter", STAYS, 1.5, 4.5, 0, 0, 0, 0, 0, 1, 0.01},
    {"a fixed advance", WHITE, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.01},
    {"a fixed advance, heavy steal", WHITE, 0, 0, 0, 0, 0, 0, 0, 1, 0.4},
    {"caches that a job of the host's takes, with a period", OTHER, 1, 6, 0.2, 0.8, 4, 40, 0, 0.05, 0.01},
    {"caches that neighbours take, by chance", OTHER, 1, 6, 0.5, 0.95, 4, 40, 1, 0.05, 0.01},
    {"a clock that rises by the load, and is put back", OTHER, 1, 6, 0.85, 0.98, 6, 40, 0, 0.05, 0.01},
    {"a clock that rises, put back by chance", OTHER, 1, 6, 0.85, 0.98, 6, 40, 1, 0.05, 0.01},
    {"a clock that beats with another", STRAIGHT, 1, 6, 0, 0, 4, 40, 0, 0.05, 0.01},
    {"the same, a busy host", STRAIGHT, 1, 6, 0, 0, 4, 40, 0, 0.3, 0.1},
    {"each so many wakes from a deep state", STEPS, 1, 6, 0, 0, 3, 20, 0, 0.1, 0.01},
    {"neighbours in bursts", STEPS, 1, 6, 0, 0, 3, 20, 1, 0.1, 0.01},
    {"wakes wander", WALKS, 0.1, 0.5, 0, 0, 0, 0, 0, 0.05, 0.01},
};

static double draw_between(struct prng *prng, double low, double high)
{
    return low + (high - low) * draw_uniform(prng);
}

/* adjust_lapic_timer_advance(): an eighth of the error, above 5000 ns anew from 1000. */
static double advanced(double way_us, double *advance_us)
{
    double error_us = way_us - *advance_us;

    if (fabs(error_us) > 0.1 && fabs(error_us) < 10)
        *advance_us += error_us / 8;
    if (*advance_us > 5)
        *advance_us = 1;
    return error_us > 0 ? error_us : 0;
}

/* A host, and where it stands. */
struct host {
    const struct kind *kind;
    struct prng prng;
    double way, keep, every, next, state, advance;
    bool high;
};

static void draw(struct host *host, const struct kind *kind, uint64_t seed)
{
    *host = (struct host){.kind = kind, .advance = 1};
    prng_seed(&host->prng, rate_seed(seed));
    host->way = host->state = draw_between(&host->prng, kind->way_low, kind->way_high);
    host->keep = draw_between(&host->prng, kind->keep_low, kind->keep_high);
    host->every = host->next = draw_between(&host->prng, kind->every_low, kind->every_high);
}

static bool is_lifted(struct host *host)
{
    if (host->kind->every_low <= 0 || --host->next > 0)
        return false;
    host->next += host->kind->jitters > 0 ? -log(draw_uniform(&host->prng)) * host->every : host->every;
    return true;
}

/* How late the next wake is; `counted`: by an event that KVM does not advance. */
static double wake_us(struct host *host, bool counted)
{
    bool lifted = is_lifted(host);
    double way = host->way;

    switch (host->kind->nature) {
    case LEARNS_HIGH:
        way += draw_uniform(&host->prng) < 0.125 ? 3 : 0;
        return counted ? way : advanced(way, &host->advance);
    case LEARNS:
    case STAYS:
        return counted ? way : advanced(way, &host->advance);
    case OTHER:
        return host->state = lifted ? way : host->state * host->keep;
    case STRAIGHT:
        return host->state = lifted ? way : fmax(0, host->state - way / host->every);
    case STEPS:
        host->high = host->kind->jitters > 0 ? host->high != lifted : lifted;
        return host->high ? way : 0;
    case WALKS:
        return host->state += way * draw_normal(&host->prng);
    default:
        return 0;
    }
}

static void look(struct host *host, bool counted, int64_t *late_ns)
{
    for (unsigned i = 0; i < WAKES; i++) {
        double value = wake_us(host, counted) + 2 + host->kind->scatter_us * draw_normal(&host->prng);
        value += draw_uniform(&host->prng) < host->kind->tail ? 90 * draw_uniform(&host->prng) : 0;
        late_ns[i] = (int64_t)(1000 * value);
    }
}

static void try_host(const struct kind *kind, uint64_t seed, struct tally *tally)
{
    int64_t late_ns[WAKES], scratch[WAKES];
    struct advance found;
    struct host host;
    bool said;

    draw(&host, kind, seed);
    look(&host, false, late_ns);
    said = advance_find(late_ns, WAKES, scratch, &found);
    if (said) {
        look(&host, true, late_ns);
        said = advance_is_gone(&found, late_ns, WAKES, scratch) && found.fits;
    }
    tally_add(tally, said ? CONFIDENCE_INFERRED : CONFIDENCE_LOW,
              kind->nature != LEARNS && kind->nature != LEARNS_HIGH);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "timer_advance", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 100, 10);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_host(&kinds[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k == 0)
            campaign_power(&campaign, &tally, 90);
    }
    return campaign_end(&campaign);
}
