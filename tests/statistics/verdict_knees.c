/* SPDX-License-Identifier: MIT */
/*
 * How often the rows of `cstate`'s sweep are right: `cstate_knee`, where the latency leaves a level and why, and
 * `cstate_entry`, where a counter begins to move. The experiment's own code reads naps of made-up processors and hosts.
 * Right is a knee where a state or something in the hardware begins within its interval, by that name. Sources: Intel
 * datasheets (C-state demotion, package states, C1E); PPR (CC1 to CC6 by the core's own timer); SDM volume 4 (residency
 * counters, Knights Landing's TSC); Linux's intel_idle (latencies) and intel_pstate (clocks that follow the load).
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c experiments/cstate/sweep.c experiments/cstate/evidence.c */
#include <stdlib.h>

#include "experiments/cstate/parts.h"
#include "tests/statistics/verdict/tally.h"

enum { POINTS = 21, MOST = 100, TSC_PER_US = 2600, STEPS = 2, WARMUP = 4, ROUND = 10, ROWS_BYTES = 4096 };

enum {
    HAS_CC6 = 1 << RESIDENCY_CC6,
    HAS_PC6 = 1 << RESIDENCY_PC6,
    HAS_ALL = HAS_CC6 | HAS_PC6 | 1 << RESIDENCY_CC1,
};

/* What begins at a length of idle, by host anywhere between two. */
struct beginning {
    double low_us, high_us; /* 0: there is none */
    double add_us;          /* to the latency, by host from half to twice */
    enum residency counter; /* that counts it; RESIDENCY_COUNT: none */
    double width;           /* it begins over lengths of so many times: 1 is sharp */
};

struct kind {
    const char *words;
    uint8_t want;
    unsigned counters;
    struct beginning begins[STEPS];
    double scatter;        /* of one latency, log-normal */
    double late, late_us;  /* share of wakes that are late, by up to so much */
    double idling;         /* long idling costs up to so many times more, little by little: caches, clock */
    double idling_us;      /* with this length for its scale */
    double sharp;          /* so many times steeper: a governor that counts load in windows */
    double off_ppm;        /* the event's clock is off, by host up to that */
    double bursts, factor; /* share of the time in which a neighbour multiplies latencies */
    double burst_us;       /* length of such a time, by host from a tenth to ten times */
    double other_us;       /* the other thread ends sleep so often: only that much of it is one piece */
    unsigned coarse_tsc;   /* the TSC moves in such steps */
    unsigned samples;      /* 0: 100 */
    double enter_us;       /* a sleep that was begun is entered first */
    bool guest, hidden;    /* hidden: pre-wake, the timer's latency does not rise */
    bool clocked;          /* what idling costs is the clock's, and APERF and MPERF can be read */
};

#define C6(low, high, add)                                                                                             \
    {                                                                                                                  \
        low, high, add, RESIDENCY_CC6, 1                                                                               \
    }
#define PC6(low, high, add)                                                                                            \
    {                                                                                                                  \
        low, high, add, RESIDENCY_PC6, 1                                                                               \
    }
#define UNCOUNTED(low, high, add)                                                                                      \
    {                                                                                                                  \
        low, high, add, RESIDENCY_COUNT, 1                                                                             \
    }

