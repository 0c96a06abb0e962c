/* SPDX-License-Identifier: MIT */
/* lib/record/record.c and lib/record/record_facts.c: exact lines, second copies, sums, splitting. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/crc.h"
#include "lib/record/record.h"

enum { LOG_MAX = 400000, WRITES_MAX = 5000 };

struct log {
    char text[LOG_MAX];
    size_t used;
    size_t starts[WRITES_MAX];
    int writes;
    bool whole; /* every write was one line with its LF at the end */
};

static struct log logs[RECORD_SINKS_MAX];

static void keep(void *ctx, const char *text, size_t bytes)
{
    struct log *log = ctx;

    log->whole &= bytes > 0 && memchr(text, '\n', bytes) == text + bytes - 1;
    log->starts[log->writes++] = log->used;
    memcpy(log->text + log->used, text, bytes);
    log->used += bytes;
    log->text[log->used] = '\0';
}

static void start(struct record_stream *stream, char *repeat, size_t repeat_bytes)
{
    for (int i = 0; i < RECORD_SINKS_MAX; i++) {
        logs[i].used = 0;
        logs[i].writes = 0;
        logs[i].whole = true;
        logs[i].text[0] = '\0';
    }
    record_init(stream, repeat, repeat_bytes);
    record_add_sink(stream, (struct record_sink){keep, &logs[0]});
}

/* The CRCs below are those of Python's zlib.crc32. */
static void check_exact_log(void)
{
    char repeat[1000];
    struct record_stream stream;
    struct record_counts counts = {.pass = 2, .skip = 1};

    start(&stream, repeat, sizeof(repeat));
    record_begin_run(&stream, 0x0123456789abcdef);
    record_env(&stream, "loader", "pvh \"x\"");
    record_emit(&stream, "{\"t\":\"env\",\"k\":\"offset\",\"v\":-7}", true);
    record_line(&stream, "# a\tcomment");
    record_emit(&stream, "{\"t\":\"exp\",\"step\":1}", false);
    TAP_OK(!stream.ended, "begun");
    TAP_INT(record_end_run(&stream, &counts), RECORD_PASS, "result_pass");
    TAP_OK(stream.ended, "ended");
    TAP_STR(logs[0].text,
            "\nIDLELAB-BEGIN run=0123456789abcdef fmt=1\n"
            "# IL 0000 {\"t\":\"env\",\"k\":\"loader\",\"v\":\"pvh \\\"x\\\"\"} *71d73a6f\n"
            "# IL 0001 {\"t\":\"env\",\"k\":\"offset\",\"v\":-7} *15918488\n"
            "# a?comment\n"
            "# IL 0002 {\"t\":\"exp\",\"step\":1} *1273d8fb\n"
            "# IL 0003 {\"t\":\"sum\",\"pass\":2,\"fail\":0,\"skip\":1,\"error\":0,\"lines\":3,"
            "\"crc\":\"3072d55a\"} *3fe8a506\n"
            "# IL 0000 {\"t\":\"env\",\"k\":\"loader\",\"v\":\"pvh \\\"x\\\"\"} *71d73a6f\n"
            "# IL 0001 {\"t\":\"env\",\"k\":\"offset\",\"v\":-7} *15918488\n"
            "# IL 0003 {\"t\":\"sum\",\"pass\":2,\"fail\":0,\"skip\":1,\"error\":0,\"lines\":3,"
            "\"crc\":\"3072d55a\"} *3fe8a506\n"
            "# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:1 error:0\n"
            "IDLELAB-END run=0123456789abcdef result=PASS\n",
            "exact_log");
    TAP_OK(logs[0].whole, "one_write_per_line");
}

static int count_of(const char *text, const char *wanted)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, wanted)); at++)
        count++;
    return count;
}

