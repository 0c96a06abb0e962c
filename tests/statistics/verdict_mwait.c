/* SPDX-License-Identifier: MIT */
/*
 * How often `mwait_is` (`mwaitx_is`, `umwait_is`) is right: what processors and hypervisors make of a monitored
 * wait, by waits that a made-up machine ends, judged as `monitor test=real` does. Sources: SDM volume 2, MONITOR and
 * MWAIT, and volume 3, 26.3.3; APM volume 3; Linux arch/x86/kvm/x86.c, kvm_emulate_monitor_mwait(); published errata
 * of monitors.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include "lib/infer/mwait_is.h"
#include "tests/statistics/verdict/tally.h"

enum { GUARD_TIMES = 4, INTERVAL_TSC = 1300000, HZ = 2600000 /* ticks in a millisecond */, MTSC = 1000 };

enum nature {
    SLEEPS,  /* a real wait */
    HALTS,   /* as HLT: a host or an emulator */
    SKIPS,   /* an exit, and nothing */
    RETURNS, /* nothing, and no exit */
    LIMITS,  /* a real wait, ended by a limit */
    FAULTS,
};

struct kind {
    const char *words;
    enum mwait_is truth, also; /* both are right; also MWAIT_UNKNOWN: only one */
    enum nature nature;
    bool guest, emulator;
    double ends_khz;    /* interrupts of a host or of firmware that end a wait */
    double disarmed;    /* share of waits whose monitor something cleared before the wait */
    double stores_lost; /* share of stores that do not end a wait */
    bool stamps_leave;  /* RDTSC exits */
    bool alone;         /* no second CPU */
    bool bursts;        /* all or nothing of ends_khz, by host */
};

static const struct kind kinds[] = {
    {"a processor", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 0.01, 0, 0, false, false, false},
    {"a processor, one CPU", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 0.01, 0, 0, false, true, false},
    {"a guest that may wait (cpu-pm=on)", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, true, false, 0.25, 0.01, 0, false, false,
     false},
    {"KVM skips it", MWAIT_NOP, MWAIT_UNKNOWN, SKIPS, true, false, 0.1, 0, 0, false, false, false},
    {"a host makes it HLT", MWAIT_HLT_LIKE, MWAIT_UNKNOWN, HALTS, true, false, 0.05, 0, 0, false, false, false},
    {"an emulator, one CPU", MWAIT_HLT_LIKE, MWAIT_UNKNOWN, HALTS, true, true, 0, 0, 0, false, true, false},
    {"an emulator, more CPUs", MWAIT_AT_ONCE, MWAIT_UNKNOWN, RETURNS, true, true, 0, 0, 0, false, false, false},
    {"#UD", MWAIT_UD, MWAIT_UNKNOWN, FAULTS, true, false, 0, 0, 0, false, false, false},
    {"a limit of the host (UMWAIT)", MWAIT_LIMITED, MWAIT_UNKNOWN, LIMITS, true, false, 0.1, 0, 0, false, false, false},
    {"a guest, a busy host", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, true, false, 20, 0.1, 0, false, false, true},
    {"a host makes it HLT, many wakes", MWAIT_HLT_LIKE, MWAIT_UNKNOWN, HALTS, true, false, 2, 0, 0, false, false, true},
    {"firmware interrupts at 1 kHz", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 1, 0.02, 0, false, false, false},
    {"stores get lost (errata)", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 0.01, 0, 0.7, false, false, false},
    {"all stores get lost", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 0.01, 0, 1, false, false, false},
    {"microcode made it a no-op", MWAIT_AT_ONCE, MWAIT_UNKNOWN, RETURNS, false, false, 0.01, 0, 0, false, false, false},
    {"the same in a guest", MWAIT_AT_ONCE, MWAIT_UNKNOWN, RETURNS, true, false, 0.1, 0, 0, false, false, false},
    {"a neighbour writes to the line", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, false, false, 500, 0, 0, false, false, true},
    {"nested: time stamps exit and disarm", MWAIT_REAL, MWAIT_UNKNOWN, SLEEPS, true, false, 0.25, 1, 0, true, false,
     false},
    {"nested: skipped, time stamps exit", MWAIT_NOP, MWAIT_UNKNOWN, SKIPS, true, false, 0.25, 0, 0, true, false, false},
    {"a hidden emulator", MWAIT_AT_ONCE, MWAIT_NOP, RETURNS, true, false, 0.1, 0, 0, true, false, false},
};

