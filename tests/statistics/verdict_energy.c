/* SPDX-License-Identifier: MIT */
/*
 * How often `breakeven` by energy is right: two states whose power and whose cost of entering are known, measured in
 * rounds by a counter as real ones are. Right is an interval that holds the length at which both cost the same. The
 * rounds end as in the experiment: three at least, then as soon as the states are told apart. Sources: SDM volume 3,
 * 15.10 (RAPL: units, 1 ms updates, 32 bits); Hackenberg and others, HPPAC 2015 (its noise); Schoene and others,
 * CLUSTER 2021 (AMD's); Intel datasheets on package states and demotion.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/crossing.h"
#include "lib/infer/mean.h"
#include "tests/statistics/verdict/tally.h"

enum { SWEEP = 19, POINTS = 25, ROUNDS = 12, ROUNDS_LEAST = 3, TIGHT_SHARE = 50, NARROW_SHARE = 50, HALVINGS = 6 };

struct kind {
    const char *words;
    double noise;           /* of one slice's power, as a share */
    double bursts, burst_w; /* share of slices with others' work in them, up to so many watts */
    double drift;           /* of the power over the whole measurement, as a share: temperature */
    double unit_uj;         /* of the counter */
    double steps_off;       /* updates of the counter, 1 ms, that a slice may be off by: it is 100 ms long */
    double demoted_us;      /* shorter naps get the shallow state instead */
    double package_us;      /* longer naps let the package follow, which saves as much again, for a cost of its own */
    double phi;             /* noise from slice to slice */
    double waits;           /* share of the naps that something else ends half way, by host up to that */
    bool alike;             /* both states are the same one */
    bool never;             /* the deep state never pays */
};

static const struct kind kinds[] = {
    {"quiet", 0.002, 0, 0, 0, 61, 0, 0, 0, 0, 0, false, false},
    {"noise of 2 %", 0.02, 0, 0, 0, 61, 0, 0, 0, 0, 0, false, false},
    {"noise of 10 %", 0.1, 0, 0, 0, 61, 0, 0, 0, 0, 0, false, false},
    {"noise from slice to slice", 0.02, 0, 0, 0, 61, 0, 0, 0, 0.8, 0, false, false},
    {"others' work in bursts", 0.005, 0.2, 8, 0, 61, 0, 0, 0, 0, 0, false, false},
    {"it warms up", 0.005, 0, 0, 0.15, 61, 0, 0, 0, 0, 0, false, false},
    {"a counter of 1 ms steps, missed at times", 0.002, 0, 0, 0, 61, 0.5, 0, 0, 0, 0, false, false},
    {"a coarse counter (Atom, 32 uJ and more)", 0.002, 0, 0, 0, 15600, 0, 0, 0, 0, 0, false, false},
    {"short naps are demoted", 0.005, 0, 0, 0, 61, 0, 400, 0, 0, 0, false, false},
    {"the package follows long naps", 0.005, 0, 0, 0, 61, 0, 0, 1500, 0, 0, false, false},
    {"up to a fifth of the naps end early", 0.005, 0, 0, 0, 61, 0, 0, 0, 0, 0.2, false, false},
    {"both are one state", 0.01, 0, 0, 0, 61, 0, 0, 0, 0, 0, true, false},
    {"both are one state, drift", 0.003, 0, 0, 0.3, 61, 0, 0, 0, 0.5, 0, true, false},
    {"the deep one never pays", 0.01, 0, 0, 0, 61, 0, 0, 0, 0, 0, false, true},
};

/* Two states: power asleep in W, energy of going in and out in uJ. */
struct host {
    const struct kind *kind;
    struct prng prng;
    double power[2], enter[2], base, state, slices, waits;
};

static double true_power(const struct host *host, unsigned deep, double us)
{
    const struct kind *kind = host->kind;
    bool as_deep = deep && us >= kind->demoted_us;
    double joule = host->enter[as_deep] + host->power[as_deep] * us;

    if (kind->package_us > 0 && as_deep && us > kind->package_us)
        joule += 3 * host->enter[1] - 0.5 * host->power[1] * (us - kind->package_us);
    return host->base + joule / us;
}

/* The last length at which the deep state begins to cost less, and the first one; 0: there is none. */
static double crossing_of(const struct host *host, double low_us, double high_us, double *first)
{
    double found = 0;

    *first = 0;
    for (double us = low_us; us < high_us; us *= 1.002)
        if (true_power(host, 1, us) >= true_power(host, 0, us))
            found = us * 1.002;
        else if (found > 0 && *first <= 0)
            *first = found;
    return found;
}

static double slice(struct host *host, unsigned deep, double us)
{
    const struct kind *kind = host->kind;
    double power = true_power(host, deep, us), slice_uj;

    if (host->waits > 0)
        power += host->waits * (true_power(host, deep, us / 2) - power);
    host->slices++;
    host->state = kind->phi * host->state + sqrt(1 - kind->phi * kind->phi) * draw_normal(&host->prng);
    power *= 1 + kind->noise * host->state + kind->drift * (1 - exp(-host->slices / 200));
    if (draw_uniform(&host->prng) < kind->bursts)
        power += kind->burst_w * draw_uniform(&host->prng);
    slice_uj = power * 100000 * (1 + kind->steps_off * (draw_uniform(&host->prng) < 0.05) / 100);
    slice_uj = floor(slice_uj / kind->unit_uj + draw_uniform(&host->prng)) * kind->unit_uj;
    return slice_uj / 100000 * 1e6; /* uW */
}

