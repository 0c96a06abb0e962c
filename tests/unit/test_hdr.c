/* SPDX-License-Identifier: MIT */
/*
 * lib/record/hdr.c, lib/record/hdr_encode.c and lib/record/hdr_decode.c. `test_hdr --oracle` prints histograms for
 * tests/hdr_oracle.mjs instead.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/base64.h"
#include "lib/crc.h"
#include "lib/record/hdr.h"
#include "lib/record/hdr_codec.h"
#include "lib/prng.h"
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/golden/hdr_vectors.h"

enum {
    COUNTS_MAX = 32768,
    TEXT_MAX = 500000,
    VALUE_COUNT = 100000,
    VECTOR_COUNT = sizeof(HDR_VECTORS) / sizeof(HDR_VECTORS[0]),
};

static uint64_t memory[3][COUNTS_MAX];
static int64_t values[VALUE_COUNT];

struct text {
    char chars[TEXT_MAX + 1];
    size_t length;
    uint32_t parts;
    uint32_t taken;
    bool well_cut; /* parts numbered 1 to parts, all full but the last */
};

static struct text text;

static void take_part(void *ctx, uint32_t part, uint32_t parts, const char *chars, size_t length)
{
    struct text *out = ctx;

    out->well_cut &= part == out->taken + 1 && (part == 1 || parts == out->parts);
    out->well_cut &= length == strlen(chars) && length <= HDR_PART_MAX && length > 0;
    out->well_cut &= part == parts || length == HDR_PART_MAX;
    out->taken = part;
    out->parts = parts;
    memcpy(out->chars + out->length, chars, length + 1);
    out->length += length;
}

static void encode(const struct hdr *hdr)
{
    text.length = 0;
    text.taken = 0;
    text.well_cut = true;
    hdr_encode(hdr, take_part, &text);
    text.well_cut &= text.taken == text.parts;
}

static struct hdr make(int slot, unsigned digits, unsigned counter_bytes)
{
    struct hdr hdr;

    if (!hdr_init(&hdr, memory[slot], sizeof(memory[slot]), digits, counter_bytes))
        abort();
    return hdr;
}

/* Latencies as they come: a log-uniform body with some far out and some at and below zero. */
static void fill_values(struct prng *prng)
{
    for (int i = 0; i < VALUE_COUNT; i++)
        values[i] = (int64_t)prng_log_range(prng, 800, 90000);
    for (int i = 0; i < 20; i++)
        values[i * 31] = (int64_t)prng_log_range(prng, 1000000, HDR_HIGHEST);
    values[5] = 0;
    values[6] = -3;
    values[7] = (int64_t)HDR_HIGHEST;
}

static bool layout_agrees(void)
{
    for (int i = 0; i < VECTOR_COUNT; i++) {
        const struct hdr_vector *want = &HDR_VECTORS[i];
        struct hdr hdr = make(0, want->digits, 4);

        if (hdr_index(&hdr, want->value) != want->index || hdr_lowest_at(&hdr, want->index) != want->lowest ||
            hdr_highest_at(&hdr, want->index) != want->highest)
            return false;
    }
    return true;
}

/* Buckets lie end to end from 0, and every index is its own values' index. */
static bool buckets_join(unsigned digits)
{
    struct hdr hdr = make(0, digits, 4);
    uint64_t next = 0;

    for (uint32_t index = 0; index < hdr.counter_count; index++) {
        if (hdr_lowest_at(&hdr, index) != next || hdr_index(&hdr, next) != index ||
            hdr_index(&hdr, hdr_highest_at(&hdr, index)) != index)
            return false;
        next = hdr_highest_at(&hdr, index) + 1;
    }
    return next > HDR_HIGHEST;
}

/* The highest value of the counter that holds that rank, as HdrHistogram reports a quantile. */
static uint64_t value_at(const struct hdr *hdr, uint32_t parts)
{
    uint64_t left = quantile_rank(hdr->total_count, parts);

    for (uint32_t index = 0; index < hdr->counter_count; index++) {
        uint64_t count = hdr_count_at(hdr, index);

        if (count >= left)
            return hdr_highest_at(hdr, index);
        left -= count;
    }
    return 0;
}

static bool quantiles_are_close(const struct hdr *hdr, unsigned digits)
{
    const int64_t tolerance = digits == 2 ? 100 : 1000;

    for (int i = 0; i < QUANTILE_COUNT; i++) {
        uint32_t parts = QUANTILES[i].parts;
        int64_t exact = values[quantile_rank(VALUE_COUNT, parts) - 1];
        int64_t got = (int64_t)value_at(hdr, parts);

        exact = exact < 0 ? 0 : exact;
        if (got < exact || got - exact > exact / tolerance)
            return false;
    }
    return true;
}

