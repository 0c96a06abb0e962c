/* SPDX-License-Identifier: MIT */
/*
 * HdrHistogram: counts of values 0 to 2^40 with two or three significant digits, in memory that the caller gives.
 *
 * The bucket layout is that of HdrHistogram (lowest discernible value 1), so that histograms merge and travel exactly.
 * Adding is a few instructions without a branch on the value's size; nothing allocates. One writer at a time; any
 * context.
 */
#ifndef LAB_LIB_RECORD_HDR_H
#define LAB_LIB_RECORD_HDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HDR_LOWEST  1
#define HDR_HIGHEST (UINT64_C(1) << 40)

struct hdr {
    void *counts;           /* uint32_t or uint64_t, by counter_bytes */
    uint32_t counter_count; /* entries in counts */
    uint8_t counter_bytes;  /* 4 or 8 */
    uint8_t digits;         /* 2 or 3 */
    uint8_t half_magnitude; /* log2 of half the sub-buckets: 7 or 10 */
    bool saturated;         /* a counter reached its largest value and stayed there */
    uint64_t total_count;   /* sum of all counters */
    uint64_t above_count;   /* values over HDR_HIGHEST, counted as HDR_HIGHEST */
};

/* Bytes of counters for 2 or 3 digits and counters of 4 or 8 bytes (2, 4: 17920; 3, 4: 131072); 0 for anything else. */
size_t hdr_bytes(unsigned digits, unsigned counter_bytes);

/*
 * Makes an empty histogram in `memory` (aligned to counter_bytes). False when the shape is unknown or bytes <
 * hdr_bytes().
 */
bool hdr_init(struct hdr *hdr, void *memory, size_t bytes, unsigned digits, unsigned counter_bytes);

/* Counts one value; values below zero count as 0 (the caller counts them), above HDR_HIGHEST as HDR_HIGHEST. */
void hdr_add(struct hdr *hdr, int64_t value);
void hdr_add_n(struct hdr *hdr, int64_t value, uint64_t count);

/* Adds `from` into `into`; counters of either width. False when the digits differ, and nothing is added. */
bool hdr_merge(struct hdr *into, const struct hdr *from);

/* The counter at index (0 to counter_count - 1), the lowest and the highest value that it stands for. */
uint64_t hdr_count_at(const struct hdr *hdr, uint32_t index);
uint64_t hdr_lowest_at(const struct hdr *hdr, uint32_t index);
uint64_t hdr_highest_at(const struct hdr *hdr, uint32_t index);
uint32_t hdr_index(const struct hdr *hdr, uint64_t value);

#endif
