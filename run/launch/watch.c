/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/supervisor_state.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/launch/host_records.h"
#include "run/launch/host_stats.h"
#include "run/launch/vcpu_pin.h"

enum {
    POLL_MS = 100,
    CLOCK_STEP_MS = 250,              /* between two looks at the emulator's threads */
    REFUSAL_SILENCE_MS = 1000,        /* a refusal is one line; the image halts after it */
    PAUSED_LIMIT_MS = 2000,           /* a machine may be stopped for a moment */
    PLAN_MARGIN_MS = 60 * 1000,       /* boot, calibration and output, beside the planned steps */
    UNPLANNED_LIMIT_MS = 3600 * 1000, /* when neither the plan nor the user gives one */
};

uint64_t supervisor_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The machine's own time: machine_clock.h. */
static uint64_t machine_now_ms(struct supervisor *self)
{
    static struct machine_threads threads;
    uint64_t now = supervisor_now_ms();

    if (now - self->clock.wall_ms >= CLOCK_STEP_MS) {
        machine_threads_read(&threads, self->child.pid);
        machine_clock_take(&self->clock, now, &threads);
    }
    return self->clock.ms;
}

/* Bytes go to the log file as they come, so that it can be followed. */
static void keep_bytes(struct supervisor *self, const char *data, size_t bytes)
{
    if (fwrite(data, 1, bytes, self->log_file) != bytes || fflush(self->log_file) != 0)
        self->log_lost = true;
    log_reader_feed(self->log.reader, data, bytes);
}

void supervisor_keep_own(void *ctx, const char *data, size_t bytes)
{
    struct supervisor *self = ctx;

    self->log.own_lines = true;
    keep_bytes(self, data, bytes);
    self->log.own_lines = false;
}

/* At the first line of the image: nothing has been measured yet. */
static void pin_vcpus(struct supervisor *self)
{
    char words[SUPERVISOR_TEXT_BYTES];

    self->pinned = true;
    if (vcpu_pin(&self->qmp, self->options->pin, words, sizeof(words))) {
        host_record_fact(&self->host_lines, "vcpu_pin", words);
    } else {
        fprintf(stderr, "%s: the vCPUs are not pinned: %s\n", self->options->name, words);
        host_record_finding(&self->host_lines, "pin_failed", CONFIDENCE_NONE, words);
    }
}

/* Does what the bytes so far need: notes the END, pins the vCPUs, takes the host's readings. */
static void answer(struct supervisor *self)
{
    if (self->log.ended && self->end_ms == 0)
        self->end_ms = supervisor_now_ms();
    if (self->options->pin != NULL && self->log.begin_count > 0 && !self->pinned)
        pin_vcpus(self);
    if (self->host != NULL)
        host_stats_line(self->host, &self->log);
}

/* Keeps the bytes. Where the host has records about a line, they stand behind it, never inside a line. */
static void take_bytes(struct supervisor *self, const char *data, size_t bytes)
{
    bool by_line = self->host != NULL || self->options->pin != NULL;

    while (bytes > 0) {
        const char *newline = by_line ? memchr(data, '\n', bytes) : NULL;
        size_t now = newline != NULL ? (size_t)(newline - data) + 1 : bytes;
        keep_bytes(self, data, now);
        if (newline != NULL || !by_line)
            answer(self);
        data += now;
        bytes -= now;
    }
}

/* Takes all that is there now. */
static void read_serial(struct supervisor *self)
{
    char data[65536];

    while (self->child.serial_fd >= 0) {
        ssize_t got = read(self->child.serial_fd, data, sizeof(data));
        if (got > 0) {
            self->heard_ms = machine_now_ms(self);
            self->heard_wall_ms = supervisor_now_ms();
            take_bytes(self, data, (size_t)got);
        } else if (got == 0) {
            close(self->child.serial_fd);
            self->child.serial_fd = -1;
        } else if (errno != EINTR) {
            break;
        }
    }
}

static enum verdict passed(struct supervisor *self, enum verdict verdict, uint64_t limit_ms, uint64_t since_wall_ms)
{
    self->limit =
        (struct verdict_limit){(unsigned)(limit_ms / 1000), (unsigned)((supervisor_now_ms() - since_wall_ms) / 1000)};
    return verdict;
}

/* By the machine's own time, but for --timeout, which is the user's. */
static enum verdict judge_time(struct supervisor *self, uint64_t now_ms)
{
    const struct options *options = self->options;
    uint64_t quiet_ms = now_ms - self->heard_ms;
    uint64_t planned_ms = run_log_planned_ms(&self->log);
    uint64_t limit_ms =
        planned_ms == 0 ? UNPLANNED_LIMIT_MS : options->boot_limit_ms + planned_ms * options->pace + PLAN_MARGIN_MS;
    enum verdict late = self->log.begin_count == 0 ? VERDICT_MUTE : VERDICT_TIMEOUT;

