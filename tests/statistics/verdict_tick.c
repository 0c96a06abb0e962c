/* SPDX-License-Identifier: MIT */
/*
 * How often `host_tick` is right: ticks of hosts (Linux HZ 100, 250, 300, 1000, jittered, lost, beside other
 * interrupts), and hosts that have none while idle but devices and timers of other periods, or bursts.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/host_tick.h"
#include "tests/statistics/verdict/tally.h"

enum { WAKES_MAX = 2048, LAYERS = 3 };

static const double tsc_hz = 2600000000.0;

/* Interrupts of one source: a period and its jitter, or at random where jitter is 1; in bursts of so many. */
struct source {
    double hz, jitter, lost;
    unsigned burst;
};

struct kind {
    const char *words;
    unsigned truth_hz; /* 0: no regular interrupt of a rate that can be named */
    struct source sources[LAYERS];
};

static const struct kind kinds[] = {
    {"HZ=100", 100, {{100, 0.002, 0.05, 1}}},
    {"HZ=250", 250, {{250, 0.004, 0.05, 1}}},
    {"HZ=300", 300, {{300, 0.004, 0.05, 1}}},
    {"HZ=1000", 1000, {{1000, 0.015, 0.05, 1}}},
    {"HZ=250, a busy network", 250, {{250, 0.01, 0.1, 1}, {150, 1, 0, 1}}},
    {"HZ=250 within HZ=100", 250, {{250, 0.01, 0, 1}, {100, 0.01, 0, 1}}},
    {"HZ=250 and a clock of 1024 Hz", 250, {{250, 0.01, 0, 1}, {1024, 0.005, 0, 1}}},
    {"nohz, quiet", 0, {{2, 1, 0, 1}}},
    {"nohz, interrupts at random", 0, {{300, 1, 0, 1}}},
    {"nohz, many at random", 0, {{1500, 1, 0, 1}}},
    {"nohz, bursts of packets", 0, {{30, 1, 0, 12}}},
    {"a mouse at 125 Hz", 0, {{125, 0.02, 0, 1}, {20, 1, 0, 1}}},
    {"a real-time clock at 1024 Hz", 0, {{1024, 0.005, 0, 1}, {20, 1, 0, 1}}},
    {"audio every 5 ms", 0, {{200, 0.01, 0, 1}, {20, 1, 0, 1}}},
    {"a timer at 500 Hz", 0, {{500, 0.01, 0, 1}, {20, 1, 0, 1}}},
    {"Windows at 2000 Hz", 0, {{2000, 0.02, 0, 1}}},
    {"Windows at 64 Hz", 0, {{64, 0.01, 0, 1}, {20, 1, 0, 1}}},
    {"a display at 240 Hz", 0, {{240, 0.01, 0, 1}, {20, 1, 0, 1}}},
    {"a display at 60 Hz", 0, {{60, 0.01, 0, 1}, {20, 1, 0, 1}}},
    {"HZ=512 (Alpha's, and hypervisors')", 0, {{512, 0.01, 0, 1}}},
    {"steal in slices of 6 ms", 0, {{166.7, 0.08, 0.2, 1}, {60, 1, 0, 1}}},
};

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t add_source(struct prng *prng, const struct source *source, double seconds, uint64_t *at_tsc, size_t n)
{
    double rate = source->hz * (source->jitter < 1 ? 1 : 0.5 + draw_uniform(prng));
    double at = draw_uniform(prng) / rate;

    while (source->hz > 0 && at < seconds) {
        double late = source->jitter < 1 ? draw_uniform(prng) * source->jitter / rate : 0;
        for (unsigned i = 0; i < source->burst && n < WAKES_MAX; i++)
            if (draw_uniform(prng) >= source->lost)
                at_tsc[n++] = (uint64_t)((1 + at + late + i * 0.00009 * (1 + draw_uniform(prng))) * tsc_hz);
        at += source->jitter < 1 ? 1 / rate : -log(draw_uniform(prng)) / rate;
    }
    return n;
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "host_tick", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 250, 4);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++) {
            uint64_t at_tsc[WAKES_MAX];
            double seconds;
            struct host_tick tick;
            struct prng prng;
            size_t n = 0;
            prng_seed(&prng, rate_seed(seed + 1000 * k));
            seconds = 0.3 + draw_uniform(&prng) * 3;
            for (size_t i = 0; i < LAYERS; i++)
                n = add_source(&prng, &kinds[k].sources[i], seconds, at_tsc, n);
            qsort(at_tsc, n, sizeof(at_tsc[0]), ascending);
            tick = host_tick_find(at_tsc, n, (uint64_t)(seconds * tsc_hz), (uint64_t)tsc_hz);
            tally_add(&tally, tick.is == HOST_TICK_UNKNOWN ? CONFIDENCE_LOW : tick.confidence,
                      tick.is == HOST_TICK_PERIODIC ? tick.hz != kinds[k].truth_hz : n / seconds > 25);
        }
        campaign_line(&campaign, &tally);
        if (k < 4)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
