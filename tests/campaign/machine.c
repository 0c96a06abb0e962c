/* SPDX-License-Identifier: MIT */
/*
 * machine EMULATOR-ARGUMENT...: QEMU as run/qemu starts it, with trouble on the way. run/qemu takes it for the emulator
 * (QEMU=...). CAMPAIGN_FOLDER has `events`, of the form "BYTE MS WHAT; ...": behind so many bytes of the serial line,
 * and so many ms later,
 *   hmp COMMAND                    a command of QEMU's monitor
 *   kill WHO SIGNAL                to the emulator, the supervisor (our parent) or the launcher (its parent)
 *   damage WAY PPM|once            from there on the line drops, flips, repeats (dup) or swaps bytes, or all (mixed)
 * Only the first machine of a run has events other than damage. The folder gets `clean.N`, what machine N said, and
 * `done`, what was done. The emulator ends with us, and its end is ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/campaign/line.h"

enum {
    EVENTS_MAX = 8,
    WORDS_BYTES = 100,
    ARGUMENTS_MAX = 400,
    ARGUMENTS_MORE = 5,
};

struct event {
    uint64_t byte, ms;
    char what[WORDS_BYTES];
    uint64_t due_ms; /* 0: the byte has not come */
    bool done;
};

struct machine {
    struct event events[EVENTS_MAX];
    size_t event_count;
    struct line line;
    uint64_t bytes;
    pid_t emulator;
    pid_t supervisor, launcher;
    int monitor;
    FILE *clean, *done;
};

static volatile sig_atomic_t asked_to_end;

static void on_signal(int number)
{
    asked_to_end = number;
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return fopen(path, mode);
}

/* The number of this machine in its run, whose file no other has. */
static unsigned open_clean(struct machine *self, const char *folder)
{
    char name[40];

    for (unsigned number = 1;; number++) {
        snprintf(name, sizeof(name), "clean.%u", number);
        self->clean = open_in(folder, name, "wbx");
        if (self->clean)
            return number;
        if (errno != EEXIST) {
            perror("machine");
            exit(9);
        }
    }
}

static void read_events(struct machine *self, const char *folder, unsigned number)
{
    FILE *stream = open_in(folder, "events", "r");
    char text[1000] = "";
    size_t bytes = stream ? fread(text, 1, sizeof(text) - 1, stream) : 0;

    if (stream)
        fclose(stream);
    text[bytes] = '\0';
    for (char *part = strtok(text, ";\n"); part && self->event_count < EVENTS_MAX; part = strtok(NULL, ";\n")) {
        struct event *event = &self->events[self->event_count];

        if (sscanf(part, "%" SCNu64 " %" SCNu64 " %99[^;]", &event->byte, &event->ms, event->what) == 3 &&
            (number == 1 || !strncmp(event->what, "damage ", 7)))
            self->event_count++;
    }
}

/* The parent of a process; 0: it cannot be told. */
static pid_t parent_of(pid_t pid)
{
    char path[60], line[400];
    pid_t parent = 0;
    FILE *stream;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    stream = fopen(path, "r");
    if (!stream)
        return 0;
    if (fgets(line, sizeof(line), stream) && strrchr(line, ')') &&
        sscanf(strrchr(line, ')') + 1, " %*c %d", &parent) != 1)
        parent = 0;
    fclose(stream);
    return parent;
}

static void kill_one(struct machine *self, const char *who, const char *signal_word)
{
    pid_t pid = !strcmp(who, "emulator")     ? self->emulator
                : !strcmp(who, "supervisor") ? self->supervisor
                                             : self->launcher;

    if (pid > 1)
        kill(pid, !strcmp(signal_word, "KILL") ? SIGKILL : !strcmp(signal_word, "STOP") ? SIGSTOP : SIGTERM);
}

static void do_event(struct machine *self, struct event *event)
{
    char who[WORDS_BYTES], word[WORDS_BYTES];

    event->done = true;
    fprintf(self->done, "%" PRIu64 " %s\n", self->bytes, event->what);
    fflush(self->done);
    if (!strncmp(event->what, "hmp ", 4)) {
        if (dprintf(self->monitor, "%s\n", event->what + 4) < 0)
            perror("machine: monitor");
    } else if (sscanf(event->what, "kill %99s %99s", who, word) == 2) {
        kill_one(self, who, word);
    } else if (sscanf(event->what, "damage %99s %99s", who, word) == 2) {
        line_begin_damage(&self->line, who, word);
    }
}

