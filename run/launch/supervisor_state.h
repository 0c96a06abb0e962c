/* SPDX-License-Identifier: MIT */
/*
 * The supervisor's state, for supervisor.c, which begins and ends a run, machines.c, which starts one machine after
 * another, and watch.c, which watches one.
 */
#ifndef LAB_RUN_LAUNCH_SUPERVISOR_STATE_H
#define LAB_RUN_LAUNCH_SUPERVISOR_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/record/record.h"

#include "run/launch/child.h"
#include "run/launch/machine_clock.h"
#include "run/launch/options.h"
#include "run/launch/progress.h"
#include "run/launch/qmp.h"
#include "run/launch/run_log.h"
#include "run/launch/verdict.h"

enum { SUPERVISOR_TEXT_BYTES = 512 };

struct host_stats;

struct supervisor {
    const struct options *options;
    struct child child;
    struct qmp qmp;
    struct run_log log;
    struct progress progress;
    FILE *log_file;
    bool log_lost;                   /* the log file could not be written */
    struct host_stats *host;         /* NULL = not wanted */
    struct record_stream host_lines; /* the launcher's own lines in the log */
    int signal_fd;
    uint64_t begin_ms; /* the first machine's start */
    uint64_t start_ms; /* this machine's start */
    struct machine_clock clock;
    uint64_t heard_ms;          /* last byte on the serial line, by `clock` */
    uint64_t heard_wall_ms;     /* the same by supervisor_now_ms(), as begin_ms, start_ms and end_ms */
    uint64_t end_ms;            /* IDLELAB-END; 0 = not yet */
    uint64_t paused_ms;         /* when QMP said that the machine stopped, by `clock`; 0 = it runs */
    struct verdict_limit limit; /* the limit that was passed, for the message */
    char **command;             /* of this machine */
    uint64_t restarts;
    bool pinned;                              /* this machine's vCPUs are pinned, or that was tried */
    char emulator_log[SUPERVISOR_TEXT_BYTES]; /* of this machine */
    char note[SUPERVISOR_TEXT_BYTES];         /* why it died, in the emulator's or the system's words */
    char deaths[SUPERVISOR_TEXT_BYTES];       /* what happened so far in which step, for the last message */
};

/* Puts the launcher's own lines into the log. `ctx` is the struct supervisor. */
void supervisor_keep_own(void *ctx, const char *data, size_t bytes);

/* Milliseconds on a clock that only goes forward. */
uint64_t supervisor_now_ms(void);

/*
 * Runs one machine from its start to its end: command, log and steps as `self` has them. VERDICT_NOT_STARTED also when
 * there is no process, VERDICT_NOTHING_RAN where that is the first machine's.
 */
enum verdict supervisor_watch(struct supervisor *self);

#endif /* LAB_RUN_LAUNCH_SUPERVISOR_STATE_H */
