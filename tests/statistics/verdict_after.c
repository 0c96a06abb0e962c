/* SPDX-License-Identifier: MIT */
/*
 * How often `clock_ramp`, `caches_lost` and `tlb_lost` of `after` are right: passes over works on made-up hosts, judged
 * as the experiment does. Sources: SDM volume 3, 15.4 (HWP), 15.5 (what C-states keep), 5.10 (TLB), 29.3 (EPT); Linux
 * mm/mmu_notifier and arch/x86/kvm/mmu (shoot-downs), kernel/sched (a halted vCPU's place); Intel's optimization manual
 * on power states; AMD PPR (CC6 flushes L1 and L2).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include "lib/infer/after_loss.h"
#include "tests/statistics/verdict/tally.h"

enum { SLICES = 12, MOST = 100, HZ_MHZ = 2600, FIRST_TSC = HZ_MHZ };

struct kind {
    const char *words;
    bool l1, l2, llc, tlb; /* cold behind the method */
    double slow;           /* the clock behind the method against the full one, by host up to so slow; 1: full */
    double ramp_us;        /* for so long, by host from half to twice */
    bool exponential;      /* it comes near, and is there within 2 % at the end */
    double cold_us;        /* cold code of the first slice, behind the method */
    double share_ppm;      /* something on the core slows chases for good behind the method, by host up to that */
    double steal;          /* share of slices of 1 ms that another task takes a part of */
    double steal_after;    /* the same more, behind the method */
    double pressure;       /* share of passes whose lines another core's work has taken, of the shared cache */
    double drift;          /* of the clock, over the step */
    double noise;          /* of a slice */
    bool counts, alone;    /* APERF can be read; only one work */
};

static const struct kind kinds[] = {
    {"C1: nothing is lost", .slow = 1, .noise = 0.002},
    {"C6 flushes the core's caches and its TLB", true, true, .tlb = true, .slow = 1, .noise = 0.002, .cold_us = 1},
    {"the same, APERF", true, true, .tlb = true, .slow = 1, .noise = 0.002, .cold_us = 1, .counts = true},
    {"package C6 loses the shared cache, too", true, true, true, true, .slow = 1, .noise = 0.004, .cold_us = 3},
    {"a clock that rises in 30 us", .slow = 0.5, .ramp_us = 30, .noise = 0.002},
    {"HWP: a clock that rises for milliseconds", .slow = 0.4, .ramp_us = 700, .noise = 0.005, .exponential = true},
    {"the same, APERF", .slow = 0.4, .ramp_us = 700, .noise = 0.005, .exponential = true, .counts = true},
    {"C6 and a clock that rises", true, true, .tlb = true, .slow = 0.5, .ramp_us = 100, .noise = 0.003, .cold_us = 2},
    {"neighbours press on the shared cache", .slow = 1, .pressure = 0.3, .noise = 0.02},
    {"an SMT sibling that works, behind the method only", .slow = 1, .share_ppm = 300000, .noise = 0.01},
    {"a host that preempts", .slow = 1, .steal = 0.2, .noise = 0.01},
    {"a host that preempts who has slept", .slow = 1, .steal = 0.05, .steal_after = 0.4, .noise = 0.01},
    {"EPT: the host shot the TLB down", .tlb = true, .slow = 1, .noise = 0.01, .cold_us = 1},
    {"a clock that drifts", .slow = 1, .drift = 0.05, .noise = 0.002},
    {"cold code", .slow = 1, .cold_us = 12, .noise = 0.005},
    {"cold code, APERF", .slow = 1, .cold_us = 12, .noise = 0.005, .counts = true},
    {"C6, one work at a time", true, true, .tlb = true, .slow = 1, .noise = 0.002, .cold_us = 1, .alone = true},
    {"a busy host, C6", true, true, .tlb = true, .slow = 1, .noise = 0.05, .steal = 0.3, .pressure = 0.3},
};

struct host {
    const struct kind *kind;
    struct prng prng;
    double slow, ramp_us, share, line_us[AFTER_WORKS], walk_us;
    unsigned n;
};

