/* SPDX-License-Identifier: MIT */
/* lib/record/metrics.c: the exact records of measured figures, and lists that need several. */
#include "tests/unit/tap.h"

#include <inttypes.h>

#include "lib/record/hdr_codec.h"
#include "lib/record/metrics.h"
#include "lib/record/raw.h"

enum { LOG_MAX = 200000, VALUES = 1000 };

static const struct metric_id WAKE = {123, "interrupt_latency_net", "tsc"};

struct log {
    char text[LOG_MAX];
    size_t used;
};

static struct log log_kept;
static uint64_t memory[2][32768];

static void keep(void *ctx, const char *text, size_t bytes)
{
    struct log *log = ctx;

    memcpy(log->text + log->used, text, bytes);
    log->used += bytes;
    log->text[log->used] = '\0';
}

static void start(struct record_stream *stream)
{
    log_kept.used = 0;
    log_kept.text[0] = '\0';
    record_init(stream, NULL, 0);
    record_add_sink(stream, (struct record_sink){keep, &log_kept});
}

/* The object of the record that begins at `line`, NUL at its end. */
static const char *object(char out[JSON_OBJECT_BYTES], const char *line)
{
    const char *begin = strchr(line, '{');
    const char *end = strchr(line, '\n') - sizeof(" *00000000") + 1;

    snprintf(out, JSON_OBJECT_BYTES, "%.*s", (int)(end - begin), begin);
    return out;
}

static const char *next_line(const char *line)
{
    return strchr(line, '\n') + 1;
}

static void check_single_records(void)
{
    struct record_stream stream;
    char json[JSON_OBJECT_BYTES];
    const uint64_t rejects[REJECT_COUNT] = {1000, 2, 0, 1, [REJECT_WARMUP] = 32};
    const uint64_t none[REJECT_COUNT] = {7};
    const struct summary summary = {.n = 5, .min = -3, .max = 90, .sum = 120, .median = 20, .mad = 4, .negative = 1};

    start(&stream);
    record_summary(&stream, &WAKE, &summary);
    TAP_STR(object(json, log_kept.text),
            "{\"t\":\"stats\",\"step\":123,\"m\":\"interrupt_latency_net\",\"u\":\"tsc\",\"n\":5,"
            "\"min\":-3,\"max\":90,\"sum\":120,\"mad\":4,\"neg\":1}",
            "summary");
    start(&stream);
    record_floor(&stream, &WAKE, 40, 1000, NULL);
    TAP_STR(object(json, log_kept.text),
            "{\"t\":\"stats\",\"step\":123,\"m\":\"interrupt_latency_net\",\"floor\":40,\"n\":1000}", "floor");
    start(&stream);
    record_rejects(&stream, 4, rejects);
    TAP_STR(object(json, log_kept.text), "{\"t\":\"stats\",\"step\":4,\"rej\":{\"early\":2,\"steal\":1,\"warmup\":32}}",
            "rejects");
    start(&stream);
    record_rejects(&stream, 4, none);
    TAP_STR(object(json, log_kept.text), "{\"t\":\"stats\",\"step\":4,\"rej\":{}}", "no_rejects");
    start(&stream);
    record_scalar(&stream, 9, "smi", -1, "count");
    TAP_STR(object(json, log_kept.text), "{\"t\":\"stats\",\"step\":9,\"k\":\"smi\",\"v\":-1,\"u\":\"count\"}",
            "scalar");
}

/* All quantiles of n values that are worth `effective` independent ones. */
static struct dependence worth(uint64_t effective)
{
    struct dependence dependence = {.judged = true, .lag_permille = {-1000, -1000}};

    for (int q = 0; q < QUANTILE_COUNT; q++)
        dependence.printable[q] = effective;
    return dependence;
}