static bool same(const struct hdr *a, const struct hdr *b)
{
    for (uint32_t index = 0; index < a->counter_count; index++)
        if (hdr_count_at(a, index) != hdr_count_at(b, index))
            return false;
    return a->digits == b->digits && a->total_count == b->total_count;
}

static void check_shape(unsigned digits, unsigned counter_bytes)
{
    struct hdr whole = make(0, digits, counter_bytes);
    struct hdr half = make(1, digits, 12 - counter_bytes);
    struct hdr back;

    for (int i = 0; i < VALUE_COUNT; i++)
        hdr_add(i % 2 ? &whole : &half, values[i]);
    TAP_OK(hdr_merge(&whole, &half), "merge_of_other_width");
    TAP_INT(whole.total_count, VALUE_COUNT, "merge_has_all");
    TAP_OK(quantiles_are_close(&whole, digits), "quantiles_within_the_digits");
    encode(&whole);
    TAP_OK(text.well_cut, "parts_are_numbered_and_full");
    TAP_OK(strncmp(text.chars, "HISTFAAA", 8) == 0, "begins_histfaaa");
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length), HDR_OK, "decodes");
    TAP_OK(same(&whole, &back), "decoded_is_the_same");
}

/* One more than a full counter takes; and what a merge takes over beside the counts. */
static void check_one_too_many(void)
{
    struct hdr full = make(1, 2, 4);
    struct hdr into = make(2, 2, 8);

    hdr_add_n(&full, 50, UINT32_MAX);
    TAP_OK(!full.saturated, "a_full_counter_is_right");
    hdr_add(&full, 50);
    TAP_OK(full.saturated && hdr_count_at(&full, 50) == UINT32_MAX, "one_more_stays_out");
    hdr_add(&full, INT64_MAX);
    TAP_OK(hdr_merge(&into, &full) && into.saturated && into.above_count == 1, "merge_keeps_what_was_lost");
}

static void check_limits(void)
{
    struct hdr hdr = make(0, 2, 4);
    struct hdr other = make(1, 3, 4);

    hdr_add(&hdr, (int64_t)HDR_HIGHEST);
    TAP_INT(hdr.above_count, 0, "the_highest_is_not_above");
    hdr = make(0, 2, 4);
    hdr_add(&hdr, (int64_t)HDR_HIGHEST + 1);
    TAP_INT(hdr.above_count, 1, "above_the_highest_is_counted");
    TAP_INT(hdr_count_at(&hdr, hdr_index(&hdr, HDR_HIGHEST)), 1, "and_kept_as_the_highest");
    hdr_add(&hdr, INT64_MIN);
    TAP_INT(hdr_count_at(&hdr, 0), 1, "below_zero_is_zero");
    hdr_add_n(&hdr, 100, UINT64_C(1) << 33);
    TAP_OK(hdr.saturated && hdr_count_at(&hdr, 100) == UINT32_MAX, "small_counters_saturate");
    TAP_INT(hdr.total_count, 2 + (long long)UINT32_MAX, "total_is_what_was_counted");
    check_one_too_many();
    hdr = make(0, 2, 8);
    hdr_add_n(&hdr, 100, UINT64_MAX);
    TAP_OK(hdr.saturated && hdr_count_at(&hdr, 100) == INT64_MAX, "large_counters_saturate");
    TAP_OK(!hdr_merge(&hdr, &other), "other_digits_do_not_merge");
    TAP_INT(hdr_bytes(2, 4), 17920, "bytes_of_2_digits");
    TAP_INT(hdr_bytes(3, 8), 262144, "bytes_of_3_digits");
    TAP_INT(hdr_bytes(4, 4) + hdr_bytes(2, 2), 0, "no_other_shape");
    TAP_OK(!hdr_init(&hdr, memory[0], 17919, 2, 4), "too_little_memory");
}

/* The encoding of a histogram that was written out by hand. */
static void check_bytes(void)
{
    static const uint8_t WANT[] = {
        0x1c, 0x84, 0x93, 0x14, 0,    0,    0,    58,             /* compressed cookie, zlib bytes */
        0x78, 0x01, 0x01, 47,   0,    0xd0, 0xff,                 /* one stored block of 47 bytes */
        0x1c, 0x84, 0x93, 0x13, 0,    0,    0,    7,  0, 0, 0, 0, /* cookie, payload bytes, offset */
        0,    0,    0,    2,    0,    0,    0,    0,  0, 0, 0, 1, /* digits, lowest */
        0,    0,    1,    0,    0,    0,    0,    0,              /* highest */
        0x3f, 0xf0, 0,    0,    0,    0,    0,    0,              /* ratio 1.0 */
        4,    0,    2,    3,    0xd8, 0x04, 0x02,                 /* 2, 0, 1, two zeros, 300, 1 */
    };
    uint8_t got[100];
    struct hdr hdr = make(0, 2, 8);
    uint32_t adler = adler32_update(ADLER32_START, WANT + 15, sizeof(WANT) - 15);
    size_t bytes = 0;

    hdr_add_n(&hdr, 0, 2);
    hdr_add(&hdr, 2);
    hdr_add_n(&hdr, 5, 300);
    hdr_add(&hdr, 6);
    encode(&hdr);
    TAP_OK(base64_decode(got, sizeof(got), &bytes, text.chars, text.length), "small_is_base64");
    TAP_INT(bytes, sizeof(WANT) + 4, "small_length");
    TAP_OK(memcmp(got, WANT, sizeof(WANT)) == 0, "small_bytes");
    TAP_INT((uint32_t)got[bytes - 4] << 24 | got[bytes - 3] << 16 | got[bytes - 2] << 8 | got[bytes - 1], adler,
            "small_adler");
}