static const struct kind kinds[] = {
    {"C6 behind a delay", 6, HAS_ALL, {C6(60, 3000, 50)}, .scatter = 0.05, .late = 0.01, .late_us = 200},
    {"C6, then the package", 6, HAS_ALL, {C6(30, 150, 30), PC6(1000, 9000, 120)}, .scatter = 0.05},
    {"C6 by the core's own timer, no counters (AMD)", 6, 0, {UNCOUNTED(60, 3000, 40)}, .scatter = 0.05},
    {"C6 behind a delay, its counter is dead", 6, 1 << RESIDENCY_CC1, {UNCOUNTED(60, 3000, 40)}, .scatter = 0.05},
    {"C6 behind a delay, a wide scatter", 6, HAS_ALL, {C6(60, 3000, 30)}, .scatter = 0.5, .late = 0.05, .late_us = 300},
    {"C6 behind a delay, few naps", 6, HAS_ALL, {C6(60, 3000, 50)}, .scatter = 0.2, .samples = 5},
    {"demotion by history: sometimes C6", 6, HAS_ALL, {{100, 2000, 50, RESIDENCY_CC6, 8}}, .scatter = 0.05},
    {"C1E behind a delay", 1, HAS_ALL, {UNCOUNTED(20, 200, 8)}, .scatter = 0.05},
    {"memory sleeps, the core is in C6 long before",
     6,
     HAS_ALL,
     {C6(3, 8, 40), UNCOUNTED(500, 5000, 60)},
     .scatter = 0.05},
    {"pre-wake", 6, HAS_ALL, {C6(60, 3000, 50)}, .scatter = 0.05, .hidden = true},
    {"a guest, its host's idle states", 6, HAS_ALL, {UNCOUNTED(60, 3000, 50)}, .scatter = 0.3, .guest = true},
    {"none", 6, HAS_ALL, .scatter = 0.05, .late = 0.01, .late_us = 200},
    {"none, a wide scatter", 6, HAS_ALL, .scatter = 0.8, .late = 0.1, .late_us = 300},
    {"none, few naps", 6, HAS_ALL, .scatter = 0.4, .late = 0.05, .late_us = 100, .samples = 5},
    {"none, caches are lost little by little", 6, HAS_ALL, .scatter = 0.05, .idling = 3, .idling_us = 2000, .sharp = 1},
    {"none, no counters, caches are lost", 6, 0, .scatter = 0.05, .idling = 3, .idling_us = 2000, .sharp = 1},
    {"none, the clock follows the load", 6, HAS_ALL, .scatter = 0.05, .idling = 3, .idling_us = 300, .sharp = 2,
     .clocked = true},
    {"none, no counters, the clock follows the load", 6, 0, .scatter = 0.05, .idling = 3, .idling_us = 300, .sharp = 2},
    {"none, the event's clock is off", 6, HAS_ALL, .scatter = 0.05, .off_ppm = 100},
    {"none, no counters, the event's clock is off", 6, 0, .scatter = 0.05, .off_ppm = 100},
    {"none, neighbours in bursts", 6, HAS_ALL, .scatter = 0.05, .bursts = 0.4, .factor = 3, .burst_us = 300000},
    {"none, the other thread's bursts", 6, 0, .scatter = 0.05, .bursts = 0.5, .factor = 2, .burst_us = 3000000},
    {"none, firmware interrupts", 6, HAS_ALL, .scatter = 0.05, .late = 0.3, .late_us = 300},
    {"none, a TSC of steps (Zen), caches are lost", 6, 0, .scatter = 0.02, .idling = 0.8, .idling_us = 1000, .sharp = 1,
     .coarse_tsc = 36},
    {"the other thread wakes the core often", 6, HAS_ALL, {C6(100, 2000, 50)}, .scatter = 0.05, .other_us = 1500},
    {"sleeps are entered first", 6, HAS_ALL, {PC6(300, 3000, 100)}, .scatter = 0.05, .enter_us = 40},
};

static struct step step;
static char rows[ROWS_BYTES];

void cstate_begin_row(struct row *row, const struct cstate *of, const struct cstate_cell *cell, const char *kind)
{
    json_begin(&row->json, row->text, sizeof(row->text));
    json_str(&row->json, "row", kind);
    json_uint(&row->json, "interval", of->interval_tsc[cell->point]);
}

void row_end(struct row *row, struct step *of)
{
    (void)of;
    strncat(rows, json_end(&row->json), sizeof(rows) - strlen(rows) - 2);
    strcat(rows, "\n");
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns * TSC_PER_US / 1000;
}

struct host {
    const struct kind *kind;
    struct prng prng;
    double base_us, at_us[STEPS], add_us[STEPS], off, now_us, burst_mean_us, burst_ends_us;
    bool burst;
};

