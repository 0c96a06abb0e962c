/* SPDX-License-Identifier: MIT */
#include "run/launch/run_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json_field.h"

static void take_plan(struct run_log *log, const char *json, size_t bytes)
{
    uint64_t number;
    struct run_log_step *step;

    if (!json_field_u64(json, bytes, "step", &number))
        return;
    step = run_log_find_step(log, number); /* a second record of a step whose keys did not fit in one */
    if (step == NULL)
        step = run_log_add_step(log, number);
    if (step == NULL)
        return;
    if (step->name[0] == '\0')
        json_field_text(json, bytes, "name", step->name, sizeof(step->name));
    json_field_u64(json, bytes, "n", &step->samples);
    json_field_u64(json, bytes, "est_ms", &step->est_ms);
    run_log_take_budget(log, step, json, bytes);
}

/* Makes `number` the present step. False when the plan does not know it. */
static bool select_step(struct run_log *log, uint64_t number)
{
    const struct run_log_step *step = run_log_find_step(log, number);

    if (step == NULL)
        return false;
    log->step_index = (size_t)(step - log->steps);
    return true;
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

/* What is no step's. */
static void take_finding(struct run_log *log, const char *json, size_t bytes)
{
    if (json_field(json, bytes, "step").text == NULL)
        json_field_text(json, bytes, "text", log->own_error, sizeof(log->own_error));
}

static void on_record(void *ctx, const struct log_item *item, uint64_t line, uint64_t column)
{
    static const struct {
        const char *type;
        void (*take)(struct run_log *log, const char *json, size_t bytes);
    } takers[] = {
        {"plan", take_plan}, {"exp", take_exp}, {"tick", take_tick}, {"sync", take_sync}, {"finding", take_finding}};
    struct run_log *log = ctx;

    (void)line;
    (void)column;
    if (item->kind == LOG_ITEM_HOST)
        return;
    log->phase = log_run_phase(&log->reader->run);
    log->has_own_error = log->reader->run.own_error || log->reader->run.refused;
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (json_field_is(item->json, item->json_bytes, "t", takers[i].type))
            takers[i].take(log, item->json, item->json_bytes);
    if (json_field_is(item->json, item->json_bytes, "t", "finding") &&
        json_field_is(item->json, item->json_bytes, "id", "script_error"))
        take_script_error(log, item->json, item->json_bytes);
}

/* The step of a result line has its result. */
static void on_verdict(void *ctx, const struct log_item *item)
{
    struct run_log *log = ctx;
    struct run_log_step *step = run_log_find_step(log, item->number);

    log->totals = log->reader->run.totals;
    if (!item->ok && !item->skip && log->bad_step[0] == '\0')
        snprintf(log->bad_step, sizeof(log->bad_step), "%.*s%s%.*s", (int)item->name_bytes, item->name,
                 item->detail_bytes > 0 ? ": " : "", (int)item->detail_bytes, item->detail);
    if (step != NULL)
        step->has_result = true;
}

static void on_begin(void *ctx, const char *run_id)
{
    (void)run_id;
    ((struct run_log *)ctx)->begin_count = 1;
}

/* What a machine writes after it rebooted is not part of the run. */
static bool on_reboot(void *ctx)
{
    ((struct run_log *)ctx)->begin_count = 2;
    return true;
}

static void on_end(void *ctx, enum record_result result)
{
    struct run_log *log = ctx;

    log->ended = true;
    log->result = result;
}

static void on_problem(void *ctx, const struct log_problem *problem)
{
    struct run_log *log = ctx;

    if (log->problem[0] != '\0')
        return;
    if (problem->line > 0)
        snprintf(log->problem, sizeof(log->problem), "line %" PRIu64 ": %s", problem->line, problem->text);
    else
        snprintf(log->problem, sizeof(log->problem), "%s", problem->text);
}

static void copy_text(char *out, size_t room, const char *text, size_t bytes)
{
    size_t used = bytes < room - 1 ? bytes : room - 1;

    for (size_t i = 0; i < used; i++)
        out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '.';
    out[used] = '\0';
}

static void on_line(void *ctx, const char *text, size_t bytes)
{
    static const char refusal[] = "idlelab: ";
    struct run_log *log = ctx;

    if (bytes == 0 || log->own_lines)
        return;
    copy_text(log->last_line, sizeof(log->last_line), text, bytes);
    if (log->begin_count == 0 && strncmp(log->last_line, refusal, strlen(refusal)) == 0)
        memcpy(log->refusal, log->last_line, sizeof(log->refusal));
}

bool run_log_init(struct run_log *log)
{
    const struct log_events events = {.ctx = log,
                                      .on_line = on_line,
                                      .on_begin = on_begin,
                                      .on_reboot = on_reboot,
                                      .on_record = on_record,
                                      .on_verdict = on_verdict,
                                      .on_end = on_end,
                                      .on_problem = on_problem};

    *log = (struct run_log){.first_step = 1, .reader = log_reader_new(&events, SEQ_WINDOW_DEFAULT_COUNT)};
    return log->reader != NULL;
}

void run_log_free(struct run_log *log)
{
    log_reader_free(log->reader);
    free(log->steps);
}

bool run_log_finish(struct run_log *log)
{
    bool over = log->begin_count == 1 && log_reader_at_end(log->reader);

    log_reader_finish(log->reader);
    return over && log->reader->counts.problem_total == 0;
}

const struct run_log_step *run_log_dead_step(const struct run_log *log)
{
    for (size_t i = log->step_index; log->step_begun && i < log->step_count; i++)
        if (!log->steps[i].has_result)
            return &log->steps[i];
    return NULL;
}

void run_log_next_machine(struct run_log *log, uint64_t first_step)
{
    log->first_step = first_step;
    log->begin_count = 0;
    log->ended = log->step_begun = log->step_running = false;
    log->refusal[0] = log->last_line[0] = '\0';
    log->phase = NULL;
    log->steps_ended = 0;
    log->sync_count = 0;
    log->step_done = log->step_of = 0;
}
