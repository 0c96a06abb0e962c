/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "run/launch/run_log.h"

enum { STEPS_GROWTH = 64 };

/* How many steps have a smaller number. */
static size_t place_of(const struct run_log *log, uint64_t number)
{
    size_t low = 0;
    size_t high = log->step_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (log->steps[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct run_log_step *run_log_find_step(const struct run_log *log, uint64_t number)
{
    size_t at = place_of(log, number);

    return at < log->step_count && log->steps[at].number == number ? &log->steps[at] : NULL;
}

struct run_log_step *run_log_add_step(struct run_log *log, uint64_t number)
{
    size_t at = place_of(log, number);

    if (log->step_count == RUN_LOG_STEPS_MAX)
        return NULL;
    if (log->step_count == log->step_room) {
        size_t room = log->step_room + STEPS_GROWTH + log->step_room / 2;
        struct run_log_step *grown = realloc(log->steps, room * sizeof(*grown));
        if (grown == NULL)
            return NULL;
        log->steps = grown;
        log->step_room = room;
    }
    memmove(log->steps + at + 1, log->steps + at, (log->step_count - at) * sizeof(*log->steps));
    log->step_count++;
    log->steps[at] = (struct run_log_step){.number = number};
    return &log->steps[at];
}
