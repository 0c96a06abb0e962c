/* SPDX-License-Identifier: MIT */
/* lib/record/raw.c and lib/record/sample.c: bytes written out by hand, round trips, wrong texts, the four metrics. */
#include "tests/unit/tap.h"

#include "lib/base64.h"
#include "lib/prng.h"
#include "lib/record/raw.h"

enum { ROUNDS = 3000, SAMPLES = 40 };

/* docs/record-format.md by hand: zig-zag, then seven bits a byte, low ones first. */
static void check_bytes(void)
{
    static const struct sample SAMPLES_IN[] = {
        {.event_tsc = 1000, .before_tsc = 900, .isr_tsc = 1100, .after_tsc = 1064, .cause = WAKE_INTERRUPT},
        {.event_tsc = 999, .before_tsc = 998, .reject = REJECT_SMI, .flags = SAMPLE_CF},
    };
    static const uint8_t WANT[] = {
        0xd0, 0x0f,                                           /* +1000: 2000 */
        0xc7, 0x01,                                           /* -100: 199 */
        0xc8, 0x01,                                           /* +100: 200 */
        0x80, 0x01,                                           /* +64: 128 */
        0x80, 0x04,                                           /* flags 0x100: 512 */
        0x01,                                                 /* -1: 1 */
        0x01,                                                 /* -1: 1 */
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, /* -2^62: 2^63 - 1 */
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, /* the same */
        0x84, 0x80, 0x08,                                     /* flags 0x10002: 0x20004 */
    };
    char text[RAW_TEXT_BYTES];
    uint8_t got[RAW_DATA_MAX];
    size_t bytes = 0;

    TAP_INT(raw_encode(text, SAMPLES_IN, 2), 2, "two_samples_taken");
    TAP_OK(base64_decode(got, sizeof(got), &bytes, text, strlen(text)), "text_is_base64");
    TAP_INT(bytes, sizeof(WANT), "length_as_by_hand");
    TAP_OK(memcmp(got, WANT, sizeof(WANT)) == 0, "bytes_as_by_hand");
}

static uint64_t any_stamp(struct prng *prng, uint64_t event_tsc)
{
    uint64_t distance = prng_next(prng) >> (1 + prng_below(prng, 63));

    if (prng_below(prng, 5) == 0)
        return STAMP_NONE;
    /* The two that the code for "not taken" and the value for it forbid. */
    if (distance == UINT64_C(1) << 62)
        distance--;
    return prng_below(prng, 2) ? event_tsc + distance : event_tsc - distance;
}

static struct sample any_sample(struct prng *prng)
{
    struct sample sample = {.event_tsc = prng_next(prng) >> prng_below(prng, 64)};

    sample.before_tsc = any_stamp(prng, sample.event_tsc);
    sample.isr_tsc = any_stamp(prng, sample.event_tsc);
    sample.after_tsc = any_stamp(prng, sample.event_tsc);
    sample.reject = (uint8_t)prng_below(prng, REJECT_COUNT);
    sample.cause = (uint8_t)prng_below(prng, WAKE_COUNT);
    sample.flags = (uint16_t)prng_below(prng, 2);
    return sample;
}

static bool round_trips_hold(struct prng *prng)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct sample in[SAMPLES];
        struct sample out[RAW_PER_RECORD_MAX];
        size_t n = 1 + prng_below(prng, SAMPLES);

        for (size_t i = 0; i < n; i++)
            in[i] = any_sample(prng);
        for (size_t at = 0; at < n;) {
            char text[RAW_TEXT_BYTES];
            size_t taken = raw_encode(text, in + at, n - at);
            size_t count = 0;

            if (taken == 0 || strlen(text) > RAW_TEXT_MAX ||
                !raw_decode(text, strlen(text), out, RAW_PER_RECORD_MAX, &count) || count != taken ||
                memcmp(out, in + at, taken * sizeof(out[0])) != 0)
                return false;
            at += taken;
        }
    }
    return true;
}

static bool decodes(const uint8_t *data, size_t bytes)
{
    struct sample out[RAW_PER_RECORD_MAX];
    char text[RAW_TEXT_BYTES];
    size_t count;

    base64_encode(text, sizeof(text), data, bytes);
    return raw_decode(text, strlen(text), out, RAW_PER_RECORD_MAX, &count);
}