/* How far a thing has begun at a length: 0 to 1, the share of naps that get it. */
static double begun(const struct beginning *begins, double at_us, double us)
{
    if (begins->low_us <= 0)
        return 0;
    if (begins->width <= 1)
        return us >= at_us;
    return fmin(1, fmax(0, 0.5 + log(us / at_us) / log(begins->width) / 2));
}

static void pass(struct host *host, double us)
{
    const struct kind *kind = host->kind;

    for (host->now_us += us; kind->bursts > 0 && host->now_us > host->burst_ends_us; host->burst = !host->burst)
        host->burst_ends_us -= host->burst_mean_us * (host->burst ? (1 - kind->bursts) / kind->bursts : 1) *
                               log(draw_uniform(&host->prng));
}

/* How many times more long idling costs. */
static double slowed(const struct kind *kind, double us)
{
    return kind->idling > 0 ? 1 + kind->idling * (1 - exp(-pow(us / kind->idling_us, kind->sharp))) : 1;
}

/* One nap: its latency in us, and what the counters count. */
static double nap(struct host *host, double us, double in[RESIDENCY_COUNT])
{
    const struct kind *kind = host->kind;
    struct prng *prng = &host->prng;
    double latency_us = host->base_us, piece_us = us;

    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        in[i] = 0;
    if (kind->other_us > 0) /* the last piece of the sleep, and of all pieces that length */
        piece_us = fmin(us, -kind->other_us * log(draw_uniform(prng)));
    for (unsigned i = 0; i < STEPS; i++) {
        const struct beginning *begins = &kind->begins[i];
        if (draw_uniform(prng) >= begun(begins, host->at_us[i], piece_us))
            continue;
        latency_us += kind->hidden ? 0 : host->add_us[i];
        if (begins->counter != RESIDENCY_COUNT)
            in[begins->counter] = us * fmax(0, 1 - 0.3 * host->at_us[i] / piece_us);
    }
    if (kind->want == 6 && !kind->begins[0].low_us) /* entered at any length */
        in[RESIDENCY_CC6] = us * 0.95;
    latency_us *= slowed(kind, us);
    latency_us += us * host->off + fmax(0, kind->enter_us - us);
    latency_us *= exp(kind->scatter * draw_normal(prng));
    latency_us *= host->burst ? kind->factor : 1;
    latency_us += draw_uniform(prng) < kind->late ? kind->late_us * draw_uniform(prng) : 0;
    pass(host, us + latency_us + 3);
    return latency_us;
}

static void draw_host(struct host *host, uint64_t seed)
{
    const struct kind *kind = host->kind;
    struct prng *prng = &host->prng;

    prng_seed(prng, seed);
    host->base_us = kind->coarse_tsc ? 0.6 + 0.6 * draw_uniform(prng) : 1 + 30 * pow(draw_uniform(prng), 2);
    for (unsigned i = 0; i < STEPS; i++) {
        const struct beginning *begins = &kind->begins[i];
        if (begins->low_us > 0)
            host->at_us[i] = begins->low_us * pow(begins->high_us / begins->low_us, draw_uniform(prng));
        host->add_us[i] = begins->add_us * 0.5 * pow(4, draw_uniform(prng));
    }
    host->off = kind->off_ppm * 1e-6 * draw_uniform(prng);
    host->burst_mean_us = kind->burst_us * 0.1 * pow(100, draw_uniform(prng));
}

