/* SPDX-License-Identifier: MIT */
/*
 * How often the advice of `policy` is right: the governor with the least price, and the poll budget with the least, on
 * hosts whose wakes have levels, bursts and drifts. Wrong is an advice that costs over a tenth more than the best one
 * would in the long run. Sources: Linux drivers/cpuidle/governors; virt/kvm/kvm_main.c (polling); published wake
 * latencies of C1 and C6 of servers and clients.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <string.h>

#include "lib/dependence.h"
#include "lib/infer/advice.h"
#include "lib/stats.h"
#include "tests/statistics/verdict/tally.h"

enum { WAYS = 4, BUDGETS = 8, WAKES_MOST = 2000, WAITS_TRUE = 5000, SLICE = 50, LATE_PARTS = 100 };

static const double budgets_us[BUDGETS] = {0, 5, 10, 20, 50, 100, 200, 400};

struct kind {
    const char *words;
    double alike;        /* 1: all ways are one; 0: they differ by up to fourfold */
    double share;        /* of wakes from the deep state, by way around that */
    double sigma, phi;   /* of the logarithm; from wake to wake */
    double level, stay;  /* times as long in visits of so many wakes of all ways, a fifth of the time */
    double drift, shift; /* over the run, and once in its middle, as a share */
    double tail;         /* share of wakes that firmware makes 300 us late */
    double learns;       /* the first so many wakes of each way are three times as late */
    double grid_ns;
    double waits_us, spread; /* length of the waits, logarithm's standard deviation */
    unsigned least, most;    /* wakes of each way */
};

static const struct kind kinds[] = {
    {"clear differences", 0, 0.1, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"all ways are one", 1, 0.1, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"half of the wakes deep", 0, 0.5, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"half of the wakes deep, all are one", 1, 0.5, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"few wakes", 0.5, 0.3, 0.4, 0, 1, 0, 0, 0, 0.01, 0, 1, 100, 1, 20, 400},
    {"neighbours in bursts", 0.5, 0.1, 0.1, 0, 3, 40, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"neighbours for half of the run", 0.5, 0.1, 0.1, 0, 3, 1500, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"few wakes, all kinds of lengths", 0.7, 0.4, 0.8, 0, 1, 0, 0, 0, 0.02, 0, 1, 60, 1.5, 12, 60},
    {"each wake like the last one", 0.5, 0.1, 0.3, 0.8, 1, 0, 0, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"it warms up", 0.5, 0.1, 0.1, 0, 1, 0, 0.5, 0, 0.001, 0, 1, 100, 1, 500, 2000},
    {"a shift in the middle", 0.5, 0.1, 0.1, 0, 1, 0, 0, 0.6, 0.001, 0, 1, 100, 1, 500, 2000},
    {"firmware interrupts", 0.5, 0.1, 0.1, 0, 1, 0, 0, 0, 0.1, 0, 1, 100, 1, 500, 2000},
    {"ways that learn at first", 0.5, 0.1, 0.1, 0, 1, 0, 0, 0, 0.001, 60, 1, 100, 1, 500, 2000},
    {"a coarse clock", 0.5, 0.1, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 5000, 100, 1, 500, 2000},
    {"waits about as long as a wake takes", 0.5, 0.1, 0.1, 0, 1, 0, 0, 0, 0.001, 0, 1, 15, 0.3, 500, 2000},
};

struct host {
    const struct kind *kind;
    struct prng prng;
    double shallow_ns[WAYS], deep_ns[WAYS], share[WAYS], burnt_ns[WAYS];
    double poll_ns, state;
    bool slow;
};

static void draw_host(struct host *host)
{
    const struct kind *kind = host->kind;

    for (unsigned w = 0; w < WAYS; w++) {
        double differ = w && kind->alike >= 1 ? 0 : (1 - kind->alike) * draw_uniform(&host->prng);
        if (w && kind->alike >= 1) {
            host->shallow_ns[w] = host->shallow_ns[0];
            host->deep_ns[w] = host->deep_ns[0];
            host->share[w] = host->share[0];
            host->burnt_ns[w] = host->burnt_ns[0];
            continue;
        }
        host->shallow_ns[w] = 4000 * pow(4, differ);
        host->deep_ns[w] = 60000 * pow(2, draw_uniform(&host->prng));
        host->share[w] = fmin(0.95, kind->share * (0.9 + 0.2 * draw_uniform(&host->prng)));
        host->burnt_ns[w] = 3000 * draw_uniform(&host->prng);
    }
    host->poll_ns = 1000;
}