/* Lines of each work, and how many steps of it take a microsecond, all warm. */
static const double lines[AFTER_WORKS] = {[AFTER_L1] = 256, [AFTER_L2] = 2048, [AFTER_LLC] = 65536, [AFTER_TLB] = 256};
static const double steps_us[AFTER_WORKS] = {190, 800, 250, 40, 500, 1200, 30};

/* The clock so long behind the wake, of the full one. */
static double clock_at(const struct host *host, double us)
{
    if (host->slow >= 1 || us >= host->ramp_us)
        return 1;
    if (host->kind->exponential) /* 2 % are left at the end */
        return 1 - (1 - host->slow) * exp(-us / host->ramp_us * log((1 - host->slow) / 0.02));
    return host->slow;
}

/* Time for so much work at full clock, from that time on. */
static double pass_clock(const struct host *host, double from_us, double work_us)
{
    double at = from_us, step;

    for (double left = work_us; left > 1e-9; left -= step * clock_at(host, at - step)) {
        step = fmin(fmax(work_us / 64, 0.05), left / clock_at(host, at));
        at += step;
    }
    return at - from_us;
}

static double stolen(struct host *host, bool after, double us)
{
    double share = (host->kind->steal + (after ? host->kind->steal_after : 0)) * us / 1000;

    return draw_uniform(&host->prng) < share ? 20 + 300 * draw_uniform(&host->prng) : 0;
}

/* One pass: the ticks of each slice, and of these those that a counter of core cycles would count at full clock. */
static void pass(struct host *host, enum after_work work, bool after, double clock, int64_t *took, double *cycles)
{
    const struct kind *kind = host->kind;
    bool cold = after && ((work == AFTER_L1 && kind->l1) || (work == AFTER_L2 && kind->l2) ||
                          (work == AFTER_LLC && kind->llc) || (work == AFTER_TLB && kind->l1));
    bool far = after && work == AFTER_TLB && kind->tlb;
    double fresh = lines[work], taken = 0, at = 0;

    if (work == AFTER_LLC && draw_uniform(&host->prng) < kind->pressure)
        taken = draw_uniform(&host->prng);
    for (unsigned i = 0; i < SLICES; i++) {
        double work_us = (double)(1 << i), first = fmin(fresh, work_us * steps_us[work]), us;

        fresh -= first;
        us = after ? pass_clock(host, at, work_us) : work_us;
        cycles[i] = work_us;
        us += cold ? first * host->line_us[work] : first * taken * 0.06;
        us += far ? first * host->walk_us : 0;
        us += after && i == 0 ? kind->cold_us * (0.5 + draw_uniform(&host->prng)) : 0;
        us += after && work >= AFTER_L1 && work <= AFTER_TLB ? work_us * host->share : 0;
        cycles[i] += us - (after ? pass_clock(host, at, work_us) : work_us);
        us = us / clock * (1 + kind->noise * draw_normal(&host->prng) / sqrt(1 + i)) + 0.01 * draw_normal(&host->prng);
        us += stolen(host, after, us);
        at += us;
        took[i] = (int64_t)(us * HZ_MHZ);
    }
}

static int64_t columns[2][SLICES][MOST];
static double counted[2][SLICES];

/* As experiments/after/report.c does. */
static void look(struct host *host, enum after_work work, struct after_seen *seen)
{
    int64_t took[SLICES], scratch[MOST];
    double cycles[SLICES], sum = 0, end = 0;

    memset(counted, 0, sizeof(counted));
    for (unsigned k = 0; k < host->n; k++)
        for (unsigned turn = 0; turn < 2; turn++) {
            unsigned way = (k + turn) % 2;
            double clock = 1 - host->kind->drift * (k + 0.5 * turn) / host->n;

            pass(host, work, way, clock, took, cycles);
            for (unsigned i = 0; i < SLICES; i++) {
                columns[way][i][k] = took[i];
                counted[way][i] += cycles[i] / host->n;
            }
        }
    *seen = (struct after_seen){.n = host->n, .slices = SLICES};
    for (unsigned i = 0; i < SLICES; i++) {
        seen->whole += sum < (lines[work] > 0 ? lines[work] : 1);
        sum += (double)(1 << i) * steps_us[work];
        seen->slice[i] = after_figure_of(columns[0][i], columns[1][i], host->n, 26, scratch);
        end += (double)seen->slice[i].method_tsc;
        seen->end_tsc[i] = (uint64_t)end;
        if (host->kind->counts)
            seen->clock_ppm[i] = (uint32_t)(1e6 * counted[1][i] / counted[0][i] * (double)seen->slice[i].spin_tsc /
                                            (double)seen->slice[i].method_tsc);
        for (unsigned k = 0; i && k < host->n; k++)
            for (unsigned way = 0; way < 2; way++)
                columns[way][i][k] += columns[way][i - 1][k];
        seen->head[i] = after_figure_of(columns[0][i], columns[1][i], host->n, 26, scratch);
    }
}

