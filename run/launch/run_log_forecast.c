/* SPDX-License-Identifier: MIT */
/* How long the run will take yet. */
#include <stdio.h>
#include <string.h>

#include "lib/json_field.h"
#include "lib/units.h"
#include "run/launch/run_log.h"

enum { NS_PER_MS = 1000 * 1000 };

void run_log_take_budget(struct run_log *log, struct run_log_step *step, const char *json, size_t bytes)
{
    static const char key[] = " budget=";
    char args[RUN_LOG_ARGS_END_BYTES + RUN_LOG_TEXT_BYTES];
    struct units_time budget = {0, false};
    uint64_t part = 1;
    const char *word;
    size_t used;

    json_field_u64(json, bytes, "p", &part);
    snprintf(args, sizeof(args), "%s", part > 1 ? log->args_end : " ");
    used = strlen(args);
    json_field_text(json, bytes, "args", args + used, sizeof(args) - used);
    word = strstr(args, key);
    if (word != NULL) {
        word += sizeof(key) - 1;
        units_parse_time(word, strcspn(word, " "), &budget);
        if (budget.value > 0 && !budget.ticks)
            step->budget_ms = budget.value / NS_PER_MS;
    }
    used = strlen(args);
    snprintf(log->args_end, sizeof(log->args_end), "%s",
             args + (used < sizeof(log->args_end) ? 0 : used + 1 - sizeof(log->args_end)));
}

uint64_t run_log_planned_ms(const struct run_log *log)
{
    uint64_t sum_ms = 0;

    for (size_t i = 0; i < log->step_count; i++)
        sum_ms += log->steps[i].number >= log->first_step ? log->steps[i].est_ms : 0;
    return sum_ms;
}

struct forecast {
    uint64_t spent_ms, past_ms, budget_times;
};

/* The step's time, ms, of which `part` of `of` is still to come. */
static uint64_t forecast_step_ms(const struct run_log_step *step, uint64_t part, uint64_t of,
                                 const struct forecast *forecast)
{
    uint64_t ms = step->est_ms, most_ms;

    if (forecast->past_ms > 0 && __builtin_mul_overflow(ms, forecast->spent_ms, &ms))
        ms = UINT64_MAX;
    else if (forecast->past_ms > 0)
        ms /= forecast->past_ms;
    if (step->budget_ms > 0 && !__builtin_mul_overflow(step->budget_ms, forecast->budget_times, &most_ms) &&
        ms > most_ms)
        ms = most_ms;
    return (uint64_t)((double)ms * (double)part / (double)of);
}

uint64_t run_log_forecast_ms(const struct run_log *log, uint64_t spent_ms, uint64_t past_ms, uint64_t budget_times)
{
    const struct forecast forecast = {spent_ms, past_ms, budget_times};
    uint64_t sum_ms = 0;
    size_t next = log->step_index;

    if (log->step_running && log->step_count > 0) {
        uint64_t of = log->step_of > 0 ? log->step_of : 1;
        uint64_t done = log->step_done < of ? log->step_done : of;
        sum_ms = forecast_step_ms(&log->steps[log->step_index], of - done, of, &forecast);
        next++;
    } else if (log->steps_ended > 0) {
        next++;
    }
    while (next < log->step_count && log->steps[next].number < log->first_step)
        next++;
    for (size_t i = next; i < log->step_count; i++)
        sum_ms += forecast_step_ms(&log->steps[i], 1, 1, &forecast);
    return sum_ms;
}

uint64_t run_log_left_ms(const struct run_log *log)
{
    return run_log_forecast_ms(log, 0, 0, UINT64_MAX);
}