/* Many records through a small repeat buffer: each twice, whole, in order; and three sinks alike. */
static void check_repeats(size_t repeat_bytes, const char *name)
{
    enum { RECORDS = 300 };
    char repeat[700];
    struct record_stream stream;
    bool twice = true;
    bool once = true;
    char wanted[40];

    start(&stream, repeat, repeat_bytes);
    for (int i = 1; i < RECORD_SINKS_MAX; i++)
        record_add_sink(&stream, (struct record_sink){keep, &logs[i]});
    TAP_OK(!record_add_sink(&stream, (struct record_sink){keep, &logs[2]}), "no_sink_without_room");
    record_begin_run(&stream, 1);
    for (int i = 0; i < RECORDS; i++) {
        char json[JSON_OBJECT_BYTES];

        snprintf(json, sizeof(json), "{\"i\":%d,\"x\":\"%0*d\"}", i, 1 + rand() % 150, 0);
        record_emit(&stream, json, i % 3 != 0);
        if (i == 150)
            record_flush_repeats(&stream);
    }
    record_end_run(&stream, &(struct record_counts){0});
    for (int i = 0; i < RECORDS; i++) {
        snprintf(wanted, sizeof(wanted), "# IL %04x {\"i\":%d,", (unsigned)i, i);
        if (i % 3)
            twice &= count_of(logs[0].text, wanted) == 2;
        else
            once &= count_of(logs[0].text, wanted) == 1;
    }
    TAP_OK(twice && once, name);
    TAP_OK(logs[0].whole, "repeats_are_whole_lines");
    TAP_OK(strcmp(logs[0].text, logs[1].text) == 0 && strcmp(logs[0].text, logs[RECORD_SINKS_MAX - 1].text) == 0,
           "sinks_get_the_same");
}

/* A buffer that ends one byte before the second of two lines does. */
static void check_repeat_edge(void)
{
    enum { LINE = sizeof("# IL 0000 {\"i\":1} *01234567\n") - 1 };
    char repeat[2 * LINE] = {[2 * LINE - 1] = 'x'};
    struct record_stream stream;

    start(&stream, repeat, sizeof(repeat) - 1);
    record_begin_run(&stream, 1);
    record_emit(&stream, "{\"i\":1}", true);
    record_emit(&stream, "{\"i\":2}", true);
    TAP_INT(repeat[2 * LINE - 1], 'x', "nothing_is_written_behind_the_buffer");
    TAP_INT(stream.repeat_used, LINE, "and_the_first_line_has_gone_out");
}

/* Reads the log as the format document says: CRC of each record, sequence, the sum's figures. */
static bool reads_back(const struct log *log, unsigned *records)
{
    unsigned next = 0;
    uint32_t all = 0;

    for (int i = 0; i < log->writes; i++) {
        char line[RECORD_LINE_BYTES];
        const char *star;
        uint32_t crc;
        unsigned seq;
        char sum[40];

        snprintf(line, sizeof(line), "%.*s", (int)strcspn(log->text + log->starts[i], "\n") + 1,
                 log->text + log->starts[i]);
        if (strncmp(line, "# IL ", 5) != 0)
            continue;
        star = strchr(line, '\n') - 10;
        if (sscanf(line + 5, "%x", &seq) != 1 || sscanf(star, " *%8x\n", &crc) != 1 ||
            crc != crc32_update(0, line + 5, (size_t)(star - line) - 5))
            return false;
        if (seq < next)
            continue; /* a second copy */
        if (seq != next++)
            return false;
        snprintf(sum, sizeof(sum), "\"lines\":%u,\"crc\":\"%08x\"}", seq, all);
        if (strstr(line, "\"t\":\"sum\"") && !strstr(line, sum))
            return false;
        all = crc32_update(all, line + 5, (size_t)(star - line) - 5);
        all = crc32_update(all, "\n", 1);
    }
    *records = next;
    return true;
}

static void check_sum(void)
{
    char repeat[3000];
    struct record_stream stream;
    unsigned records = 0;

    start(&stream, repeat, sizeof(repeat));
    record_begin_run(&stream, 2);
    for (int i = 0; i < 100; i++)
        record_env_uint(&stream, "number", (uint64_t)i << 50);
    TAP_INT(record_end_run(&stream, &(struct record_counts){.fail = 1}), RECORD_FAIL, "fails");
    TAP_OK(reads_back(&logs[0], &records) && records == 101, "log_reads_back");
    TAP_INT(count_of(logs[0].text, "result=FAIL\n"), 1, "end_says_fail");
}

