/* SPDX-License-Identifier: MIT */
/*
 * The sweep: where the counters say that a state begins to be entered, and the knees of the latency, named by what
 * changed there.
 *
 * A core counter's share that rises above a half between two intervals is an entry, and the end of demotion; of a
 * package counter a twentieth suffices, because the package follows after a delay of its own, which is then still most
 * of the time. A knee of the latency without one is a state that no counter shows: a timer in the hardware, such as
 * AMD's from CC1 to CC6, or a sub-state.
 */
#include "experiments/cstate/parts.h"

enum {
    HALF_PPM = CSTATE_PPM / 2,
    SOME_PPM = CSTATE_PPM / 20,
    LEAST_RATIO_PERCENT = 150,
    LEAST_SAMPLES = 3,
    KNEES = 4,
    RESOLUTION_NS = 100,
};

/* The deepest counter whose entry lies between the two cells; RESIDENCY_COUNT: none. */
static enum residency risen(const struct cstate *cstate, const struct cstate_cell *low, const struct cstate_cell *high)
{
    struct cstate_evidence from, to;

    cstate_gather(cstate, low, &from);
    cstate_gather(cstate, high, &to);
    for (unsigned i = RESIDENCY_COUNT; i-- > 0;) {
        uint32_t least_ppm = i >= RESIDENCY_PC2 ? SOME_PPM : HALF_PPM;

        if (from.share_ppm[i] < least_ppm && to.share_ppm[i] >= least_ppm)
            return i;
    }
    return RESIDENCY_COUNT;
}

static void report(const struct cstate *cstate, const struct cstate_cell *low, const char *kind, const char *is,
                   uint64_t high_tsc, const struct knee *knee)
{
    struct row row;

    cstate_begin_row(&row, cstate, low, kind);
    json_add(&row.json, "high:%lu is:%s", high_tsc, is);
    if (knee)
        json_add(&row.json, "before:%ld after:%ld conf:%s", knee->before, knee->after,
                 confidence_word(knee->confidence));
    row_end(&row, cstate->step);
}

/* Reports a knee between two levels, named by the counter that rose there. */
static void report_knee(const struct cstate *cstate, const struct cstate_cell *cells, const struct knee *knee)
{
    uint8_t want = cstate->states[cells->state].want;
    const char *is = want > 1 && want != CSTATE_UNKNOWN ? "hardware_timer" : "unknown";
    uint32_t low = 0, high;
    enum residency counter;

    while (cstate->interval_tsc[low] < knee->low)
        low++;
    for (high = low; cstate->interval_tsc[high] < knee->high;)
        high++;
    /* A share may pass one half one point before or after the median rises. */
    counter = risen(cstate, &cells[low ? low - 1 : 0], &cells[high + 1 < cstate->point_count ? high + 1 : high]);
    if (cstate->guest)
        is = "host";
    else if (counter != RESIDENCY_COUNT)
        is = residency_name(counter);
    report(cstate, &cells[low], "cstate_knee", is, knee->high, knee);
}

static void find_knees(const struct cstate *cstate, const struct cstate_cell *cells)
{
    struct knee_limits limits = {
        .least_ratio_percent = LEAST_RATIO_PERCENT,
        .least_value = (int64_t)step_tsc(cstate->step, RESOLUTION_NS),
        .least_count = LEAST_SAMPLES,
        .most = KNEES,
    };
    struct knee_point points[CSTATE_POINTS];
    struct knees knees;

    for (uint32_t i = 0; i < cstate->point_count; i++)
        points[i] = (struct knee_point){cstate->interval_tsc[i], cstate_p50(&cells[i]), cells[i].kept};
    knees_find(points, cstate->point_count, &limits, &knees);
    for (uint32_t i = 0; i < knees.count; i++)
        report_knee(cstate, cells, &knees.knee[i]);
}

/* The cells of one state and source are in a row, by interval. */
void cstate_report_sweep(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->cell_count; i += cstate->point_count) {
        const struct cstate_cell *cells = &cstate->cells[i];

        for (uint32_t k = 1; k < cstate->point_count; k++) {
            enum residency counter = risen(cstate, &cells[k - 1], &cells[k]);

            if (counter != RESIDENCY_COUNT)
                report(cstate, &cells[k - 1], "cstate_entry", residency_name(counter), cstate->interval_tsc[k], NULL);
        }
        find_knees(cstate, cells);
    }
}
