/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/sweep.c experiments/cstate/evidence.c
/*
 * How `cstate` names a knee of the latency over the interval: by a counter, the core's clock, the hardware's timer, or
 * the host; how sure it is where the naps came in groups; and how far knees and entries reach where naps get a state by
 * turns.
 */
#include "experiments/cstate/parts.h"
#include "tests/unit/tap.h"

enum { POINTS = 10, KEPT = 12, LOW_TSC = 1000, HIGH_TSC = 20000, SLEPT_TSC = 1000000 };

static struct step step;
static struct cstate cstate;
static struct cstate_cell cells[POINTS];
static int64_t latencies[POINTS][KEPT];
static char rows[1024];

void cstate_begin_row(struct row *row, const struct cstate *of, const struct cstate_cell *cell, const char *kind)
{
    json_begin(&row->json, row->text, sizeof(row->text));
    json_str(&row->json, "row", kind);
    json_uint(&row->json, "interval", of->interval_tsc[cell->point]);
}

void row_end(struct row *row, struct step *of)
{
    (void)of;
    strcat(rows, json_end(&row->json));
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns;
}

/* What the awake core's clocks show on both sides of the knee; 0: they cannot be read. */
static uint64_t aperf_low = 3000, aperf_high = 3000;
static uint64_t effective = KEPT, pc6_tsc;
/* Of a point's naps, so many are of the other side. */
static unsigned astray[POINTS];

/* The first point of the upper level. */
static unsigned rise = 4;

/* A latency that rises there; the counter of C6 rises with it to so much. */
static bool says(uint64_t c6_tsc, const char *is, const char *confidence)
{
    char text[80], *row;

    for (unsigned i = 0; i < POINTS; i++) {
        cells[i] = (struct cstate_cell){.point = i, .kept = KEPT, .tried = KEPT, .slept_tsc = SLEPT_TSC};
        cells[i].latency_tsc = latencies[i];
        cells[i].p50_effective = effective;
        cells[i].aperf = i < rise ? aperf_low : aperf_high;
        cells[i].mperf = aperf_low ? 3000 : 0;
        cells[i].residency_tsc[RESIDENCY_CC6] = i < rise ? 0 : c6_tsc;
        cells[i].residency_tsc[RESIDENCY_PC6] = i < rise ? 0 : pc6_tsc;
        for (unsigned k = 0; k < KEPT; k++)
            latencies[i][k] = k < (i < rise ? KEPT - astray[i] : astray[i]) ? LOW_TSC : HIGH_TSC;
    }
    rows[0] = '\0';
    cstate_report_sweep(&cstate);
    snprintf(text, sizeof(text), "\"is\":\"%s\",\"before\"", is);
    row = strstr(rows, text);
    snprintf(text, sizeof(text), "\"conf\":\"%s\"", confidence);
    if (!row || !strstr(row, text))
        printf("# %s\n", rows);
    return row && strstr(row, text);
}

static bool has_row(const char *kind, unsigned low, unsigned high)
{
    char text[96];

    snprintf(text, sizeof(text), "\"row\":\"%s\",\"interval\":%u,\"high\":%u,", kind, 100000u << low, 100000u << high);
    if (!strstr(rows, text))
        printf("# %s\n", rows);
    return strstr(rows, text) != NULL;
}

/* Entries alone: so much of the time each point's naps are in C6. */
static void count(const unsigned percent[POINTS])
{
    for (unsigned i = 0; i < POINTS; i++)
        cells[i].residency_tsc[RESIDENCY_CC6] = SLEPT_TSC / 100 * percent[i];
    rows[0] = '\0';
    cstate_report_sweep(&cstate);
}

/* The last point before and the first one behind have naps of both kinds. */
static void check_turns(void)
{
    TAP_OK(says(SLEPT_TSC, "cc6", "high") && has_row("cstate_knee", 3, 4), "a knee lies between two points");
    astray[3] = KEPT / 3;
    TAP_OK(says(SLEPT_TSC, "cc6", "high") && has_row("cstate_knee", 2, 4), "or three, where a median may be either");
    astray[4] = KEPT / 3;
    TAP_OK(says(SLEPT_TSC, "cc6", "high") && has_row("cstate_knee", 2, 5), "on both sides");
    astray[1] = KEPT / 3;
    TAP_OK(says(SLEPT_TSC, "cc6", "low"), "beyond, the levels must be sure");
    memset(astray, 0, sizeof(astray));
    rise = 6;
    TAP_OK(says(SLEPT_TSC, "cc6", "high") && has_row("cstate_knee", 5, 6), "a knee with four points behind it");
    astray[3] = astray[4] = astray[5] = KEPT / 3;
    TAP_OK(says(SLEPT_TSC, "cc6", "high") && has_row("cstate_knee", 2, 6), "which reaches over three points at most");
    astray[2] = KEPT / 3;
    TAP_OK(says(SLEPT_TSC, "cc6", "low"), "the first point beyond the widest knee must be sure, too");
    memset(astray, 0, sizeof(astray));
    rise = 4;
    effective = 10;
    TAP_OK(says(SLEPT_TSC, "cc6", "low"), "ten naps are too few to be sure");
    effective = KEPT;
    count((unsigned[POINTS]){0, 0, 0, 0, 70, 70, 90, 90, 90, 90});
    TAP_OK(has_row("cstate_entry", 3, 4), "an entry lies between two points");
    count((unsigned[POINTS]){0, 0, 0, 30, 55, 60, 70, 90, 90, 90});
    TAP_OK(has_row("cstate_entry", 2, 6), "or more, where naps get the state by turns");
    count((unsigned[POINTS]){0, 0, 30, 55, 45, 55, 70, 90, 90, 90});
    TAP_OK(has_row("cstate_entry", 1, 6) && !strstr(strstr(rows, "cstate_entry") + 1, "cstate_entry"), "and once");
}