/* What is not judged is not said. */
static void check_dependence(void)
{
    const struct dependence unknown = {.judged = false};
    struct dependence even = worth(VALUES);
    struct record_stream stream;
    char json[JSON_OBJECT_BYTES];

    even.lag_permille[0] = 7;
    even.lag_permille[1] = -3;
    start(&stream);
    TAP_OK(record_dependence(&stream, &WAKE, &unknown), "not judged");
    TAP_INT(log_kept.used, 0, "has_no_record");
    record_dependence(&stream, &WAKE, &even);
    TAP_STR(object(json, log_kept.text),
            "{\"t\":\"stats\",\"step\":123,\"m\":\"interrupt_latency_net\",\"series\":\"even\",\"lag1\":7,\"lag2\":-3}",
            "dependence");
}

/* The widest figures that there are: no record may be refused. */
static void check_widest(void)
{
    struct dependence dependent = worth(VALUES - 1);
    static const struct metric_id WIDE = {4294967295u, "interrupt_latency_net", "cycles"};
    struct record_stream stream;
    struct summary summary = {UINT32_MAX, INT64_MIN / 4096, INT64_MAX / 4096, INT64_MAX,
                              0,          INT64_MAX / 4096, UINT32_MAX,       false};
    struct worst worst = {.count = WORST_MAX};
    int64_t values[VALUES];

    for (int i = 0; i < VALUES; i++)
        values[i] = INT64_MIN + i;
    for (int i = 0; i < WORST_MAX; i++)
        worst.entries[i] = (struct worst_entry){INT64_MIN, UINT64_MAX};
    start(&stream);
    TAP_OK(record_summary(&stream, &WIDE, &summary), "widest_summary");
    TAP_OK(record_quantiles(&stream, &WIDE, values, VALUES, &dependent), "widest_quantiles");
    TAP_OK(record_dependence(&stream, &WIDE, &dependent), "widest_dependence");
    TAP_OK(record_woke(&stream, &WIDE, values, VALUES), "widest_woke");
    for (int i = 0; i < VALUES; i++)
        values[i] = -999999999999999 + i;
    TAP_OK(record_periodic(&stream, &WIDE, values, VALUES, 999999999999999), "widest_periodic");
    TAP_OK(record_worst(&stream, &WIDE, &worst), "widest_worst");
    TAP_INT(stream.refused_count, 0, "none_refused");
}

static void check_quantiles(void)
{
    struct dependence independent = worth(VALUES);
    struct record_stream stream;
    char json[JSON_OBJECT_BYTES];
    int64_t values[VALUES];

    for (int i = 0; i < VALUES; i++)
        values[i] = i + 1;
    start(&stream);
    record_quantiles(&stream, &(struct metric_id){2, "wake_latency", "tsc"}, values, VALUES, &independent);
    /* The ranks are those of exact binomial arithmetic (tests/golden/quantile_vectors.h). */
    TAP_STR(object(json, log_kept.text),
            "{\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"min\",1,null,null],"
            "[\"p1\",10,4,18],[\"p50\",500,469,532],[\"p90\",900,881,919],[\"p99\",990,983,997],"
            "[\"p99.9\",999,null,null],[\"p99.99\",1000,null,null]]}",
            "quantiles_first_record");
    TAP_STR(object(json, next_line(next_line(log_kept.text))),
            "{\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"p99.999\",1000,null,null],"
            "[\"max\",1000,null,null]]}",
            "quantiles_second_record");
    start(&stream);
    record_woke(&stream, &(struct metric_id){2, "wake_latency", "tsc"}, values, VALUES);
    TAP_STR(object(json, log_kept.text),
            "{\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"woke\":1000,\"p50\":500,"
            "\"p99\":990,\"p999\":999,\"max\":1000}",
            "all_that_woke");
}