/* Does what is due; how long until the next, in ms, -1: nothing is. */
static int do_due(struct machine *self)
{
    uint64_t now = now_ms();
    int wait_ms = -1;

    for (size_t i = 0; i < self->event_count; i++) {
        struct event *event = &self->events[i];

        if (event->done || self->bytes < event->byte)
            continue;
        if (!event->due_ms)
            event->due_ms = now + event->ms;
        if (event->due_ms <= now)
            do_event(self, event);
        else if (wait_ms < 0 || event->due_ms - now < (uint64_t)wait_ms)
            wait_ms = (int)(event->due_ms - now);
    }
    return wait_ms;
}

static void pass_on(struct machine *self, int line)
{
    unsigned char buffer[4096];

    for (;;) {
        int wait_ms = do_due(self);
        struct pollfd wants[2] = {{line, POLLIN, 0}, {self->monitor, POLLIN, 0}};
        ssize_t n;

        if (asked_to_end)
            kill(self->emulator, SIGTERM);
        asked_to_end = 0;
        if (poll(wants, 2, wait_ms) < 0)
            continue;
        if (wants[1].revents && read(self->monitor, buffer, sizeof(buffer)) <= 0)
            self->monitor = -1;
        if (!wants[0].revents)
            continue;
        n = read(line, buffer, sizeof(buffer));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        fwrite(buffer, 1, (size_t)n, self->clean);
        fflush(self->clean);
        for (ssize_t i = 0; i < n; i++) {
            self->bytes++;
            do_due(self);
            line_pass(&self->line, buffer[i]);
        }
        if (fflush(stdout))
            return; /* nobody listens any more */
    }
}

/* QEMU, its serial line in a pipe and a monitor beside it. */
static int start(struct machine *self, char **arguments)
{
    static char emulator[] = "qemu-system-x86_64", socket_word[] = "-chardev", socket_value[60],
                monitor_word[] = "-mon", monitor_value[] = "chardev=campaign,mode=readline";
    char *all[ARGUMENTS_MAX];
    int line[2], monitor[2], n = 0;
    pid_t us = getpid();

    if (pipe2(line, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM, 0, monitor) ||
        fcntl(monitor[0], F_SETFD, FD_CLOEXEC))
        exit(9);
    snprintf(socket_value, sizeof(socket_value), "socket,id=campaign,fd=%d", monitor[1]);
    all[n++] = emulator;
    for (; *arguments && n < ARGUMENTS_MAX - ARGUMENTS_MORE; arguments++)
        all[n++] = *arguments;
    all[n++] = socket_word;
    all[n++] = socket_value;
    all[n++] = monitor_word;
    all[n++] = monitor_value;
    all[n] = NULL;
    self->emulator = fork();
    if (self->emulator == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != us || dup2(line[1], STDOUT_FILENO) < 0)
            _exit(9);
        execvp(all[0], all);
        perror("machine: qemu-system-x86_64");
        _exit(127);
    }
    close(line[1]);
    close(monitor[1]);
    self->monitor = monitor[0];
    return line[0];
}

/* Ends as the emulator did. */
static int end_as(pid_t emulator)
{
    int status = 0;

    while (waitpid(emulator, &status, 0) < 0 && errno == EINTR)
        if (asked_to_end)
            kill(emulator, SIGTERM);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 9;
}

int main(int argc, char **argv)
{
    static struct machine self;
    const char *folder = getenv("CAMPAIGN_FOLDER"), *seed = getenv("CAMPAIGN_SEED");
    struct sigaction action = {.sa_handler = on_signal};
    unsigned number;
    int line, status;

    (void)argc;
    if (!folder || !seed) {
        fputs("machine: CAMPAIGN_FOLDER and CAMPAIGN_SEED are not set\n", stderr);
        return 9;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    self.supervisor = getppid();
    self.launcher = parent_of(self.supervisor);
    number = open_clean(&self, folder);
    self.done = open_in(folder, "done", "a");
    line_init(&self.line, strtoull(seed, NULL, 0) + number);
    read_events(&self, folder, number);
    line = start(&self, argv + 1);
    pass_on(&self, line);
    close(line);
    status = end_as(self.emulator);
    if (self.done && self.line.way)
        fprintf(self.done, "hurt %" PRIu64 "\n", self.line.hurt);
    return status;
}