static void draw(struct host *host, const struct kind *kind, uint64_t seed)
{
    *host = (struct host){.kind = kind};
    prng_seed(&host->prng, rate_seed(seed));
    host->n = 8 + (unsigned)prng_below(&host->prng, 50);
    host->slow = kind->slow < 1 ? kind->slow + (0.95 - kind->slow) * draw_uniform(&host->prng) : 1;
    host->ramp_us = kind->ramp_us * 0.5 * pow(4, draw_uniform(&host->prng));
    host->share = kind->share_ppm / 1e6 * draw_uniform(&host->prng);
    host->line_us[AFTER_L1] = host->line_us[AFTER_TLB] = 0.004 + 0.06 * draw_uniform(&host->prng);
    host->line_us[AFTER_L2] = 0.01 + 0.06 * draw_uniform(&host->prng);
    host->line_us[AFTER_LLC] = 0.05 + 0.06 * draw_uniform(&host->prng);
    host->walk_us = 0.005 + 0.04 * draw_uniform(&host->prng);
}

/* The clock was slow, and back after a time that is within a factor of 2, or not within the pass. */
static bool is_clock_wrong(const struct host *host, const struct after_seen *alu, const struct after_answer *answer)
{
    double said = (double)answer->ramp_tsc / HZ_MHZ, pass_us = (double)alu->end_tsc[SLICES - 1] / HZ_MHZ;

    if (host->slow >= 1)
        return true;
    if (answer->never)
        return host->ramp_us < pass_us / 2;
    return host->ramp_us > 2 * said || host->ramp_us < said / 2;
}

static void try_host(const struct kind *kind, uint64_t seed, struct tally tallies[3])
{
    struct after_seen seen[AFTER_WORKS] = {0};
    struct after_answer answer;
    uint32_t cold =
        (kind->l1 ? 1u << AFTER_L1 : 0) | (kind->l2 ? 1u << AFTER_L2 : 0) | (kind->llc ? 1u << AFTER_LLC : 0);
    struct host host;

    draw(&host, kind, seed);
    for (unsigned work = 0; work < AFTER_WORKS; work++)
        if (!kind->alone || work == AFTER_L2 || work == AFTER_TLB)
            look(&host, (enum after_work)work, &seen[work]);
    answer = after_judge(seen);
    tally_add(&tallies[0], answer.clock, is_clock_wrong(&host, &seen[AFTER_ALU], &answer));
    tally_add(&tallies[1], answer.caches, answer.levels & ~cold);
    tally_add(&tallies[2], answer.tlb, !kind->tlb);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    campaign.times = 4;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tallies[3] = {{.verdict = "clock_ramp", .kind = kinds[k].words},
                                   {.verdict = "caches_lost", .kind = kinds[k].words},
                                   {.verdict = "tlb_lost", .kind = kinds[k].words}};
        unsigned hosts = campaign_hosts(&campaign, 40, 8);

        for (unsigned seed = 0; campaign_more_of(&campaign, seed, hosts,
                                                 (const struct tally *[]){&tallies[0], &tallies[1], &tallies[2], NULL});
             seed++)
            try_host(&kinds[k], seed + 10000 * k, tallies);
        for (unsigned i = 0; i < 3; i++)
            campaign_line(&campaign, &tallies[i]);
        if (k == 1 || k == 2) {
            campaign_power(&campaign, &tallies[1], 80);
            campaign_power(&campaign, &tallies[2], 80);
        }
        if (k == 4 || k == 6)
            campaign_power(&campaign, &tallies[0], 80);
    }
    return campaign_end(&campaign);
}
