/* SPDX-License-Identifier: MIT */
#include "run/log/parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/json_field.h"

/* Integer member `name`, or `otherwise`. */
static uint64_t member(const struct log_item *item, const char *name, uint64_t otherwise)
{
    uint64_t value;
    return json_field_u64(item->json, item->json_bytes, name, &value) ? value : otherwise;
}

void log_sum_take(struct log_reader *reader, const struct log_item *item, uint64_t line)
{
    struct log_run *run = &reader->run;
    char crc[9];
    run->refused |= json_field_is(item->json, item->json_bytes, "t", "finding") &&
                    json_field_is(item->json, item->json_bytes, "id", "records_refused");
    if (!json_field_is(item->json, item->json_bytes, "t", "sum"))
        return;
    run->has_sum = true;
    run->sum_line = line;
    run->sum_seq = item->seq;
    run->sum_totals.pass = member(item, "pass", 0);
    run->sum_totals.fail = member(item, "fail", 0);
    run->sum_totals.skip = member(item, "skip", 0);
    run->sum_error_count = member(item, "error", 0);
    run->own_error = run->sum_error_count > 0 && json_field_is(item->json, item->json_bytes, "own", "yes");
    run->sum_records = member(item, "lines", UINT64_MAX);
    json_field_text(item->json, item->json_bytes, "crc", crc, sizeof(crc));
    run->sum_crc = (uint32_t)strtoul(crc, NULL, 16);
}

/* One count of the sum record against ours. */
static void compare(struct log_reader *reader, const char *what, uint64_t expected, uint64_t found)
{
    if (expected != found)
        log_reader_complain(reader, LOG_PROBLEM_SUM, reader->run.sum_line, 0,
                            "the sum record counts %" PRIu64 " %s, the log holds %" PRIu64, expected, what, found);
}

/* The image derives its END from what the sum record counts (lib/record/record.c). */
static void check_end(struct log_reader *reader)
{
    const struct log_run *run = &reader->run;
    enum record_result expected = run->sum_totals.fail ? RECORD_FAIL : RECORD_PASS;
    if (run->sum_error_count || run->refused)
        expected = RECORD_ERROR;
    if (run->ended && run->end_result != expected)
        log_reader_complain(reader, LOG_PROBLEM_SUM, run->sum_line, 0,
                            "IDLELAB-END says %s, the sum record's counts make %s",
                            RECORD_RESULT_WORDS[run->end_result], RECORD_RESULT_WORDS[expected]);
}

void log_sum_check(struct log_reader *reader)
{
    struct log_run *run = &reader->run;
    const struct seq_window *window = &reader->window;
    /* What ends a whole run, such as a wrong script, is an error that has no result. */
    uint64_t failed = run->sum_totals.fail + run->sum_error_count - run->own_error;

    if (!run->has_sum) {
        log_reader_complain(reader, LOG_PROBLEM_SUM, reader->counts.lines, 0,
                            "no sum record: how many records the run wrote is not known");
        return;
    }
    if (run->sum_records != run->sum_seq)
        log_reader_complain(reader, LOG_PROBLEM_SUM, run->sum_line, 0,
                            "the sum record counts %" PRIu64 " records before it, but has number %" PRIu64,
                            run->sum_records, run->sum_seq);
    if (window->end > run->sum_seq + 1)
        log_reader_complain(reader, LOG_PROBLEM_SUM, run->sum_line, 0,
                            "%" PRIu64 " records follow the sum record, which is the last",
                            window->end - run->sum_seq - 1);
    compare(reader, "passed", run->sum_totals.pass, run->machine_totals.pass);
    compare(reader, "failed or in error", failed, run->machine_totals.fail);
    compare(reader, "skipped", run->sum_totals.skip, run->machine_totals.skip);
    check_end(reader);
    /* With records missing the CRC cannot agree, and the gaps have been reported. */
    if (window->given_up_count == 0 && window->end == run->sum_seq + 1 && window->crc_before != run->sum_crc)
        log_reader_complain(reader, LOG_PROBLEM_SUM, run->sum_line, 0,
                            "expected CRC %08" PRIx32 " over all records, computed %08" PRIx32, run->sum_crc,
                            window->crc_before);
}
