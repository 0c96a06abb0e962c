/* SPDX-License-Identifier: MIT */
/* The emulator as a child process: its serial line, its messages on stderr, its QMP socket, its end. */
#ifndef LAB_RUN_LAUNCH_CHILD_H
#define LAB_RUN_LAUNCH_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

enum { CHILD_QMP_FD = 3 }; /* the child's descriptor of the QMP socket */

struct child_options {
    char *const *argv;        /* NULL-terminated; looked up in PATH */
    const char *emulator_log; /* file for its messages on stderr (and on stdout with `fifo`) */
    const char *fifo;         /* a FIFO to make and read the serial from; NULL = serial is stdout */
    bool qmp;
    bool input; /* its stdin, which is the serial line's other direction, is a pipe; else it is empty */
};

struct child {
    pid_t pid;
    int serial_fd; /* non-blocking; -1 after its end */
    int qmp_fd;    /* non-blocking; -1 = none */
    int input_fd;  /* non-blocking; -1 = none */
    bool exited;
    int status; /* as waitpid() gives it, once `exited` */
};

/* Starts it. 0, or -1 with the reason written to stderr. It is killed by the system if the launcher dies. */
int child_start(struct child *child, const struct child_options *options);

/* True when it has ended. Does not wait. */
bool child_poll(struct child *child);

/* Closes our ends of its pipes, except the QMP socket, which qmp.h closes. */
void child_close(struct child *child);

/* Ends it: SIGTERM, then SIGKILL after one second; waits for it. */
void child_stop(struct child *child);

#endif /* LAB_RUN_LAUNCH_CHILD_H */
