/* SPDX-License-Identifier: MIT */
/*
 * The state of one run by its log so far: steps, progress, results. Its reader takes every byte of the log, also the
 * launcher's own, and says whether the log is whole, as it does for the host tool. Knows no clocks and no processes.
 */
#ifndef LAB_RUN_LAUNCH_RUN_LOG_H
#define LAB_RUN_LAUNCH_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/log/reader.h"

enum {
    RUN_LOG_NAME_BYTES = 64,
    RUN_LOG_TEXT_BYTES = 256,
    RUN_LOG_STEPS_MAX = 65536,
    RUN_LOG_ARGS_END_BYTES = 32,
};

struct run_log_step {
    char name[RUN_LOG_NAME_BYTES];
    uint64_t number;  /* as the plan counts it */
    uint64_t samples; /* planned count, 0 = unknown */
    uint64_t est_ms;
    uint64_t budget_ms; /* its key budget=, 0 = it has none */
    bool has_result;    /* its KTAP line has come, or the launcher has written one */
};

struct run_log {
    struct log_reader *reader; /* takes the log's bytes */
    unsigned begin_count;      /* of this machine; 2 = it restarted by itself */
    bool ended;
    bool own_lines; /* what comes is the launcher's */
    enum record_result result;
    struct log_totals totals;                  /* of all machines */
    char own_error[RUN_LOG_TEXT_BYTES];        /* finding that is no step's; the last one says what ended the run */
    bool has_own_error;                        /* one of them is why the run's result is ERROR */
    char bad_step[RUN_LOG_TEXT_BYTES];         /* "NAME: DETAIL" of the first result that is not ok */
    const char *phase;                         /* of the bring-up, NULL where the machine is up */
    char refusal[RUN_LOG_TEXT_BYTES];          /* "idlelab: ..." line seen before BEGIN */
    char script_error[2 * RUN_LOG_TEXT_BYTES]; /* text of the finding that refused the script */
    uint64_t script_error_part;                /* parts of it that came, out of */
    uint64_t script_error_of;
    char last_line[RUN_LOG_TEXT_BYTES];   /* last line of the machine that was not empty */
    char problem[2 * RUN_LOG_TEXT_BYTES]; /* the first damage or loss */

    struct run_log_step *steps; /* by rising number; grown by the plan records, freed by run_log_free() */
    size_t step_count;
    size_t step_room;
    char args_end
        [RUN_LOG_ARGS_END_BYTES]; /* the end of what has come of a step's keys: a word may be cut between parts */
    size_t step_index;            /* the step that runs now, an index into `steps` */
    bool step_running;
    bool step_begun;     /* any step of this machine */
    uint64_t first_step; /* number of the first step that this machine runs */
    uint64_t step_done;
    uint64_t step_of;
    uint64_t steps_ended;

    uint64_t sync_count; /* sync records so far */
    uint64_t sync_step;  /* the last one: its step, */
    uint64_t sync_n;     /* its own number, */
    bool sync_begin;     /* and its edge */
};

/* False without memory. `log` stays where it is until run_log_free(). */
bool run_log_init(struct run_log *log);
void run_log_free(struct run_log *log);

/* Call it once, after the last byte: true when the log is whole, to its END or to a machine's death. */
bool run_log_finish(struct run_log *log);

/* The step with this number; NULL: the plan has none. */
struct run_log_step *run_log_find_step(const struct run_log *log, uint64_t number);

/* A new step, which the plan does not have, at its place by number. NULL: there are too many, or no memory. */
struct run_log_step *run_log_add_step(struct run_log *log, uint64_t number);

/* Takes the key budget= of a step out of a plan record: the keys may come in parts, and the word in two of them. */
void run_log_take_budget(struct run_log *log, struct run_log_step *step, const char *json, size_t bytes);

/* Planned time of all steps of this machine, ms; 0 when nothing was planned. */
uint64_t run_log_planned_ms(const struct run_log *log);

/* Planned time of what is still to do, ms, by the samples done of the present step. */
uint64_t run_log_left_ms(const struct run_log *log);

/*
 * The same where the machine took spent_ms for past_ms of the plan, which a step that just ended or a slow host may
 * make many times too long: no step counts for more than budget_times its budget. past_ms 0 = nothing is known yet.
 */
uint64_t run_log_forecast_ms(const struct run_log *log, uint64_t spent_ms, uint64_t past_ms, uint64_t budget_times);

/*
 * The step that the machine died in: the one that ran, or the first one behind it where that has its result. A damaged
 * result line of an earlier step is no death. NULL when it died before its first step began, or when nothing was left
 * to run.
 */
const struct run_log_step *run_log_dead_step(const struct run_log *log);

/* Makes the log ready for the machine that runs the steps from number `first_step` on. */
void run_log_next_machine(struct run_log *log, uint64_t first_step);

#endif /* LAB_RUN_LAUNCH_RUN_LOG_H */
