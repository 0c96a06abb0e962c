/* SPDX-License-Identifier: MIT */
/* A record's line as it reaches a sink, and what is refused. */
#include "lib/record/record.c"

#include "tests/proof/proof.h"

enum { LINES_MAX = 1 };

static uint32_t check; /* every text has this CRC */
static struct {
    unsigned lines;
    size_t bytes[LINES_MAX];
    char text[RECORD_LINE_BYTES]; /* of the last */
} heard;

uint32_t crc32_update(uint32_t crc, const void *data, size_t bytes)
{
    (void)crc;
    assert(__CPROVER_r_ok(data, bytes));
    return check;
}

/*
 * What fmt.h says of the two formats that a record's line has; the unit tests of lib/fmt.c hold it to that. How many
 * digits the number has is said by the harness, so that CBMC need not try each.
 */
static size_t digits_of_seq;

static size_t put_hex(char *to, uint32_t value, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        to[i] = "0123456789abcdef"[value >> 4 * (digits - 1 - i) & 15];
    return digits;
}

int fmt(char *buf, size_t bytes, const char *format, ...)
{
    size_t used = 0;
    va_list args;

    va_start(args, format);
    if (format[0] == '%') { /* "%s%04x %s" */
        const char *mark = va_arg(args, const char *);
        uint32_t seq = va_arg(args, uint32_t);
        const char *text = va_arg(args, const char *);

        for (; *mark; mark++)
            buf[used++] = *mark;
        assert(digits_of_seq == 8 ? seq > 0xffff : seq <= 0xffff);
        used += put_hex(buf + used, seq, digits_of_seq);
        buf[used++] = ' ';
        for (; *text; text++)
            buf[used++] = *text;
    } else { /* " *%08x\n" */
        buf[used++] = ' ';
        buf[used++] = '*';
        used += put_hex(buf + used, va_arg(args, uint32_t), 8);
        buf[used++] = '\n';
    }
    va_end(args);
    assert(used < bytes);
    buf[used] = '\0';
    return (int)used;
}

static void hear(void *ctx, const char *text, size_t bytes)
{
    (void)ctx;
    assert(heard.lines < LINES_MAX && bytes < sizeof(heard.text) && __CPROVER_r_ok(text, bytes));
    heard.bytes[heard.lines++] = bytes;
    for (size_t i = 0; i < bytes; i++)
        heard.text[i] = text[i];
    assert(bytes > 0 && text[0] == '#' && text[bytes - 1] == '\n');
}

static struct record_stream begin(char *repeat, size_t repeat_bytes)
{
    struct record_stream stream;

    record_init(&stream, repeat, repeat_bytes);
    record_add_sink(&stream, (struct record_sink){hear, NULL});
    check = 0x0123abcd;
    heard.lines = 0;
    digits_of_seq = 4;
    return stream;
}

/* The number that `count` lower-case hex digits say. */
static uint32_t hex(const char *digits, size_t count)
{
    uint32_t value = 0;

    for (size_t i = 0; i < count; i++) {
        assert((digits[i] >= '0' && digits[i] <= '9') || (digits[i] >= 'a' && digits[i] <= 'f'));
        value = value << 4 | (uint32_t)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    }
    return value;
}

static void one(uint32_t seq, size_t digits, size_t length)
{
    struct record_stream stream = begin(NULL, 0);
    size_t at = 5 + digits + 1;
    char text[3] = "";

    for (size_t i = 0; i < length; i++) {
        text[i] = nondet_char();
        ASSUME(text[i] != '\0');
    }
    check = nondet_u32();
    stream.next_seq = seq;
    digits_of_seq = digits;
    assert(record_emit(&stream, text, false));
    assert(heard.lines == 1 && stream.refused_count == 0 && stream.next_seq == seq + 1);
    assert(heard.bytes[0] == at + length + 2 + 8 + 1 && stream.crc == check && !stream.sending);
    assert(hex(heard.text + 5, digits) == seq && heard.text[at - 1] == ' ');
    for (size_t i = 0; i < length; i++)
        assert(heard.text[at + i] == text[i]);
    assert(heard.text[at + length] == ' ' && heard.text[at + length + 1] == '*');
    assert(hex(heard.text + at + length + 2, 8) == check);
}

void prove_line(void)
{
    one(nondet_u32() & 0xffff, 4, 1);
    one(nondet_u32() & 0xffff, 4, 2);
    one(nondet_u32() | 0x80000000, 8, 2);
}

/* What has no text, or more than fits, is not written, and counted. */
void prove_refused(void)
{
    struct record_stream stream = begin(NULL, 0);
    char text[JSON_OBJECT_MAX + 2];

    for (size_t i = 0; i < JSON_OBJECT_MAX + 1; i++)
        text[i] = 'x';
    text[JSON_OBJECT_MAX + 1] = '\0';
    stream.next_seq = UINT32_MAX;
    assert(!record_emit(&stream, NULL, true) && !record_emit(&stream, "", true) && !record_emit(&stream, text, true));
    assert(heard.lines == 0 && stream.refused_count == 3 && stream.next_seq == UINT32_MAX);
}
