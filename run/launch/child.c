/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SERIAL_PIPE_BYTES = 1 << 20, /* QEMU drops what it cannot write when the guest exits: so the pipe is large */
    STOP_STEP_NS = 10 * 1000 * 1000,
    STOP_STEPS = 100,
    EXIT_NOT_STARTED = 127, /* as in a shell */
};

struct pipes {
    int serial[2]; /* [1] = -1 with a FIFO */
    int qmp[2];
    int input[2];
    int log;
};

static int fail(const char *what)
{
    fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
    return -1;
}

static int open_pipes(struct pipes *pipes, const struct child_options *options)
{
    pipes->serial[1] = -1;
    pipes->qmp[0] = pipes->qmp[1] = -1;
    pipes->input[0] = pipes->input[1] = -1;
    pipes->log = open(options->emulator_log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (pipes->log < 0)
        return fail(options->emulator_log);
    if (options->fifo != NULL) {
        /* Opened for both directions, so that it never reports an end and the child's open does not wait. */
        unlink(options->fifo); /* that of a machine before this one */
        if (mkfifo(options->fifo, 0600) != 0)
            return fail(options->fifo);
        pipes->serial[0] = open(options->fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (pipes->serial[0] < 0)
            return fail(options->fifo);
    } else if (pipe2(pipes->serial, O_CLOEXEC) != 0) {
        return fail("pipe");
    }
    fcntl(pipes->serial[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes->serial[0], F_SETPIPE_SZ, SERIAL_PIPE_BYTES);
    if (options->qmp && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pipes->qmp) != 0)
        return fail("socketpair");
    if (options->input && pipe2(pipes->input, O_CLOEXEC) != 0)
        return fail("pipe");
    return 0;
}

/* In the child, after fork(): descriptors 0 to 3, then the program. */
static void become(const struct pipes *pipes, const struct child_options *options, pid_t parent)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before that */
        _exit(EXIT_NOT_STARTED);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0); /* a Ctrl-C goes to the launcher alone, which ends the emulator in order */
    dup2(pipes->input[0] >= 0 ? pipes->input[0] : null_fd, STDIN_FILENO);
    dup2(pipes->serial[1] >= 0 ? pipes->serial[1] : pipes->log, STDOUT_FILENO);
    dup2(pipes->log, STDERR_FILENO);
    if (pipes->qmp[1] == CHILD_QMP_FD)
        fcntl(CHILD_QMP_FD, F_SETFD, 0);
    else if (pipes->qmp[1] >= 0)
        dup2(pipes->qmp[1], CHILD_QMP_FD);
    execvp(options->argv[0], options->argv);
    fprintf(stderr, "%s: %s\n", options->argv[0], strerror(errno));
    _exit(EXIT_NOT_STARTED);
}

int child_start(struct child *child, const struct child_options *options)
{
    struct pipes pipes;
    pid_t self = getpid();

    memset(child, 0, sizeof(*child));
    if (open_pipes(&pipes, options) != 0)
        return -1;
    child->pid = fork();
    if (child->pid < 0)
        return fail("fork");
    if (child->pid == 0)
        become(&pipes, options, self);
    close(pipes.log);
    if (pipes.serial[1] >= 0)
        close(pipes.serial[1]);
    if (pipes.qmp[1] >= 0) {
        close(pipes.qmp[1]);
        fcntl(pipes.qmp[0], F_SETFL, O_NONBLOCK);
    }
    if (pipes.input[0] >= 0) {
        close(pipes.input[0]);
        fcntl(pipes.input[1], F_SETFL, O_NONBLOCK);
    }
    child->input_fd = pipes.input[1];
    child->serial_fd = pipes.serial[0];
    child->qmp_fd = pipes.qmp[0];
    return 0;
}

bool child_poll(struct child *child)
{
    if (!child->exited && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
        child->exited = true;
    return child->exited;
}

void child_close(struct child *child)
{
    if (child->serial_fd >= 0) {
        close(child->serial_fd);
        child->serial_fd = -1;
    }
    if (child->input_fd >= 0) {
        close(child->input_fd);
        child->input_fd = -1;
    }
}

void child_stop(struct child *child)
{
    const struct timespec step = {0, STOP_STEP_NS};

    for (unsigned i = 0; i < STOP_STEPS && !child_poll(child); i++) {
        if (i == 0) {
            kill(-child->pid, SIGTERM);
            kill(child->pid, SIGTERM);
        }
        nanosleep(&step, NULL);
    }
    if (!child->exited) {
        kill(-child->pid, SIGKILL);
        kill(child->pid, SIGKILL);
        waitpid(child->pid, &child->status, 0);
        child->exited = true;
    }
}
