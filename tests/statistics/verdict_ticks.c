/* SPDX-License-Identifier: MIT */
/*
 * How often `tick`'s verdict on its first ticks is right (`training`, `no_training`), and `period_floored`: hosts whose
 * timers learn, and hosts whose lateness changes for other reasons. Sources: Linux arch/x86/kvm/lapic.c
 * (adjust_lapic_timer_advance, limit_periodic_timer_frequency); measured series in
 * tests/golden/series.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c */
#include "lib/infer/training.h"
#include "lib/stats.h"
#include "tests/statistics/verdict/tally.h"

enum { TICKS_MOST = 2000, SERIES_MOST = 20000 };

struct kind {
    const char *words;
    double advance_ns, learns; /* too late at first by up to so much; gets there by an eighth of the rest a tick: 8 */
    double scatter_ns, tail;   /* of each tick; share of ticks that are late by up to 200 us */
    double phi;                /* from tick to tick */
    double level_ns, stay;     /* a second level, visits of so many ticks, a fifth of the time */
    double shift_ns;           /* once within the run, in half of the hosts, all that follow are later by so much */
    double ramp_ns, ramp;      /* slower at first by so much, over so many ticks */
    double drift_ns;           /* over the run */
    double grid_ns, beat;      /* clock's step; every so many ticks one is late by 30 us */
    unsigned least, most;
};

static const struct kind kinds[] = {
    {"KVM learns its advance", 8000, 8, 300, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"KVM learns, busy", 8000, 8, 800, 0.05, 0.5, 3000, 20, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"KVM learns slowly", 8000, 60, 300, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"a clock that ramps at first", 0, 0, 300, 0.01, 0, 0, 0, 0, 4000, 40, 0, 0, 0, 300, 2000},
    {"nothing learns", 0, 0, 300, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"nothing learns, few ticks", 0, 0, 300, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 80},
    {"neighbours in short bursts", 0, 0, 300, 0.01, 0, 4000, 12, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"neighbours in long bursts", 0, 0, 300, 0.01, 0, 4000, 60, 0, 0, 0, 0, 0, 0, 600, 2000},
    {"each tick like the last one", 0, 0, 300, 0.01, 0.9, 0, 0, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"heavy steal", 0, 0, 300, 0.4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 2000},
    {"a drift", 0, 0, 300, 0.01, 0, 0, 0, 0, 0, 0, 3000, 0, 0, 300, 2000},
    {"a coarse clock", 0, 0, 100, 0.01, 0, 0, 0, 0, 0, 0, 0, 1000, 0, 300, 2000},
    {"a beat with the host's tick", 0, 0, 300, 0.01, 0, 0, 0, 0, 0, 0, 0, 0, 5, 300, 2000},
    {"the host moves the CPU once", 0, 0, 300, 0.01, 0, 0, 0, 3000, 0, 0, 0, 0, 0, 300, 2000},
};

/* *off_ns: how far off the first eight are, the middle one of them. */
static size_t play(const struct kind *kind, struct prng *prng, int64_t *late, double *off_ns)
{
    size_t n = kind->least + prng_below(prng, kind->most - kind->least + 1);
    size_t shifted = draw_uniform(prng) < 0.5 ? (size_t)(draw_uniform(prng) * (double)n) : n;
    double state = 0, advance = kind->advance_ns * (0.4 + 0.6 * draw_uniform(prng));
    bool slow = draw_uniform(prng) < 0.2;

    *off_ns = kind->ramp > 0 ? kind->ramp_ns * (1 - 4 / kind->ramp) : 0;
    if (kind->learns > 0)
        *off_ns = advance * pow(1 - 1 / kind->learns, 3.5);
    for (size_t i = 0; i < n; i++) {
        double value = 2000 + advance;
        state = kind->phi * state + sqrt(1 - kind->phi * kind->phi) * draw_normal(prng);
        value += kind->scatter_ns * state;
        advance -= kind->learns > 0 ? advance / kind->learns : 0;
        if (kind->stay > 0 && draw_uniform(prng) < 1 / (slow ? kind->stay : 4 * kind->stay))
            slow = !slow;
        value += slow ? kind->level_ns : 0;
        value += i >= shifted ? kind->shift_ns : 0;
        value += kind->ramp > 0 && (double)i < kind->ramp ? kind->ramp_ns * (1 - (double)i / kind->ramp) : 0;
        value += kind->drift_ns * (double)i / (double)n;
        value += draw_uniform(prng) < kind->tail ? 200000 * draw_uniform(prng) : 0;
        value += kind->beat > 0 && i % (size_t)kind->beat == 0 ? 30000 : 0;
        late[i] = (int64_t)(kind->grid_ns > 0 ? ceil(value / kind->grid_ns) * kind->grid_ns : value);
    }
    return n;
}

/* "None beyond p90 - p10" is wrong where the first eight are off by more than that. */
static void judge(const struct settle *settle, double off_ns, struct tally *tally)
{
    bool learns = off_ns > 0;

    if (settle->verdict == SETTLE_UNKNOWN)
        tally_add(tally, CONFIDENCE_LOW, false);
    else if (settle->verdict == SETTLE_NONE)
        tally_add(tally, settle->confidence, off_ns > (double)(settle->high - settle->low));
    else
        tally_add(tally, settle->confidence, (settle->verdict == SETTLE_FOUND) != learns);
}

