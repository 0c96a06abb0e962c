/* SPDX-License-Identifier: MIT */
#include "run/launch/machines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/launch/join_lines.h"
#include "run/launch/restart.h"

void machines_report(const struct supervisor *self, enum verdict verdict)
{
    struct verdict_words words = {{0}};
    const struct options *options = self->options;

    if ((verdict == VERDICT_PASS && options->quiet) || verdict == VERDICT_NOTHING_RAN)
        return;
    verdict_describe(&words, verdict, &self->log, &self->qmp, self->note, &self->limit);
    fprintf(stderr, "%s: %s%s; serial log: %s\n", options->name, words.text, self->deaths, options->log);
}

/* The machine died in `step`: says so in the log. `next` 0 = no other machine follows. */
static void write_join(struct supervisor *self, enum verdict verdict, const struct run_log_step *step, uint64_t next)
{
    struct join join = {.run_id = self->log.reader->run.run_id,
                        .step = step->number,
                        .name = step->name,
                        .next = next,
                        .why = verdict_step_word(verdict, &self->qmp),
                        .note = self->note};
    char aside[SUPERVISOR_TEXT_BYTES];
    size_t used = strlen(self->deaths);

    if (self->log.begin_count > 1) {
        snprintf(aside, sizeof(aside), "%s.restarted-%" PRIu64, self->options->log, self->restarts + 1);
        self->log_lost |= !join_lines_cut_restart(self->log_file, self->log.reader, aside, &join.cut_bytes);
        self->log.begin_count = 1;
    }
    self->log.step_running = false;
    join_lines_write(self->log_file, &self->host_lines, &join);
    snprintf(self->deaths + used, sizeof(self->deaths) - used, "; %s in step %" PRIu64 " %s", join.why, step->number,
             step->name);
}

/* The command of the machine that goes on with `next`, or NULL with the reason in `error`. */
static char **command_for(const struct supervisor *self, const struct run_log_step *next, char *error, size_t room)
{
    const struct options *options = self->options;

    if (self->restarts >= options->restarts_max) {
        snprintf(error, room, "the limit of %" PRIu64 " restarts is reached", options->restarts_max);
        return NULL;
    }
    return restart_command(options, next->number, error, room);
}

/* Steps remain after the one in which the machine died: prepares a fresh machine, or says why there cannot be one. */
static enum verdict go_on(struct supervisor *self, enum verdict verdict, const struct run_log_step *step,
                          const struct run_log_step *next)
{
    struct verdict_words words = {{0}};
    char error[SUPERVISOR_TEXT_BYTES] = "";
    char **command = command_for(self, next, error, sizeof(error));

    verdict_describe(&words, verdict, &self->log, &self->qmp, self->note, &self->limit);
    write_join(self, verdict, step, command != NULL ? next->number : 0);
    fprintf(stderr, "%s: %s; ", self->options->name, words.text);
    if (command == NULL) {
        fprintf(stderr, "step %" PRIu64 " and those after it are not run: %s\n", next->number, error);
        return verdict;
    }
    fprintf(stderr, "a fresh machine goes on with step %" PRIu64 " %s\n", next->number, next->name);
    run_log_next_machine(&self->log, next->number);
    restart_free(self->options, self->command);
    self->command = command;
    self->restarts++;
    return VERDICT_NONE;
}

/*
 * The machine has ended with this verdict: where it died in a step, writes the step's result. Returns VERDICT_NONE when
 * another machine may go on, else the verdict of the run.
 */
static enum verdict bury(struct supervisor *self, enum verdict verdict)
{
    const struct run_log_step *step = run_log_dead_step(&self->log);

    if (verdict_step_word(verdict, &self->qmp) == NULL || step == NULL || !restart_is_possible(self->options))
        return verdict;
    if (step + 1 < self->log.steps + self->log.step_count)
        return go_on(self, verdict, step, step + 1);
    write_join(self, verdict, step, 0);
    return run_log_finish(&self->log) ? VERDICT_FAIL : VERDICT_DAMAGED;
}

enum verdict machines_run(struct supervisor *self)
{
    enum verdict verdict;

    self->command = self->options->command;
    self->begin_ms = supervisor_now_ms();
    do {
        verdict = bury(self, supervisor_watch(self));
    } while (verdict == VERDICT_NONE);
    restart_free(self->options, self->command);
    return verdict;
}
