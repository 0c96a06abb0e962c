/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/deadline/report.c experiments/kit/row.c
/* What `deadline` says of waits that all ended by a limit, and of no wait at all. */
#include "experiments/deadline/parts.h"

#include "tests/unit/findings.h"
#include "tests/unit/tap.h"

static char metric[32]; /* the first */

void result_scalar(struct step *step, const char *key, int64_t value, const char *unit)
{
    (void)step, (void)key, (void)value, (void)unit;
}

void result_metric(struct step *step, const char *word, int64_t value, const char *unit)
{
    (void)step, (void)value, (void)unit;
    if (!metric[0])
        snprintf(metric, sizeof(metric), "%s", word);
}

void result_no_samples(struct step *step)
{
    result_metric(step, "no_samples", 0, "count");
}

struct dependence result_series(struct step *step, const struct series *series)
{
    (void)step, (void)series;
    return (struct dependence){0};
}

void calibrate_emit(struct step *step, const char *irq, const char *idle, const struct empty_path *empty)
{
    (void)step, (void)irq, (void)idle, (void)empty;
}

void deadline_report_clock(struct step *step, const struct deadline *deadline)
{
    (void)step, (void)deadline;
}

static void report(struct deadline *deadline)
{
    static const struct idle_method method = {.name = "tpause"};
    struct results results = {.step = 2};
    struct step step = {.results = &results};

    deadline->method = &method;
    said[0] = metric[0] = '\0';
    deadline_report(&step, deadline);
}

int main(void)
{
    struct steps_row none_row = {.asked_tsc = 90000};
    struct steps_row limited_row = {.asked_tsc = 90000, .n = 6, .min_tsc = 5000, .p50_tsc = 5010, .limited = 6};
    struct steps_row early_row = {.asked_tsc = 90000, .n = 6, .min_tsc = 50, .p50_tsc = 50, .early = 6};
    static struct deadline none, limited, early;

    none.rows = &none_row;
    limited.rows = &limited_row;
    early.rows = &early_row;
    none.points = limited.points = early.points = 1;
    limited.wait_count = early.wait_count = 6;
    report(&none);
    TAP_STR(said, "", "not one wait: nothing is said");
    TAP_STR(metric, "no_samples", "but that");
    report(&limited);
    TAP_OK(!strstr(said, "ends_early") && strstr(said, "cap "), "a limit that ends each wait is no early end");
    TAP_STR(metric, "no_samples", "and no overshoot is known");
    report(&early);
    TAP_OK(strstr(said, "ends_early fact it does not wait as long as asked: 6 of 6"),
           "waits that end with CF clear are");
    TAP_STR(metric, "ends_early", "and called so");
    return tap_done();
}
