// SPDX-License-Identifier: MIT
#include "tests/unit/synthetic_halt_host.h"

static bool by_chance(struct synthetic_halt_host *host, uint32_t ppm)
{
    return prng_below(&host->prng, 1000000) < ppm;
}

void synthetic_halt_host_draw(struct synthetic_halt_host *host, uint64_t seed)
{
    *host = (struct synthetic_halt_host){0};
    prng_seed(&host->prng, seed);
    host->halt_poll_ns = by_chance(host, 100000) ? 0 : prng_log_range(&host->prng, 20000, 1000000);
    if (by_chance(host, 250000))
        host->halt_poll_ns = 200000;
    host->grow_start_ns = by_chance(host, 300000) ? 10000 : prng_range(&host->prng, 5000, 50000);
    host->grow = by_chance(host, 400000) ? 2 : (uint32_t)prng_range(&host->prng, 1, 4);
    host->shrink = by_chance(host, 500000) ? 2 : 0;
    host->entry_ns = prng_range(&host->prng, 300, 3000);
    host->poll_wake_ns = prng_range(&host->prng, 1000, 10000);
    host->sleep_wake_ns = host->poll_wake_ns * prng_range(&host->prng, 170, 600) / 100;
    host->slack_ns = prng_range(&host->prng, 100, 1500);
    host->preempt_ppm = (uint32_t)prng_range(&host->prng, 0, 8000);
    host->crowd_ppm = (uint32_t)prng_range(&host->prng, 0, 8000);
}

static void grow(struct synthetic_halt_host *host)
{
    if (!host->grow)
        return;
    host->budget_ns *= host->grow;
    if (host->budget_ns < host->grow_start_ns)
        host->budget_ns = host->grow_start_ns;
    if (host->budget_ns > host->halt_poll_ns)
        host->budget_ns = host->halt_poll_ns;
}

static void shrink(struct synthetic_halt_host *host)
{
    host->budget_ns = host->shrink ? host->budget_ns / host->shrink : 0;
    if (host->budget_ns < host->grow_start_ns)
        host->budget_ns = 0;
}

struct synthetic_halt synthetic_halt(struct synthetic_halt_host *host, uint64_t length_ns)
{
    uint64_t late_ns = prng_below(&host->prng, host->slack_ns);
    uint64_t waited_ns = length_ns > host->entry_ns ? length_ns - host->entry_ns + late_ns : 0;
    uint64_t wake_ns = host->poll_wake_ns;
    bool crowded = by_chance(host, host->crowd_ppm);

    if (!waited_ns)
        return (struct synthetic_halt){length_ns, (int64_t)(host->entry_ns + wake_ns)};
    host->attempted += host->budget_ns != 0;
    if (host->budget_ns && waited_ns <= host->budget_ns && !crowded) {
        host->successful++;
    } else {
        wake_ns = host->sleep_wake_ns + prng_below(&host->prng, host->sleep_wake_ns / 4);
        waited_ns += wake_ns - host->poll_wake_ns;
    }
    if (by_chance(host, host->preempt_ppm)) {
        uint64_t gone_ns = prng_log_range(&host->prng, 50000, 3000000);

        waited_ns += gone_ns;
        wake_ns += gone_ns;
    }
    if (waited_ns > host->budget_ns) {
        if (host->budget_ns && waited_ns > host->halt_poll_ns)
            shrink(host);
        else if (host->budget_ns < host->halt_poll_ns && waited_ns < host->halt_poll_ns)
            grow(host);
    }
    return (struct synthetic_halt){length_ns, (int64_t)(late_ns + wake_ns)};
}