static void check_refusals(void)
{
    char json[JSON_OBJECT_MAX + 2];
    struct record_stream stream;
    unsigned records = 0;

    start(&stream, NULL, 0);
    record_begin_run(&stream, 3);
    memset(json, 'x', sizeof(json));
    json[JSON_OBJECT_MAX] = '\0';
    TAP_OK(record_emit(&stream, json, true), "200_characters_go_out");
    json[JSON_OBJECT_MAX] = 'x';
    json[JSON_OBJECT_MAX + 1] = '\0';
    TAP_OK(!record_emit(&stream, json, true), "201_characters_are_refused");
    TAP_OK(!record_emit(&stream, NULL, true), "no_text_is_refused");
    TAP_INT(record_end_run(&stream, &(struct record_counts){.pass = 9}), RECORD_ERROR, "refused_records_end_in_error");
    TAP_OK(strstr(logs[0].text, "2 records did not fit") != NULL, "and_are_told");
    TAP_OK(reads_back(&logs[0], &records) && records == 3, "refused_take_no_number");
    TAP_INT(count_of(logs[0].text, "# IL 0000"), 2, "without_buffer_the_second_copy_goes_at_once");
    record_begin_run(&stream, 4);
    TAP_INT(record_end_run(&stream, &(struct record_counts){.error = 1, .fail = 1}), RECORD_ERROR, "error_beats_fail");
    record_begin_run(&stream, 5);
    TAP_INT(record_end_run(&stream, &(struct record_counts){.pass = 1}), RECORD_PASS, "another_run_refused_nothing");
}

static void check_lines(void)
{
    char text[400];
    struct record_stream stream;

    start(&stream, NULL, 0);
    memset(text, 'y', sizeof(text));
    text[238] = '\0';
    record_line(&stream, text);
    TAP_INT(logs[0].used, 239, "line_of_238");
    TAP_OK(logs[0].text[237] == 'y', "is_not_cut");
    text[238] = 'y';
    text[399] = '\0';
    record_line(&stream, text);
    TAP_INT(logs[0].used, 2 * 239, "longer_line");
    TAP_OK(strcmp(logs[0].text + 239 + 235, "...\n") == 0, "ends_in_dots");
    record_line(&stream, "");
    TAP_INT(logs[0].used, 2 * 239 + 1, "empty_line");
    record_line(&stream, "a\nb\x80");
    TAP_STR(logs[0].text + 2 * 239 + 1, "a?b?\n", "no_line_inside_a_line");
    record_line(&stream, "~\x7f");
    TAP_STR(logs[0].text + 2 * 239 + 1 + 5, "~?\n", "no_delete_either");
}

/* Joins the pieces of `v` and undoes \u00XX; checks p and of on the way. */
static bool join(const struct log *log, char *out, unsigned *parts)
{
    unsigned part = 0;

    for (int i = 0; i < log->writes; i++) {
        const char *line = log->text + log->starts[i];
        const char *at = strstr(line, "\"p\":");
        unsigned p = 1;
        unsigned of = 1;

        if (at && at < strchr(line, '\n'))
            sscanf(at, "\"p\":%u,\"of\":%u", &p, &of);
        if (p != ++part || (part > 1 && of != *parts) || strchr(line, '\n') - line > 226)
            return false;
        *parts = of;
        for (at = strstr(line, "\"v\":\"") + 5; *at != '"'; at++) {
            unsigned code = (unsigned char)*at;

            if (*at == '\\' && at[1] == 'u') {
                sscanf(at + 2, "%4x", &code);
                at += 5;
            } else if (*at == '\\') {
                code = (unsigned char)*++at;
            }
            *out++ = (char)code;
        }
    }
    *out = '\0';
    return part == *parts;
}

