/* SPDX-License-Identifier: MIT */
/*
 * Results of `cstate` as rows: latencies, residencies and the verdict of each state by each source, and every register
 * that was touched.
 */
#include "experiments/cstate/parts.h"

#include "arch/x86/power/power_msr_regs.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/quantile.h"

enum { P99 = QUANTILE_ONE / 100 * 99, NAME_BYTES = 8 };

static struct quantile quantile(const struct cstate_cell *cell, uint64_t effective, uint32_t parts)
{
    return quantile_of_effective(cell->latency_tsc, cell->kept, effective, parts);
}

/* The 95 % interval, where there are samples and room enough for one. */
static void put_interval(struct json *json, const char *key, struct quantile quantile)
{
    struct json mark = *json;

    if (!quantile.has_interval)
        return;
    json_array_begin(json, key);
    json_int(json, NULL, quantile.low);
    json_int(json, NULL, quantile.high);
    json_array_end(json);
    if (json->failed)
        *json = mark;
}

/* What the row of a cell must say of its timer; the cells are sorted. */
static uint64_t blur_of(const struct cstate *cstate, const struct cstate_cell *cell)
{
    if (cell->source != NAP_TIMER || !cell->kept)
        return 0;
    return step_timer_blur_tsc(cstate->step, cstate->interval_tsc[cell->point], cstate_p50(cell));
}

/* The latency runs from the event to the first stamp behind it. */
static void report_latency(const struct cstate *cstate, const struct cstate_cell *cell)
{
    uint64_t blur_tsc = blur_of(cstate, cell);
    struct row row;

    cstate_begin_row(&row, cstate, cell, cstate->point_count > 1 ? "cstate_point" : "cstate");
    json_add(&row.json, "n:%u rej:%u", cell->kept, cell->tried - cell->kept);
    if (cell->kept) {
        struct quantile p50 = quantile(cell, cell->p50_printable, QUANTILE_ONE / 2);
        struct quantile p99 = quantile(cell, cell->p99_printable, P99);

        json_add(&row.json, "min:%ld p50:%ld p99:%ld max:%ld", cell->latency_tsc[0], p50.value, p99.value,
                 cell->latency_tsc[cell->kept - 1]);
        if (blur_tsc)
            json_uint(&row.json, "off", blur_tsc);
        if (cell->series)
            json_str(&row.json, "series", cell->series);
        put_interval(&row.json, "p50_ci", p50);
        put_interval(&row.json, "p99_ci", p99);
    }
    row_end(&row, cstate->step);
}

/* Shares of the time slept, in ppm; counters at zero are left out. */
static void report_shares(const struct cstate *cstate, const struct cstate_cell *cell,
                          const struct cstate_evidence *evidence)
{
    struct row row;

    if (!evidence->has_c0 && !evidence->counters)
        return;
    cstate_begin_row(&row, cstate, cell, "residency");
    if (evidence->has_c0)
        json_uint(&row.json, "c0", evidence->c0_ppm);
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if (evidence->share_ppm[i])
            json_uint(&row.json, residency_name(i), evidence->share_ppm[i]);
    if (cell->smi)
        json_uint(&row.json, "smi", cell->smi);
    row_end(&row, cstate->step);
}

static void report_verdict(const struct cstate *cstate, const struct cstate_cell *cell,
                           const struct cstate_evidence *evidence, const struct cstate_verdict *verdict)
{
    enum residency package = cstate_package_of(evidence);
    uint8_t name = cstate->states[cell->state].name;
    char want[NAME_BYTES] = "unknown", got[NAME_BYTES] = "unknown";
    struct row row;

    if (name != CSTATE_UNKNOWN)
        fmt(want, sizeof(want), "c%u", name);
    if (verdict->got)
        fmt(got, sizeof(got), "c%u", verdict->got);
    cstate_begin_row(&row, cstate, cell, "cstate_verdict");
    json_add(&row.json, "want:%s got:%s package:%s verdict:%s why:%s conf:%s", want, got,
             package == RESIDENCY_COUNT ? NULL : residency_name(package), cstate_end_name(verdict->end), verdict->why,
             confidence_word(verdict->confidence));
    row_end(&row, cstate->step);
}

