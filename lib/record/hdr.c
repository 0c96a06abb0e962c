/* SPDX-License-Identifier: MIT */
#include "lib/record/hdr.h"

#include "lib/cstring.h"

/*
 * HdrHistogram keeps 2^m linear sub-buckets for the smallest values and half as many for each doubling after them; m is
 * the least power of two not below 2 * 10^digits.
 */
enum {
    HALF_MAGNITUDE_2_DIGITS = 7,  /* 256 sub-buckets >= 200 */
    HALF_MAGNITUDE_3_DIGITS = 10, /* 2048 sub-buckets >= 2000 */
    HIGHEST_MAGNITUDE = 40,
};

_Static_assert(HDR_HIGHEST == UINT64_C(1) << HIGHEST_MAGNITUDE, "the two name one value");

static unsigned half_magnitude_of(unsigned digits)
{
    return digits == 2 ? HALF_MAGNITUDE_2_DIGITS : HALF_MAGNITUDE_3_DIGITS;
}

/*
 * The first bucket ends below 2^(half + 1) and each further one doubles that, until 2^40 itself is inside: 40 - half
 * buckets, plus the lower half of the first.
 */
static uint32_t counter_count_of(unsigned half_magnitude)
{
    return (uint32_t)(HIGHEST_MAGNITUDE - half_magnitude + 2) << half_magnitude;
}

size_t hdr_bytes(unsigned digits, unsigned counter_bytes)
{
    if ((digits != 2 && digits != 3) || (counter_bytes != 4 && counter_bytes != 8))
        return 0;
    return (size_t)counter_count_of(half_magnitude_of(digits)) * counter_bytes;
}

bool hdr_init(struct hdr *hdr, void *memory, size_t bytes, unsigned digits, unsigned counter_bytes)
{
    size_t needed = hdr_bytes(digits, counter_bytes);

    if (needed == 0 || bytes < needed)
        return false;
    *hdr = (struct hdr){
        .counts = memory,
        .counter_count = counter_count_of(half_magnitude_of(digits)),
        .counter_bytes = (uint8_t)counter_bytes,
        .digits = (uint8_t)digits,
        .half_magnitude = (uint8_t)half_magnitude_of(digits),
    };
    memset(memory, 0, needed);
    return true;
}

uint32_t hdr_index(const struct hdr *hdr, uint64_t value)
{
    unsigned half = hdr->half_magnitude;
    uint64_t all_sub_buckets = (UINT64_C(2) << half) - 1;
    unsigned bucket = 63 - half - (unsigned)__builtin_clzll(value | all_sub_buckets);

    /* value >> bucket lies in the upper half of the sub-buckets, except for bucket 0, which has both. */
    return (uint32_t)((bucket << half) + (value >> bucket));
}

uint64_t hdr_lowest_at(const struct hdr *hdr, uint32_t index)
{
    unsigned half = hdr->half_magnitude;
    uint32_t row = index >> half;

    if (row < 2)
        return index;
    return ((index & ((UINT64_C(1) << half) - 1)) + (UINT64_C(1) << half)) << (row - 1);
}

uint64_t hdr_highest_at(const struct hdr *hdr, uint32_t index)
{
    uint32_t row = index >> hdr->half_magnitude;

    return hdr_lowest_at(hdr, index) + (row < 2 ? 0 : (UINT64_C(1) << (row - 1)) - 1);
}

uint64_t hdr_count_at(const struct hdr *hdr, uint32_t index)
{
    if (hdr->counter_bytes == 4)
        return ((const uint32_t *)hdr->counts)[index];
    return ((const uint64_t *)hdr->counts)[index];
}

/* 8-byte counters end at 2^63 - 1, the largest that the encoding can carry. */
static uint64_t counter_limit(const struct hdr *hdr)
{
    return hdr->counter_bytes == 4 ? UINT32_MAX : INT64_MAX;
}

static void add_at(struct hdr *hdr, uint32_t index, uint64_t count)
{
    uint64_t room = counter_limit(hdr) - hdr_count_at(hdr, index);

    if (count > room) {
        count = room;
        hdr->saturated = true;
    }
    if (hdr->counter_bytes == 4)
        ((uint32_t *)hdr->counts)[index] += (uint32_t)count;
    else
        ((uint64_t *)hdr->counts)[index] += count;
    if (__builtin_add_overflow(hdr->total_count, count, &hdr->total_count)) {
        hdr->total_count = UINT64_MAX;
        hdr->saturated = true;
    }
}

void hdr_add_n(struct hdr *hdr, int64_t value, uint64_t count)
{
    uint64_t counted = value < 0 ? 0 : (uint64_t)value;

    if (counted > HDR_HIGHEST) {
        counted = HDR_HIGHEST;
        hdr->above_count += count;
    }
    add_at(hdr, hdr_index(hdr, counted), count);
}

void hdr_add(struct hdr *hdr, int64_t value)
{
    hdr_add_n(hdr, value, 1);
}

bool hdr_merge(struct hdr *into, const struct hdr *from)
{
    if (into->digits != from->digits)
        return false;
    for (uint32_t index = 0; index < from->counter_count; index++) {
        uint64_t count = hdr_count_at(from, index);

        if (count)
            add_at(into, index, count);
    }
    into->above_count += from->above_count;
    into->saturated |= from->saturated;
    return true;
}
