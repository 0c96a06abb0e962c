/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/run_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc.h"

#include "run/launch/run_records.h"

enum {
    KTAP_TAIL_CHARS = 6, /* " ~" and four hex digits */
};

void run_log_init(struct run_log *log)
{
    memset(log, 0, sizeof(*log));
    log->first_step = 1;
}

void run_log_free(struct run_log *log)
{
    free(log->steps);
    log->steps = NULL;
}

static bool starts_with(const char *line, size_t bytes, const char *head)
{
    size_t head_bytes = strlen(head);

    return bytes >= head_bytes && memcmp(line, head, head_bytes) == 0;
}

static void copy_text(char *out, size_t room, const char *text, size_t bytes)
{
    size_t used = bytes < room - 1 ? bytes : room - 1;

    for (size_t i = 0; i < used; i++)
        out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '.';
    out[used] = '\0';
}

/* IDLELAB-BEGIN run=<16 hex> fmt=1 */
static void take_begin(struct run_log *log, const char *line, size_t bytes)
{
    static const char head[] = "IDLELAB-BEGIN run=";

    log->begin_count++;
    if (log->begin_count > 1)
        return; /* a verdict of its own */
    if (bytes < strlen(head) + 16) {
        run_log_problem(log, "line %" PRIu64 ": IDLELAB-BEGIN without a run number", log->line_count);
        return;
    }
    copy_text(log->run_id, sizeof(log->run_id), line + strlen(head), 16);
    if (!starts_with(line + strlen(head) + 16, bytes - strlen(head) - 16, " fmt=1"))
        run_log_problem(log, "line %" PRIu64 ": not format 1", log->line_count);
}

/* IDLELAB-END run=<16 hex> result=PASS|FAIL|ERROR */
static void take_end(struct run_log *log, const char *line, size_t bytes)
{
    char text[RUN_LOG_TEXT_BYTES];
    char run_id[17] = "";
    char result[8] = "";

    copy_text(text, sizeof(text), line, bytes);
    log->ended = true;
    if (sscanf(text, "IDLELAB-END run=%16s result=%7s", run_id, result) != 2 ||
        (strcmp(result, "PASS") != 0 && strcmp(result, "FAIL") != 0 && strcmp(result, "ERROR") != 0)) {
        run_log_problem(log, "line %" PRIu64 ": an IDLELAB-END without a result", log->line_count);
        return;
    }
    if (strcmp(run_id, log->run_id) != 0) {
        run_log_problem(log, "line %" PRIu64 ": IDLELAB-END of run %s, not of %s", log->line_count, run_id,
                        log->run_id);
    }
    memcpy(log->result, result, sizeof(result));
}

/* The step of a result line has its result. */
static void mark_result(struct run_log *log, const char *line, size_t bytes)
{
    char text[RUN_LOG_TEXT_BYTES];
    uint64_t number;

    copy_text(text, sizeof(text), line, bytes);
    if (sscanf(text + (line[0] == 'n' ? strlen("not ok ") : strlen("ok ")), "%" SCNu64, &number) != 1)
        return;
    for (size_t i = log->step_count; i-- > 0;)
        if (log->steps[i].number == number)
            log->steps[i].has_result = true;
}

/* ok 3 name # p99 1834 ns ~5f2a */
static void take_verdict(struct run_log *log, const char *line, size_t bytes)
{
    char tail[KTAP_TAIL_CHARS + 1];
    bool ok = line[0] == 'o';

    if (bytes > KTAP_TAIL_CHARS) {
        snprintf(tail, sizeof(tail), " ~%04x", crc16_ccitt(line, bytes - KTAP_TAIL_CHARS));
        if (memcmp(line + bytes - KTAP_TAIL_CHARS, tail, KTAP_TAIL_CHARS) == 0) {
            mark_result(log, line, bytes);
            if (memmem(line, bytes, " # SKIP ", 8) != NULL)
                log->ktap_skip_count++;
            else if (ok)
                log->ktap_ok_count++;
            else
                log->ktap_not_ok_count++;
            return;
        }
    }
    run_log_problem(log, "line %" PRIu64 ": a result line whose CRC-16 does not match", log->line_count);
}

static void take_ktap_plan(struct run_log *log, const char *line, size_t bytes)
{
    char text[32];
    uint64_t count;

    copy_text(text, sizeof(text), line, bytes);
    if (sscanf(text, "1..%" SCNu64, &count) == 1) {
        log->ktap_planned = true;
        log->ktap_plan_count = count;
    }
}

void run_log_line(struct run_log *log, const char *line, size_t bytes)
{
    log->line_count++;
    if (bytes == 0)
        return;
    copy_text(log->last_line, sizeof(log->last_line), line, bytes);
    if (log->begin_count <= 1 && !starts_with(line, bytes, "IDLELAB-BEGIN "))
        log->problems_before_line = log->problem_count;
    if (starts_with(line, bytes, "IDLELAB-BEGIN ")) {
        take_begin(log, line, bytes);
    } else if (log->begin_count == 0) {
        if (starts_with(line, bytes, "idlelab: "))
            copy_text(log->refusal, sizeof(log->refusal), line, bytes);
    } else if (log->begin_count == 1 && !log->ended) {
        if (starts_with(line, bytes, "# IL "))
            run_records_line(log, line, bytes);
        else if (starts_with(line, bytes, "IDLELAB-END "))
            take_end(log, line, bytes);
        else if (starts_with(line, bytes, "ok ") || starts_with(line, bytes, "not ok "))
            take_verdict(log, line, bytes);
        else if (starts_with(line, bytes, "1.."))
            take_ktap_plan(log, line, bytes);
    }
}

bool run_log_finish(struct run_log *log)
{
    uint64_t results = log->ktap_ok_count + log->ktap_not_ok_count + log->ktap_skip_count;

    if (log->ended && !log->sum_seen)
        run_log_problem(log, "there is no sum record");
    if ((log->ended || log->closed) && log->ktap_planned && results != log->ktap_plan_count)
        run_log_problem(log, "%" PRIu64 " results were planned, %" PRIu64 " came", log->ktap_plan_count, results);
    return log->begin_count == 1 && (log->ended || log->closed) && log->problem_count == 0;
}

uint64_t run_log_planned_ms(const struct run_log *log)
{
    uint64_t sum_ms = 0;

    for (size_t i = 0; i < log->step_count; i++)
        sum_ms += log->steps[i].number >= log->first_step ? log->steps[i].est_ms : 0;
    return sum_ms;
}

uint64_t run_log_left_ms(const struct run_log *log)
{
    uint64_t sum_ms = 0;
    size_t next = log->step_index;

    if (log->step_running && log->step_count > 0) {
        const struct run_log_step *step = &log->steps[log->step_index];
        uint64_t of = log->step_of > 0 ? log->step_of : 1;
        uint64_t done = log->step_done < of ? log->step_done : of;
        sum_ms = step->est_ms - step->est_ms * done / of;
        next++;
    } else if (log->steps_ended > 0) {
        next++;
    }
    while (next < log->step_count && log->steps[next].number < log->first_step)
        next++;
    for (size_t i = next; i < log->step_count; i++)
        sum_ms += log->steps[i].est_ms;
    return sum_ms;
}