/* Every length of the last part, the full one too. */
static void check_part_lengths(void)
{
    enum { LENGTHS = HDR_PART_MAX / 4 * 3 };
    struct hdr hdr = make(0, 2, 8);
    bool well_cut = true;

    for (int64_t value = 0; value < LENGTHS; value++) {
        hdr_add(&hdr, value);
        encode(&hdr);
        well_cut &= text.well_cut;
    }
    TAP_OK(well_cut, "no_part_is_empty");
}

/* Decodes a stored block with the header of the layout, so many digits and that payload. */
static enum hdr_error decode_by_hand(struct hdr *hdr, uint8_t digits, const uint8_t *payload, uint8_t bytes)
{
    enum { HEADER = 40, BEGIN = 15 };
    uint8_t all[100] = {0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 0, 0x78, 0x01, 0x01, 0, 0, 0, 0xff};
    const uint8_t header[HEADER] = {0x1c, 0x84,   0x93, 0x13, 0,    0,    0, bytes, 0, 0, 0, 0, 0, 0,
                                    0,    digits, 0,    0,    0,    0,    0, 0,     0, 1, 0, 0, 1, 0,
                                    0,    0,      0,    0,    0x3f, 0xf0, 0, 0,     0, 0, 0, 0};
    uint8_t length = HEADER + bytes;
    char chars[200];
    uint32_t adler;

    all[7] = 2 + 5 + length + 4;
    all[11] = length;
    all[13] = (uint8_t)~length;
    memcpy(all + BEGIN, header, HEADER);
    memcpy(all + BEGIN + HEADER, payload, bytes);
    adler = adler32_update(ADLER32_START, all + BEGIN, length);
    for (unsigned i = 0; i < 4; i++)
        all[BEGIN + length + i] = (uint8_t)(adler >> (24 - 8 * i));
    base64_encode(chars, sizeof(chars), all, BEGIN + (size_t)length + 4);
    return hdr_decode(hdr, memory[2], sizeof(memory[2]), chars, strlen(chars));
}

/* Two digits have 4480 counters: what fits them just so, and one more. */
static void check_edges(void)
{
    static const uint8_t LAST[] = {0xfd, 0x45, 0x02}, BEHIND[] = {0xff, 0x45, 0x02}, LONG_RUN[] = {0x81, 0x46};
    struct hdr hdr;

    TAP_INT(decode_by_hand(&hdr, 2, LAST, sizeof(LAST)), HDR_OK, "4479_zeros_and_a_one");
    TAP_INT(hdr_count_at(&hdr, 4479), 1, "the_last_counter");
    TAP_INT(decode_by_hand(&hdr, 2, BEHIND, sizeof(BEHIND)), HDR_BAD_COUNTS, "a_counter_behind_the_last");
    TAP_INT(decode_by_hand(&hdr, 2, LONG_RUN, sizeof(LONG_RUN)), HDR_BAD_COUNTS, "4481_zeros");
    TAP_INT(decode_by_hand(&hdr, 1, LAST, sizeof(LAST)), HDR_BAD_RANGE, "one_digit");
    TAP_INT(decode_by_hand(&hdr, 4, LAST, sizeof(LAST)), HDR_BAD_RANGE, "four_digits");
    TAP_INT(hdr_decode(&hdr, memory[2], sizeof(memory[2]), "HISTFAAA", 8), HDR_CUT, "cut_behind_the_cookie");
    TAP_INT(hdr_decode(&hdr, memory[2], sizeof(memory[2]), "", 0), HDR_CUT, "no_text_is_cut");
}

