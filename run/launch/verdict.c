/* SPDX-License-Identifier: MIT */
#include "run/launch/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/rows/reasons.h"
#include "run/launch/emulator_log.h"

enum {
    EXIT_PASS = 0,
    EXIT_FAIL = 1,
    EXIT_USAGE = 2,
    EXIT_LOST = 3,
    NOTE_BYTES = 300,
};

int verdict_exit_code(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return EXIT_PASS;
    case VERDICT_FAIL:
    case VERDICT_ERROR:
        return EXIT_FAIL;
    case VERDICT_SCRIPT:
    case VERDICT_NOTHING_RAN:
        return EXIT_USAGE;
    default:
        return EXIT_LOST;
    }
}

/* IDLELAB-END came: the result line counts if the log is whole. */
static enum verdict verdict_of_result(struct run_log *log)
{
    if (!run_log_finish(log))
        return VERDICT_DAMAGED;
    if (log->result == RECORD_PASS)
        return VERDICT_PASS;
    if (log->result == RECORD_FAIL)
        return VERDICT_FAIL;
    return log->script_error[0] != '\0' ? VERDICT_SCRIPT : VERDICT_ERROR;
}

enum verdict verdict_after_end(struct run_log *log, const struct qmp *qmp, const struct child *child,
                               const char *emulator_log, bool resets_logged)
{
    char line[NOTE_BYTES];

    if (log->begin_count > 1)
        return VERDICT_REBOOT;
    if (log->ended)
        return verdict_of_result(log);
    if (emulator_log_triple_fault(emulator_log, line, sizeof(line)))
        return VERDICT_TRIPLE_FAULT;
    if (emulator_log_watchdog(emulator_log, line, sizeof(line)))
        return VERDICT_WATCHDOG;
    if (qmp->guest_reset)
        return resets_logged ? VERDICT_REBOOT : VERDICT_RESET;
    if (qmp->internal_error)
        return VERDICT_KVM_ERROR;
    if (emulator_log_panic(emulator_log, line, sizeof(line)))
        return VERDICT_PANIC;
    if (log->refusal[0] != '\0')
        return VERDICT_REFUSED;
    if (log->begin_count == 0 && log->last_line[0] == '\0' && child->exited &&
        (!WIFEXITED(child->status) || WEXITSTATUS(child->status) != 0))
        return VERDICT_NOT_STARTED;
    return VERDICT_CUT;
}

const char *verdict_step_word(enum verdict verdict, const struct qmp *qmp)
{
    static const struct {
        enum verdict verdict;
        const char *paused; /* QMP's word; NULL: any */
        enum machine_death death;
    } deaths[] = {
        {VERDICT_KVM_ERROR, NULL, DEATH_KVM_ERROR},
        {VERDICT_PAUSED, "io-error", DEATH_IO_ERROR},
        {VERDICT_PAUSED, "guest-panicked", DEATH_GUEST_PANICKED},
        {VERDICT_PAUSED, "watchdog", DEATH_WATCHDOG},
        {VERDICT_PAUSED, NULL, DEATH_PAUSED},
        {VERDICT_TRIPLE_FAULT, NULL, DEATH_TRIPLE_FAULT},
        {VERDICT_REBOOT, NULL, DEATH_REBOOT},
        {VERDICT_RESET, NULL, DEATH_RESET},
        {VERDICT_WATCHDOG, NULL, DEATH_WATCHDOG},
        {VERDICT_PANIC, NULL, DEATH_EMULATOR_PANIC},
        {VERDICT_CUT, NULL, DEATH_EMULATOR_END},
        {VERDICT_HANG, NULL, DEATH_SILENCE},
    };

    for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
        if (deaths[i].verdict == verdict && (!deaths[i].paused || strcmp(deaths[i].paused, qmp->paused) == 0))
            return machine_deaths[deaths[i].death].word;
    return NULL;
}

void verdict_note(char *note, size_t room, enum verdict verdict, const struct child *child, const char *emulator_log)
{
    char line[NOTE_BYTES];

    note[0] = '\0';
    if (verdict == VERDICT_PANIC) {
        emulator_log_panic(emulator_log, note, room);
    } else if (verdict == VERDICT_WATCHDOG) {
        emulator_log_watchdog(emulator_log, note, room);
    } else if (verdict == VERDICT_NOT_STARTED) {
        emulator_log_find(emulator_log, "", note, room);
    } else if (verdict == VERDICT_KVM_ERROR) {
        emulator_log_find(emulator_log, "KVM internal error", note, room);
        if (emulator_log_find(emulator_log, "emulation failure", line, sizeof(line))) {
            size_t used = strlen(note);
            snprintf(note + used, room - used, "%s%s", used > 0 ? ", " : "", line);
        }
    } else if (verdict == VERDICT_CUT && child->exited && WIFSIGNALED(child->status)) {
        snprintf(note, room, "the emulator was killed by signal %d", WTERMSIG(child->status));
    } else if (verdict == VERDICT_CUT && child->exited && WIFEXITED(child->status)) {
        snprintf(note, room, "the emulator ended with status %d", WEXITSTATUS(child->status));
    }
}

