/* SPDX-License-Identifier: MIT */
/* lib/record/ktap.c: exact lines (CRC-16 by Python's binascii.crc_hqx), counts, names that are not allowed. */
#include "tests/unit/tap.h"

#include "lib/crc.h"
#include "lib/record/ktap.h"

struct last_line {
    char text[RECORD_LINE_BYTES + 1];
};

static void keep(void *ctx, const char *text, size_t bytes)
{
    struct last_line *last = ctx;

    memcpy(last->text, text, bytes);
    last->text[bytes] = '\0';
}

static void check_names(void)
{
    char name[KTAP_NAME_MAX + 2];

    memset(name, 'n', sizeof(name));
    name[KTAP_NAME_MAX] = '\0';
    TAP_OK(ktap_name_valid("wake_hlt_100us"), "good_name");
    TAP_OK(ktap_name_valid(name), "longest_name");
    name[KTAP_NAME_MAX] = 'n';
    name[KTAP_NAME_MAX + 1] = '\0';
    TAP_OK(!ktap_name_valid(name), "too_long");
    TAP_OK(!ktap_name_valid(""), "empty");
    TAP_OK(!ktap_name_valid("Wake") && !ktap_name_valid("a b") && !ktap_name_valid("a-b") && !ktap_name_valid("a#") &&
               !ktap_name_valid("\xe4"),
           "wrong_characters");
}

static void check_lines(struct ktap *ktap, const struct last_line *last)
{
    const struct ktap_note p99 = {.word = "p99", .value = 1834, .unit = "ns"};
    const struct ktap_note lost = {.word = "lost_wake", .value = -1, .unit = "count"};
    const struct ktap_note skip = {.reason = "needs CPUID.01H:ECX[3] MONITOR"};

    TAP_STR(last->text, "KTAP version 1\n", "version");
    ktap_plan(ktap, 14);
    TAP_STR(last->text, "1..14\n", "plan");
    TAP_OK(ktap_result(ktap, KTAP_PASS, 1, "survey", NULL), "plain_result");
    TAP_STR(last->text, "ok 1 survey ~a27c\n", "plain_line");
    ktap_result(ktap, KTAP_PASS, 3, "wake_hlt_timer_100us", &p99);
    TAP_STR(last->text, "ok 3 wake_hlt_timer_100us # p99 1834 ns ~92a9\n", "metric_line");
    ktap_result(ktap, KTAP_FAIL, 4, "wake_hlt_ipi", &lost);
    TAP_STR(last->text, "not ok 4 wake_hlt_ipi # lost_wake -1 count ~1f3a\n", "fail_line");
    ktap_result(ktap, KTAP_SKIP, 5, "wake_mwait", &skip);
    TAP_STR(last->text, "ok 5 wake_mwait # SKIP needs CPUID.01H:ECX[3] MONITOR ~0dad\n", "skip_line");
    ktap_result(ktap, KTAP_ERROR, 6, "noise", NULL);
    TAP_STR(last->text, "not ok 6 noise ~02a9\n", "error_line");
    TAP_OK(!ktap_result(ktap, KTAP_PASS, 7, "Bad name", NULL), "wrong_name_is_told");
    TAP_STR(last->text, "not ok 7 _ad_name ~aba9\n", "wrong_name_is_an_error_line");
}

static void check_long_reason(struct ktap *ktap, const struct last_line *last)
{
    char reason[400];
    const struct ktap_note skip = {.reason = reason};
    char name[KTAP_NAME_MAX + 1];
    char tail[8];

    memset(reason, 'r', sizeof(reason));
    reason[3] = '\n';
    reason[sizeof(reason) - 1] = '\0';
    memset(name, 'n', sizeof(name));
    name[KTAP_NAME_MAX] = '\0';
    ktap_result(ktap, KTAP_SKIP, 4294967295u, name, &skip);
    TAP_OK(strstr(last->text, "rrr?rrr") != NULL, "no_line_inside_a_reason");
    snprintf(tail, sizeof(tail), " ~%04x\n", crc16_ccitt(last->text, strlen(last->text) - 7));
    TAP_STR(last->text + strlen(last->text) - 7, tail, "longest_line_keeps_its_crc");
}

int main(void)
{
    struct last_line last;
    struct record_stream stream;
    struct ktap ktap;

    record_init(&stream, NULL, 0);
    record_add_sink(&stream, (struct record_sink){keep, &last});
    check_names();
    ktap_version(&ktap, &stream);
    check_lines(&ktap, &last);
    TAP_OK(ktap.counts.pass == 2 && ktap.counts.fail == 1 && ktap.counts.skip == 1 && ktap.counts.error == 2, "counts");
    check_long_reason(&ktap, &last);
    return tap_done();
}
