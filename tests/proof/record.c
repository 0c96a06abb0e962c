/* SPDX-License-Identifier: MIT */
#include "lib/record/record_line.h"

#include "lib/crc.h"
#include "tests/proof/proof.h"

/* Every text has the same check here, any one: what is proved holds whatever the CRC of a line is. */
static uint32_t check;

uint32_t crc32_update(uint32_t crc, const void *data, size_t bytes)
{
    (void)crc;
    assert(__CPROVER_r_ok(data, bytes));
    return check;
}

uint16_t crc16_ccitt(const void *data, size_t bytes)
{
    assert(__CPROVER_r_ok(data, bytes));
    return (uint16_t)check;
}

static void check_item(const struct log_item *item, const char *line, size_t bytes)
{
    assert(item->kind <= LOG_ITEM_DAMAGED);
    assert(item->at <= bytes && item->after <= bytes && item->bad_at <= bytes);
    assert(item->kind == LOG_ITEM_NONE || item->after > item->at);
    if (item->kind == LOG_ITEM_RECORD || item->kind == LOG_ITEM_HOST)
        assert(item->json >= line && item->json + item->json_bytes <= line + bytes && item->json[0] == '{' &&
               item->json[item->json_bytes - 1] == '}' &&
               item->text + item->text_bytes == item->json + item->json_bytes);
    if (item->kind == LOG_ITEM_VERDICT)
        assert(item->name >= line && item->name + item->name_bytes <= line + bytes &&
               (!item->detail || (item->detail > item->name && item->detail + item->detail_bytes <= line + bytes)));
    assert((item->kind == LOG_ITEM_DAMAGED) == (item->expected != NULL));
}

/* A line that begins with `begin` and has any `any` characters behind it, then `end`. */
static void parse(const char *begin, size_t begin_bytes, size_t any, const char *end, size_t end_bytes)
{
    size_t bytes = begin_bytes + any + end_bytes;
    char *line = malloc(bytes);
    struct log_item item;

    for (size_t i = 0; i < begin_bytes; i++)
        line[i] = begin[i];
    for (size_t i = 0; i < end_bytes; i++)
        line[begin_bytes + any + i] = end[i];
    check = nondet_u32();
    record_line_next(line, bytes, 0, crc32_update, &item);
    check_item(&item, line, bytes);
}

#define PARSE(begin, any, end) parse(begin, sizeof(begin) - 1, any, end, sizeof(end) - 1)

void prove_record(void)
{
    PARSE("# IL 000", 1, "");
    PARSE("# IL 0000 {} *0123cde", 1, "");
}

void prove_verdict(void)
{
    PARSE("ok 1 a", 3, " ~01cd");
    PARSE("1..", 2, "");
}

void prove_line(void)
{
    PARSE("", 0, "");
    PARSE("", 4, "");
}
