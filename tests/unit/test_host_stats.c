/* SPDX-License-Identifier: MIT */
/*
 * run/launch: QEMU's answers to numbers, which end of a histogram comes first, numbers to `# IH` records.
 * The answers are cut from recorded ones: QEMU 7.2.22 on Linux 6.18, vCPUs that slept 1 ms at a time (mean 1.04 ms) and
 * that were woken while the host polled (mean 78.7 us). CRC-32 by Python's zlib.
 */
// UNIT_EXTRA: run/launch/host_kernel.c run/launch/host_counters.c run/launch/hist_order.c run/launch/host_records.c
#include <stdio.h>
#include <string.h>

#include "run/launch/hist_order.h"
#include "run/launch/host_counters.h"
#include "run/launch/host_kernel.h"
#include "run/launch/host_records.h"
#include "lib/json_field.h"
#include "tests/unit/tap.h"

static void check_items(void)
{
    static const char text[] = "[ 1,\"a,]\", {\"b\":[2,3]} ,[4] , 5]";
    static const char *const want[] = {"1", "\"a,]\"", "{\"b\":[2,3]}", "[4]", "5"};
    static const char *const bad[] = {"", "[", "]", "[]", "{}", "[,", "[1", "1,2", "[\"a", "[{]"};
    struct json_span list = {text, strlen(text)};
    struct json_span item;
    size_t at = 0;
    unsigned count = 0;
    bool same = true;

    while (json_item(list, &at, &item)) {
        same =
            same && count < 5 && item.bytes == strlen(want[count]) && memcmp(item.text, want[count], item.bytes) == 0;
        count++;
    }
    TAP_OK(same && count == 5, "the items of a list");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        at = 0;
        TAP_OK(!json_item((struct json_span){bad[i], strlen(bad[i])}, &at, &item), "no list");
    }
    at = 0;
    TAP_OK(!json_item((struct json_span){NULL, 0}, &at, &item), "no text");
}

static bool read_text(struct host_counters *out, const char *json)
{
    return host_counters_read(out, json, strlen(json));
}

static void check_counters(void)
{
    static struct host_counters counters;
    uint64_t value = 0;
    const struct host_hist *hist;

    TAP_OK(read_text(&counters, "[{\"provider\": \"kvm\", \"stats\": [{\"name\": \"guest_mode\", \"value\": "
                                "false}, {\"name\": \"exits\", \"value\": 18446744073709551615}, {\"name\": "
                                "\"halt_wait_hist\", \"value\": [0, 0, 7]}], \"qom-path\": \"/machine\"}]"),
           "an answer");
    TAP_INT(counters.counter_count, 1, "a boolean is no counter");
    TAP_OK(host_counters_find(&counters, "exits", &value) && value == UINT64_MAX, "64 bits");
    TAP_OK(!host_counters_find(&counters, "guest_mode", &value), "one that is not there");
    hist = host_counters_hist(&counters, "halt_wait_hist");
    TAP_OK(hist != NULL && hist->bucket_count == 3 && hist->bucket[2] == 7, "a histogram");
    TAP_OK(!read_text(&counters, "[]"), "an empty answer");
    TAP_OK(!read_text(&counters, "[{\"stats\": [{\"name\": \"a\\\"b\", \"value\": 1}]}]") &&
               counters.dropped_count == 1,
           "a name that cannot stand in a record");
    TAP_OK(!read_text(&counters, "[{\"stats\": [{\"name\": \"a\", \"value\": 1}, {\"name\""), "an answer that is cut");
}

/* One histogram of 32 buckets with `count` at `index`, and its sum. */
static struct host_counters one_hist(unsigned index, uint64_t count, uint64_t sum_ns)
{
    struct host_counters counters = {.counter_count = 1,
                                     .hist_count = 1,
                                     .counter = {{"halt_wait_ns", sum_ns}},
                                     .hist = {{.name = "halt_wait_hist", .bucket_count = 32}}};

    counters.hist[0].bucket[index] = count;
    return counters;
}

static enum hist_direction direction_of(unsigned index, uint64_t count, uint64_t sum_ns)
{
    struct host_counters counters = one_hist(index, count, sum_ns);
    struct hist_order order = {0};

    hist_order_take(&order, &counters);
    return hist_order_direction(&order);
}

static void check_order(void)
{
    struct hist_order order = {0};
    struct host_counters forward = one_hist(20, 1161, 1210000000);
    struct host_counters backward = one_hist(11, 1161, 1210000000);

    TAP_INT(direction_of(11, 1161, 1210000000), HIST_BACKWARD, "QEMU 7.2, 1 ms sleeps");
    TAP_INT(direction_of(14, 8520, 670524000), HIST_BACKWARD, "QEMU 7.2, polls of 78.7 us");
    TAP_INT(direction_of(3, 1, 233765404), HIST_BACKWARD, "QEMU 7.2, one sleep of 234 ms");
    TAP_INT(direction_of(20, 1161, 1210000000), HIST_FORWARD, "a list the right way round");
    TAP_INT(direction_of(0, 5, 0), HIST_FORWARD, "zeros, the right way round");
    TAP_INT(direction_of(31, 5, 0), HIST_BACKWARD, "zeros, back to front");
    TAP_INT(direction_of(15, 100, 100 * 30000), HIST_UNDECIDED, "the middle: both fit");
    TAP_INT(direction_of(20, 1161, 5), HIST_UNDECIDED, "neither fits");
    TAP_INT(direction_of(4, 0, 0), HIST_UNDECIDED, "nothing was counted");
    hist_order_take(&order, &forward);
    hist_order_take(&order, &backward);
    TAP_INT(hist_order_direction(&order), HIST_UNDECIDED, "two that contradict each other");
    TAP_INT(order.tried, 2, "both were tried");
}