/* Windows from the middle of series that were really measured: nothing learns there. */
static void try_series(struct tally *tally)
{
    static const char *const paths[] = {"tests/golden/series/kvm_hlt_200us.txt", "tests/golden/series/kvm_hlt_1ms.txt",
                                        "tests/golden/series/kvm_pause_200us.txt"};
    static int64_t series[SERIES_MOST], scratch[TICKS_MOST];

    for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
        FILE *file = fopen(paths[p], "r");
        long long value;
        size_t n = 0;
        while (file && n < SERIES_MOST && fscanf(file, "%lld", &value) == 1)
            series[n++] = value;
        if (file)
            fclose(file);
        for (size_t from = 500; from + 500 < n; from += 53) {
            struct settle settle = settle_find(series + from, 500, 0, scratch);
            judge(&settle, 0, tally);
        }
    }
}

/* A timer that repeats itself, period 1000. */
struct gap_kind {
    const char *words;
    double least;      /* the host's shortest period; 0: none */
    double merges;     /* ticks are delivered on a grid of the host's, so many of them as one */
    double runs, held; /* the CPU runs for so long and is taken away for so long, by turns; ticks meanwhile are one */
    double scatter;    /* normal, of each tick */
    double late;       /* share of ticks that are late by up to three periods */
    double off;        /* the guest's timer counts at another rate than was found: every period is so much longer */
    unsigned n;
};

static const struct gap_kind gap_kinds[] = {
    {"none", 0, 0, 0, 0, 20, 0.01, 0, 500},
    {"a shortest period of 2", 2000, 0, 0, 0, 20, 0.01, 0, 500},
    {"a shortest period of 1.3", 1350, 0, 0, 0, 20, 0.01, 0, 500},
    {"ticks on a grid of 4", 0, 4000, 0, 0, 20, 0.01, 0, 500},
    {"none, a wide scatter", 0, 0, 0, 0, 500, 0.01, 0, 500},
    {"none, one in three late", 0, 0, 0, 0, 20, 0.33, 0, 500},
    {"none, firmware interrupts", 0, 0, 0, 0, 20, 0.1, 0, 200},
    {"none, overcommitted, slices of 4", 0, 0, 4000, 4000, 20, 0.01, 0, 500},
    {"none, overcommitted, slices of 1", 0, 0, 900, 2700, 20, 0.01, 0, 500},
    {"none, few ticks, a wide scatter", 0, 0, 0, 0, 500, 0.05, 0, 8},
    {"none, a rate that is off by 5 %", 0, 0, 0, 0, 20, 0.01, 0.05, 500},
};

static void try_gaps(const struct gap_kind *kind, uint64_t seed, struct tally *tally)
{
    int64_t gaps[500];
    double at = 0, last = 0, cycle = kind->runs + kind->held;
    unsigned count = 0;
    struct prng prng;

    prng_seed(&prng, rate_seed(seed));
    for (unsigned i = 0; i < kind->n; i++) {
        double came;
        at += fmax(1000 * (1 + kind->off), kind->least);
        came = at + kind->scatter * draw_normal(&prng);
        came += draw_uniform(&prng) < kind->late ? 3000 * draw_uniform(&prng) : 0;
        if (kind->merges > 0)
            came = ceil(came / kind->merges) * kind->merges;
        if (cycle > 0 && fmod(came, cycle) > kind->runs)
            came = ceil(came / cycle) * cycle;
        if (came > last + 1)
            gaps[count++] = (int64_t)(came - last);
        last = came > last ? came : last;
    }
    stats_sort(gaps, count);
    /* A host that takes the CPU away for so long merges ticks, too. */
    if (ticks_are_floored(gaps, count, 1000))
        tally_add(tally, CONFIDENCE_INFERRED, kind->least < 1001 && kind->merges <= 0 && cycle <= 0);
    else
        tally_add(tally, CONFIDENCE_LOW, false);
}

int main(int argc, char **argv)
{
    static int64_t late[TICKS_MOST], scratch[TICKS_MOST];
    struct campaign campaign = campaign_begin(argc, argv);
    struct tally real = {.verdict = "training", .kind = "windows of measured series"};

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally tally = {.verdict = "training", .kind = kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 100, 5);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++) {
            struct settle settle;
            struct prng prng;
            double off_ns;
            size_t n;
            prng_seed(&prng, rate_seed(seed + 10000 * k));
            n = play(&kinds[k], &prng, late, &off_ns);
            settle = settle_find(late, n, 20, scratch);
            judge(&settle, off_ns, &tally);
        }
        campaign_line(&campaign, &tally);
        if (k == 0 || k == 4)
            campaign_power(&campaign, &tally, k ? 80 : 90);
    }
    try_series(&real);
    campaign_line(&campaign, &real);
    for (size_t k = 0; k < sizeof(gap_kinds) / sizeof(gap_kinds[0]); k++) {
        struct tally tally = {.verdict = "period_floored", .kind = gap_kinds[k].words};
        unsigned hosts = campaign_hosts(&campaign, 100, 5);
        for (unsigned seed = 0; campaign_more(&campaign, seed, hosts, &tally); seed++)
            try_gaps(&gap_kinds[k], seed + 10000 * (k + 30), &tally);
        campaign_line(&campaign, &tally);
        if (k == 1 || k == 3)
            campaign_power(&campaign, &tally, 95);
    }
    return campaign_end(&campaign);
}