static void describe_whole(struct verdict_words *words, enum verdict verdict, const struct run_log *log)
{
    enum record_result result = verdict == VERDICT_PASS   ? RECORD_PASS
                                : verdict == VERDICT_FAIL ? RECORD_FAIL
                                                          : RECORD_ERROR;

    const char *why = result != RECORD_ERROR ? "" : log->has_own_error ? log->own_error : log->bad_step;

    snprintf(words->text, sizeof(words->text), "%s: %s%s%" PRIu64 " ok, %" PRIu64 " not ok, %" PRIu64 " skipped",
             RECORD_RESULT_WORDS[result], why, why[0] != '\0' ? "; " : "", log->totals.pass, log->totals.fail,
             log->totals.skip);
}

/* The verdicts of a run that did not reach its end, without the place. */
static const char *broken_words(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_CUT:
        return "cut log: the emulator ended before IDLELAB-END";
    case VERDICT_TRIPLE_FAULT:
        return "triple fault: the processor shut down";
    case VERDICT_REBOOT:
        return "silent reboot: the machine restarted in mid-run";
    case VERDICT_RESET:
        return "triple fault or silent reboot (KVM does not tell which): the machine restarted in mid-run";
    case VERDICT_KVM_ERROR:
        return "KVM internal error: the hypervisor could not run the guest any further";
    case VERDICT_PAUSED:
        return "paused: the machine stands still";
    case VERDICT_WATCHDOG:
        return "watchdog: the hypervisor ended the machine, from which nothing came";
    case VERDICT_PANIC:
        return "emulator panic";
    case VERDICT_HANG:
        return "hang: nothing came on the serial line";
    case VERDICT_TIMEOUT:
        return "time limit: the run did not end";
    case VERDICT_MUTE:
        return "mute: no IDLELAB-BEGIN came";
    case VERDICT_STOPPED:
        return "stopped by a signal";
    default:
        return "the emulator did not start";
    }
}

/* Where the run stood, for a run that did not reach its end. */
static void describe_place(char *text, size_t room, const struct run_log *log)
{
    if (log->step_running && log->step_index < log->step_count) {
        snprintf(text, room, "in step %zu/%zu %s", log->step_index + 1, log->step_count,
                 log->steps[log->step_index].name);
    } else if (log->phase != NULL) {
        snprintf(text, room, "while the machine was brought up, in phase %s", log->phase);
    } else if (log->begin_count > 0) {
        snprintf(text, room, "after %" PRIu64 " steps, last line '%.100s'", log->steps_ended, log->last_line);
    } else if (log->last_line[0] != '\0') {
        snprintf(text, room, "before IDLELAB-BEGIN, last line '%.100s'", log->last_line);
    } else {
        snprintf(text, room, "before the first line");
    }
}

static void describe_limit(char *text, size_t room, enum verdict verdict, const struct verdict_limit *limit)
{
    int used = snprintf(text, room, " %s %u s", verdict == VERDICT_HANG ? "for" : "within", limit->s);

    if (limit->wall_s >= limit->s + limit->s / 4 + 1)
        snprintf(text + used, room - (size_t)used, " (%u s by the clock: the emulator waited for CPUs)", limit->wall_s);
}

static void describe_broken(struct verdict_words *words, enum verdict verdict, const struct run_log *log,
                            const struct qmp *qmp, const char *note, const struct verdict_limit *limit)
{
    char place[NOTE_BYTES / 2];
    char more[100] = "";

    describe_place(place, sizeof(place), log);
    if (verdict == VERDICT_HANG || verdict == VERDICT_TIMEOUT || verdict == VERDICT_MUTE)
        describe_limit(more, sizeof(more), verdict, limit);
    else if (verdict == VERDICT_PAUSED)
        snprintf(more, sizeof(more), " (%s)", qmp->paused);
    snprintf(words->text, sizeof(words->text), "%s%s, %s%s%s", broken_words(verdict), more, place,
             note[0] != '\0' ? ": " : "", note);
}

void verdict_describe(struct verdict_words *words, enum verdict verdict, const struct run_log *log,
                      const struct qmp *qmp, const char *note, const struct verdict_limit *limit)
{
    switch (verdict) {
    case VERDICT_PASS:
    case VERDICT_FAIL:
    case VERDICT_ERROR:
        describe_whole(words, verdict, log);
        break;
    case VERDICT_SCRIPT:
        snprintf(words->text, sizeof(words->text), "bad script: %s", log->script_error);
        break;
    case VERDICT_REFUSED:
        snprintf(words->text, sizeof(words->text), "the image cannot run here: %s", log->refusal);
        break;
    case VERDICT_DAMAGED:
        snprintf(words->text, sizeof(words->text), "damaged log: %" PRIu64 " problem%s, the first: %s",
                 log->reader->counts.problem_total, log->reader->counts.problem_total == 1 ? "" : "s", log->problem);
        break;
    default:
        describe_broken(words, verdict, log, qmp, note, limit);
        break;
    }
}
