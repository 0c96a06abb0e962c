/* SPDX-License-Identifier: MIT */
/*
 * How often `pending_hlt` and the rows of `intercepted` are right: which instructions exit on made-up machines, from
 * cores and hypervisors that cost what real ones do. Sources: Agner Fog, Instruction tables; SDM volume 3, 26.1; APM
 * volume 2, 15; what KVM, Hyper-V, Xen and VMware intercept by default, with and without a virtual APIC.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include <stdlib.h>

#include "lib/infer/halt_pending.h"
#include "lib/infer/intercept.h"
#include "tests/statistics/verdict/tally.h"

enum { SAMPLES = 64, MTSC = 1000 };

/* Which instructions exit, bit by enum intercept_what. */
enum {
    CPUID = 1 << INTERCEPT_CPUID,
    RDTSC = 1 << INTERCEPT_RDTSC,
    PAUSE = 1 << INTERCEPT_PAUSE,
    HLT = 1 << INTERCEPT_HLT,
    ARM = 1 << INTERCEPT_ARM,
    ICR = 1 << INTERCEPT_ICR,
    EOI = 1 << INTERCEPT_EOI,
};

struct kind {
    const char *words;
    unsigned exits;
    bool guest;
    double exit_low, exit_high;   /* cycles of an exit with what the host does */
    double fast;                  /* of it, an exit handled early */
    double ratio_low, ratio_high; /* the core's clock over the TSC's */
    double ramp;                  /* the clock changes by so much within the survey */
    double slowness;              /* of the core, against the usual native costs */
    double noise_share, noise_cycles;
    bool hlt_stays_when_pending; /* AMD's idle-HLT intercept */
    bool emulated;               /* software runs every instruction */
};

#define GUEST_EXITS (CPUID | HLT | ARM | ICR | EOI)

static const struct kind kinds[] = {
    {"a processor", 0, false, 0, 0, 1, 0.8, 1.6, 0, 1, 0.01, 20000, false, false},
    {"KVM, no virtual APIC", GUEST_EXITS, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000, false, false},
    {"KVM, virtual APIC", CPUID | HLT | ARM, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000, false, false},
    {"KVM, cpu-pm=on", CPUID | ARM, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000, false, false},
    {"a slow core (Atom, Bulldozer)", 0, false, 0, 0, 1, 0.5, 1.1, 0, 1.5, 0.01, 20000, false, false},
    {"a slow core under KVM", GUEST_EXITS, true, 1500, 5000, 0.75, 0.5, 1.1, 0, 1.5, 0.01, 30000, false, false},
    {"a slow clock that rises", 0, false, 0, 0, 1, 0.3, 0.5, 3, 1, 0.01, 20000, false, false},
    {"a clock that falls", 0, false, 0, 0, 1, 1.2, 1.7, -0.7, 1, 0.01, 20000, false, false},
    {"KVM, a slow clock that rises", GUEST_EXITS, true, 1200, 4000, 0.75, 0.3, 0.5, 3, 1, 0.01, 30000, false, false},
    {"KVM, a clock that falls", CPUID | HLT | ARM, true, 1200, 4000, 0.75, 1.2, 1.7, -0.7, 1, 0.01, 30000, false,
     false},
    {"neighbours on the core", 0, false, 0, 0, 1, 0.8, 1.6, 0, 1, 0.6, 400, false, false},
    {"KVM, neighbours on the core", GUEST_EXITS, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.6, 1500, false, false},
    {"steal in bursts", GUEST_EXITS, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.3, 1000000, false, false},
    {"firmware interrupts", 0, false, 0, 0, 1, 0.8, 1.6, 0, 1, 0.05, 500000, false, false},
    {"nested", GUEST_EXITS | PAUSE, true, 12000, 90000, 0.8, 0.8, 1.6, 0, 1, 0.05, 100000, false, false},
    {"RDTSC exits, too", GUEST_EXITS | RDTSC, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000, false, false},
    {"a VMM in user space (bhyve, MMIO)", GUEST_EXITS, true, 5000, 30000, 0.2, 0.8, 1.6, 0, 1, 0.02, 50000, false,
     false},
    {"fast exits (Zen 4 and later)", GUEST_EXITS, true, 650, 1000, 0.8, 0.8, 1.6, 0, 1, 0.01, 20000, false, false},
    {"RDTSC and PAUSE exit, too", GUEST_EXITS | RDTSC | PAUSE, true, 1200, 4000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000,
     false, false},
    {"AMD, idle HLT stays inside", CPUID | HLT | ARM, true, 1000, 3000, 0.75, 0.8, 1.6, 0, 1, 0.01, 30000, true, false},
    {"a hidden emulator", 0, true, 0, 0, 1, 1, 1, 0, 1, 0.05, 20000, false, true},
};

