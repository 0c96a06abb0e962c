/* SPDX-License-Identifier: MIT */
#include "lib/record/raw.h"

#include "lib/base64.h"

enum {
    LEB128_MAX = 10, /* bytes of a 64-bit integer */
    FLAGS_CAUSE_SHIFT = 8,
    FLAGS_CF_BIT = 16,
    FLAGS_KNOWN = 0x1ffff,
};

/* The difference that stands for a stamp that was not taken: -2^62. */
#define CODE_NONE (-(INT64_C(1) << 62))

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

static size_t put_integer(uint8_t *out, int64_t value)
{
    uint64_t left = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    size_t bytes = 0;

    for (; left > 0x7f; left >>= 7)
        out[bytes++] = (uint8_t)(left | 0x80);
    out[bytes++] = (uint8_t)left;
    return bytes;
}

static int64_t get_integer(struct reader *reader)
{
    uint64_t value = 0;

    for (unsigned shift = 0; reader->at < reader->end && shift < 7 * LEB128_MAX; shift += 7) {
        uint8_t byte = *reader->at++;

        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return (int64_t)(value >> 1 ^ (0 - (value & 1)));
    }
    reader->failed = true;
    return 0;
}

static int64_t code_of(uint64_t stamp_tsc, uint64_t event_tsc)
{
    return stamp_tsc == STAMP_NONE ? CODE_NONE : (int64_t)(stamp_tsc - event_tsc);
}

static uint64_t stamp_of(int64_t code, uint64_t event_tsc)
{
    return code == CODE_NONE ? STAMP_NONE : event_tsc + (uint64_t)code;
}

static size_t put_sample(uint8_t *out, const struct sample *sample, uint64_t previous_tsc)
{
    int64_t flags = sample->reject | (int64_t)sample->cause << FLAGS_CAUSE_SHIFT |
                    (int64_t)(sample->flags & SAMPLE_CF) << FLAGS_CF_BIT;
    size_t bytes = put_integer(out, (int64_t)(sample->event_tsc - previous_tsc));

    bytes += put_integer(out + bytes, code_of(sample->before_tsc, sample->event_tsc));
    bytes += put_integer(out + bytes, code_of(sample->isr_tsc, sample->event_tsc));
    bytes += put_integer(out + bytes, code_of(sample->after_tsc, sample->event_tsc));
    return bytes + put_integer(out + bytes, flags);
}

static void get_sample(struct reader *reader, struct sample *sample, uint64_t previous_tsc)
{
    int64_t flags;

    *sample = (struct sample){.event_tsc = previous_tsc + (uint64_t)get_integer(reader)};
    sample->before_tsc = stamp_of(get_integer(reader), sample->event_tsc);
    sample->isr_tsc = stamp_of(get_integer(reader), sample->event_tsc);
    sample->after_tsc = stamp_of(get_integer(reader), sample->event_tsc);
    flags = get_integer(reader);
    if (flags & ~(int64_t)FLAGS_KNOWN)
        reader->failed = true;
    sample->reject = (uint8_t)flags;
    sample->cause = (uint8_t)(flags >> FLAGS_CAUSE_SHIFT);
    sample->flags = flags >> FLAGS_CF_BIT & 1 ? SAMPLE_CF : 0;
}

size_t raw_encode(char text[RAW_TEXT_BYTES], const struct sample *samples, size_t count)
{
    uint8_t data[RAW_DATA_MAX + RAW_SAMPLE_MAX];
    uint64_t previous_tsc = 0;
    size_t bytes = 0;
    size_t taken = 0;

    for (; taken < count; taken++) {
        size_t more = put_sample(data + bytes, &samples[taken], previous_tsc);

        if (bytes + more > RAW_DATA_MAX)
            break;
        bytes += more;
        previous_tsc = samples[taken].event_tsc;
    }
    base64_encode(text, RAW_TEXT_BYTES, data, bytes);
    return taken;
}

bool raw_decode(const char *text, size_t length, struct sample *samples, size_t limit, size_t *count)
{
    uint8_t data[RAW_DATA_MAX];
    struct reader reader = {data, data, false};
    uint64_t previous_tsc = 0;
    size_t bytes;

    *count = 0;
    if (!base64_decode(data, sizeof(data), &bytes, text, length))
        return false;
    reader.end = data + bytes;
    while (reader.at < reader.end) {
        if (*count == limit)
            return false;
        get_sample(&reader, &samples[*count], previous_tsc);
        if (reader.failed)
            return false;
        previous_tsc = samples[*count].event_tsc;
        ++*count;
    }
    return true;
}