static void check_worst(void)
{
    struct record_stream stream;
    struct worst worst = {0};
    uint64_t next = 0;
    bool ordered = true;

    start(&stream);
    record_worst(&stream, &WAKE, &worst);
    TAP_INT(log_kept.used, 0, "no_worst_no_record");
    for (uint64_t i = 0; i < WORST_MAX; i++)
        worst_add(&worst, 1000000000 - (int64_t)i, UINT64_C(123456789012345) + i);
    record_worst(&stream, &WAKE, &worst);
    for (const char *line = log_kept.text; *line; line = next_line(next_line(line))) {
        const char *end = strchr(line, '\n');

        for (const char *at = strstr(line, "[[") + 1; at < end; at = strchr(at + 1, '[')) {
            int64_t value = 0;
            uint64_t at_tsc = 0;

            if (*at != '[' || sscanf(at, "[%" SCNd64 ",%" SCNu64 "]", &value, &at_tsc) != 2)
                break;
            ordered &= value == 1000000000 - (int64_t)next;
            ordered &= at_tsc == UINT64_C(123456789012345) + next;
            next++;
            if (!strchr(at + 1, '['))
                break;
        }
    }
    TAP_INT(next, WORST_MAX, "all_sixteen_are_there");
    TAP_OK(ordered, "largest_first_with_their_times");
}

static void check_hist(void)
{
    struct record_stream stream;
    struct hdr hdr;
    struct hdr back;
    static char joined[100000];
    size_t length = 0;
    unsigned part = 0;
    unsigned parts = 0;

    hdr_init(&hdr, memory[0], sizeof(memory[0]), 3, 4);
    for (int64_t i = 0; i < 20000; i++)
        hdr_add(&hdr, i * i);
    start(&stream);
    TAP_OK(record_hist(&stream, &(struct metric_id){4294967295u, WAKE.name, "tsc"}, &hdr), "hist_of_many_parts");
    for (const char *line = log_kept.text; *line; line = next_line(next_line(line))) {
        const char *data = strstr(line, "\"d\":\"") + 5;
        unsigned p = 0;

        sscanf(strstr(line, "\"p\":"), "\"p\":%u,\"of\":%u", &p, &parts);
        if (p != ++part)
            break;
        memcpy(joined + length, data, strcspn(data, "\""));
        length += strcspn(data, "\"");
    }
    TAP_OK(part == parts && parts > 100, "parts_are_numbered");
    TAP_INT(hdr_decode(&back, memory[1], sizeof(memory[1]), joined, length), HDR_OK, "joined_parts_decode");
    TAP_INT(back.total_count, 20000, "with_all_values");
}

static void check_raw(void)
{
    struct record_stream stream;
    struct sample in[50];
    struct sample out[50 + RAW_PER_RECORD_MAX];
    size_t total = 0;
    bool ok = true;

    for (uint64_t i = 0; i < 50; i++)
        in[i] = (struct sample){.event_tsc = UINT64_MAX - 50 * i,
                                .before_tsc = 1 + i,
                                .isr_tsc = UINT64_MAX / 3,
                                .after_tsc = UINT64_MAX / 2,
                                .reject = REJECT_WARMUP,
                                .cause = WAKE_BOTH,
                                .flags = SAMPLE_CF};
    start(&stream);
    TAP_OK(record_raw(&stream, 4294967295u, 1000000000, in, 50), "raw_records");
    for (const char *line = log_kept.text; *line; line = next_line(line)) {
        const char *data = strstr(line, "\"d\":\"") + 5;
        unsigned long index = 0;
        size_t count = 0;

        sscanf(strstr(line, "\"i\":"), "\"i\":%lu", &index);
        ok &= index == 1000000000 + total;
        ok &= raw_decode(data, strcspn(data, "\""), out + total, RAW_PER_RECORD_MAX, &count);
        total += count;
        if (!ok || total > 50)
            break;
    }
    TAP_OK(ok && total == 50 && memcmp(in, out, sizeof(in)) == 0, "raw_samples_come_back_once");
}

int main(void)
{
    check_single_records();
    check_dependence();
    check_widest();
    check_quantiles();
    check_worst();
    check_hist();
    check_raw();
    return tap_done();
}
