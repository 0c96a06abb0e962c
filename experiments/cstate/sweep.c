/* SPDX-License-Identifier: MIT */
/*
 * The sweep: where the counters say that a state begins to be entered, and the knees of the latency, named by what
 * changed there.
 *
 * A core counter's share that rises above a half between two intervals is an entry, and the end of demotion; of a
 * package counter a twentieth suffices, because the package follows after a delay of its own, which is then still most
 * of the time. A knee of the latency without one is a state that no counter shows: a timer in the hardware, such as
 * AMD's from CC1 to CC6, or a sub-state. A clock that falls with the load makes knees, too, so that a timer is named
 * only where APERF and MPERF show the same clock on both sides.
 */
#include "experiments/cstate/parts.h"
#include "lib/fixed.h"
#include "lib/quantile.h"

enum {
    HALF_PPM = CSTATE_PPM / 2,
    SOME_PPM = CSTATE_PPM / 20,
    LEAST_RATIO_PERCENT = 150,
    LEAST_SAMPLES = 3,
    KNEES = 4,
    RESOLUTION_NS = 100,
    LEVEL_POINTS = 4,           /* on each side, whose medians are the levels */
    SAME_PPM = CSTATE_PPM / 10, /* a clock that falls by less makes no knee */
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

/* At a knee a tenth of the time tells which counter it is: of naps that are demoted by turns none passes a half. */
static enum residency risen_some(const struct cstate *cstate, const struct cstate_cell *low,
                                 const struct cstate_cell *high)
{
    struct cstate_evidence from, to;

    cstate_gather(cstate, low, &from);
    cstate_gather(cstate, high, &to);
    for (unsigned i = RESIDENCY_COUNT; i-- > RESIDENCY_CC3;)
        if (to.share_ppm[i] > from.share_ppm[i] + CSTATE_PPM / 10)
            return i;
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

/* The clock of the awake core, in ppm of MPERF's; 0: not known. */
static uint64_t awake_ppm(const struct cstate_cell *cell)
{
    return cell->mperf ? muldiv_u64(cell->aperf, CSTATE_PPM, cell->mperf) : 0;
}

/* What a knee is that no counter shows. */
static const char *uncounted(const struct cstate *cstate, const struct cstate_cell *low, const struct cstate_cell *high)
{
    uint64_t low_ppm = awake_ppm(low), high_ppm = awake_ppm(high);
    uint8_t want = cstate->states[low->state].want;

    if (low_ppm > high_ppm + SAME_PPM)
        return "clock";
    return low_ppm && high_ppm && want > 1 && want != CSTATE_UNKNOWN ? "hardware_timer" : "unknown";
}

/*
 * The points of both levels are on their side of the middle, by the intervals of their medians. Where naps come in
 * groups there is none, and a neighbour's stretch may be what one side had more of.
 */
static bool are_levels_apart(const struct cstate *cstate, const struct cstate_cell *cells, uint32_t low, uint32_t high,
                             const struct knee *knee)
{
    int64_t middle = (int64_t)knee_middle((uint64_t)(knee->before > 0 ? knee->before : 1), (uint64_t)knee->after);

    for (uint32_t i = low + 1 > LEVEL_POINTS ? low + 1 - LEVEL_POINTS : 0;
         i < high + LEVEL_POINTS && i < cstate->point_count; i++) {
        const struct cstate_cell *cell = &cells[i];
        struct quantile p50;

        if ((i > low && i < high) || cell->kept < LEAST_SAMPLES)
            continue;
        p50 = quantile_of_effective(cell->latency_tsc, cell->kept, cell->p50_effective, QUANTILE_ONE / 2);
        if (!p50.has_interval || (i <= low ? p50.high > middle : p50.low < middle))
            return false;
    }
    return true;
}

/* Reports a knee between two levels, named by the counter that rose there. */
static void report_knee(const struct cstate *cstate, const struct cstate_cell *cells, struct knee *knee)
{
    const struct cstate_cell *before, *behind;
    const char *is;
    uint32_t low = 0, high;
    enum residency counter;

    while (cstate->interval_tsc[low] < knee->low)
        low++;
    for (high = low; cstate->interval_tsc[high] < knee->high;)
        high++;
    /* A share may pass one half one point before or after the median rises. */
    before = &cells[low ? low - 1 : 0];
    behind = &cells[high + 1 < cstate->point_count ? high + 1 : high];
    counter = risen(cstate, before, behind);
    if (counter == RESIDENCY_COUNT)
        counter = risen_some(cstate, before, behind);
    if (cstate->guest)
        is = "host";
    else if (counter != RESIDENCY_COUNT)
        is = residency_name(counter);
    else
        is = uncounted(cstate, &cells[low], &cells[high]);
    if (!are_levels_apart(cstate, cells, low, high, knee))
        knee->confidence = CONFIDENCE_LOW;
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
