/* SPDX-License-Identifier: MIT */
#include "lib/record/hdr.h"

#include "tests/proof/proof.h"

static void index_of(unsigned digits)
{
    static uint64_t nothing[1];
    struct hdr hdr = {.counts = nothing, .digits = (uint8_t)digits, .half_magnitude = digits == 2 ? 7 : 10};
    uint32_t counters = (uint32_t)(hdr_bytes(digits, 8) / 8), index;
    uint64_t value = nondet_u64(), lowest, highest;

    ASSUME(value <= HDR_HIGHEST);
    index = hdr_index(&hdr, value);
    assert(index < counters);
    lowest = hdr_lowest_at(&hdr, index);
    highest = hdr_highest_at(&hdr, index);
    assert(lowest <= value && value <= highest);
    assert(highest - lowest <= value >> (digits == 2 ? 7 : 10)); /* the promised digits */
    index = nondet_u32();
    ASSUME(index < counters - 1);
    assert(hdr_index(&hdr, hdr_lowest_at(&hdr, index)) == index);
    assert(hdr_highest_at(&hdr, index) + 1 == hdr_lowest_at(&hdr, index + 1)); /* neither gap nor overlap */
}

void prove_index(void)
{
    index_of(2);
    index_of(3);
}
