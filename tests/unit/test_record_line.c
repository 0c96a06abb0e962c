/* SPDX-License-Identifier: MIT */
/*
 * lib/record/record_line.c: what each kind of line is, and at which column a damaged one goes wrong. CRCs by Python's
 * zlib and binascii.
 */
#include "lib/record/record_line.h"

#include "tests/unit/tap.h"

#define ENV "# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"fixture\"} *2f586d19"

static const struct {
    const char *name, *line;
    enum log_item_kind kind;
    size_t at;            /* of a damaged one: the first wrong character */
    const char *expected; /* of a damaged one: how what should stand there begins */
} LINES[] = {
    {"record", ENV, LOG_ITEM_RECORD, 0, NULL},
    {"record_after_junk", "[  1.5] usb" ENV, LOG_ITEM_RECORD, 11, NULL},
    {"host_record", "# IH 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"fixture\"} *2f586d19", LOG_ITEM_HOST, 0, NULL},
    {"begin", "IDLELAB-BEGIN run=00c0ffee5eed1234 fmt=1", LOG_ITEM_BEGIN, 0, NULL},
    {"end", "IDLELAB-END run=00c0ffee5eed1234 result=ERROR", LOG_ITEM_END, 0, NULL},
    {"version", "KTAP version 1", LOG_ITEM_VERSION, 0, NULL},
    {"plan", "1..14", LOG_ITEM_PLAN, 0, NULL},
    {"verdict", "ok 1 survey # cpus 2 count ~fcf7", LOG_ITEM_VERDICT, 0, NULL},
    {"totals", "# Totals: pass:3 fail:1 xfail:0 xpass:0 skip:1 error:0", LOG_ITEM_NONE, 0, NULL},
    {"firmware", "Booting from ROM..ok then", LOG_ITEM_NONE, 0, NULL},
    {"no_plan", "1..14 of them", LOG_ITEM_NONE, 0, NULL},
    {"plan_of_ten_digits", "1..1234567890", LOG_ITEM_NONE, 0, NULL},
    {"record_with_an_end_in_a_text", "# IL 0000 {\"t\":\"env\",\"v\":\"} *x\"} *79882881", LOG_ITEM_RECORD, 0, NULL},
    {"empty", "", LOG_ITEM_NONE, 0, NULL},
    {"record_crc", "# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"fixturE\"} *2f586d19", LOG_ITEM_DAMAGED, 49,
     "another CRC"},
    {"record_capital_digit", "# IL 000A {\"t\":\"env\"} *2f586d19", LOG_ITEM_DAMAGED, 5, "sequence number"},
    {"record_no_digit", "# IL 000g {\"t\":\"env\"} *84f264ea", LOG_ITEM_DAMAGED, 5, "sequence number"},
    {"record_short_number", "# IL 012 {\"t\":\"env\"} *2f586d19", LOG_ITEM_DAMAGED, 5, "sequence number"},
    {"record_no_json", "# IL 0000 env", LOG_ITEM_DAMAGED, 10, "'{'"},
    {"record_cut", "# IL 0000 {\"t\":\"en", LOG_ITEM_DAMAGED, 18, "'} *'"},
    {"record_cut_in_crc", "# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"fixture\"} *2f586", LOG_ITEM_DAMAGED, 49,
     "CRC-32"},
    {"begin_short", "IDLELAB-BEGIN run=00c0ffee fmt=1", LOG_ITEM_DAMAGED, 18, "run identifier"},
    {"begin_no_format", "IDLELAB-BEGIN run=00c0ffee5eed1234 fm", LOG_ITEM_DAMAGED, 34, "fmt="},
    {"end_no_result", "IDLELAB-END run=00c0ffee5eed1234 result=PAST", LOG_ITEM_DAMAGED, 40, "PASS, FAIL"},
    {"version_2", "KTAP version 2", LOG_ITEM_DAMAGED, 14, "version 1"},
    {"verdict_crc", "ok 1 purvey # cpus 2 count ~1b8a", LOG_ITEM_DAMAGED, 28, "another CRC"},
    {"verdict_cut", "not ok 1 surv", LOG_ITEM_DAMAGED, 13, "' ~'"},
};

static void check_kinds(void)
{
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        struct log_item item;
        bool damaged;

        record_line_next(LINES[i].line, strlen(LINES[i].line), 0, crc32_update, &item);
        damaged = item.kind == LOG_ITEM_DAMAGED;
        TAP_INT(item.kind, LINES[i].kind, LINES[i].name);
        if (item.kind != LOG_ITEM_NONE)
            TAP_INT(damaged ? item.bad_at : item.at, LINES[i].at, LINES[i].name);
        if (LINES[i].expected)
            TAP_OK(damaged && strncmp(item.expected, LINES[i].expected, strlen(LINES[i].expected)) == 0, LINES[i].name);
    }
}

/* Two lines whose newline was lost, and what stands in each. */
static void check_two_items(void)
{
    static const char text[] = "not ok 12 wake_hlt_ipi # lost_wake 1 count ~ff65" ENV;
    struct log_item item;

    record_line_next(text, strlen(text), 0, crc32_update, &item);
    TAP_OK(item.kind == LOG_ITEM_VERDICT && !item.ok && !item.skip && item.number == 12, "verdict_first");
    TAP_OK(item.name_bytes == 12 && memcmp(item.name, "wake_hlt_ipi", 12) == 0, "its_name");
    TAP_OK(item.detail_bytes == 17 && memcmp(item.detail, "lost_wake 1 count", 17) == 0, "its_metric");
    record_line_next(text, strlen(text), item.after, crc32_update, &item);
    TAP_OK(item.kind == LOG_ITEM_RECORD && item.seq == 0 && item.after == strlen(text), "record_behind_it");
    TAP_OK(item.json_bytes == 37 && item.json[0] == '{' && item.json[36] == '}', "its_json");
    TAP_OK(item.text_bytes == 42 && item.crc_computed == 0x2f586d19, "its_text");
}

static void check_skip(void)
{
    static const char skip[] = "ok 2 rapl # SKIP no counter ~e1a1", skim[] = "ok 1 survey # SKIM milk ~2262";
    struct log_item item;

    record_line_next(skip, strlen(skip), 0, crc32_update, &item);
    TAP_OK(item.kind == LOG_ITEM_VERDICT && item.skip, "skip");
    TAP_OK(item.detail_bytes == 10 && memcmp(item.detail, "no counter", 10) == 0, "its_reason");
    record_line_next(skim, strlen(skim), 0, crc32_update, &item);
    TAP_OK(item.kind == LOG_ITEM_VERDICT && !item.skip && item.detail_bytes == 9, "no_skip");
}

/* A record's JSON has at most 200 characters. */
static void check_longest(size_t json_bytes, uint32_t crc, enum log_item_kind kind, const char *name)
{
    char line[400], json[300];
    struct log_item item;

    memset(json, 'a', json_bytes);
    memcpy(json, "{\"t\":\"", 6);
    memcpy(json + json_bytes - 2, "\"}", 3);
    snprintf(line, sizeof(line), "# IL 0000 %s *%08x", json, crc);
    record_line_next(line, strlen(line), 0, crc32_update, &item);
    TAP_INT(item.kind, kind, name);
}

int main(void)
{
    check_kinds();
    check_two_items();
    check_skip();
    check_longest(200, 0x6d157ab9, LOG_ITEM_RECORD, "200_characters");
    check_longest(201, 0x01998e5c, LOG_ITEM_DAMAGED, "201_characters");
    return tap_done();
}