struct lines {
    char text[8][RECORD_LINE_BYTES];
    unsigned count;
};

static void keep(void *ctx, const char *text, size_t bytes)
{
    struct lines *lines = ctx;

    if (lines->count < 8 && bytes < RECORD_LINE_BYTES) {
        memcpy(lines->text[lines->count], text, bytes);
        lines->text[lines->count++][bytes] = '\0';
    }
}

static void begin(struct record_stream *stream, struct lines *lines)
{
    lines->count = 0;
    record_init(stream, NULL, 0);
    stream->mark = RECORD_HOST_MARK;
    record_add_sink(stream, (struct record_sink){keep, lines});
}

static void check_records(void)
{
    static struct lines lines;
    struct record_stream stream;
    struct host_counters before = one_hist(11, 10, 1000);
    struct host_counters now = one_hist(11, 990, 1000);

    begin(&stream, &lines);
    host_record_fact(&stream, "kvm.halt_poll_ns", "200000");
    TAP_STR(lines.text[0], "# IH 0000 {\"t\":\"host\",\"k\":\"kvm.halt_poll_ns\",\"v\":\"200000\"} *7e91898f\n",
            "a fact");
    host_record_counters(&stream, 2, 0, "kvm", &before, &now);
    TAP_OK(strstr(lines.text[1], "{\"t\":\"hstat\",\"step\":2,\"vcpu\":0,\"src\":\"kvm\",\"d\":{}}"),
           "nothing changed");
    now.counter[0].value = 998;
    host_record_counters(&stream, 2, HOST_RECORD_NO_VCPU, "kvm", &before, &now);
    TAP_OK(strstr(lines.text[2], "{\"t\":\"hstat\",\"step\":2,\"src\":\"kvm\",\"d\":{\"halt_wait_ns\":-2}}"),
           "of the VM, and less than before");
    host_record_hists(&stream, 2, 1, HIST_BACKWARD, &before, &now);
    TAP_OK(strstr(lines.text[3], "{\"t\":\"hhist\",\"step\":2,\"vcpu\":1,\"h\":\"halt_wait\","
                                 "\"order\":\"reversed\",\"d\":[[20,980]]}"),
           "turned round");
    host_record_hists(&stream, 2, 1, HIST_UNDECIDED, &before, &now);
    TAP_OK(strstr(lines.text[4], "\"order\":\"undecided\",\"d\":[[11,980]]}"), "left as it came");
    host_record_hists(&stream, 2, 1, HIST_FORWARD, &now, &now);
    TAP_INT(lines.count, 5, "no record where nothing fell in");
}

/* More than fits into one record. */
static void check_split(void)
{
    static struct lines lines;
    static struct host_counters before;
    static struct host_counters now;
    struct record_stream stream;
    unsigned seen = 0;

    for (unsigned i = 0; i < 20; i++) {
        snprintf(now.counter[i].name, sizeof(now.counter[i].name), "a_rather_long_counter_%u", i);
        before.counter[i] = now.counter[i];
        now.counter[i].value = UINT64_C(1000000000000) + i;
    }
    before.counter_count = now.counter_count = 20;
    begin(&stream, &lines);
    host_record_counters(&stream, 65535, 255, "kvm", &before, &now);
    TAP_OK(lines.count > 1 && stream.refused_count == 0, "in several records");
    for (unsigned i = 0; i < 20; i++) {
        char want[80];
        snprintf(want, sizeof(want), "\"a_rather_long_counter_%u\":%llu", i, 1000000000000ULL + i);
        for (unsigned line = 0; line < lines.count; line++)
            seen += strstr(lines.text[line], want) != NULL;
    }
    TAP_INT(seen, 20, "each value once");
}

/* Lines of tracefs' histogram, as Linux 6.1 wrote them under SVM. */
static void check_exits(void)
{
    static const char *const lines[] = {
        "# trigger info: hist:keys=isa,exit_reason:vals=hitcount:sort=hitcount:size=2048 [active]\n",
        "\n",
        "{ isa:          2, exit_reason:        120 } hitcount:         64\n",
        "{ isa:          2, exit_reason:       1024 } hitcount:          3\n",
        "{ isa:          1, exit_reason:         52 } hitcount:          7\n",
        "{ isa:          1, exit_reason:        999 } hitcount:          1\n",
        "Totals:\n",
        "    Hits: 75\n"};
    struct host_counters before = {0}, now = {0};
    uint64_t hlt = 0, npf = 0, timer = 0, unknown = 0;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        host_exits_line(&now, lines[i]);
    TAP_OK(now.counter_count == 4 && host_counters_find(&now, "hlt", &hlt) && hlt == 64 &&
               host_counters_find(&now, "npf", &npf) && npf == 3 &&
               host_counters_find(&now, "preemption_timer", &timer) && timer == 7 &&
               host_counters_find(&now, "vmx_999", &unknown) && unknown == 1,
           "exits by reason, of both kinds, and one without a name");
    host_exits_line(&before, lines[3]);
    host_exits_from_zero(&before, &now);
    TAP_OK(before.counter_count == 4 && host_counters_find(&before, "hlt", &hlt) && hlt == 0 &&
               host_counters_find(&before, "npf", &npf) && npf == 3,
           "a reason that is new was 0 before");
}

int main(void)
{
    check_exits();
    check_items();
    check_counters();
    check_order();
    check_records();
    check_split();
    return tap_done();
}