    if (self->log.begin_count == 0 && self->log.refusal[0] != '\0' && quiet_ms > REFUSAL_SILENCE_MS)
        return VERDICT_REFUSED;
    if (self->log.begin_count == 0 && now_ms > options->boot_limit_ms)
        return passed(self, VERDICT_MUTE, options->boot_limit_ms, self->start_ms);
    if (self->log.begin_count > 0 && quiet_ms > options->silence_ms)
        return passed(self, VERDICT_HANG, options->silence_ms, self->heard_wall_ms);
    if (options->timeout_ms > 0 && supervisor_now_ms() - self->begin_ms > options->timeout_ms)
        return passed(self, late, options->timeout_ms, self->begin_ms);
    if (options->timeout_ms == 0 && now_ms > limit_ms)
        return passed(self, late, limit_ms, self->start_ms);
    return VERDICT_NONE;
}

/* The verdict while the emulator still runs; VERDICT_NONE = let it run. */
static enum verdict judge(struct supervisor *self)
{
    uint64_t now_ms = machine_now_ms(self);

    if (self->log.begin_count > 1)
        return VERDICT_REBOOT;
    if (self->log.ended)
        return VERDICT_NONE;
    if (self->qmp.internal_error)
        return VERDICT_KVM_ERROR;
    if (self->qmp.paused[0] == '\0')
        self->paused_ms = 0;
    else if (self->paused_ms == 0)
        self->paused_ms = now_ms;
    else if (now_ms - self->paused_ms > PAUSED_LIMIT_MS)
        return VERDICT_PAUSED;
    return judge_time(self, now_ms);
}

/* Waits for anything to happen, at most POLL_MS. True when a signal asks for the end. */
static bool wait_for_events(struct supervisor *self)
{
    struct pollfd fds[] = {
        {.fd = self->signal_fd, .events = POLLIN},
        {.fd = self->child.serial_fd, .events = POLLIN},
        {.fd = self->qmp.fd, .events = POLLIN},
    };

    poll(fds, sizeof(fds) / sizeof(fds[0]), POLL_MS);
    /* QEMU greets before the machine runs: so the greeting is read before a line makes us ask. */
    qmp_read(&self->qmp);
    read_serial(self);
    return (fds[0].revents & POLLIN) != 0;
}

static bool is_over(struct supervisor *self)
{
    bool exited = child_poll(&self->child);

    return exited || (self->log.ended && supervisor_now_ms() - self->end_ms > self->options->grace_ms);
}

static enum verdict run_to_end(struct supervisor *self)
{
    enum verdict verdict = VERDICT_NONE;

    while (verdict == VERDICT_NONE && !is_over(self)) {
        if (wait_for_events(self)) {
            verdict = VERDICT_STOPPED;
            break;
        }
        progress_show(&self->progress, &self->log, supervisor_now_ms() - self->start_ms);
        verdict = judge(self);
    }
    child_stop(&self->child);
    read_serial(self);
    qmp_read(&self->qmp);
    log_reader_flush(self->log.reader);
    progress_end(&self->progress);
    if (verdict != VERDICT_NONE)
        return verdict;
    return verdict_after_end(&self->log, &self->qmp, &self->child, self->emulator_log, self->options->resets_logged);
}

/* serial.emulator.log, and serial.emulator.2.log for the second machine. */
static void name_emulator_log(struct supervisor *self)
{
    const char *path = self->options->emulator_log;
    const char *dot = strrchr(path, '.');
    int stem = dot != NULL && strchr(dot, '/') == NULL ? (int)(dot - path) : (int)strlen(path);

    if (self->restarts == 0) {
        snprintf(self->emulator_log, sizeof(self->emulator_log), "%s", path);
    } else {
        snprintf(self->emulator_log, sizeof(self->emulator_log), "%.*s.%" PRIu64 "%s", stem, path, self->restarts + 1,
                 path + stem);
    }
}

enum verdict supervisor_watch(struct supervisor *self)
{
    const struct options *options = self->options;
    struct child_options child_options = {self->command, self->emulator_log, options->fifo, options->qmp,
                                          options->host_stats};
    enum verdict verdict;

    name_emulator_log(self);
    progress_init(&self->progress, options->quiet ? NULL : stderr,
                  options->pace > PACE_OF_REAL_TIME ? options->pace : 1);
    self->start_ms = self->heard_wall_ms = supervisor_now_ms();
    machine_clock_begin(&self->clock, self->start_ms);
    self->pinned = false;
    self->heard_ms = self->end_ms = self->paused_ms = 0;
    self->limit = (struct verdict_limit){0, 0};
    self->note[0] = '\0';
    if (child_start(&self->child, &child_options) != 0)
        return self->restarts == 0 ? VERDICT_NOTHING_RAN : VERDICT_NOT_STARTED;
    qmp_init(&self->qmp, self->child.qmp_fd);
    if (options->host_stats)
        self->host = host_stats_new(&self->qmp, &self->child, self->command, &self->host_lines);
    verdict = run_to_end(self);
    verdict_note(self->note, sizeof(self->note), verdict, &self->child, self->emulator_log);
    child_close(&self->child);
    qmp_close(&self->qmp);
    host_stats_free(self->host);
    self->host = NULL;
    return verdict;
}