/* A wake at that part of the run, 0 to 1. */
static double wake(struct host *host, unsigned way, double at, unsigned number)
{
    const struct kind *kind = host->kind;
    double value = draw_uniform(&host->prng) < host->share[way] ? host->deep_ns[way] : host->shallow_ns[way];

    host->state = kind->phi * host->state + sqrt(1 - kind->phi * kind->phi) * draw_normal(&host->prng);
    value *= exp(kind->sigma * host->state);
    if (kind->stay > 0 && draw_uniform(&host->prng) < 1 / (host->slow ? kind->stay : 4 * kind->stay))
        host->slow = !host->slow;
    value *= host->slow ? kind->level : 1;
    value *= 1 + kind->drift * at + (at > 0.5 ? kind->shift : 0);
    value *= number < kind->learns ? 3 : 1;
    value += draw_uniform(&host->prng) < kind->tail ? 300000 * draw_uniform(&host->prng) : 0;
    return ceil(value / kind->grid_ns) * kind->grid_ns;
}

/* How many of a way's wakes take at most so long, in the long run: nothing of the run's own is in it. */
static double share_below(const struct host *host, unsigned way, double ns)
{
    const double scale = host->kind->sigma * sqrt(2);

    if (ns <= 0)
        return 0;
    return host->share[way] * erfc(-log(ns / host->deep_ns[way]) / scale) / 2 +
           (1 - host->share[way]) * erfc(-log(ns / host->shallow_ns[way]) / scale) / 2;
}

/*
 * The median of a way in the long run, exact: where half of the wakes are deep, that of some thousand draws is now in
 * the one state and now in the other.
 */
static struct trade truth_of(const struct host *host, unsigned way)
{
    const struct kind *kind = host->kind;
    double low = 0, high = 1000000;

    for (unsigned i = 0; i < 40; i++) {
        double ns = (low + high) / 2, late = 0;
        for (unsigned part = 0; part < LATE_PARTS; part++)
            late += share_below(host, way, ns - 300000 * (part + 0.5) / LATE_PARTS) / LATE_PARTS;
        *((1 - kind->tail) * share_below(host, way, ns) + kind->tail * late < 0.5 ? &low : &high) = ns;
    }
    high = ceil(high / kind->grid_ns) * kind->grid_ns;
    return (struct trade){(uint64_t)high, (uint64_t)high, (uint64_t)high, 0, WAKES_MOST};
}

static struct trade trade_of(int64_t *arrived, size_t n)
{
    static int64_t values[WAKES_MOST];
    struct dependence dependence;
    struct quantile median;

    memcpy(values, arrived, n * sizeof(values[0]));
    dependence = dependence_of(arrived, values, n);
    median = quantile_of_effective(values, n, dependence.effective[QUANTILE_P50], QUANTILE_ONE / 2);
    if (!median.has_interval)
        return (struct trade){.latency_ns = (uint64_t)median.value, .low_ns = 1, .wakes = n};
    return (struct trade){(uint64_t)median.value, (uint64_t)median.low, (uint64_t)median.high, 0, n};
}

/* A tenth more than the best, and what the clock's step makes of it. */
static bool costs_more(const struct trade *truth, unsigned count, unsigned chosen, double grid_ns)
{
    uint64_t least = UINT64_MAX;

    for (unsigned i = 0; i < count; i++)
        least = trade_price(&truth[i]) < least ? trade_price(&truth[i]) : least;
    return (double)trade_price(&truth[chosen]) > 1.1 * (double)least + grid_ns;
}

