/* SPDX-License-Identifier: MIT */
/*
 * How often the rows of `cstate`'s sweep are right: `cstate_knee`, where the latency leaves a level and why, and
 * `cstate_entry`, where a counter begins to move. The experiment's own code reads naps of made-up processors and hosts.
 * Right is a knee where a state or something in the hardware begins within its interval, by that name.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c tests/statistics/verdict/knee_hosts.c */
/* STATISTICS_EXTRA: experiments/cstate/sweep.c experiments/cstate/evidence.c */
#include <stdlib.h>

#include "experiments/cstate/parts.h"
#include "tests/statistics/verdict/knee_hosts.h"
#include "tests/statistics/verdict/tally.h"

enum { POINTS = 21, MOST = 100, TSC_PER_US = 2600, WARMUP = 4, ROUND = 10, ROWS_BYTES = 4096 };

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

static const struct knee_kind kinds[] = {
    {"C6 behind a delay", 6, HAS_ALL, {C6(60, 3000, 50)}, .scatter = 0.05, .late = 0.01, .late_us = 200},
    {"C6, then the package", 6, HAS_ALL, {C6(30, 150, 30), PC6(1000, 9000, 120)}, .scatter = 0.05},
    {"C6 by the core's own timer, no counters (AMD)", 6, 0, {UNCOUNTED(60, 3000, 40)}, .scatter = 0.05},
    {"C6 behind a delay, its counter is dead", 6, 1 << RESIDENCY_CC1, {UNCOUNTED(60, 3000, 40)}, .scatter = 0.05},
    {"C6 behind a delay, a wide scatter", 6, HAS_ALL, {C6(60, 3000, 30)}, .scatter = 0.5, .late = 0.05, .late_us = 300},
    {"C6 behind a delay, few naps", 6, HAS_ALL, {C6(60, 3000, 50)}, .scatter = 0.2, .samples = 5},
    {"demotion by history: sometimes C6", 6, HAS_ALL, {{100, 2000, 50, RESIDENCY_CC6, 8}}, .scatter = 0.05},
    {"C6 by turns, little by little", 6, HAS_ALL, {{100, 2000, 50, RESIDENCY_CC6, 30}}, .scatter = 0.05},
    {"C6 by turns, between near lengths", 6, HAS_ALL, {{60, 3000, 50, RESIDENCY_CC6, 2}}, .scatter = 0.05},
    {"C6 by turns, no counters", 6, 0, {{100, 2000, 50, RESIDENCY_COUNT, 8}}, .scatter = 0.05},
    {"C6 by turns, a wide scatter", 6, HAS_ALL, {{100, 2000, 80, RESIDENCY_CC6, 8}}, .scatter = 0.4},
    {"C6 by turns, 20 naps", 6, HAS_ALL, {{100, 2000, 50, RESIDENCY_CC6, 8}}, .scatter = 0.05, .samples = 20},
    {"demotion by the mean of the last lengths", 6, HAS_ALL, {C6(60, 3000, 50)}, .rule = BY_MEAN, .scatter = 0.05},
    {"demotion by the rate of wakes", 6, HAS_ALL, {C6(60, 1000, 50)}, .rule = BY_RATE, .scatter = 0.05},
    {"demotion that is undone later", 6, HAS_ALL, {C6(60, 3000, 50)}, .rule = BY_TURNING, .scatter = 0.05},
    {"demotion, each n-th nap is tried", 6, HAS_ALL, {C6(60, 3000, 50)}, .rule = BY_TRIAL, .scatter = 0.05},
    {"demotion by the rate of wakes, no counters", 6, 0, {UNCOUNTED(60, 1000, 50)}, .rule = BY_RATE, .scatter = 0.05},
    {"the package waits for another core", 6, HAS_ALL, {PC6(100, 3000, 80)}, .rule = BY_NEIGHBOUR, .scatter = 0.05},
    {"the package waits for a core that ticks", 6, HAS_ALL, {PC6(100, 3000, 80)}, .rule = BY_TICK, .scatter = 0.05},
    {"C6, and the package waits for another core",
     6,
     HAS_ALL,
     {C6(10, 50, 30), PC6(300, 3000, 80)},
     .rule = BY_NEIGHBOUR,
     .scatter = 0.05},
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

/* The whole sweep, by turns. */
static void sweep(struct knee_host *host, struct cstate *cstate, struct cstate_cell *cells)
{
    static int64_t latencies[POINTS][MOST], arrived[MOST];
    const struct knee_kind *kind = host->kind;
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
    for (unsigned turn = 0; turn < (samples + ROUND - 1) / ROUND * POINTS; turn++) {
        unsigned i = cstate_cell_of_turn(cstate, turn);
        for (unsigned k = 0; k < WARMUP + ROUND; k++) {
            double us = (double)cstate->interval_tsc[i] / TSC_PER_US * (1 + draw_uniform(&host->prng) / 8);
            double in[RESIDENCY_COUNT], latency_us = knee_host_nap(host, us, in);
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
                cell->aperf += (uint64_t)(3000 / (kind->clocked ? knee_kind_slowed(kind, us) : 1));
            }
            for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
                cell->residency_tsc[c] += kind->counters >> c & 1 ? (uint64_t)(in[c] * TSC_PER_US) : 0;
        }
    }
    cstate_sort(cstate);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What naps of a length do where nothing disturbs: the median latency, and each counter's share. Taken where asked. */
struct truth {
    const struct knee_host *host;
    const struct cstate *cstate;
    bool behind_short;
    bool known[POINTS];
    double p50_us[POINTS], share[POINTS][RESIDENCY_COUNT];
};

/* Where demotion goes by what came before: behind many short naps, or behind the sweep's last ones, which were long. */
static void find_truth(struct truth *truth, unsigned i)
{
    enum { NAPS = 2001, BEFORE = 200 };
    struct knee_kind quiet = *truth->host->kind;
    struct knee_host still = *truth->host;
    double latencies[NAPS], slept = 0, all[RESIDENCY_COUNT] = {0}, in[RESIDENCY_COUNT];

    if (truth->known[i])
        return;
    truth->known[i] = true;
    quiet.late = quiet.bursts = 0;
    still.kind = &quiet;
    still.burst = false;
    for (unsigned k = 0; k < (quiet.rule && truth->behind_short ? BEFORE : 0); k++)
        knee_host_nap(&still, 1, in);
    for (unsigned k = 0; k < NAPS + (quiet.rule ? BEFORE : 0); k++) {
        double us = (double)truth->cstate->interval_tsc[i] / TSC_PER_US * (1 + draw_uniform(&still.prng) / 8);
        latencies[k % NAPS] = knee_host_nap(&still, us, in);
        slept += us;
        for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
            all[c] += in[c];
    }
    qsort(latencies, NAPS, sizeof(latencies[0]), ascending);
    truth->p50_us[i] = latencies[NAPS / 2];
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
        truth->share[i][c] = all[c] / slept;
}

static double true_p50_us(struct truth *truth, unsigned i)
{
    find_truth(truth, i);
    return truth->p50_us[i];
}

static double true_share(struct truth *truth, unsigned i, unsigned counter)
{
    find_truth(truth, i);
    return truth->share[i][counter];
}

/* The counter's share really rises above what counts as an entry there, give or take a fifth of that. */
static bool enters(struct truth *truth, unsigned low, unsigned high, const char *is)
{
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++) {
        double least = c >= RESIDENCY_PC2 ? 0.05 : 0.5;
        if (!strcmp(is, residency_name((enum residency)c)))
            return true_share(truth, low, c) < least * 1.2 && true_share(truth, high, c) > least * 0.8;
    }
    return false;
}