/* The gain at one length, in rounds there and back. */
static struct mean measure(struct host *host, double us)
{
    int64_t gains[ROUNDS];
    struct mean gain = {0};

    for (unsigned round = 0; round < ROUNDS; round++) {
        double power[2];
        power[round % 2] = slice(host, round % 2, us);
        power[1 - round % 2] = slice(host, 1 - round % 2, us);
        gains[round] = (int64_t)(power[0] - power[1]);
        gain = mean_of(gains, round + 1);
        if (round + 1 >= ROUNDS_LEAST &&
            (mean_sign(gain.value, gain.error) || gain.error <= (uint64_t)power[0] / TIGHT_SHARE))
            break;
    }
    return gain;
}

static void insert(struct crossing_point *points, unsigned count, struct crossing_point point)
{
    for (; count && points[count - 1].at > point.at; count--)
        points[count] = points[count - 1];
    points[count] = point;
}

static void draw_host(struct host *host)
{
    struct prng *prng = &host->prng;
    double at_us = 60 * pow(30, draw_uniform(prng)); /* where they cost the same */

    host->waits = host->kind->waits * draw_uniform(prng);
    host->base = 2 + 20 * draw_uniform(prng);
    host->power[0] = 1 + 4 * draw_uniform(prng);
    host->power[1] = host->power[0] * (0.2 + 0.6 * draw_uniform(prng));
    host->enter[0] = 2 + 8 * draw_uniform(prng);
    host->enter[1] = host->enter[0] + (host->power[0] - host->power[1]) * at_us;
    if (host->kind->never) {
        host->power[1] = host->power[0] * 1.02;
        host->enter[1] = host->enter[0] + 50;
    }
    if (host->kind->alike) {
        host->power[1] = host->power[0];
        host->enter[1] = host->enter[0];
    }
}

static bool is_in(const struct crossing *crossing, double at_ns)
{
    return at_ns * 1.003 > (double)crossing->low && at_ns < (double)crossing->high * 1.003;
}

static void try_host(const struct kind *kind, uint64_t seed, struct tally *tally)
{
    const double low_us = 20, high_us = 5000;
    struct host host = {.kind = kind};
    struct crossing_point points[POINTS + 1];
    struct crossing crossing;
    double first, truth, width, last_width = 1e18;
    enum confidence confidence;
    unsigned count = 0;
    bool wrong;

    prng_seed(&host.prng, rate_seed(seed));
    draw_host(&host);
    truth = crossing_of(&host, low_us, 2 * high_us, &first);
    for (; count < SWEEP; count++) {
        double us = low_us * pow(high_us / low_us, count / (SWEEP - 1.0));
        struct mean gain = measure(&host, us);
        points[count] = (struct crossing_point){(uint64_t)(us * 1000), gain.value, gain.error};
    }
    crossing = crossing_find(points, count);
    for (unsigned halvings = 0; halvings < HALVINGS && crossing.outcome == CROSSING_FOUND; halvings++) {
        struct mean gain;
        width = (double)(crossing.high - crossing.low);
        if (width >= last_width || width < (double)crossing.high / NARROW_SHARE)
            break;
        last_width = width;
        gain = measure(&host, ((double)crossing.low + width / 2) / 1000);
        insert(points, count++, (struct crossing_point){crossing.low + (uint64_t)width / 2, gain.value, gain.error});
        crossing = crossing_find(points, count);
    }
    truth *= 1000;
    first *= 1000;
    confidence = crossing_confidence(&crossing, 10000, (uint64_t)(10000 * host.waits));
    switch (crossing.outcome) {
    case CROSSING_FOUND: /* any crossing is one */
        wrong = kind->alike || kind->never || (!is_in(&crossing, truth) && !is_in(&crossing, first));
        break;
    case CROSSING_SEVERAL:
        wrong = kind->alike || kind->never || !is_in(&crossing, truth);
        break;
    case CROSSING_BELOW:
        wrong = kind->alike || kind->never || truth > (double)crossing.high * 1.003;
        break;
    case CROSSING_ABOVE:
        wrong = kind->alike || (truth < (double)crossing.low && !kind->never);
        break;
    default:
        tally_add(tally, CONFIDENCE_LOW, false);
        return;
    }
    if (wrong && getenv("STATISTICS_EXPLAIN"))
        printf("# %s: %s %.0f to %.0f us, truth %.0f\n", kind->words, crossing_name(crossing.outcome),
               (double)crossing.low / 1000, (double)crossing.high / 1000, truth / 1000);
    tally_add(tally, confidence, wrong);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "breakeven", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 100, 20);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_host(&kinds[k], seed + 10000 * k, &tally);
        campaign_line(&campaign, &tally);
        if (k < 1)
            campaign_power(&campaign, &tally, 90);
    }
    return campaign_end(&campaign);
}
