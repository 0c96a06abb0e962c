/* SPDX-License-Identifier: MIT */
#include "run/tool/log/sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/log/problem.h"
#include "run/tool/model/record_json.h"

static const char SUM_START[] = "{\"t\":\"sum\"";

/* Integer member `name`, or `otherwise`. */
static uint64_t member(const json_t *object, const char *name, uint64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? (uint64_t)json_integer_value(value) : otherwise;
}

/* The CRC stands as eight hex digits in a string, or as an integer. */
static uint32_t crc_member(const json_t *object)
{
    const json_t *value = json_object_get(object, "crc");
    if (json_is_string(value))
        return (uint32_t)strtoul(json_string_value(value), NULL, 16);
    return (uint32_t)member(object, "crc", 0);
}

void log_sum_take(struct log_reader *reader, const struct log_item *item, uint64_t line)
{
    struct log_run *run = &reader->run;
    size_t start_bytes = sizeof(SUM_START) - 1;
    if (item->json_bytes < start_bytes || memcmp(item->json, SUM_START, start_bytes) != 0)
        return;
    json_error_t error;
    json_t *object = record_json(item->json, item->json_bytes, &error);
    if (!object)
        return; /* the consumer of the records reports bad JSON */
    run->has_sum = true;
    run->sum_line = line;
    run->sum_seq = item->seq;
    run->sum_totals.pass = member(object, "pass", 0);
    run->sum_totals.fail = member(object, "fail", 0);
    run->sum_totals.skip = member(object, "skip", 0);
    run->sum_error_count = member(object, "error", 0);
    run->sum_records = member(object, "lines", UINT64_MAX);
    run->sum_crc = crc_member(object);
    json_decref(object);
}

/* One count of the sum record against ours. */
static void compare(struct log_reader *reader, const char *what, uint64_t expected, uint64_t found)
{
    if (expected != found)
        log_reader_complain(reader, LOG_PROBLEM_SUM, reader->run.sum_line, 0,
                            "the sum record counts %" PRIu64 " %s, the log holds %" PRIu64, expected, what, found);
}

void log_sum_check(struct log_reader *reader)
{
    struct log_run *run = &reader->run;
    const struct seq_window *window = &reader->window;
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
    compare(reader, "failed or in error", run->sum_totals.fail + run->sum_error_count, run->machine_totals.fail);
    compare(reader, "skipped", run->sum_totals.skip, run->machine_totals.skip);
    /* With records missing the CRC cannot agree, and the gaps have been reported. */
    if (window->given_up_count == 0 && window->end == run->sum_seq + 1 && window->crc_before != run->sum_crc)
        log_reader_complain(reader, LOG_PROBLEM_SUM, run->sum_line, 0,
                            "expected CRC %08" PRIx32 " over all records, computed %08" PRIx32, run->sum_crc,
                            window->crc_before);
}