static void check_wrong_texts(void)
{
    static const uint8_t TEN[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0, 0, 0};
    static const uint8_t OVER[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0};
    static const uint8_t ELEVEN[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0, 0, 0, 0};
    static const uint8_t FLAGS[] = {0, 0, 0, 0, 0x80, 0x80, 0x10};
    static const uint8_t TWO[10] = {0};
    struct sample out[1];
    size_t count;

    TAP_OK(decodes(TWO, 10) && decodes(TWO, 5) && decodes(TWO, 0), "whole_samples_decode");
    TAP_OK(!decodes(TWO, 6), "cut_sample");
    TAP_OK(decodes(TEN, sizeof(TEN)), "integer_of_ten_bytes");
    TAP_OK(!decodes(OVER, sizeof(OVER)), "integer_over_64_bits");
    TAP_OK(!decodes(ELEVEN, sizeof(ELEVEN)), "integer_of_eleven_bytes");
    TAP_OK(!decodes(FLAGS, sizeof(FLAGS)), "unknown_flag");
    TAP_OK(!raw_decode("AAAA====", 8, out, 1, &count), "wrong_base64");
    TAP_OK(!raw_decode("AAAAAAAAAAAAAA==", 16, out, 1, &count), "more_than_the_limit");
}

static void check_metrics(void)
{
    struct sample sample = {.before_tsc = 900, .event_tsc = 1000, .isr_tsc = 1100, .after_tsc = 1300};

    TAP_INT(sample_wake_latency(&sample), 100, "wake_latency_by_the_interrupt");
    TAP_INT(sample_interrupt_latency(&sample), 100, "interrupt_latency");
    TAP_INT(sample_return_latency(&sample), 300, "return_latency");
    TAP_INT(sample_silent_time(&sample), 100, "silent_time");
    sample.after_tsc = 1050;
    TAP_INT(sample_wake_latency(&sample), 50, "wake_latency_by_the_return");
    sample.isr_tsc = STAMP_NONE;
    TAP_INT(sample_wake_latency(&sample), 50, "wake_latency_without_interrupt");
    TAP_OK(sample_interrupt_latency(&sample) == METRIC_NONE, "no_interrupt_latency");
    sample.isr_tsc = 990;
    TAP_INT(sample_wake_latency(&sample), -10, "a_wake_before_its_event_is_negative");
    sample.after_tsc = STAMP_NONE;
    TAP_INT(sample_wake_latency(&sample), -10, "wake_latency_without_return");
    sample.isr_tsc = STAMP_NONE;
    TAP_OK(sample_wake_latency(&sample) == METRIC_NONE, "no_wake_no_latency");
    sample.isr_tsc = 1100;
    sample.event_tsc = STAMP_NONE;
    TAP_OK(sample_wake_latency(&sample) == METRIC_NONE && sample_silent_time(&sample) == METRIC_NONE,
           "no_event_no_latency");
}

static void check_names(void)
{
    TAP_STR(sample_cause_name(WAKE_BOTH), "both", "cause_name");
    TAP_STR(sample_cause_name(WAKE_COUNT), "unknown", "cause_name_out_of_range");
}

static void check_judge(void)
{
    static const uint8_t order[] = {REJECT_SKEW, REJECT_EARLY, REJECT_NONE};

    TAP_INT(sample_judge(0, order), REJECT_NONE, "no_reason");
    TAP_INT(sample_judge(REASON(REJECT_EARLY) | REASON(REJECT_SKEW), order), REJECT_SKEW, "the_first_of_two_reasons");
    TAP_INT(sample_judge(REASON(REJECT_EARLY) | REASON(REJECT_NMI), order), REJECT_EARLY, "the_second_in_the_order");
    TAP_INT(sample_judge(REASON(REJECT_NMI), order), REJECT_NONE, "a_reason_that_is_not_in_the_order");
}

int main(void)
{
    struct prng prng;

    prng_seed(&prng, 12);
    check_bytes();
    TAP_OK(round_trips_hold(&prng), "round_trips");
    check_wrong_texts();
    check_metrics();
    check_names();
    check_judge();
    return tap_done();
}
