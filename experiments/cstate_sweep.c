// SPDX-License-Identifier: MIT
/*
 * The sweep: one point for each interval, where the counters say that a state begins to be entered, and the knees of the latency, named by
 * what changed there.
 *
 * A counter's share that rises above a half between two intervals is an entry: of a core state it is the end of demotion, of a package state
 * the package's own delay. A knee of the latency without one is a state that no counter shows: a timer in the hardware, such as AMD's from
 * CC1 to CC6, or a sub-state.
 */
#include "experiments/cstate.h"

#include "experiments/engine/results.h"
#include "lib/fixed.h"
#include "lib/json.h"
#include "lib/quantile.h"

enum {
    P99 = QUANTILE_ONE / 100 * 99,
    HALF_PPM = CSTATE_PPM / 2,
    LEAST_RATIO_PERCENT = 150,
    LEAST_SAMPLES = 3,
    KNEES = 4,
    RESOLUTION_NS = 100,
};

static void begin(struct json *json, char text[JSON_OBJECT_BYTES], const struct cstate *cstate,
                  const struct cstate_cell *cell, const char *row)
{
    char state[CSTATE_TEXT_BYTES];

    json_begin(json, text, JSON_OBJECT_BYTES);
    json_str(json, "t", "stats");
    json_uint(json, "step", cstate->run->results->step);
    json_str(json, "row", row);
    json_str(json, "state", cstate_state_text(&cstate->states[cell->state], state));
    json_str(json, "by", nap_source_name((enum nap_source)cell->source));
}

/* The deepest core counter with at least half of the time; RESIDENCY_COUNT: none. */
static enum residency core_of(const struct cstate_evidence *evidence)
{
    for (unsigned i = RESIDENCY_CC7 + 1; i-- > RESIDENCY_CC1;) {
        if (evidence->share_ppm[i] >= HALF_PPM)
            return i;
    }
    return RESIDENCY_COUNT;
}

static void report_point(const struct cstate *cstate, const struct cstate_cell *cell,
                         const struct cstate_evidence *evidence)
{
    enum residency core = core_of(evidence), package = cstate_package_of(evidence);
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin(&json, text, cstate, cell, "cstate_point");
    json_uint(&json, "interval", cstate->interval_tsc[cell->point]);
    json_uint(&json, "n", cell->kept);
    json_uint(&json, "rej", cell->tried - cell->kept);
    if (cell->kept) {
        json_int(&json, "p50", cstate_p50(cell));
        json_int(&json, "p99", quantile_of_sorted(cell->latency_tsc, cell->kept, P99).value);
    }
    if (core != RESIDENCY_COUNT)
        json_uint(&json, residency_name(core), evidence->share_ppm[core]);
    if (package != RESIDENCY_COUNT)
        json_uint(&json, residency_name(package), evidence->share_ppm[package]);
    result_record(cstate->run, &json);
}

/* Which counter rose above a half between the two points: the deepest one; RESIDENCY_COUNT: none. */
static enum residency risen(const struct cstate_evidence *from, const struct cstate_evidence *to)
{
    for (unsigned i = RESIDENCY_COUNT; i-- > 0;) {
        if (from->share_ppm[i] < HALF_PPM && to->share_ppm[i] >= HALF_PPM)
            return i;
    }
    return RESIDENCY_COUNT;
}

static void report_entry(const struct cstate *cstate, const struct cstate_cell *from,
                         const struct cstate_cell *to, enum residency counter)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin(&json, text, cstate, to, "cstate_entry");
    json_str(&json, "is", residency_name(counter));
    json_uint(&json, "low", cstate->interval_tsc[from->point]);
    json_uint(&json, "high", cstate->interval_tsc[to->point]);
    result_record(cstate->run, &json);
}

/* What changed between the intervals around a knee. */
static const char *name_knee(const struct cstate *cstate, const struct cstate_cell *cells,
                             const struct knee *knee)
{
    uint32_t low = 0, high = cstate->point_count - 1;
    struct cstate_evidence from, to;
    enum residency counter;

    for (uint32_t i = 0; i < cstate->point_count; i++) {
        if (cstate->interval_tsc[i] <= knee->low)
            low = i;
        if (cstate->interval_tsc[i] < knee->high)
            high = i + 1 < cstate->point_count ? i + 1 : i;
    }
    from = cstate_evidence_of(cstate, &cells[low]);
    to = cstate_evidence_of(cstate, &cells[high]);
    counter = risen(&from, &to);
    if (cstate->guest)
        return "the host";
    if (counter != RESIDENCY_COUNT)
        return residency_name(counter);
    return cstate->states[cells->state].want > 1 ? "hardware_timer" : "unknown";
}

static void report_knees(const struct cstate *cstate, const struct cstate_cell *cells)
{
    struct knee_limits limits = {
        .least_ratio_percent = LEAST_RATIO_PERCENT,
        .least_value = (int64_t)run_tsc(cstate->run, RESOLUTION_NS),
        .least_count = LEAST_SAMPLES,
        .most = KNEES,
    };
    struct knee_point points[CSTATE_POINTS];
    struct knees knees;

    for (uint32_t i = 0; i < cstate->point_count; i++)
        points[i] =
            (struct knee_point){cstate->interval_tsc[i], cstate_p50(&cells[i]), cells[i].kept};
    knees_find(points, cstate->point_count, &limits, &knees);
    for (uint32_t i = 0; i < knees.count; i++) {
        const struct knee *knee = &knees.knee[i];
        char text[JSON_OBJECT_BYTES];
        struct json json;

        begin(&json, text, cstate, cells, "cstate_knee");
        json_str(&json, "is", name_knee(cstate, cells, knee));
        json_uint(&json, "low", knee->low);
        json_uint(&json, "high", knee->high);
        json_int(&json, "before", knee->before);
        json_int(&json, "after", knee->after);
        json_str(&json, "conf", infer_confidence_name(knee->confidence));
        result_record(cstate->run, &json);
    }
}

/* The cells of one state and source lie one behind the other, by interval. */
void cstate_report_sweep(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->cell_count; i += cstate->point_count) {
        const struct cstate_cell *cells = &cstate->cells[i];
        struct cstate_evidence last = {0};

        for (uint32_t k = 0; k < cstate->point_count; k++) {
            struct cstate_evidence evidence = cstate_evidence_of(cstate, &cells[k]);
            enum residency counter = risen(&last, &evidence);

            report_point(cstate, &cells[k], &evidence);
            if (k && counter != RESIDENCY_COUNT)
                report_entry(cstate, &cells[k - 1], &cells[k], counter);
            last = evidence;
        }
        report_knees(cstate, cells);
    }
}
