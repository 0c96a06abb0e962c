/* SPDX-License-Identifier: MIT */
/* How a run ended, in one word for the exit code and one line for the reader. */
#ifndef LAB_RUN_LAUNCH_VERDICT_H
#define LAB_RUN_LAUNCH_VERDICT_H

#include <stdbool.h>

#include "run/launch/child.h"
#include "run/launch/qmp.h"
#include "run/launch/run_log.h"

enum verdict {
    VERDICT_NONE, /* still running */
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_ERROR,   /* END says ERROR */
    VERDICT_SCRIPT,  /* the script was refused */
    VERDICT_DAMAGED, /* END came, but lines were lost or damaged */
    VERDICT_REFUSED, /* the image said before BEGIN that it cannot run here */
    VERDICT_MUTE,    /* no BEGIN in time */
    VERDICT_CUT,     /* the emulator ended without END */
    VERDICT_TRIPLE_FAULT,
    VERDICT_REBOOT,
    VERDICT_RESET, /* triple fault or reboot: the emulator does not say which */
    VERDICT_KVM_ERROR,
    VERDICT_PAUSED,   /* QEMU stopped the machine: QMP's word says why */
    VERDICT_WATCHDOG, /* the hypervisor ended the machine, which had asked for that: Xen */
    VERDICT_PANIC,    /* the emulator gave up: a Bochs panic */
    VERDICT_HANG,
    VERDICT_TIMEOUT,
    VERDICT_NOT_STARTED,
    VERDICT_NOTHING_RAN, /* what the first machine needs could not be made; child_start() has said what */
    VERDICT_STOPPED,     /* by a signal */
};

/* A limit of time that was passed: in the machine's own time, and how long that was by the clock. Both 0: none was. */
struct verdict_limit {
    unsigned s;
    unsigned wall_s;
};

struct verdict_words {
    char text[768]; /* what happened, without the path of the log */
};

/* Exit code of the launcher: 0 pass, 1 fail, 2 bad script or nothing ran, 3 anything else. */
int verdict_exit_code(enum verdict verdict);

/*
 * The verdict of a run whose emulator has ended and whose lines have all been taken, from the log, from QMP and from
 * the emulator's own log. `resets_logged`: that log names a triple fault.
 */
enum verdict verdict_after_end(struct run_log *log, const struct qmp *qmp, const struct child *child,
                               const char *emulator_log, bool resets_logged);

/*
 * What happened to the step that the machine died in, as one word for its result line and the join record:
 * kvm_internal_error, vm_io_error, triple_fault ... NULL for a verdict that is not the death of a machine in mid-run:
 * no other machine may go on.
 */
const char *verdict_step_word(enum verdict verdict, const struct qmp *qmp);

/* Why, in the words of KVM, Bochs, QEMU or the system, cut to `room` - 1 characters; empty where there are none. */
void verdict_note(char *note, size_t room, enum verdict verdict, const struct child *child, const char *emulator_log);

/*
 * The line for the reader. `note` is what verdict_note() gave. `limit` is the limit that was passed, for the verdicts
 * that have one.
 */
void verdict_describe(struct verdict_words *words, enum verdict verdict, const struct run_log *log,
                      const struct qmp *qmp, const char *note, const struct verdict_limit *limit);

#endif /* LAB_RUN_LAUNCH_VERDICT_H */
