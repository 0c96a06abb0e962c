/* SPDX-License-Identifier: MIT */
/*
 * How often `ple`, `ple_gap` and `ple_window` are right: hosts with pause-loop exiting by KVM's rules under noise that
 * fits its windows, and hosts without it whose ticks, timers, preemption and exits end loops of PAUSEs in step with
 * them (tests/unit/synthetic_ple_host.h).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c tests/unit/synthetic_ple_host.c */
#include <stdlib.h>

#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"
#include "tests/statistics/verdict/tally.h"
#include "tests/unit/synthetic_ple_host.h"

enum { LIMIT_TSC = 50000000, MS_TSC = 2500000 };

enum kind {
    PLE_INTEL, /* KVM's defaults */
    PLE_AMD,   /* the same */
    PLE_ANY,   /* any rule, any noise */
    PLE_TICKS, /* KVM's defaults, a fast tick */
    PLE_OVERCOMMIT,
    PLE_FIXED,  /* a window that never grows: Xen, Hyper-V, KVM before Linux 3.18 */
    PLE_SMI,    /* firmware takes the CPU for up to 80 us */
    PLE_NESTED, /* exits of the outer host, dear ones */
    PLE_FAST,   /* a device that interrupts each 25 us */
    PLE_JITTER, /* stamps that jitter by half a step */
    PLE_STEPS,  /* a TSC that advances by steps (Zen), read in a guest with an offset */
    PLE_BURSTS, /* of short interrupts */
    PLE_LOCKED, /* a timer of the host begins with each rest */
    PLE_SLOW,   /* long PAUSEs (Skylake and later), of which three fill the gap */
    NONE_QUIET,
    NONE_TICKS,  /* a tick every 100 us: shorter than windows */
    NONE_LOCKED, /* a timer of the host begins with each rest: VMM threads, deadline timers, hrtimers armed by HLT */
    NONE_SLICES, /* preempted at the end of each short slice */
    NONE_SMI,
    NONE_NESTED, /* frequent exits of the outer host, dear */
    NONE_FAST,   /* a device that interrupts each 25 us */
    NONE_JITTER, /* stamps that jitter by half a step */
    NONE_BURSTS,
    KINDS,
};

static const char *const words[KINDS] = {
    "KVM's defaults, Intel",
    "KVM's defaults, AMD",
    "any rule and noise",
    "PLE, a tick each 200 us",
    "PLE, overcommitted",
    "PLE, a fixed window (Xen, Hyper-V)",
    "PLE, firmware interrupts",
    "PLE, nested",
    "PLE, 40 000 packets a second",
    "PLE, stamps jitter",
    "PLE, a TSC of steps",
    "PLE, bursts of interrupts",
    "PLE, a timer from each rest",
    "PLE, long PAUSEs",
    "none, quiet",
    "none, a tick each 100 us",
    "none, a timer from each rest",
    "none, slices of 300 us",
    "none, firmware interrupts",
    "none, nested",
    "none, 40 000 packets a second",
    "none, stamps jitter",
    "none, bursts of interrupts",
};

static bool is_locked(enum kind kind)
{
    return kind == NONE_LOCKED || kind == PLE_LOCKED;
}

/* A timer that begins with the rest ends the first stretch after the same time, with PAUSE or without. */
static void lock_tick(struct synthetic_ple_host *host, const struct ple_loop *loop)
{
    if (loop->rests)
        host->now_tsc -= host->now_tsc % host->tick_tsc;
}

static void choose(struct synthetic_ple_host *host, enum kind kind, uint64_t seed)
{
    struct prng *prng = &host->prng;

    synthetic_ple_host_choose(host, rate_seed(seed * KINDS + kind + 1));
    if (kind == PLE_ANY)
        return;
    host->on = kind < NONE_QUIET;
    host->counts = kind == PLE_AMD || (kind != PLE_INTEL && prng_below(prng, 2));
    host->gap_tsc = 128;
    host->base = host->counts ? 3000 : 4096;
    host->grow = 2;
    host->shrink = 0;
    host->max = host->counts ? 65535 : UINT32_MAX;
    host->window = host->base;
    host->pause_tsc = prng_range(prng, 10, 60);
    host->tick_tsc = 4 * MS_TSC;
    host->preempt_tsc = 0;
    if (kind == PLE_TICKS)
        host->tick_tsc = MS_TSC / 5;
    if (kind == PLE_OVERCOMMIT || kind == NONE_SLICES)
        host->preempt_tsc = MS_TSC / (kind == NONE_SLICES ? 3 : 1);
    if (kind == NONE_TICKS || is_locked(kind))
        host->tick_tsc = kind == NONE_TICKS ? MS_TSC / 10 : prng_log_range(prng, 5000, MS_TSC);
    if (kind == NONE_SMI || kind == PLE_SMI)
        host->chance_tsc = MS_TSC, host->chance_length_tsc = MS_TSC / 5;
    if (kind == NONE_NESTED || kind == PLE_NESTED)
        host->chance_tsc = MS_TSC / 50, host->chance_length_tsc = 100000;
    if (kind == NONE_FAST || kind == PLE_FAST)
        host->tick_tsc = prng_range(prng, 50000, 70000);
    if (kind == NONE_JITTER || kind == PLE_JITTER)
        host->jitter_tsc = 200;
    if (kind == PLE_STEPS)
        host->jitter_tsc = prng_range(prng, 15, 40);
    if (kind == NONE_BURSTS || kind == PLE_BURSTS)
        host->chance_tsc = MS_TSC / 200, host->chance_length_tsc = 3000;
    if (kind == PLE_FIXED)
        host->max = host->base;
    if (kind == PLE_SLOW)
        host->pause_tsc = prng_range(prng, 80, 90);
}

