/* SPDX-License-Identifier: MIT */
#include "run/tool/log/join.h"

#include <inttypes.h>
#include <string.h>

#include "run/tool/log/problem.h"
#include "run/tool/model/record_json.h"

static const char JOIN_START[] = "{\"t\":\"join\",";

bool log_join_is(const struct log_item *item)
{
    size_t start_bytes = sizeof(JOIN_START) - 1;
    return item->json_bytes > start_bytes && memcmp(item->json, JOIN_START, start_bytes) == 0;
}

static uint64_t number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) && json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
}

void log_join_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct log_run *run = &reader->run;
    json_error_t error;
    json_t *object = record_json(item->json, item->json_bytes, &error);
    const char *run_id = json_string_value(json_object_get(object, "run"));
    if (!object)
        return; /* the consumer of the records reports bad JSON */
    if (!run->begun || !run_id || strcmp(run_id, run->run_id) != 0)
        log_reader_complain(reader, LOG_PROBLEM_FRAME, line, column,
                            "a machine is said to have died that is not the one before: expected "
                            "run %s, found %.16s",
                            run->begun ? run->run_id : "(none)", run_id ? run_id : "(none)");
    seq_window_finish(&reader->window, 0);
    seq_window_reset(&reader->window);
    run->next_step = number_of(object, "next");
    run->waits = run->next_step > 0;
    run->closed = !run->waits;
    json_decref(object);
}

void log_join_begin(struct log_reader *reader, const char *run_id)
{
    struct log_run *run = &reader->run;
    run->waits = false;
    run->begun = true;
    run->ended = run->has_sum = false;
    memset(&run->machine_totals, 0, sizeof(run->machine_totals));
    memcpy(run->run_id, run_id, sizeof(run->run_id));
}

bool log_join_ends(struct log_reader *reader, uint64_t line)
{
    const struct log_run *run = &reader->run;
    if (run->waits)
        log_reader_complain(reader, LOG_PROBLEM_FRAME, line, 0,
                            "a machine died, and no machine went on with step %" PRIu64, run->next_step);
    return run->waits || run->closed;
}
