/* SPDX-License-Identifier: MIT */
#include "run/launch/run_records.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc.h"

#include "lib/json_field.h"

enum {
    PREFIX_CHARS = 5,    /* "# IL " */
    CRC_TAIL_CHARS = 10, /* " *" and eight hex digits */
    SEQ_DIGITS_MIN = 4,
    SEQ_DIGITS_MAX = 16,
    STEPS_GROWTH = 64,
};

void run_log_problem(struct run_log *log, const char *format, ...)
{
    va_list args;

    log->problem_count++;
    if (log->problem_count > 1)
        return;
    va_start(args, format);
    vsnprintf(log->problem, sizeof(log->problem), format, args);
    va_end(args);
}

/* Reads lower-case hex digits up to the first other character; returns how many there were. */
static size_t parse_hex(const char *text, size_t bytes, uint64_t *value)
{
    size_t i;

    *value = 0;
    for (i = 0; i < bytes && i < SEQ_DIGITS_MAX; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            *value = *value << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *value = *value << 4 | (uint64_t)(c - 'a' + 10);
        else
            break;
    }
    return i;
}

static struct run_log_step *add_step(struct run_log *log)
{
    if (log->step_count == RUN_LOG_STEPS_MAX)
        return NULL;
    if (log->step_count == log->step_room) {
        size_t room = log->step_room + STEPS_GROWTH;
        struct run_log_step *grown = realloc(log->steps, room * sizeof(*grown));
        if (grown == NULL)
            return NULL;
        log->steps = grown;
        log->step_room = room;
    }
    struct run_log_step *step = &log->steps[log->step_count++];
    memset(step, 0, sizeof(*step));
    return step;
}

static void take_plan(struct run_log *log, const char *json, size_t bytes)
{
    uint64_t number;

    if (!json_field_u64(json, bytes, "step", &number))
        return;
    struct run_log_step *step = NULL;
    for (size_t i = log->step_count; i-- > 0 && step == NULL;)
        if (log->steps[i].number == number)
            step = &log->steps[i]; /* a second record of a step whose keys did not fit in one */
    if (step == NULL) {
        step = add_step(log);
        if (step == NULL)
            return;
        step->number = number;
    }
    if (step->name[0] == '\0')
        json_field_text(json, bytes, "name", step->name, sizeof(step->name));
    json_field_u64(json, bytes, "n", &step->samples);
    json_field_u64(json, bytes, "est_ms", &step->est_ms);
}

/* Makes `number` the present step. False when the plan does not know it. */
static bool select_step(struct run_log *log, uint64_t number)
{
    for (size_t i = 0; i < log->step_count; i++) {
        if (log->steps[i].number == number) {
            log->step_index = i;
            return true;
        }
    }
    return false;
}

static void take_exp(struct run_log *log, const char *json, size_t bytes)
{
    uint64_t number;

    if (!json_field_u64(json, bytes, "step", &number) || !select_step(log, number))
        return;
    if (json_field(json, bytes, "end").text != NULL) {
        log->step_running = false;
        log->steps_ended++;
        return;
    }
    log->step_running = log->step_begun = true;
    log->step_done = 0;
    log->step_of = log->steps[log->step_index].samples;
}

static void take_tick(struct run_log *log, const char *json, size_t bytes)
{
    uint64_t number;

    if (json_field_u64(json, bytes, "step", &number) && select_step(log, number)) {
        log->step_running = true;
        json_field_u64(json, bytes, "done", &log->step_done);
        json_field_u64(json, bytes, "of", &log->step_of);
    }
}

static void take_sum(struct run_log *log, const char *json, size_t bytes)
{
    uint64_t lines = 0;
    struct json_span crc = json_field(json, bytes, "crc");
    uint64_t value = 0;

    log->sum_seen = true;
    if (!json_field_u64(json, bytes, "lines", &lines) || lines != log->record_count)
        run_log_problem(log, "the sum record counts %" PRIu64 " records, %" PRIu64 " came", lines, log->record_count);
    if (crc.bytes != 10 || parse_hex(crc.text + 1, 8, &value) != 8 || value != log->crc)
        run_log_problem(log, "the sum record's CRC does not agree with the records that came");
}

/* The first script error counts; its text may come in parts. */
static void take_script_error(struct run_log *log, const char *json, size_t bytes)
{
    size_t used = strlen(log->script_error);
    uint64_t part = 1;
    uint64_t of = 1;

    json_field_u64(json, bytes, "p", &part);
    json_field_u64(json, bytes, "of", &of);
    if (part != log->script_error_part + 1 || (part > 1 && part > log->script_error_of))
        return;
    json_field_text(json, bytes, "text", log->script_error + used, sizeof(log->script_error) - used);
    log->script_error_part = part;
    log->script_error_of = of;
}

static void take_sync(struct run_log *log, const char *json, size_t bytes)
{
    if (json_field_u64(json, bytes, "step", &log->sync_step) && json_field_u64(json, bytes, "n", &log->sync_n)) {
        log->sync_begin = json_field_is(json, bytes, "at", "begin");
        log->sync_count++;
    }
}

static void take_json(struct run_log *log, const char *json, size_t bytes)
{
    if (json_field_is(json, bytes, "t", "plan"))
        take_plan(log, json, bytes);
    else if (json_field_is(json, bytes, "t", "exp"))
        take_exp(log, json, bytes);
    else if (json_field_is(json, bytes, "t", "tick"))
        take_tick(log, json, bytes);
    else if (json_field_is(json, bytes, "t", "sync"))
        take_sync(log, json, bytes);
    else if (json_field_is(json, bytes, "t", "sum"))
        take_sum(log, json, bytes);
    else if (json_field_is(json, bytes, "id", "script_error"))
        take_script_error(log, json, bytes);
}

void run_records_line(struct run_log *log, const char *line, size_t bytes)
{
    const char *text = line + PREFIX_CHARS;
    uint64_t crc = 0;
    uint64_t seq = 0;

    if (bytes < PREFIX_CHARS + SEQ_DIGITS_MIN + 3 + CRC_TAIL_CHARS ||
        memcmp(line + bytes - CRC_TAIL_CHARS, " *", 2) != 0 || parse_hex(line + bytes - 8, 8, &crc) != 8) {
        run_log_problem(log, "line %" PRIu64 ": a record without its CRC", log->line_count);
        return;
    }
    size_t text_bytes = bytes - PREFIX_CHARS - CRC_TAIL_CHARS;
    if (crc32_update(0, text, text_bytes) != (uint32_t)crc) {
        run_log_problem(log, "line %" PRIu64 ": a record whose CRC does not match", log->line_count);
        return;
    }
    size_t digits = parse_hex(text, text_bytes, &seq);
    if (digits < SEQ_DIGITS_MIN || digits >= text_bytes || text[digits] != ' ') {
        run_log_problem(log, "line %" PRIu64 ": a record without sequence number", log->line_count);
        return;
    }
    if (seq < log->next_seq)
        return; /* a second copy */
    if (seq > log->next_seq) {
        run_log_problem(log, "line %" PRIu64 ": records %04" PRIx64 " to %04" PRIx64 " are missing", log->line_count,
                        log->next_seq, seq - 1);
    }
    take_json(log, text + digits + 1, text_bytes - digits - 1);
    log->next_seq = seq + 1;
    log->record_count++;
    log->crc = crc32_update(log->crc, text, text_bytes);
    log->crc = crc32_update(log->crc, "\n", 1);
}