static void check_large_counts(void)
{
    struct hdr hdr = make(0, 3, 8);
    struct hdr back;

    hdr_add_n(&hdr, 1, INT64_MAX);
    hdr_add_n(&hdr, 2, UINT64_C(1) << 55);
    hdr_add_n(&hdr, 3, (UINT64_C(1) << 55) - 1);
    encode(&hdr);
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length), HDR_OK, "large_counts_decode");
    TAP_OK(same(&hdr, &back), "large_counts_are_the_same");
    hdr = make(0, 3, 8);
    for (uint32_t index = 0; index < hdr.counter_count; index++)
        if (hdr_lowest_at(&hdr, index) <= HDR_HIGHEST)
            hdr_add_n(&hdr, (int64_t)hdr_lowest_at(&hdr, index), 100000 + index);
    encode(&hdr);
    TAP_OK(text.length > base64_length(65535), "more_than_one_block");
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length), HDR_OK, "several_blocks_decode");
    TAP_OK(same(&hdr, &back), "several_blocks_are_the_same");
    hdr = make(0, 3, 8);
    encode(&hdr);
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length), HDR_OK, "empty_decodes");
    TAP_INT(back.total_count, 0, "empty_is_empty");
}

/* Three bytes behind the checksum, with the length in front made to count them. */
static void check_trailing_bytes(void)
{
    static uint8_t bytes[4000];
    static char longer[6000];
    struct hdr back;
    size_t length = 0;

    base64_decode(bytes, sizeof(bytes) - 3, &length, text.chars, text.length);
    bytes[6] = (uint8_t)((length - 8 + 3) >> 8);
    bytes[7] = (uint8_t)(length - 8 + 3);
    base64_encode(longer, sizeof(longer), bytes, length + 3);
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), longer, strlen(longer)), HDR_BAD_ZLIB,
            "bytes_behind_the_checksum");
}

/* No cut text and no changed character may pass; the Adler-32 and the lengths see to that. */
static void check_damage(struct prng *prng)
{
    struct hdr hdr = make(0, 2, 8);
    struct hdr back;
    bool cuts = true;
    bool changes = true;

    for (int i = 0; i < 500; i++)
        hdr_add(&hdr, values[i]);
    encode(&hdr);
    for (size_t length = 0; length < text.length; length++)
        cuts &= hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, length) != HDR_OK;
    for (int round = 0; round < 20000; round++) {
        size_t at = prng_below(prng, text.length);
        char kept = text.chars[at];

        text.chars[at] = (char)prng_below(prng, 256);
        if (text.chars[at] != kept)
            changes &= hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length) != HDR_OK;
        text.chars[at] = kept;
    }
    TAP_OK(cuts, "no_cut_text_decodes");
    TAP_OK(changes, "no_changed_text_decodes");
    TAP_INT(hdr_decode(&back, memory[2], 100, text.chars, text.length), HDR_NO_MEMORY, "decoder_without_memory");
    TAP_INT(hdr_decode(&back, memory[2], sizeof(memory[2]), "AAAAAAAAAAAAAAAAAAAA", 20), HDR_BAD_COOKIE,
            "not_a_histogram");
    check_trailing_bytes();
    strcat(text.chars, "AAAA");
    TAP_OK(hdr_decode(&back, memory[2], sizeof(memory[2]), text.chars, text.length + 4) != HDR_OK,
           "text_behind_the_end");
}

/* One line per histogram: digits, total, then name:exact:ours per quantile, then the text. */
static void print_for_oracle(unsigned digits, const struct hdr *hdr)
{
    encode(hdr);
    printf("%u %llu", digits, (unsigned long long)hdr->total_count);
    for (int i = 1; i < QUANTILE_COUNT && hdr->total_count; i++) {
        int64_t exact = values[quantile_rank(VALUE_COUNT, QUANTILES[i].parts) - 1];

        printf(" %u:%lld:%llu", QUANTILES[i].parts, (long long)exact,
               (unsigned long long)value_at(hdr, QUANTILES[i].parts));
    }
    printf(" %s\n", text.chars);
}

static int feed_oracle(void)
{
    for (unsigned digits = 2; digits <= 3; digits++) {
        struct hdr hdr = make(0, digits, 4);

        print_for_oracle(digits, &hdr);
        for (int i = 0; i < VALUE_COUNT; i++)
            hdr_add(&hdr, values[i]);
        print_for_oracle(digits, &hdr);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct prng prng;

    prng_seed(&prng, 10);
    fill_values(&prng);
    stats_sort(values, VALUE_COUNT);
    if (argc == 2 && strcmp(argv[1], "--oracle") == 0)
        return feed_oracle();
    TAP_OK(layout_agrees(), "layout_of_hdr_histogram_js");
    TAP_OK(buckets_join(2), "buckets_join_2_digits");
    TAP_OK(buckets_join(3), "buckets_join_3_digits");
    check_shape(2, 4);
    check_shape(2, 8);
    check_shape(3, 4);
    check_shape(3, 8);
    check_limits();
    check_bytes();
    check_part_lengths();
    check_edges();
    check_large_counts();
    check_damage(&prng);
    return tap_done();
}
