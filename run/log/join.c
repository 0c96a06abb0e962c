/* SPDX-License-Identifier: MIT */
#include "run/log/parts.h"

#include <inttypes.h>
#include <string.h>

#include "lib/record/boot_phase.h"
#include "lib/json_field.h"

bool log_join_is(const struct log_item *item)
{
    return item->kind == LOG_ITEM_HOST && json_field_is(item->json, item->json_bytes, "t", "join");
}

void log_join_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct log_run *run = &reader->run;
    char run_id[LOG_RUN_ID_CHARS + 2]; /* one longer, so that a longer one is not taken for it */
    if (!log_join_is(item))
        return;
    json_field_text(item->json, item->json_bytes, "run", run_id, sizeof(run_id));
    if (!run->begun || strcmp(run_id, run->run_id) != 0)
        log_reader_complain(reader, LOG_PROBLEM_FRAME, line, column,
                            "the join record names another machine than the one before: expected run %s, found %.16s",
                            run->begun ? run->run_id : "(none)", run_id[0] ? run_id : "(none)");
    seq_window_finish(&reader->window, 0);
    seq_window_reset(&reader->window);
    run->joined = true;
    run->next_step = 0;
    json_field_u64(item->json, item->json_bytes, "next", &run->next_step);
    run->waits = run->next_step > 0;
    run->closed = !run->waits;
}

void log_join_begin(struct log_reader *reader, const char *run_id)
{
    struct log_run *run = &reader->run;
    run->waits = false;
    run->begun = true;
    run->ended = run->has_sum = run->own_error = run->refused = false;
    run->phase = PHASE_NONE;
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
