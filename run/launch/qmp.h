/* SPDX-License-Identifier: MIT */
/*
 * Listens to QEMU's machine protocol (QMP): why the machine stopped, reset or shut down.
 * Source: QEMU 7.2 documentation, "QEMU QMP Reference Manual", events SHUTDOWN, RESET, STOP and RESUME, command
 * query-status, type RunState.
 */
#ifndef LAB_RUN_LAUNCH_QMP_H
#define LAB_RUN_LAUNCH_QMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/log/line_stream.h"

struct qmp {
    int fd;              /* -1 = none, or closed by QEMU */
    bool guest_reset;    /* the guest reset the machine: by itself, or by a triple fault */
    bool guest_shutdown; /* the guest powered the machine off */
    bool internal_error; /* KVM gave up on the guest */
    /* Why QEMU stopped the machine, in QEMU's word: io-error, guest-panicked, watchdog, paused; "" = it runs. */
    char paused[16];
    /* One question at a time: its answer, and the place for that. */
    uint64_t question; /* its number; 0 = none has been asked */
    bool answered;
    void (*take)(void *ctx, const char *json, size_t bytes); /* NULL = not wanted */
    void *ctx;
    struct line_stream stream;
};

void qmp_init(struct qmp *qmp, int fd);

/* Reads and handles all messages that have come. Call it when poll() reports input, and once after QEMU's end. */
void qmp_read(struct qmp *qmp);

/*
 * Asks, and waits for the answer, at most `limit_ms`; other messages are handled as usual. `command` is an object
 * without its braces: "\"execute\":\"query-version\"". `take` gets the whole answer, with the member `return` or
 * `error`, if one comes. False when none did. After the greeting only.
 */
bool qmp_ask(struct qmp *qmp, const char *command, unsigned limit_ms,
             void (*take)(void *ctx, const char *json, size_t bytes), void *ctx);

/* Closes the socket. */
void qmp_close(struct qmp *qmp);

#endif /* LAB_RUN_LAUNCH_QMP_H */