/* The whole sweep, by turns. */
static void sweep(struct host *host, struct cstate *cstate, struct cstate_cell *cells)
{
    static int64_t latencies[POINTS][MOST], arrived[MOST];
    const struct kind *kind = host->kind;
    unsigned samples = kind->samples ? kind->samples : MOST;

    *cstate = (struct cstate){.step = &step,
                              .cells = cells,
                              .cell_count = POINTS,
                              .point_count = POINTS,
                              .state_count = 1,
                              .counters = kind->counters,
                              .counters_set = kind->counters,
                              .guest = kind->guest,
                              .arrived_tsc = arrived};
    cstate->states[0].want = kind->want;
    for (unsigned i = 0; i < POINTS; i++) {
        cstate->interval_tsc[i] = (uint64_t)(TSC_PER_US * pow(100000, i / (POINTS - 1.0)));
        cells[i] = (struct cstate_cell){.point = (uint8_t)i, .latency_tsc = latencies[i]};
    }
    for (unsigned done = 0; done < samples; done += ROUND)
        for (unsigned i = 0; i < POINTS; i++)
            for (unsigned k = 0; k < WARMUP + ROUND; k++) {
                double us = (double)cstate->interval_tsc[i] / TSC_PER_US * (1 + draw_uniform(&host->prng) / 8);
                double in[RESIDENCY_COUNT], latency_us = nap(host, us, in);
                struct cstate_cell *cell = &cells[i];
                uint64_t tsc = (uint64_t)(latency_us * TSC_PER_US);
                if (k < WARMUP || cell->kept == samples)
                    continue;
                if (kind->coarse_tsc) /* both stamps are steps of the clock */
                    tsc = (tsc + prng_below(&host->prng, kind->coarse_tsc)) / kind->coarse_tsc * kind->coarse_tsc;
                cell->latency_tsc[cell->kept++] = (int64_t)tsc;
                cell->tried++;
                cell->slept_tsc += (uint64_t)(us * TSC_PER_US);
                if (!kind->guest && (kind->counters || kind->clocked || !kind->idling)) {
                    cell->mperf += 3000;
                    cell->aperf += (uint64_t)(3000 / (kind->clocked ? slowed(kind, us) : 1));
                }
                for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
                    cell->residency_tsc[c] += kind->counters >> c & 1 ? (uint64_t)(in[c] * TSC_PER_US) : 0;
            }
    cstate_sort(cstate);
}

/* What naps of a length do where nothing disturbs: the median latency, and each counter's share. */
struct truth {
    double p50_us[POINTS], share[POINTS][RESIDENCY_COUNT];
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find_truth(const struct host *host, const struct cstate *cstate, struct truth *truth)
{
    enum { NAPS = 201 };
    struct kind quiet = *host->kind;
    struct host still = *host;

    quiet.late = quiet.bursts = 0;
    still.kind = &quiet;
    still.burst = false;
    for (unsigned i = 0; i < POINTS; i++) {
        double latencies[NAPS], slept = 0, all[RESIDENCY_COUNT] = {0};
        for (unsigned k = 0; k < NAPS; k++) {
            double us = (double)cstate->interval_tsc[i] / TSC_PER_US * (1 + draw_uniform(&still.prng) / 8);
            double in[RESIDENCY_COUNT];
            latencies[k] = nap(&still, us, in);
            slept += us;
            for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
                all[c] += in[c];
        }
        qsort(latencies, NAPS, sizeof(latencies[0]), ascending);
        truth->p50_us[i] = latencies[NAPS / 2];
        for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
            truth->share[i][c] = all[c] / slept;
    }
}

/* The counter's share really rises above what counts as an entry there, give or take a fifth of that. */
static bool enters(const struct truth *truth, unsigned low, unsigned high, const char *is)
{
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++) {
        double least = c >= RESIDENCY_PC2 ? 0.05 : 0.5;
        if (!strcmp(is, residency_name((enum residency)c)))
            return truth->share[low][c] < least * 1.2 && truth->share[high][c] > least * 0.8;
    }
    return false;
}

/* Or by a twentieth of the time and more. */
static bool moves(const struct truth *truth, unsigned low, unsigned high, const char *is)
{
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
        if (!strcmp(is, residency_name((enum residency)c)))
            return truth->share[high][c] > truth->share[low][c] + 0.05;
    return false;
}

