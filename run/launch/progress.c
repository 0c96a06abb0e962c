/* SPDX-License-Identifier: MIT */
#include "run/launch/progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "run/log/clean_output.h"

enum {
    TERMINAL_PERIOD_MS = 200,
    PIPE_PERIOD_MS = 10 * 1000,
    PIPE_STEP_MS = 2000, /* at least, from one new step to the next that is shown */
    TEXT_BYTES = 160,
};

void progress_init(struct progress *progress, FILE *out, uint64_t budget_times)
{
    memset(progress, 0, sizeof(*progress));
    progress->out = out;
    progress->budget_times = budget_times;
    progress->terminal = out != NULL && isatty(STDERR_FILENO) == 1;
    progress->shown_step = SIZE_MAX;
}

/*
 * Time left in words. The plan's estimate is scaled by the real against the planned time of the ended steps, for an
 * emulator may be several times slower than planned; but no step takes longer than its budget.
 */
static void format_left(char *text, size_t room, const struct progress *progress, const struct run_log *log,
                        uint64_t stepping_ms)
{
    uint64_t planned_ms = run_log_planned_ms(log);
    uint64_t past_ms = planned_ms - run_log_left_ms(log);
    uint64_t left_seconds;

    if (planned_ms == 0) {
        text[0] = '\0';
        return;
    }
    left_seconds =
        (run_log_forecast_ms(log, stepping_ms, log->steps_ended > 0 ? past_ms : 0, progress->budget_times) + 999) /
        1000;
    snprintf(text, room, ", about %" PRIu64 ":%02" PRIu64 " left", left_seconds / 60, left_seconds % 60);
}

static void format_state(char *text, size_t room, const struct progress *progress, const struct run_log *log,
                         uint64_t elapsed_ms)
{
    char left[48];

    if (log->begin_count == 0) {
        snprintf(text, room, "booting, %" PRIu64 " s", elapsed_ms / 1000);
        return;
    }
    if (log->step_count == 0 || (!log->step_running && log->steps_ended == 0)) {
        snprintf(text, room, "calibrating, %" PRIu64 " s", elapsed_ms / 1000);
        return;
    }
    format_left(left, sizeof(left), progress, log, elapsed_ms - progress->first_step_ms);
    snprintf(text, room, "step %zu/%zu %s %" PRIu64 "/%" PRIu64 "%s", log->step_index + 1, log->step_count,
             log->steps[log->step_index].name, log->step_done, log->step_of, left);
}

void progress_show(struct progress *progress, const struct run_log *log, uint64_t elapsed_ms)
{
    char text[TEXT_BYTES];
    uint64_t period_ms = progress->terminal ? TERMINAL_PERIOD_MS : PIPE_PERIOD_MS;
    size_t step = log->step_running ? log->step_index : progress->shown_step;
    uint64_t step_ms = progress->terminal ? 0 : PIPE_STEP_MS;
    uint64_t since_ms = elapsed_ms - progress->shown_ms;
    bool due = since_ms >= period_ms || (step != progress->shown_step && since_ms >= step_ms);

    if (progress->first_step_ms == 0 && log->step_running)
        progress->first_step_ms = elapsed_ms;
    if (progress->out == NULL || !due || log->ended)
        return;
    progress->shown_ms = elapsed_ms;
    progress->shown_step = step;
    format_state(text, sizeof(text), progress, log, elapsed_ms);
    if (progress->terminal) {
        clean_output_clear_line();
        fputs(text, progress->out);
        progress->line_open = true;
    } else {
        fprintf(progress->out, "%s\n", text);
    }
    fflush(progress->out);
}

void progress_end(struct progress *progress)
{
    if (progress->line_open) {
        clean_output_clear_line();
        progress->line_open = false;
    }
}
