/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/sweep.c experiments/cstate/evidence.c
/*
 * How `cstate` names a knee of the latency over the interval: by a counter, the core's clock, the hardware's timer, or
 * the host; and how sure it is where the naps came in groups.
 */
#include "experiments/cstate/parts.h"
#include "tests/unit/tap.h"

enum { POINTS = 8, KEPT = 9, LOW_TSC = 1000, HIGH_TSC = 20000, SLEPT_TSC = 1000000 };

static struct step step;
static struct cstate cstate;
static struct cstate_cell cells[POINTS];
static int64_t latencies[POINTS][KEPT];
static char rows[1024];

void cstate_begin_row(struct row *row, const struct cstate *of, const struct cstate_cell *cell, const char *kind)
{
    (void)of, (void)cell;
    json_begin(&row->json, row->text, sizeof(row->text));
    json_str(&row->json, "row", kind);
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
static uint64_t effective = KEPT;

/* A latency that rises in the middle; the counter of C6 rises with it to so much. */
static bool says(uint64_t c6_tsc, const char *is, const char *confidence)
{
    char text[80], *row;

    for (unsigned i = 0; i < POINTS; i++) {
        cells[i] = (struct cstate_cell){.point = i, .kept = KEPT, .tried = KEPT, .slept_tsc = SLEPT_TSC};
        cells[i].latency_tsc = latencies[i];
        cells[i].p50_effective = effective;
        cells[i].aperf = i < POINTS / 2 ? aperf_low : aperf_high;
        cells[i].mperf = aperf_low ? 3000 : 0;
        cells[i].residency_tsc[RESIDENCY_CC6] = i < POINTS / 2 ? 0 : c6_tsc;
        for (unsigned k = 0; k < KEPT; k++)
            latencies[i][k] = i < POINTS / 2 ? LOW_TSC : HIGH_TSC;
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

int main(void)
{
    cstate = (struct cstate){.step = &step,
                             .cells = cells,
                             .cell_count = POINTS,
                             .point_count = POINTS,
                             .state_count = 1,
                             .counters = 1 << RESIDENCY_CC6,
                             .counters_set = 1 << RESIDENCY_CC6,
                             .states = {{.want = 6}}};
    for (unsigned i = 0; i < POINTS; i++)
        cstate.interval_tsc[i] = UINT64_C(100000) << i;
    TAP_OK(says(SLEPT_TSC, "cc6", "high"), "a knee is named by the counter that rises there");
    TAP_OK(says(SLEPT_TSC / 5, "cc6", "high"), "also by one that rises to a fifth: some naps are demoted");
    TAP_OK(says(0, "hardware_timer", "high"), "or, where none does, by a timer in the hardware");
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