/* Or by a twentieth of the time and more. */
static bool moves(struct truth *truth, unsigned low, unsigned high, const char *is)
{
    for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
        if (!strcmp(is, residency_name((enum residency)c)))
            return true_share(truth, high, c) > true_share(truth, low, c) + 0.05;
    return false;
}

/* Half of the rise is there, and what is said to begin does so between the points next to it. */
static bool rises(struct truth *truth, unsigned low, unsigned high, const char *is, double ratio)
{
    const struct knee_host *host = truth->host;
    const struct knee_kind *kind = host->kind;
    unsigned from = low ? low - 1 : 0, to = high + 1 < POINTS ? high + 1 : high;

    if (log(true_p50_us(truth, high) / true_p50_us(truth, low)) < log(ratio) / 2)
        return false;
    if (!strcmp(is, "unknown") || kind->guest)
        return strcmp(is, kind->guest ? "host" : is) == 0;
    if (!strcmp(is, "clock"))
        return kind->clocked;
    if (strcmp(is, "hardware_timer") != 0)
        return enters(truth, from, to, is) || moves(truth, from, to, is);
    for (unsigned i = 0; i < KNEE_STEPS; i++) {
        const struct knee_beginning *begins = &kind->begins[i];
        double times = fmax(1, begins->width), low_us = pow(100000, from / (POINTS - 1.0)),
               high_us = 1.125 * pow(100000, to / (POINTS - 1.0));
        if (begins->low_us > 0 && host->at_us[i] * times > low_us && host->at_us[i] / times < high_us)
            return true;
    }
    return false;
}

static bool is_right(struct truth *truth, bool entry, unsigned low, unsigned high, const char *is, double ratio)
{
    return entry ? enters(truth, low, high, is) : rises(truth, low, high, is, ratio);
}

static enum confidence confidence_of(const char *word)
{
    for (int c = CONFIDENCE_UNVERIFIED; c <= CONFIDENCE_MEASURED; c++)
        if (!strcmp(word, confidence_word((enum confidence)c)))
            return (enum confidence)c;
    return CONFIDENCE_NONE;
}

static void try_host(const struct knee_kind *kind, uint64_t seed, struct tally *knees, struct tally *entries)
{
    struct knee_host host;
    struct cstate_cell cells[POINTS];
    struct cstate cstate;
    struct truth truths[] = {{.host = &host, .cstate = &cstate, .behind_short = true},
                             {.host = &host, .cstate = &cstate}};
    unsigned knees_said = 0, entries_said = 0;

    knee_host_draw(&host, kind, seed);
    sweep(&host, &cstate, cells);
    rows[0] = '\0';
    cstate_report_sweep(&cstate);
    for (char *row = strtok(rows, "\n"); row; row = strtok(NULL, "\n")) {
        unsigned long long low, high;
        unsigned from = 0, to = 0;
        long before = 1, after = 1;
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
        right = is_right(&truths[0], entry, from, to, is, (double)after / (double)(before > 1 ? before : 1)) ||
                (kind->rule &&
                 is_right(&truths[1], entry, from, to, is, (double)after / (double)(before > 1 ? before : 1)));
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
    unsigned hosts = campaign_hosts(&campaign, 24, 20);

    campaign.times = 4;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct tally knees = {.verdict = "cstate_knee", .kind = kinds[k].words};
        struct tally entries = {.verdict = "cstate_entry", .kind = kinds[k].words};

        for (unsigned seed = 0;
             campaign_more_of(&campaign, seed, hosts, (const struct tally *[]){&knees, &entries, NULL}); seed++)
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