struct host {
    const struct kind *kind;
    struct prng prng;
    double exit_tsc, native_tsc, ends_khz;
};

static double ends_after(struct host *host)
{
    return host->ends_khz > 0 ? -log(draw_uniform(&host->prng)) * HZ / host->ends_khz : 1e18;
}

/* One wait; its length, and how it is counted. */
static void take(struct host *host, bool armed, bool stored, struct mwait_tries *tries)
{
    const struct kind *kind = host->kind;
    bool works = kind->nature == HALTS || (armed && draw_uniform(&host->prng) >= kind->disarmed);
    double guard = (double)INTERVAL_TSC * GUARD_TIMES, length = guard, other = ends_after(host);
    bool limited = false;

    if (kind->nature == RETURNS || (kind->nature != SKIPS && !works))
        length = host->native_tsc * (1 + 0.3 * draw_uniform(&host->prng));
    else if (kind->nature == SKIPS)
        length = host->exit_tsc * (0.9 + 0.4 * draw_uniform(&host->prng));
    else if (kind->nature != HALTS && stored && draw_uniform(&host->prng) >= kind->stores_lost)
        length = INTERVAL_TSC + host->native_tsc;
    if (kind->nature == LIMITS && works && length > 100000) {
        length = 100000;
        limited = true;
    }
    if (other < length && (kind->nature == SKIPS || kind->nature == RETURNS || !works)) {
        length += 4 * host->exit_tsc; /* nothing to end: it only comes between */
    } else if (other < length) {
        length = other;
        limited = false;
    }
    if (kind->stamps_leave)
        length += host->exit_tsc * (0.8 + 0.3 * draw_uniform(&host->prng));
    tries->guard += length >= guard;
    tries->store += length < guard && stored && length >= INTERVAL_TSC;
    tries->limited += length < guard && !(stored && length >= INTERVAL_TSC) && limited;
    tries->at_once +=
        length < guard && !(stored && length >= INTERVAL_TSC) && !limited && length < (double)INTERVAL_TSC / 2;
    if (!tries->tries++ || (int64_t)length < tries->floor_tsc)
        tries->floor_tsc = (int64_t)length;
    tries->slept_tsc += (uint64_t)length;
    if ((int64_t)length > tries->most_tsc)
        tries->most_tsc = (int64_t)length;
}

static enum intercept_verdict leaves_of(struct host *host)
{
    if (host->kind->emulator)
        return INTERCEPT_EMULATED;
    if (!host->kind->guest)
        return INTERCEPT_NO;
    return draw_uniform(&host->prng) < 0.05 ? INTERCEPT_UNKNOWN : INTERCEPT_YES;
}

static void watch(struct host *host, struct mwait_seen *seen)
{
    unsigned tries = 8 + (unsigned)prng_below(&host->prng, 25);

    *seen = (struct mwait_seen){.faulted = host->kind->nature == FAULTS,
                                .vector = 6,
                                .leaves = leaves_of(host),
                                .stamps_leave = host->kind->stamps_leave,
                                .cpuid = {.n = 64, .floor_mtsc = (int64_t)(host->exit_tsc * MTSC)}};
    for (unsigned i = 0; i < tries && !seen->faulted; i++) {
        take(host, true, false, &seen->quiet);
        if (!host->kind->alone)
            take(host, true, true, &seen->stored);
        take(host, false, false, &seen->unarmed);
    }
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "mwait_is", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 500, 4);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++) {
            struct host host = {.kind = &kinds[k]};
            struct mwait_seen seen;
            struct mwait_answer answer;
            prng_seed(&host.prng, rate_seed(seed + 10000 * k));
            host.exit_tsc = 1000 * exp(draw_uniform(&host.prng) * (kinds[k].stamps_leave ? 3.5 : 1.5));
            host.native_tsc = 30 + 200 * draw_uniform(&host.prng);
            host.ends_khz = kinds[k].bursts ? kinds[k].ends_khz * pow(draw_uniform(&host.prng), 3) : kinds[k].ends_khz;
            watch(&host, &seen);
            answer = mwait_decide(&seen);
            tally_add(&tally, answer.is == MWAIT_UNKNOWN ? CONFIDENCE_LOW : answer.confidence,
                      answer.is != kinds[k].truth && (kinds[k].also == MWAIT_UNKNOWN || answer.is != kinds[k].also));
        }
        campaign_line(&campaign, &tally);
        if (k < 9)
            campaign_power(&campaign, &tally, k == 2 ? 75 : 90);
    }
    return campaign_end(&campaign);
}
