/* SPDX-License-Identifier: MIT */
/* One try of a job: what its folder says came of it (docs/fleet.md, "States"). */
#ifndef LAB_TOOL_FLEET_ATTEMPT_H
#define LAB_TOOL_FLEET_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/job.h"
#include "run/tool/log/load.h"

/* Of a try, and of a job by its tries; a job has also `planned`. Words in attempt.c. */
enum fleet_state {
    FLEET_PLANNED,        /* no try yet */
    FLEET_RUNNING,        /* its time is not up */
    FLEET_DONE,           /* the log is whole, the run passed */
    FLEET_FAILED,         /* the log is whole, the run did not */
    FLEET_LOST,           /* the run began, and its log is not whole */
    FLEET_INFRASTRUCTURE, /* the lab failed, or the machine never booted */
    FLEET_TWICE,          /* the log is that of another try */
    FLEET_STATES,
};

extern const char *const FLEET_STATE_WORDS[];

#define ATTEMPT_REASON_CHARS 96
#define ATTEMPT_STAMP_CHARS  96

struct attempt {
    enum fleet_state state;
    char reason[ATTEMPT_REASON_CHARS]; /* one word, or the lab's own */
    char run_id[LOG_RUN_ID_CHARS + 1]; /* of a whole log */
    char stamp[ATTEMPT_STAMP_CHARS];   /* sizes and times of its files: as long as it stays, so does the rest */
    char log[FLEET_PATH_CHARS];
};

/* Fills log and stamp of the try in `folder`. False where there is none. */
bool attempt_look(struct attempt *attempt, const char *folder);

/*
 * Judges a try that attempt_look() has filled. The log is read into `model`, which the caller initialised and frees;
 * *run is then its run, or NULL. `timeout_s` is the job's.
 */
void attempt_judge(struct attempt *attempt, const char *folder, uint32_t timeout_s, struct model *model,
                   struct model_run **run);

/* True where the run is of another script than the job wanted: the lab's fault, and no result. */
bool attempt_is_other(struct attempt *attempt, const struct job *job, struct model *model, const struct model_run *run);

#endif