/* Cycles on a usual core: the least and the most. */
static const double native[INTERCEPT_COUNT][2] = {
    [INTERCEPT_CPUID] = {90, 280}, [INTERCEPT_RDTSC] = {18, 45}, [INTERCEPT_PAUSE] = {5, 150},
    [INTERCEPT_HLT] = {20, 400},   [INTERCEPT_ARM] = {60, 300},  [INTERCEPT_ICR] = {80, 450},
    [INTERCEPT_EOI] = {20, 120},
};

struct machine_made {
    const struct kind *kind;
    struct prng prng;
    double ratio, at, exit;
    double cpuid; /* cycles, without noise */
};

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Samples of one cost in cycles, by the clock of the moment, in thousandths of a tick. */
static struct intercept_cost measure(struct machine_made *made, double cycles, double spread)
{
    const struct kind *kind = made->kind;
    struct intercept_cost cost = {.n = SAMPLES};
    int64_t values[SAMPLES];

    for (unsigned i = 0; i < SAMPLES; i++) {
        double now = made->ratio * (1 + kind->ramp * made->at), all;
        all = cycles * (1 + spread * draw_uniform(&made->prng));
        if (draw_uniform(&made->prng) < kind->noise_share)
            all += kind->noise_cycles * draw_uniform(&made->prng);
        values[i] = (int64_t)(all / now * MTSC);
        made->at = made->at < 1 ? made->at + 1.0 / 640 : 1; /* ten series of 64 */
    }
    qsort(values, SAMPLES, sizeof(values[0]), ascending);
    cost.floor_mtsc = values[0];
    cost.median_mtsc = values[SAMPLES / 2];
    return cost;
}

static double native_of(struct machine_made *made, unsigned what)
{
    return (native[what][0] + (native[what][1] - native[what][0]) * draw_uniform(&made->prng)) * made->kind->slowness;
}

static double cost_of(struct machine_made *made, unsigned what)
{
    double cycles = native_of(made, what);
    if (made->kind->emulated)
        return 40 + 30 * cycles * draw_uniform(&made->prng);
    if (made->kind->exits >> what & 1)
        cycles += made->exit * (what == INTERCEPT_CPUID ? 1 : made->kind->fast + 0.3 * draw_uniform(&made->prng));
    return cycles;
}

/* In the survey's order. */
static void survey(struct machine_made *made, struct intercept_host *host)
{
    const struct kind *kind = made->kind;
    double deliver = 300 + 500 * draw_uniform(&made->prng), multiply = kind->emulated ? 90 : 3;

    *host = (struct intercept_host){.hypervisor = kind->guest, .idle_hlt = kind->hlt_stays_when_pending};
    host->multiply = measure(made, multiply, kind->emulated ? 0.3 : 0.01);
    host->load = measure(made, kind->emulated ? 400 : 4 + (double)prng_below(&made->prng, 2), 0.02);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        if (i != INTERCEPT_HLT) {
            double cycles = cost_of(made, i);
            host->insns[i] = measure(made, cycles, 0.1);
            made->cpuid = i == INTERCEPT_CPUID ? cycles : made->cpuid;
        }
    if (kind->exits & (EOI | ICR)) /* no virtual APIC: taking the interrupt exits before or behind HLT */
        deliver += made->exit * (kind->exits & EOI ? 1.8 : 1);
    host->pending = measure(made, deliver, 0.1);
    if ((kind->exits & HLT) && !(kind->exits & (EOI | ICR)) && !kind->hlt_stays_when_pending)
        deliver += made->exit;
    host->insns[INTERCEPT_HLT] = measure(made, deliver + native_of(made, INTERCEPT_HLT) / 2, 0.1);
    host->again = measure(made, multiply, kind->emulated ? 0.3 : 0.01);
}

/* It says what HLT does with its interrupt pending, and no more. */
static void judge_pending(const struct kind *kind, const struct intercept_host *host, struct tally *tally)
{
    struct halt_pending_costs costs = {
        .cpuid_tsc = host->insns[INTERCEPT_CPUID].median_mtsc / MTSC,
        .hlt_tsc = host->insns[INTERCEPT_HLT].median_mtsc / MTSC,
        .nop_tsc = host->pending.median_mtsc / MTSC,
        .stamp_tsc = kind->exits & RDTSC ? host->insns[INTERCEPT_RDTSC].floor_mtsc / MTSC : 25,
    };
    bool leaves = kind->exits & HLT && !kind->hlt_stays_when_pending;
    enum confidence confidence;
    enum halt_pending is = halt_pending_judge(&costs, &confidence);

    if (confidence > CONFIDENCE_LOW && (is == HALT_PENDING_LEAVES ? !leaves : leaves) && getenv("STATISTICS_EXPLAIN"))
        printf("# %s: cpuid %ld hlt %ld nop %ld\n", kind->words, (long)costs.cpuid_tsc, (long)costs.hlt_tsc,
               (long)costs.nop_tsc);
    tally_add(tally, confidence, is == HALT_PENDING_LEAVES ? !leaves : leaves);
}