static void check_long_texts(void)
{
    struct record_stream stream;
    bool joined = true;
    bool one_when_it_fits = true;
    char text[3000];
    char back[3000];

    for (int length = 0; length < 2500; length += length < 300 ? 1 : 1 + rand() % 40) {
        unsigned parts = 0;

        for (int i = 0; i < length; i++)
            text[i] = "abc\"\\\x01\xc3 d"[rand() % (length % 2 ? 9 : 3)];
        text[length] = '\0';
        start(&stream, NULL, 0);
        if (!record_long(
                &stream,
                &(struct json){.text = (char[]){"{\"t\":\"env\""}, .length = 10, .limit = 200, .filled = 2, .depth = 1},
                "v", text, false) ||
            !join(&logs[0], back, &parts) || strcmp(text, back) != 0)
            joined = false;
        one_when_it_fits &= (parts == 1) == (json_escaped_length(text, (size_t)length) <= 200 - 10 - 8);
    }
    TAP_OK(joined, "long_texts_join_again");
    TAP_OK(one_when_it_fits, "a_text_that_fits_is_one_record");
}

/* A thousand parts and more: their numbers take all the room that is kept for them. */
static void check_many_parts(void)
{
    static char text[180000], back[sizeof(text)];
    const struct json head = {.text = (char[]){"{\"t\":\"env\""}, .length = 10, .limit = 200, .filled = 2, .depth = 1};
    struct record_stream stream;
    unsigned parts = 0;

    memset(text, 'z', sizeof(text) - 1);
    start(&stream, NULL, 0);
    TAP_OK(record_long(&stream, &head, "v", text, false), "a_thousand_parts_go_out");
    TAP_OK(join(&logs[0], back, &parts) && parts > 1000 && strcmp(text, back) == 0, "and_join_again");
}

static void check_facts(void)
{
    char head_text[JSON_OBJECT_BYTES];
    char filler[190];
    struct record_stream stream;
    struct json head;

    start(&stream, NULL, 0);
    record_cpu(&stream, "vendor", "GenuineIntel");
    record_cpu_uint(&stream, "family", 6);
    record_finding(&stream, -1, "tsc", CONFIDENCE_NONE, "invariant");
    record_finding(&stream, 0, "first", CONFIDENCE_NONE, "x");
    TAP_OK(strstr(logs[0].text, "{\"t\":\"finding\",\"step\":0,\"id\":\"first\",\"text\":\"x\"} "),
           "only_below_zero_is_no_step");
    record_finding(&stream, 3, "mwait_nop", CONFIDENCE_LIKELY, "runs as a NOP");
    TAP_OK(strstr(logs[0].text, "{\"t\":\"cpu\",\"k\":\"vendor\",\"v\":\"GenuineIntel\"} ") &&
               strstr(logs[0].text, "{\"t\":\"cpu\",\"k\":\"family\",\"v\":6} "),
           "cpu_facts");
    TAP_OK(strstr(logs[0].text, "{\"t\":\"finding\",\"id\":\"tsc\",\"text\":\"invariant\"} "), "finding_about_the_run");
    TAP_OK(strstr(logs[0].text, "{\"t\":\"finding\",\"step\":3,\"id\":\"mwait_nop\","
                                "\"conf\":\"likely\",\"text\":\"runs as a NOP\"} "),
           "finding_about_a_step");
    memset(filler, 'f', sizeof(filler));
    json_begin(&head, head_text, sizeof(head_text));
    json_str_n(&head, "k", filler, 180);
    TAP_OK(!record_long(&stream, &head, "v", "some text", true), "head_leaves_no_room");
    json_str_n(&head, "l", filler, 180);
    TAP_OK(!record_long(&stream, &head, "v", "", true), "head_has_failed");
    TAP_INT(stream.refused_count, 2, "both_are_counted");
}

int main(void)
{
    srand(11);
    check_exact_log();
    check_repeats(700, "each_twice_through_a_small_buffer");
    check_repeats(240, "each_twice_through_a_buffer_of_one_line");
    check_repeats(0, "each_twice_without_a_buffer");
    check_repeat_edge();
    check_sum();
    check_refusals();
    check_lines();
    check_long_texts();
    check_many_parts();
    check_facts();
    return tap_done();
}