/*
 * A processor of tests/statistics/verdict_knees.c whose caches idling loses little by little: by chance the steepest
 * part holds as much of the rise as a knee has. Medians in ticks.
 */
static const unsigned slope_tsc[] = {20005, 19832, 20179, 20007, 20406, 20614, 20950, 21834, 23096, 25844, 29346,
                                     35036, 44382, 57243, 67797, 77065, 80232, 79823, 80327, 79975, 81336};

/* The same levels, with all of the rise at one place. */
static bool says_of_slope(bool sharp, const char *text)
{
    enum { LENGTHS = sizeof(slope_tsc) / sizeof(slope_tsc[0]), MIDDLE = 12 };
    static struct cstate_cell slope[LENGTHS];
    static int64_t same[LENGTHS][KEPT];
    struct cstate of = cstate;

    of.cells = slope;
    of.cell_count = of.point_count = LENGTHS;
    for (unsigned i = 0; i < LENGTHS; i++) {
        of.interval_tsc[i] = UINT64_C(1000) << i;
        slope[i] = (struct cstate_cell){.point = (uint8_t)i,
                                        .kept = KEPT,
                                        .slept_tsc = SLEPT_TSC,
                                        .latency_tsc = same[i],
                                        .p50_effective = KEPT,
                                        .aperf = 3000,
                                        .mperf = 3000};
        for (unsigned k = 0; k < KEPT; k++)
            same[i][k] = slope_tsc[!sharp ? i : i < MIDDLE ? 0 : LENGTHS - 1];
    }
    rows[0] = '\0';
    cstate_report_sweep(&of);
    printf("# %s\n", rows);
    return strstr(rows, text) != NULL;
}

static void check_slope(void)
{
    TAP_OK(says_of_slope(false, "\"is\":\"hardware_timer\",\"before\":27539,\"after\":62297,\"conf\":\"low\""),
           "medians between the levels: nothing begins there");
    TAP_OK(says_of_slope(true, "\"is\":\"hardware_timer\",\"before\":20005,\"after\":81336,\"conf\":\"high\""),
           "without them something does");
    astray[3] = astray[4] = KEPT / 3;
    TAP_OK(says(0, "hardware_timer", "high") && has_row("cstate_knee", 2, 5), "medians at either level are no slope");
    memset(astray, 0, sizeof(astray));
}

static void check_order(void)
{
    static const unsigned order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 1};
    bool good = true;

    for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        good &= cstate_cell_of_turn(&cstate, i) == order[i];
    TAP_OK(good, "the cells are visited up and down");
}

int main(void)
{
    cstate = (struct cstate){.step = &step,
                             .cells = cells,
                             .cell_count = POINTS,
                             .point_count = POINTS,
                             .state_count = 1,
                             .counters = 1 << RESIDENCY_CC6 | 1 << RESIDENCY_PC6,
                             .counters_set = 1 << RESIDENCY_CC6 | 1 << RESIDENCY_PC6,
                             .states = {{.want = 6}}};
    for (unsigned i = 0; i < POINTS; i++)
        cstate.interval_tsc[i] = UINT64_C(100000) << i;
    TAP_OK(says(SLEPT_TSC, "cc6", "high"), "a knee is named by the counter that rises there");
    TAP_OK(says(SLEPT_TSC / 5, "cc6", "high"), "also by one that rises to a fifth: some naps are demoted");
    TAP_OK(says(0, "hardware_timer", "high"), "or, where none does, by a timer in the hardware");
    pc6_tsc = SLEPT_TSC / 5;
    TAP_OK(says(SLEPT_TSC, "pc6", "high"), "a package's counter rises to less: other CPUs keep it awake");
    pc6_tsc = 0;
    check_turns();
    check_order();
    check_slope();
    aperf_high = 2000;
    TAP_OK(says(0, "clock", "high"), "but not where the core's clock falls there");
    aperf_low = aperf_high = 0;
    TAP_OK(says(0, "unknown", "high"), "nor where nobody knows the clock");
    effective = 0;
    TAP_OK(says(SLEPT_TSC, "cc6", "low"), "naps in groups make it unsure");
    cstate.guest = true;
    TAP_OK(says(SLEPT_TSC, "host", "low"), "a guest's is the host's");
    return tap_done();
}
