/* SPDX-License-Identifier: MIT */
/*
 * Results of `cstate` as rows: latencies, residencies and the verdict of each state by each source, and every register
 * that was touched.
 */
#include "experiments/cstate/parts.h"

#include "arch/x86/power/power_msr_regs.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/quantile.h"

enum { P99 = QUANTILE_ONE / 100 * 99, NAME_BYTES = 8 };

static struct quantile quantile(const struct cstate_cell *cell, uint32_t parts)
{
    return quantile_of_sorted(cell->latency_tsc, cell->kept, parts);
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

/* From the event to the first stamp behind it. */
static void report_latency(const struct cstate *cstate, const struct cstate_cell *cell)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    cstate_begin_row(&json, text, cstate, cell, cstate->point_count > 1 ? "cstate_point" : "cstate");
    json_uint(&json, "n", cell->kept);
    json_uint(&json, "rej", cell->tried - cell->kept);
    if (cell->kept) {
        struct quantile p50 = quantile(cell, QUANTILE_ONE / 2), p99 = quantile(cell, P99);

        json_int(&json, "min", cell->latency_tsc[0]);
        json_int(&json, "p50", p50.value);
        json_int(&json, "p99", p99.value);
        json_int(&json, "max", cell->latency_tsc[cell->kept - 1]);
        put_interval(&json, "p50_ci", p50);
        put_interval(&json, "p99_ci", p99);
    }
    result_record(cstate->run, &json);
}

/* Shares of the time slept, in ppm; counters at zero are left out. */
static void report_shares(const struct cstate *cstate, const struct cstate_cell *cell,
                          const struct cstate_evidence *evidence)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    if (!evidence->has_c0 && !evidence->counters)
        return;
    cstate_begin_row(&json, text, cstate, cell, "residency");
    if (evidence->has_c0)
        json_uint(&json, "c0", evidence->c0_ppm);
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if (evidence->share_ppm[i])
            json_uint(&json, residency_name(i), evidence->share_ppm[i]);
    if (cell->smi)
        json_uint(&json, "smi", cell->smi);
    result_record(cstate->run, &json);
}

static void put_state(struct json *json, const char *key, unsigned state)
{
    char name[NAME_BYTES];

    fmt(name, sizeof name, "c%u", state);
    json_str(json, key, name);
}

static void report_verdict(const struct cstate *cstate, const struct cstate_cell *cell,
                           const struct cstate_evidence *evidence, const struct cstate_verdict *verdict)
{
    enum residency package = cstate_package_of(evidence);
    char text[JSON_OBJECT_BYTES];
    struct json json;

    cstate_begin_row(&json, text, cstate, cell, "cstate_verdict");
    put_state(&json, "want", cstate->states[cell->state].name);
    if (verdict->got)
        put_state(&json, "got", verdict->got);
    else
        json_str(&json, "got", "unknown");
    if (package != RESIDENCY_COUNT)
        json_str(&json, "package", residency_name(package));
    json_str(&json, "verdict", cstate_end_name(verdict->end));
    json_str(&json, "why", verdict->why);
    json_str(&json, "conf", infer_confidence_name(verdict->confidence));
    result_record(cstate->run, &json);
}

static void report_changes(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->changes; i++) {
        const struct msr_outcome *outcome = &cstate->change[i].outcome;
        char text[JSON_OBJECT_BYTES];
        struct json json;

        result_row(cstate->run, &json, text, "msr");
        json_hex(&json, "msr", outcome->wish.msr, 1);
        json_str(&json, "why", outcome->wish.why);
        json_str(&json, "end", msr_change_end_name(outcome->end));
        if (outcome->end != MSR_NOT_LISTED && outcome->end != MSR_GUEST)
            json_hex(&json, "old", outcome->old, 1);
        json_hex(&json, "new", outcome->wanted, 1);
        json_uint(&json, "cpu", cstate->change[i].cpu);
        json_uint(&json, "cpus", cstate->change[i].cpus);
        result_record(cstate->run, &json);
    }
}

/* APERF over MPERF: the core's clock against the TSC's rate. */
static void report_clock(const struct cstate *cstate)
{
    uint64_t aperf = 0, mperf = 0;

    for (uint32_t i = 0; i < cstate->cell_count; i++) {
        aperf += cstate->cells[i].aperf;
        mperf += cstate->cells[i].mperf;
    }
    if (mperf)
        result_scalar(cstate->run, "core_clock", (int64_t)muldiv_u64(aperf, CSTATE_PPM, mperf), "ppm");
}

static void report_cells(const struct cstate *cstate, uint32_t count[CSTATE_UNVERIFIED + 1])
{
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
}

/* The registers that decide about C-states, as they were while it was measured. */
static void report_switches(const struct cstate *cstate)
{
    uint64_t power = cstate->register_power_ctl, cst = cstate->register_cst;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    if (!cstate->has_power_ctl || !cstate->has_cst)
        return;
    result_row(cstate->run, &json, text, "switches");
    json_hex(&json, "power_ctl", power, 1);
    json_bool(&json, "c1e", power & POWER_CTL_C1E);
    if (power_model_has(cstate->model, POWER_PREWAKE))
        json_bool(&json, "prewake", !(power & POWER_CTL_PREWAKE_DISABLE));
    json_hex(&json, "cst", cst, 1);
    json_int(&json, "limit", power_limit_depth(cstate->model, cst));
    json_bool(&json, "locked", cst & PKG_CST_LOCK);
    result_record(cstate->run, &json);
}

void cstate_report(struct cstate *cstate)
{
    uint32_t count[CSTATE_UNVERIFIED + 1] = {0};
    uint32_t naps = 0;

    report_changes(cstate);
    if (plan_flag(cstate->run->step, "dry_run")) {
        result_metric(cstate->run, "changes", cstate->changes, "count");
        return;
    }
    cstate_sort(cstate);
    report_switches(cstate);
    report_cells(cstate, count);
    if (cstate->point_count > 1)
        cstate_report_sweep(cstate);
    report_clock(cstate);
    cstate_notes(cstate);
    for (uint32_t i = 0; i < cstate->cell_count; i++)
        naps += cstate->cells[i].kept;
    if (!naps)
        result_fail(cstate->run, "naps", 0, "count");
    else if (count[CSTATE_ENTERED])
        result_metric(cstate->run, "entered", count[CSTATE_ENTERED], "count");
    else if (count[CSTATE_UNVERIFIED])
        result_metric(cstate->run, "unverified", count[CSTATE_UNVERIFIED], "count");
    else
        result_metric(cstate->run, "naps", naps, "count");
}