static void report_changes(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->changes; i++) {
        const struct msr_outcome *outcome = &cstate->change[i].outcome;
        struct row row;

        row_begin(&row, cstate->step, "msr");
        json_add(&row.json, "msr:%x why:%s end:%s", outcome->wish.msr, outcome->wish.why,
                 msr_change_end_name(outcome->end));
        if (outcome->end != MSR_NOT_LISTED && outcome->end != MSR_GUEST)
            json_hex(&row.json, "old", outcome->old, 1);
        json_add(&row.json, "new:%lx cpu:%u cpus:%u", outcome->wanted, cstate->change[i].cpu, cstate->change[i].cpus);
        row_end(&row, cstate->step);
    }
}

static void report_cells(const struct cstate *cstate, uint32_t count[CSTATE_UNVERIFIED + 1])
{
    uint64_t blur_tsc = 0;

    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        const struct cstate_cell *cell = &cstate->cells[i];
        struct cstate_evidence evidence;
        struct cstate_verdict verdict;

        cstate_gather(cstate, cell, &evidence);
        report_latency(cstate, cell);
        report_shares(cstate, cell, &evidence);
        if (cstate->point_count > 1)
            continue;
        verdict = cstate_judge(&evidence);
        report_verdict(cstate, cell, &evidence, &verdict);
        count[verdict.end]++;
    }
    for (uint32_t i = 0; i < cstate->cell_count; i++)
        if (blur_of(cstate, &cstate->cells[i]) > blur_tsc)
            blur_tsc = blur_of(cstate, &cstate->cells[i]);
    result_timer_blur(cstate->step, blur_tsc);
}

/* The registers that decide about C-states, as they were while it was measured. */
static void report_switches(const struct cstate *cstate)
{
    uint64_t power = cstate->register_power_ctl, cst = cstate->register_cst;
    struct row row;

    if (!cstate->has_power_ctl || !cstate->has_cst)
        return;
    row_begin(&row, cstate->step, "switches");
    json_hex(&row.json, "power_ctl", power, 1);
    json_bool(&row.json, "c1e", power & POWER_CTL_C1E);
    if (power_model_has(cstate->model, POWER_PREWAKE))
        json_bool(&row.json, "prewake", !(power & POWER_CTL_PREWAKE_DISABLE));
    json_add(&row.json, "cst:%lx limit:%d", cst, power_limit_depth(cstate->model, cst));
    json_bool(&row.json, "locked", cst & PKG_CST_LOCK);
    row_end(&row, cstate->step);
}

void cstate_finish(struct step *step)
{
    struct cstate *cstate = step->state;
    uint32_t count[CSTATE_UNVERIFIED + 1] = {0};
    uint32_t naps = 0;

    report_changes(cstate);
    if (plan_flag(cstate->step->plan, "dry_run")) {
        result_metric(cstate->step, "changes", cstate->changes, "count");
        return;
    }
    cstate_sort(cstate);
    report_switches(cstate);
    report_cells(cstate, count);
    if (cstate->point_count > 1)
        cstate_report_sweep(cstate);
    cstate_report_clock(cstate);
    cstate_notes(cstate);
    for (uint32_t i = 0; i < cstate->cell_count; i++)
        naps += cstate->cells[i].kept;
    if (!naps)
        result_fail(cstate->step, "naps", 0, "count");
    else if (count[CSTATE_ENTERED])
        result_metric(cstate->step, "entered", count[CSTATE_ENTERED], "count");
    else if (count[CSTATE_UNVERIFIED])
        result_metric(cstate->step, "unverified", count[CSTATE_UNVERIFIED], "count");
    else
        result_metric(cstate->step, "naps", naps, "count");
}