typedef bool next_loop(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next);

static uint32_t take(struct synthetic_ple_host *host, enum kind kind, next_loop *next, struct ple_loop *loops)
{
    uint32_t count = 0;

    while (count < PLE_LOOPS_MAX && next(loops, count, LIMIT_TSC, &loops[count])) {
        if (is_locked(kind))
            lock_tick(host, &loops[count]);
        synthetic_ple_host_run(host, &loops[count++]);
    }
    return count;
}

static bool invisible(const struct synthetic_ple_host *host)
{
    return !host->on || !synthetic_ple_host_joins(host, synthetic_ple_host_distance(host, 0));
}

static bool near(uint64_t got, uint64_t want)
{
    return got * 10 >= want * 9 && got * 10 <= want * 11;
}

static bool base_wrong(const struct synthetic_ple_host *host, const struct ple_base *base)
{
    if (base->verdict == PLE_FOUND)
        return invisible(host);
    return !invisible(host) && (host->counts ? base->clear_count : base->clear_tsc) > host->base + 1;
}

static bool window_wrong(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    struct ple_range base = host->counts ? window->first.count : window->first.time_tsc;

    if (invisible(host))
        return true;
    if (window->unit != PLE_UNIT_UNKNOWN && (window->unit == PLE_UNIT_COUNT) != host->counts)
        return true;
    if (window->unit != PLE_UNIT_UNKNOWN)
        base = window->levels.base;
    return !near(ple_range_middle(base), host->base);
}

static bool gap_wrong(const struct synthetic_ple_host *host, const struct ple_gap *gap)
{
    return invisible(host) || !gap->has_end || host->gap_tsc < gap->setting_tsc.low ||
           host->gap_tsc > gap->setting_tsc.high;
}

static void hold(struct campaign *campaign, enum kind kind, unsigned hosts)
{
    struct tally found = {.verdict = "ple", .kind = words[kind]},
                 window_is = {.verdict = "ple_window", .kind = words[kind]};
    struct tally gap_is = {.verdict = "ple_gap", .kind = words[kind]};
    struct ple_loop *loops = calloc(PLE_LOOPS_MAX, sizeof(*loops));

    for (unsigned seed = 0;
         loops && campaign_more_of(campaign, seed, hosts, (const struct tally *[]){&found, &window_is, &gap_is, NULL});
         seed++) {
        struct synthetic_ple_host host;
        struct ple_window window;
        struct ple_gap gap;
        choose(&host, kind, seed);
        ple_window_infer(loops, take(&host, kind, ple_window_next, loops), &window);
        choose(&host, kind, seed);
        ple_gap_infer(loops, take(&host, kind, ple_gap_next, loops), &gap);
        tally_add(&found, window.first.verdict == PLE_UNKNOWN ? CONFIDENCE_LOW : CONFIDENCE_MEASURED,
                  base_wrong(&host, &window.first));
        if (window.first.verdict == PLE_FOUND && invisible(&host) && getenv("STATISTICS_EXPLAIN"))
            printf("# %s: %u of %u agree, %u longer; without PAUSE %u of %u longer, %u the same\n", words[kind],
                   window.first.agree, window.first.loops, window.first.longer, window.first.control_longer,
                   window.first.control_loops, window.first.control_same);
        if (window.first.verdict == PLE_FOUND)
            tally_add(&window_is, CONFIDENCE_INFERRED, window_wrong(&host, &window));
        if (gap.first.verdict == PLE_FOUND)
            tally_add(&gap_is, gap.verdict == PLE_FOUND ? CONFIDENCE_INFERRED : CONFIDENCE_LOW, gap_wrong(&host, &gap));
    }
    campaign_line(campaign, &found);
    if (kind == PLE_INTEL || kind == PLE_AMD || kind == NONE_QUIET)
        campaign_power(campaign, &found, 90);
    if (window_is.n)
        campaign_line(campaign, &window_is);
    if (gap_is.n)
        campaign_line(campaign, &gap_is);
    free(loops);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);
    for (enum kind kind = 0; kind < KINDS; kind++)
        hold(&campaign, kind, campaign_hosts(&campaign, 20, 15));
    return campaign_end(&campaign);
}
