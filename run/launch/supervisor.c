/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/supervisor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>

#include "run/launch/host_stats.h"
#include "run/launch/log_file.h"
#include "run/launch/machines.h"
#include "run/launch/supervisor_state.h"

enum { EXIT_USAGE = 2, EXIT_LOST = 3 };

/* Signals that ask for the end arrive as bytes, so that only the loop handles them. */
static int open_signals(void)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int supervise(const struct options *options)
{
    struct supervisor *self = calloc(1, sizeof(*self));
    enum verdict verdict;
    int code;

    if (self == NULL)
        return EXIT_USAGE;
    self->options = options;
    if (!run_log_init(&self->log)) {
        fprintf(stderr, "%s: no memory\n", options->name);
        free(self);
        return EXIT_USAGE;
    }
    self->log_file = log_file_open(options);
    if (self->log_file == NULL) {
        run_log_free(&self->log);
        free(self);
        return EXIT_USAGE;
    }
    record_init(&self->host_lines, NULL, 0);
    self->host_lines.mark = RECORD_HOST_MARK;
    record_add_sink(&self->host_lines, (struct record_sink){supervisor_keep_own, self});
    self->signal_fd = open_signals();
    verdict = machines_run(self);
    code = verdict_exit_code(verdict);
    machines_report(self, verdict);
    if (self->log_lost || fclose(self->log_file) != 0) {
        fprintf(stderr, "%s: %s could not be written: the log on disk is not whole\n", options->name, options->log);
        code = EXIT_LOST;
    }
    host_stats_free(self->host);
    run_log_free(&self->log);
    free(self);
    return code;
}
