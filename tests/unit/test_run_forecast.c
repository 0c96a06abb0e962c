/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: run/launch/run_log_forecast.c
/* run/launch/run_log_forecast: the time that is left, and the budgets that bound it. */
#include <string.h>

#include "run/launch/run_log.h"
#include "tests/unit/tap.h"

enum { STEPS = 3 };

static void take(struct run_log *log, struct run_log_step *step, const char *json)
{
    run_log_take_budget(log, step, json, strlen(json));
}

static void test_budget(void)
{
    static struct run_log log;
    struct run_log_step step = {0};

    take(&log, &step, "{\"t\":\"plan\",\"step\":2,\"args\":\"idle=hlt interval=1ms samples=2000 budget=4s seed=1\"}");
    TAP_OK(step.budget_ms == 4000, "budget_in_one_record");
    step.budget_ms = 0;
    take(&log, &step, "{\"t\":\"plan\",\"step\":2,\"p\":1,\"of\":2,\"args\":\"idle=hlt samples=2000 bud\"}");
    take(&log, &step, "{\"t\":\"plan\",\"step\":2,\"p\":2,\"of\":2,\"args\":\"get=500ms seed=1\"}");
    TAP_OK(step.budget_ms == 500, "budget_cut_between_two_parts");
    step.budget_ms = 0;
    take(&log, &step, "{\"t\":\"plan\",\"step\":3,\"args\":\"get=500ms mybudget=3s\"}");
    TAP_OK(step.budget_ms == 0, "no_budget_from_the_step_before");
    take(&log, &step, "{\"t\":\"plan\",\"step\":1,\"args\":\"budget=2s\"}");
    TAP_OK(step.budget_ms == 2000, "budget_as_first_key");
}

/* Of 14 s of estimates, in steps of at most 5 s each, one of 10 ms took 1.5 s: as survey and calibration may. */
static void test_left(void)
{
    struct run_log_step steps[STEPS] = {{.number = 1, .est_ms = 10},
                                        {.number = 2, .est_ms = 4000, .budget_ms = 5000},
                                        {.number = 3, .est_ms = 9990, .budget_ms = 5000}};
    struct run_log log = {.steps = steps, .step_count = STEPS, .first_step = 1, .steps_ended = 1};

    TAP_OK(run_log_planned_ms(&log) == 14000, "planned");
    TAP_OK(run_log_left_ms(&log) == 13990, "left_by_the_plan");
    TAP_OK(run_log_forecast_ms(&log, 1500, 10, 1) == 10000, "left_is_capped_by_the_budgets");
    TAP_OK(run_log_forecast_ms(&log, 12, 10, 1) == 4800 + 5000, "left_is_scaled_below_them");
    TAP_OK(run_log_forecast_ms(&log, 1500, 10, 30) == 300000, "virtual_time_has_longer_ones");
    log.step_running = true;
    log.step_index = 2;
    log.step_of = 100;
    log.step_done = 75;
    TAP_OK(run_log_forecast_ms(&log, 1500, 10, 1) == 1250, "of_the_running_step_the_rest_counts");
    TAP_OK(run_log_forecast_ms(&log, UINT64_MAX, 1, UINT64_MAX) > 0, "extreme_numbers");
}

int main(void)
{
    test_budget();
    test_left();
    return tap_done();
}
