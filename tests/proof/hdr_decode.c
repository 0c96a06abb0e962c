/* SPDX-License-Identifier: MIT */
#include "lib/record/hdr_decode.c"

#include "tests/proof/proof.h"

/* The encoder has statics of the same names. */
#define fail       encoder_fail
#define open_block encoder_open_block
#include "lib/record/hdr_encode.c"
#undef fail
#undef open_block

/*
 * What base64.h promises (tests/proof/base64.c): some bytes of a group, or none. `given` are the next ones where a
 * harness has some.
 */
static const uint8_t *given;

bool base64_decode(void *out, size_t room, size_t *decoded, const char *text, size_t length)
{
    uint8_t *bytes = out;

    assert(length == 4 && __CPROVER_r_ok(text, length) && room == GROUP_BYTES);
    *decoded = given ? GROUP_BYTES : nondet_size();
    ASSUME(*decoded >= 1 && *decoded <= GROUP_BYTES);
    for (size_t i = 0; i < *decoded; i++)
        bytes[i] = given ? *given++ : nondet_u8();
    return given || nondet_bool();
}

size_t base64_encode(char *out, size_t room, const void *data, size_t bytes)
{
    (void)out;
    (void)room;
    (void)data;
    return bytes;
}

uint32_t adler32_update(uint32_t adler, const void *data, size_t bytes)
{
    assert(__CPROVER_r_ok(data, bytes));
    return adler + nondet_u32();
}

/* A counter of any value, written and read back. */
void prove_counter(void)
{
    static const char text[12];
    uint8_t data[12];
    struct reader reader = {.text = text, .length = 12, .block_left = HDR_COUNTER_MAX};
    int64_t value = nondet_i64();
    unsigned written = encode_counter(data, value), read;

    assert(written >= 1 && written <= HDR_COUNTER_MAX);
    given = data;
    assert(get_counter(&reader, &read) == value && read == written && reader.error == HDR_OK);
    given = NULL;
}

/* Any bytes in `groups` groups as counters of a histogram that has `count` of them. */
static void counters(size_t groups, uint32_t count)
{
    struct hdr hdr = {.counts = malloc(count * sizeof(uint64_t)), .counter_count = count};
    struct reader reader = {.text = malloc(4 * groups), .length = 4 * groups, .block_left = HDR_BLOCK_MAX};
    uint64_t payload = nondet_u64();

    get_counters(&reader, &hdr, payload);
    assert(reader.error || payload <= 3 * groups);
}

void prove_counters(void)
{
    counters(0, 1);
    counters(1, 0);
    counters(1, 1);
}

/* A block's head and the end, of any text of two groups: no block behind the last one, and nothing behind the end. */
void prove_frame(void)
{
    struct reader reader = {.text = malloc(8), .length = 8, .final = nondet_bool(), .adler = nondet_u32()};
    bool was_final = reader.final;

    open_block(&reader);
    assert(reader.error || (!was_final && reader.block_left <= 0xffff));
    get_end(&reader);
    assert(reader.error || (reader.final && reader.block_left == 0 && reader.length == 0 && reader.have == 0));
}
