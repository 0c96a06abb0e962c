/* SPDX-License-Identifier: MIT */
#include "run/launch/run_join.h"

#include <string.h>

struct run_log_step *run_join_dead_step(const struct run_log *log)
{
    for (size_t i = log->step_index; log->step_begun && i < log->step_count; i++)
        if (!log->steps[i].has_result)
            return &log->steps[i];
    return NULL;
}

const struct run_log_step *run_join_step_after(const struct run_log *log, const struct run_log_step *step)
{
    const struct run_log_step *next = step + 1;

    return next < log->steps + log->step_count ? next : NULL;
}

void run_join_bury(struct run_log *log, struct run_log_step *step)
{
    step->has_result = true;
    log->ktap_not_ok_count++;
    log->problem_count = log->problems_before_line;
    log->step_running = false;
}

void run_join_next_machine(struct run_log *log, uint64_t first_step)
{
    log->first_step = first_step;
    log->begin_count = 0;
    log->ended = log->sum_seen = log->step_begun = false;
    log->run_id[0] = log->result[0] = log->refusal[0] = log->last_line[0] = '\0';
    log->next_seq = log->record_count = 0;
    log->crc = 0;
    log->steps_ended = 0;
    log->sync_count = 0;
    log->step_done = log->step_of = 0;
}
