/* SPDX-License-Identifier: MIT */
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
    host->empty_ns = host->entry_ns + prng_range(&host->prng, 0, 800);
}

/*
 * It grows past a budget by a halt that is longer than it and, with its sleep, shorter than the limit. Returns the last
 * rung.
 */
static uint64_t climb(const struct synthetic_halt_host *host, uint64_t sleep_ns, uint64_t *second_ns)
{
    uint64_t limit_ns = host->halt_poll_ns, budget_ns = 0;
    unsigned rungs = 0;

    while (budget_ns < limit_ns && budget_ns + sleep_ns < limit_ns) {
        uint64_t next_ns = budget_ns * host->grow;

        next_ns = next_ns < host->grow_start_ns ? host->grow_start_ns : next_ns;
        next_ns = next_ns > limit_ns ? limit_ns : next_ns;
        if (next_ns == budget_ns)
            break;
        budget_ns = next_ns;
        if (++rungs == 2)
            *second_ns = budget_ns;
    }
    return budget_ns;
}

struct synthetic_halt_truth synthetic_halt_host_truth(const struct synthetic_halt_host *host)
{
    uint64_t least_ns = host->sleep_wake_ns - host->poll_wake_ns, ignored_ns, second_ns = 0;
    uint64_t sleep_ns = least_ns + host->sleep_wake_ns / 4;
    struct synthetic_halt_truth truth = {.ceiling_ns = climb(host, sleep_ns, &second_ns),
                                         .ceiling_top_ns = climb(host, least_ns, &ignored_ns)};
    uint64_t budget_ns = truth.ceiling_ns;

    /* A step must be longer than the first rung, and with its sleep shorter than the limit. */
    truth.start_shows = host->grow_start_ns * 100 < budget_ns * 80 && budget_ns > sleep_ns &&
                        host->grow_start_ns < (budget_ns - sleep_ns) * 4 / 5;
    truth.grow_shows = truth.start_shows && second_ns * 100 < budget_ns * 80;
    /* A shrink to none shows where a fourth of the budget would not be none. */
    truth.shrink_shows = truth.start_shows && host->grow_start_ns * (host->shrink ? 5 : 9) < budget_ns * 2;
    return truth;
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
    uint64_t blur_ns = host->blur_ns ? prng_below(&host->prng, host->blur_ns) : 0;
    bool crowded = by_chance(host, host->crowd_ppm);

    if (!waited_ns)
        return (struct synthetic_halt){length_ns, (int64_t)(host->entry_ns + wake_ns)};
    host->attempted += host->budget_ns != 0;
    if (host->budget_ns && waited_ns <= host->budget_ns && !crowded) {
        host->successful++;
    } else if (!host->dozing_ns || waited_ns > host->budget_ns + host->dozing_ns + blur_ns) {
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
