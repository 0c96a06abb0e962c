// SPDX-License-Identifier: MIT
/*
 * Listens to QEMU's machine protocol (QMP): why the machine stopped, reset or shut down.
 * Source: QEMU 7.2 documentation, "QEMU QMP Reference Manual", events SHUTDOWN, RESET and STOP, command query-status.
 */
#ifndef LAB_RUN_LAUNCH_QMP_H
#define LAB_RUN_LAUNCH_QMP_H

#include <stdbool.h>
#include <stddef.h>

#include "run/launch/line_splitter.h"

struct qmp {
    int fd;              /* -1 = none, or closed by QEMU */
    bool guest_reset;    /* the guest reset the machine: by itself, or by a triple fault */
    bool guest_shutdown; /* the guest powered the machine off */
    bool internal_error; /* KVM gave up on the guest */
    bool guest_panicked;
    struct line_splitter splitter;
};

void qmp_init(struct qmp *qmp, int fd);

/* Reads and takes what has come. To be called when poll() says that there is something, and once after QEMU's end. */
void qmp_read(struct qmp *qmp);

#endif /* LAB_RUN_LAUNCH_QMP_H */
