/* SPDX-License-Identifier: MIT */
/*
 * The state of one run by its lines so far: frame, steps, progress, and whether anything was lost. Fed one line at a
 * time with the format of docs/record-format.md; knows neither clocks nor processes.
 */
#ifndef LAB_RUN_LAUNCH_RUN_LOG_H
#define LAB_RUN_LAUNCH_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RUN_LOG_NAME_BYTES = 64,
    RUN_LOG_TEXT_BYTES = 256,
    RUN_LOG_STEPS_MAX = 65536,
};

struct run_log_step {
    char name[RUN_LOG_NAME_BYTES];
    uint64_t number;  /* as the plan counts it */
    uint64_t samples; /* planned count, 0 = unknown */
    uint64_t est_ms;
    bool has_result; /* its KTAP line has come, or the launcher has written one */
};

struct run_log {
    uint64_t line_count;   /* whole lines, of any kind */
    uint64_t record_count; /* intact records, repeats left out */
    unsigned begin_count;  /* of this machine; 2 = it restarted by itself */
    bool ended;
    bool closed; /* the machine died in the last step, and the launcher has said so in the log */
    char run_id[17];
    char result[8];                            /* PASS, FAIL, ERROR or "" */
    char refusal[RUN_LOG_TEXT_BYTES];          /* "idlelab: ..." line seen before BEGIN */
    char script_error[2 * RUN_LOG_TEXT_BYTES]; /* text of the finding that refused the script */
    uint64_t script_error_part;                /* parts of it that came, out of */
    uint64_t script_error_of;
    char last_line[RUN_LOG_TEXT_BYTES]; /* last line that was not empty */

    uint64_t problem_count;           /* damaged lines, gaps, sums that do not agree */
    uint64_t problems_before_line;    /* the same before the last line that was not empty */
    char problem[RUN_LOG_TEXT_BYTES]; /* the first of them, in words */
    uint64_t next_seq;                /* the sequence number that must come next */
    uint32_t crc;                     /* over all records, as the sum record counts it */
    bool sum_seen;

    bool ktap_planned;
    uint64_t ktap_plan_count;
    uint64_t ktap_ok_count;
    uint64_t ktap_not_ok_count;
    uint64_t ktap_skip_count;

    struct run_log_step *steps; /* grown by the plan records, freed by run_log_free() */
    size_t step_count;
    size_t step_room;
    size_t step_index; /* the step that runs now, an index into `steps` */
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

void run_log_init(struct run_log *log);
void run_log_free(struct run_log *log);

/* Takes one line without its end of line. Any bytes may come. */
void run_log_line(struct run_log *log, const char *line, size_t bytes);

/*
 * Call it after the last line: checks what only the end can show (sum record, KTAP plan against results) and returns
 * true when the log is whole. `log->problem` says what is wrong.
 */
bool run_log_finish(struct run_log *log);

/* Planned time of all steps of this machine, ms; 0 when nothing was planned. */
uint64_t run_log_planned_ms(const struct run_log *log);

/* Planned time of what is still to do, ms, by the samples done of the present step. */
uint64_t run_log_left_ms(const struct run_log *log);

#endif /* LAB_RUN_LAUNCH_RUN_LOG_H */