static void try_governors(const struct kind *kind, uint64_t seed, struct tally *tally)
{
    static int64_t arrived[WAYS][WAKES_MOST];
    struct trade trades[WAYS], truth[WAYS];
    struct host host = {.kind = kind};
    uint32_t best, fast, lean;
    unsigned n;

    prng_seed(&host.prng, rate_seed(seed));
    draw_host(&host);
    n = kind->least + (unsigned)prng_below(&host.prng, kind->most - kind->least + 1);
    for (unsigned from = 0; from < n; from += SLICE)
        for (unsigned w = 0; w < WAYS; w++)
            for (unsigned i = from; i < from + SLICE && i < n; i++)
                arrived[w][i] = (int64_t)wake(&host, w, (double)i / n, i);
    for (unsigned w = 0; w < WAYS; w++) {
        trades[w] = trade_of(arrived[w], n);
        trades[w].burnt_ns = (uint64_t)(host.burnt_ns[w] * (1 + draw_normal(&host.prng) / sqrt(n)));
        truth[w] = truth_of(&host, w);
        truth[w].burnt_ns = (uint64_t)host.burnt_ns[w];
    }
    advice_choose(trades, WAYS, &best, &fast, &lean);
    tally_add(tally, advice_confidence(trades, WAYS, best, CONFIDENCE_MEASURED),
              kind->alike < 1 && costs_more(truth, WAYS, best, kind->grid_ns));
}

/* What each budget would have made of n waits, by the medians of a poll's wakes and of a sleep's. */
static void price_budgets(struct host *host, unsigned n, const struct trade *sleep, struct trade *trades)
{
    double caught[BUDGETS] = {0}, burnt[BUDGETS] = {0};

    for (unsigned i = 0; i < n; i++) {
        double us = host->kind->waits_us * exp(host->kind->spread * draw_normal(&host->prng));
        for (unsigned b = 0; b < BUDGETS; b++) {
            caught[b] += us <= budgets_us[b];
            burnt[b] += fmin(us, budgets_us[b]) * 1000;
        }
    }
    for (unsigned b = 0; b < BUDGETS; b++) {
        double share = caught[b] / n;
        trades[b] = (struct trade){
            .latency_ns = (uint64_t)(share * host->poll_ns + (1 - share) * (double)sleep->latency_ns),
            .low_ns = (uint64_t)(share * host->poll_ns + (1 - share) * (double)sleep->low_ns),
            .high_ns = (uint64_t)(share * host->poll_ns + (1 - share) * (double)sleep->high_ns),
            .burnt_ns = (uint64_t)(burnt[b] / n),
            .wakes = n,
        };
    }
}

static void try_budgets(const struct kind *kind, uint64_t seed, struct tally *tally)
{
    static int64_t arrived[WAKES_MOST];
    struct trade trades[BUDGETS], truth[BUDGETS], sleep;
    struct host host = {.kind = kind};
    uint32_t best, fast, lean;
    unsigned n;

    prng_seed(&host.prng, rate_seed(seed));
    draw_host(&host);
    n = kind->least + (unsigned)prng_below(&host.prng, kind->most - kind->least + 1);
    for (unsigned i = 0; i < n; i++)
        arrived[i] = (int64_t)wake(&host, 0, (double)i / n, i);
    sleep = trade_of(arrived, n);
    price_budgets(&host, n, &sleep, trades);
    sleep = truth_of(&host, 0);
    price_budgets(&host, WAITS_TRUE, &sleep, truth);
    advice_choose(trades, BUDGETS, &best, &fast, &lean);
    tally_add(tally, advice_confidence(trades, BUDGETS, best, CONFIDENCE_MODELLED),
              costs_more(truth, BUDGETS, best, kind->grid_ns));
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    campaign.times = 24;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally governors = {.verdict = "advice_governor", .kind = kinds[k].words};
        struct tally budgets = {.verdict = "advice_poll", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 25, 3);
        for (unsigned seed = 0;
             campaign_more_of(&campaign, seed, hosts, (const struct tally *[]){&governors, &budgets, NULL}); seed++) {
            try_governors(&kinds[k], seed + 10000 * k, &governors);
            try_budgets(&kinds[k], seed + 10000 * (k + 40), &budgets);
        }
        campaign_line(&campaign, &governors);
        campaign_line(&campaign, &budgets);
        if (k < 1) {
            campaign_power(&campaign, &governors, 50);
            campaign_power(&campaign, &budgets, 90);
        }
    }
    return campaign_end(&campaign);
}
