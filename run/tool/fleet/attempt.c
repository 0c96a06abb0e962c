/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/attempt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "run/tool/fleet/script_of.h"

/* Behind the timeout: for what the lab does after a boot. */
#define GRACE_S   30
#define END_BYTES 512

const char *const FLEET_STATE_WORDS[] = {"planned", "running",        "done",  "failed",
                                         "lost",    "infrastructure", "twice", NULL};

static bool look_at(const char *folder, const char *name, struct stat *file)
{
    char path[FLEET_PATH_CHARS];
    return snprintf(path, sizeof(path), "%s/%s", folder, name) < FLEET_PATH_CHARS && stat(path, file) == 0;
}

bool attempt_look(struct attempt *attempt, const char *folder)
{
    struct stat begin, end, log;
    bool has_begin = look_at(folder, "begin", &begin), has_log = look_at(folder, "serial.log", &log);
    bool has_end = look_at(folder, "end", &end);

    memset(attempt, 0, sizeof(*attempt));
    if (!has_begin && !has_log && !has_end)
        return false;
    snprintf(attempt->log, sizeof(attempt->log), "%s/serial.log", folder);
    snprintf(attempt->stamp, sizeof(attempt->stamp), "%" PRIdMAX " %" PRIdMAX ".%09ld %" PRIdMAX ".%09ld",
             has_log ? (intmax_t)log.st_size : -1, has_log ? (intmax_t)log.st_mtim.tv_sec : 0,
             has_log ? log.st_mtim.tv_nsec : 0, has_end ? (intmax_t)end.st_mtim.tv_sec : 0,
             has_end ? end.st_mtim.tv_nsec : 0);
    return true;
}

static void say(struct attempt *attempt, enum fleet_state state, const char *reason)
{
    attempt->state = state;
    snprintf(attempt->reason, sizeof(attempt->reason), "%s", reason);
}

/* The file `end`: the number behind exit= (-1: none), and what reason= says. False where there is no such file. */
static bool read_end(const char *folder, int *code, char *reason)
{
    char path[FLEET_PATH_CHARS], text[END_BYTES + 1], *found;
    FILE *file = snprintf(path, sizeof(path), "%s/end", folder) < FLEET_PATH_CHARS ? fopen(path, "rb") : NULL;

    if (!file)
        return false;
    text[fread(text, 1, END_BYTES, file)] = '\0';
    fclose(file);
    found = strstr(text, "exit=");
    *code = found ? atoi(found + strlen("exit=")) : -1;
    found = strstr(text, "reason=");
    found = found ? found + strlen("reason=") : NULL;
    snprintf(reason, ATTEMPT_REASON_CHARS, "%.*s", found ? (int)strcspn(found, "\r\n") : 0, found ? found : "");
    return true;
}

/* Damaged lines whose second copies came: all records are there. */
static bool is_mended(const struct log_counts *counts)
{
    return counts->missing == 0 &&
           counts->problem_total == counts->problems[LOG_PROBLEM_DAMAGED] + counts->problems[LOG_PROBLEM_CAPTURE];
}

/* By the log alone. False: there is no run in it. */
static bool judge_log(struct attempt *attempt, struct model *model, struct model_run **run)
{
    struct load_options options = {.quiet = true};
    struct load_result result;
    struct stat file;

    *run = NULL;
    if (stat(attempt->log, &file) != 0 || file.st_size == 0 || !load_log(attempt->log, &options, model, &result) ||
        model->run_count == 0 || !model->runs[0].run_id[0])
        return false;
    if (model->run_count > 1 || result.counts.problems[LOG_PROBLEM_REBOOT] > 0)
        say(attempt, FLEET_LOST, "rebooted");
    else if (!model->runs[0].ended)
        say(attempt, FLEET_LOST, "no_end");
    else if (result.exit == TOOL_LOSS && !is_mended(&result.counts))
        say(attempt, FLEET_LOST, "damaged");
    else {
        *run = &model->runs[0];
        snprintf(attempt->run_id, sizeof(attempt->run_id), "%s", (*run)->run_id);
        say(attempt, (*run)->result == RECORD_PASS ? FLEET_DONE : FLEET_FAILED,
            result.exit == TOOL_LOSS         ? "mended"
            : (*run)->result == RECORD_ERROR ? "error"
            : (*run)->result == RECORD_PASS  ? ""
                                             : "steps");
    }
    return true;
}

static bool is_over(const char *folder, uint32_t timeout_s)
{
    struct stat begin;
    return !look_at(folder, "begin", &begin) || time(NULL) - begin.st_mtim.tv_sec > (time_t)timeout_s + GRACE_S;
}

void attempt_judge(struct attempt *attempt, const char *folder, uint32_t timeout_s, struct model *model,
                   struct model_run **run)
{
    char reason[ATTEMPT_REASON_CHARS] = "";
    int code = 0;
    bool ended = read_end(folder, &code, reason), over = ended || is_over(folder, timeout_s), has_run;

    *run = NULL;
    if (!over) {
        say(attempt, FLEET_RUNNING, "");
        return;
    }
    has_run = judge_log(attempt, model, run);
    if (*run)
        return; /* a whole log counts, whoever did not live to see its end */
    if (!ended)
        say(attempt, FLEET_INFRASTRUCTURE, "dispatcher_gone");
    else if (code != 0) {
        char words[ATTEMPT_REASON_CHARS];
        snprintf(words, sizeof(words), "exit %d", code);
        say(attempt, FLEET_INFRASTRUCTURE, reason[0] ? reason : words);
    } else if (!has_run)
        say(attempt, FLEET_INFRASTRUCTURE, "no_boot");
}

bool attempt_is_other(struct attempt *attempt, const struct job *job, struct model *model, const struct model_run *run)
{
    const char *found;

    if (script_of_job(model, run, job, &found))
        return false;
    attempt->state = FLEET_INFRASTRUCTURE;
    snprintf(attempt->reason, sizeof(attempt->reason), "script: found '%.30s', expected '%.30s'", found,
             job_get(job, "script", ""));
    attempt->run_id[0] = '\0';
    return true;
}