/* Half of the rise is there, and what is said to begin does so between the points next to it. */
static bool rises(const struct host *host, const struct truth *truth, unsigned low, unsigned high, const char *is,
                  double ratio)
{
    const struct kind *kind = host->kind;
    unsigned from = low ? low - 1 : 0, to = high + 1 < POINTS ? high + 1 : high;

    if (log(truth->p50_us[high] / truth->p50_us[low]) < log(ratio) / 2)
        return false;
    if (!strcmp(is, "unknown") || kind->guest)
        return strcmp(is, kind->guest ? "host" : is) == 0;
    if (!strcmp(is, "clock"))
        return kind->clocked;
    if (strcmp(is, "hardware_timer") != 0)
        return enters(truth, from, to, is) || moves(truth, from, to, is);
    for (unsigned i = 0; i < STEPS; i++) {
        const struct beginning *begins = &kind->begins[i];
        double times = fmax(1, begins->width), low_us = pow(100000, from / (POINTS - 1.0)),
               high_us = 1.125 * pow(100000, to / (POINTS - 1.0));
        if (begins->low_us > 0 && host->at_us[i] * times > low_us && host->at_us[i] / times < high_us)
            return true;
    }
    return false;
}

static enum confidence confidence_of(const char *word)
{
    for (int c = CONFIDENCE_UNVERIFIED; c <= CONFIDENCE_MEASURED; c++)
        if (!strcmp(word, confidence_word((enum confidence)c)))
            return (enum confidence)c;
    return CONFIDENCE_NONE;
}

static void try_host(const struct kind *kind, uint64_t seed, struct tally *knees, struct tally *entries)
{
    struct host host = {.kind = kind};
    struct cstate_cell cells[POINTS];
    struct cstate cstate;
    struct truth truth;
    unsigned knees_said = 0, entries_said = 0;

    draw_host(&host, seed);
    sweep(&host, &cstate, cells);
    find_truth(&host, &cstate, &truth);
    rows[0] = '\0';
    cstate_report_sweep(&cstate);
    for (char *row = strtok(rows, "\n"); row; row = strtok(NULL, "\n")) {
        unsigned long long low, high;
        unsigned from = 0, to = 0;
        long before, after;
        char name[24], is[24], word[24] = "";
        bool right, entry;

        if (sscanf(row, "{\"row\":\"%23[^\"]\",\"interval\":%llu,\"high\":%llu,\"is\":\"%23[^\"]\"", name, &low, &high,
                   is) != 4)
            abort();
        while (cstate.interval_tsc[from] != low)
            from++;
        while (cstate.interval_tsc[to] != high)
            to++;
        entry = !strcmp(name, "cstate_entry");
        if (!entry && sscanf(strstr(row, "\"before\""), "\"before\":%ld,\"after\":%ld,\"conf\":\"%23[^\"]\"", &before,
                             &after, word) != 3)
            abort();
        right = entry ? enters(&truth, from, to, is)
                      : rises(&host, &truth, from, to, is, (double)after / (double)(before > 1 ? before : 1));
        entries_said += entry;
        knees_said += !entry;
        if (entry)
            tally_add(entries, CONFIDENCE_MEDIUM, !right);
        else
            tally_add(knees, confidence_of(word), !right);
        if (!right && getenv("STATISTICS_EXPLAIN") && (entry || confidence_of(word) > CONFIDENCE_LOW)) {
            printf("# %s: %s; it begins at %.0f and %.0f us\n#", kind->words, row, host.at_us[0], host.at_us[1]);
            for (unsigned i = 0; i < POINTS; i++)
                printf(" %.1f", (double)cstate_p50(&cells[i]) / TSC_PER_US);
            printf("\n");
        }
    }
    if (!knees_said)
        tally_add(knees, CONFIDENCE_LOW, false);
    if (!entries_said)
        tally_add(entries, CONFIDENCE_LOW, false);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);
    unsigned hosts = campaign_hosts(&campaign, 60, 8);

    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally knees = {.verdict = "cstate_knee", .kind = kinds[k].words};
        struct tally entries = {.verdict = "cstate_entry", .kind = kinds[k].words};

        for (unsigned seed = 0; seed < hosts; seed++)
            try_host(&kinds[k], seed + 10000 * k, &knees, &entries);
        campaign_line(&campaign, &knees);
        campaign_line(&campaign, &entries);
        if (k < 2) {
            campaign_power(&campaign, &knees, 80);
            campaign_power(&campaign, &entries, 80);
        }
    }
    return campaign_end(&campaign);
}