/* What an exit costs, in cycles, within a quarter; and that a hypervisor lets RDTSC and each PAUSE exit. */
static void judge_exits(const struct machine_made *made, const struct intercept_host *host,
                        const struct intercept_answer *answers, struct tally *cost, struct tally *kind)
{
    double cycles = (double)intercept_cycles(host, host->insns[INTERCEPT_CPUID].median_mtsc);
    bool watched = made->kind->emulated || (made->kind->exits & (RDTSC | PAUSE)) == (RDTSC | PAUSE);
    bool is = intercept_kind(host, answers) == INTERCEPT_KIND_WATCHED;

    if (answers[INTERCEPT_CPUID].verdict != INTERCEPT_YES)
        return;
    tally_add(cost, intercept_cost_confidence(host, answers),
              cycles > made->cpuid * 1.25 + 50 || cycles < made->cpuid / 1.25 - 50);
    tally_add(kind, is ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW, is && !watched);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "intercepted", .kind = kinds[k].words};
        struct tally words = {.verdict = "intercepted, in words", .kind = kinds[k].words};
        struct tally cost = {.verdict = "exit_cost", .kind = kinds[k].words};
        struct tally kind = {.verdict = "exit_kind", .kind = kinds[k].words};
        struct tally pending = {.verdict = "pending_hlt", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 100, 4);
        for (unsigned seed = 0;
             campaign_more_of(&campaign, seed, hosts, (const struct tally *[]){&tally, &cost, &pending, &kind, NULL});
             seed++) {
            struct machine_made made = {.kind = &kinds[k]};
            struct intercept_answer answers[INTERCEPT_COUNT];
            struct intercept_host host;
            bool words_wrong;
            prng_seed(&made.prng, rate_seed(seed + 10000 * k));
            made.ratio = kinds[k].ratio_low + (kinds[k].ratio_high - kinds[k].ratio_low) * draw_uniform(&made.prng);
            made.exit =
                kinds[k].exit_low * pow(kinds[k].exit_high / fmax(kinds[k].exit_low, 1), draw_uniform(&made.prng));
            survey(&made, &host);
            intercept_decide(&host, answers);
            judge_exits(&made, &host, answers, &cost, &kind);
            if (kinds[k].guest && !kinds[k].emulated) /* the survey tells that one */
                judge_pending(&kinds[k], &host, &pending);
            words_wrong = false;
            for (unsigned i = 0; i < INTERCEPT_COUNT; i++) {
                enum intercept_verdict truth = kinds[k].emulated         ? INTERCEPT_EMULATED
                                               : kinds[k].exits >> i & 1 ? INTERCEPT_YES
                                                                         : INTERCEPT_NO;
                bool unknown = answers[i].verdict == INTERCEPT_UNKNOWN;
                words_wrong |= !unknown && answers[i].verdict != truth;
                tally_add(&tally, unknown ? CONFIDENCE_LOW : answers[i].confidence, answers[i].verdict != truth);
                if (getenv("STATISTICS_EXPLAIN") && !unknown && answers[i].verdict != truth)
                    printf("# %s: %s said %s (%s), multiply %ld floor %ld median %ld, pending %ld\n", kinds[k].words,
                           intercept_name(i), intercept_verdict_word(answers[i].verdict),
                           confidence_word(answers[i].confidence), (long)host.multiply.floor_mtsc,
                           (long)host.insns[i].floor_mtsc, (long)host.insns[i].median_mtsc,
                           (long)host.pending.floor_mtsc);
            }
            tally_add(&words, CONFIDENCE_INFERRED, words_wrong); /* one of the seven is enough */
        }
        campaign_line(&campaign, &tally);
        campaign_line(&campaign, &words);
        if (pending.n)
            campaign_line(&campaign, &pending);
        if (cost.n)
            campaign_line(&campaign, &cost);
        if (kind.n)
            campaign_line(&campaign, &kind);
        if (k < 3)
            campaign_power(&campaign, &tally, k ? 80 : 90);
        if (k == 1)
            campaign_power(&campaign, &cost, 95);
        if (k == 2)
            campaign_power(&campaign, &pending, 90);
        if (strcmp(kinds[k].words, "RDTSC and PAUSE exit, too") == 0)
            campaign_power(&campaign, &kind, 95);
    }
    return campaign_end(&campaign);
}
