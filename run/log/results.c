/* SPDX-License-Identifier: MIT */
#include "run/log/parts.h"

#include <inttypes.h>

#include "lib/json_field.h"
#include "lib/record/boot_phase.h"

void log_results_resumed(struct log_reader *r, const struct log_item *item)
{
    r->run.resumed |= json_field_is(item->json, item->json_bytes, "t", "env") &&
                      json_field_is(item->json, item->json_bytes, "k", "resume");
}

void log_results_phase(struct log_reader *r, const struct log_item *item)
{
    uint64_t number;

    if (json_field_is(item->json, item->json_bytes, "t", "boot") &&
        json_field_u64(item->json, item->json_bytes, "n", &number) && number < PHASES)
        r->run.phase = number;
}

const char *log_run_phase(const struct log_run *run)
{
    return run->phase == PHASE_UP || run->phase == PHASE_NONE ? NULL : boot_phase_words[run->phase];
}

void log_results_plan(struct log_reader *r, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct log_run *run = &r->run;
    if (!run->open)
        return;
    if (run->has_plan && run->plan_count != item->number)
        log_reader_complain(r, LOG_PROBLEM_PLAN, line, column,
                            "a second KTAP plan: expected 1..%" PRIu64 ", found 1..%" PRIu64, run->plan_count,
                            item->number);
    if (run->has_plan)
        return;
    run->has_plan = true;
    run->plan_count = item->number;
    if (r->events.on_plan)
        r->events.on_plan(r->events.ctx, item->number);
}

static void count_result(struct log_totals *totals, const struct log_item *item)
{
    if (item->skip)
        totals->skip++;
    else if (item->ok)
        totals->pass++;
    else
        totals->fail++;
}

void log_results_take(struct log_reader *r, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct log_run *run = &r->run;
    uint8_t bit, *byte;

    run->open = true;
    if (item->number == 0 || item->number > LOG_RESULTS_MAX || (run->has_plan && item->number > run->plan_count)) {
        log_reader_complain(r, LOG_PROBLEM_PLAN, line, column, "result %" PRIu64 " lies outside the plan",
                            item->number);
        return;
    }
    bit = (uint8_t)(1U << ((item->number - 1) % 8));
    byte = &run->results_seen[(item->number - 1) / 8];
    if (*byte & bit) {
        if (r->result_crc[item->number - 1] == item->crc_computed)
            r->counts.repeats++;
        else
            log_reader_complain(r, LOG_PROBLEM_PLAN, line, column,
                                "result %" PRIu64 " has come before with another text", item->number);
        return;
    }
    *byte |= bit;
    r->result_crc[item->number - 1] = (uint16_t)item->crc_computed;
    count_result(&run->totals, item);
    count_result(&run->machine_totals, item);
    if (r->events.on_verdict)
        r->events.on_verdict(r->events.ctx, item);
}

static bool is_seen(const struct log_run *run, uint64_t number)
{
    return run->results_seen[(number - 1) / 8] >> ((number - 1) % 8) & 1;
}

void log_results_finish(struct log_reader *r)
{
    struct log_run *run = &r->run;
    uint64_t seen = run->totals.pass + run->totals.fail + run->totals.skip;
    uint64_t first, last;

    if (!run->has_plan && (run->resumed || (run->ended && run->result == RECORD_ERROR && seen == 0)))
        return;
    if (!run->has_plan) {
        log_reader_complain(r, LOG_PROBLEM_PLAN, run->begin_line, 0,
                            "no KTAP plan: expected a line 1..N, found %" PRIu64 " results", seen);
        return;
    }
    if (seen == run->plan_count)
        return;
    first = 1;
    while (first <= run->plan_count && first <= LOG_RESULTS_MAX && is_seen(run, first))
        first++;
    for (last = run->plan_count < LOG_RESULTS_MAX ? run->plan_count : LOG_RESULTS_MAX; last > first; last--)
        if (is_seen(run, last))
            break;
    /* A run that ended in its own error has no results of the steps from there on; those before it are missing. */
    if (run->ended && run->own_error && last <= first)
        return;
    log_reader_complain(r, LOG_PROBLEM_PLAN, run->begin_line, 0,
                        "expected %" PRIu64 " results, found %" PRIu64 "; the first one missing is %" PRIu64,
                        run->plan_count, seen, first);
}
