/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/report.c experiments/cstate/evidence.c
/*
 * The intervals in the rows of `cstate`: by what is printable of a series, not by what a verdict takes of it
 * (lib/dependence.h).
 */
#include "experiments/cstate/parts.h"
#include "lib/dependence.h"
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/unit/tap.h"

enum { N = 20000, FEW = 99, P50 = QUANTILE_P50, P99 = QUANTILE_P99 };

static const struct experiment_spec spec;
static const struct plan_step plan = {.spec = &spec};
static int64_t latencies[N], arrived[N], own[N];
static struct cstate_cell cell = {.latency_tsc = latencies};
static struct cstate cstate = {.point_count = 1, .cell_count = 1, .cells = &cell, .arrived_tsc = arrived};
static struct step step = {.plan = &plan, .state = &cstate};
static char latency_row[JSON_OBJECT_BYTES];

void cstate_begin_row(struct row *row, const struct cstate *of, const struct cstate_cell *about, const char *kind)
{
    (void)about;
    row_begin(row, of->step, kind);
}

void row_begin(struct row *row, struct step *of, const char *kind)
{
    (void)of;
    json_begin(&row->json, row->text, sizeof(row->text));
    json_str(&row->json, "row", kind);
}

void row_end(struct row *row, struct step *of)
{
    const char *text = json_end(&row->json);

    (void)of;
    if (strstr(text, "\"row\":\"cstate\","))
        strcpy(latency_row, text);
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns;
}

uint64_t step_timer_blur_tsc(const struct step *of, uint64_t ahead_tsc, int64_t median_tsc)
{
    (void)of, (void)ahead_tsc, (void)median_tsc;
    return 0;
}

void result_timer_blur(struct step *of, uint64_t blur_tsc)
{
    (void)of, (void)blur_tsc;
}

void result_metric(struct step *of, const char *word, int64_t value, const char *unit)
{
    (void)of, (void)word, (void)value, (void)unit;
}

void result_fail(struct step *of, const char *word, int64_t value, const char *unit)
{
    result_metric(of, word, value, unit);
}

void cstate_report_sweep(const struct cstate *of)
{
    (void)of;
}

void cstate_report_clock(const struct cstate *of)
{
    (void)of;
}

void cstate_notes(const struct cstate *of)
{
    (void)of;
}

int power_limit_depth(const struct power_model *model, uint64_t pkg_cst_config_control)
{
    (void)model, (void)pkg_cst_config_control;
    return 0;
}

const char *msr_change_end_name(enum msr_change_end end)
{
    (void)end;
    return "";
}

/* The row of the first n samples, and what their order of arrival says of them. */
static struct dependence report(size_t n)
{
    struct dependence dependence;

    memcpy(own, latencies, n * sizeof(own[0]));
    memcpy(arrived, latencies, n * sizeof(arrived[0]));
    dependence = dependence_of(arrived, own, n);
    cell.kept = cell.tried = (uint32_t)n;
    cstate.step = &step;
    cstate_finish(&step);
    return dependence;
}

/* Whether the row has the interval that so many independent samples give; the samples are sorted. */
static bool has_interval(const char *key, size_t n, uint64_t effective, unsigned q)
{
    struct quantile quantile = quantile_of_effective(own, n, effective, QUANTILES[q].parts);
    char text[80];

    snprintf(text, sizeof(text), "\"%s\":[%lld,%lld]", key, (long long)quantile.low, (long long)quantile.high);
    return quantile.has_interval && strstr(latency_row, text);
}

int main(void)
{
    struct dependence dependence;
    struct prng prng;

    prng_seed(&prng, 16);
    for (size_t i = 0; i < N; i++)
        latencies[i] = (int64_t)prng_below(&prng, 1000000) + (i % 3000 > 300 && i % 3000 <= 310 ? 2000000 : 0);
    dependence = report(N);
    TAP_OK(dependence.printable[P50] < dependence.effective[P50] &&
               dependence.printable[P99] < dependence.effective[P99],
           "the_series_is_worth_less_in_print");
    TAP_OK(has_interval("p50_ci", N, dependence.printable[P50], P50), "p50_has_the_printable_interval");
    TAP_OK(!has_interval("p50_ci", N, dependence.effective[P50], P50), "and_no_narrower_one");
    TAP_OK(has_interval("p99_ci", N, dependence.printable[P99], P99), "p99_has_the_printable_interval");
    TAP_OK(!has_interval("p99_ci", N, dependence.effective[P99], P99), "and_no_narrower_one_either");

    for (size_t i = 0; i < N; i++)
        latencies[i] = (int64_t)prng_below(&prng, 1000000);
    report(FEW);
    TAP_OK(strstr(latency_row, "\"n\":99,") && !strstr(latency_row, "_ci"), "99_samples_have_none");
    for (size_t i = 0; i < N; i++)
        latencies[i] = (int64_t)prng_below(&prng, 1000000);
    report(FEW + 1);
    TAP_OK(strstr(latency_row, "\"p50_ci\":["), "100_have_one");
    return tap_done();
}
