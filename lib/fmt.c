/* SPDX-License-Identifier: MIT */
#include "lib/fmt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/cstring.h"

enum { DIGITS_MAX = 20 }; /* decimal digits of 2^64 - 1 */

struct output {
    char *buf;
    size_t bytes;
    size_t length; /* of the whole text so far, whether it fits or not */
};

/* One conversion, from the flags to the letter. */
struct spec {
    bool left;
    bool zero;
    int width;
    int precision; /* -1: none given */
    int longs;     /* 0 int, 1 long, 2 long long, -1 short, -2 char, 3 size_t */
    char letter;
};

static void put(struct output *out, char character)
{
    if (out->length + 1 < out->bytes)
        out->buf[out->length] = character;
    out->length++;
}

static void put_all(struct output *out, const char *text, size_t length)
{
    size_t room = out->length + 1 < out->bytes ? out->bytes - 1 - out->length : 0;

    if (room)
        memcpy(out->buf + out->length, text, length < room ? length : room);
    out->length += length;
}

static void put_many(struct output *out, char character, int count)
{
    while (count-- > 0)
        put(out, character);
}

static void put_padded(struct output *out, const struct spec *spec, const char *text, size_t length)
{
    int padding = spec->width > (int)length ? spec->width - (int)length : 0;

    if (!spec->left)
        put_many(out, ' ', padding);
    put_all(out, text, length);
    if (spec->left)
        put_many(out, ' ', padding);
}

static void put_text(struct output *out, const struct spec *spec, const char *text)
{
    size_t limit = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;
    size_t length = 0;

    if (!text)
        text = "(null)";
    while (length < limit && text[length])
        length++;
    put_padded(out, spec, text, length);
}

static void put_number(struct output *out, const struct spec *spec, const char *sign, uint64_t value, unsigned base)
{
    const char *symbols = spec->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[DIGITS_MAX];
    int count = 0;
    int sign_length = (int)strlen(sign);
    int zeros;
    int padding;

    for (; value; value /= base)
        digits[count++] = symbols[value % base];
    if (spec->precision >= 0)
        zeros = spec->precision - count;
    else if (spec->zero && !spec->left)
        zeros = spec->width - sign_length - count;
    else
        zeros = 1 - count;
    if (spec->precision < 0 && zeros < 1 - count)
        zeros = 1 - count; /* zero itself has one digit */
    if (zeros < 0)
        zeros = 0;
    padding = spec->width - sign_length - zeros - count;
    if (!spec->left)
        put_many(out, ' ', padding);
    for (; *sign; sign++)
        put(out, *sign);
    put_many(out, '0', zeros);
    while (count > 0)
        put(out, digits[--count]);
    if (spec->left)
        put_many(out, ' ', padding);
}

/* Reads a decimal number of the format; stops counting at a value larger than any buffer. */
static const char *read_number(const char *at, int *value)
{
    int number = 0;

    for (; *at >= '0' && *at <= '9'; at++)
        if (number < 100000)
            number = number * 10 + (*at - '0');
    *value = number;
    return at;
}

static const char *read_lengths(const char *at, struct spec *spec)
{
    for (;; at++)
        if (*at == 'l')
            spec->longs++;
        else if (*at == 'h')
            spec->longs--;
        else if (*at == 'z')
            spec->longs = 3;
        else
            return at;
}

static int64_t cut_signed(const struct spec *spec, int value)
{
    if (spec->longs == -1)
        return (short)value;
    return spec->longs < -1 ? (signed char)value : value;
}

static uint64_t cut_unsigned(const struct spec *spec, unsigned value)
{
    if (spec->longs == -1)
        return (unsigned short)value;
    return spec->longs < -1 ? (unsigned char)value : value;
}

/*
 * A va_list is passed by pointer inside a struct, because C leaves open whether a called function advances its caller's
 * va_list.
 */
struct arguments {
    va_list list;
};

static void put_signed(struct output *out, const struct spec *spec, struct arguments *args)
{
    int64_t value;

    if (spec->longs > 0) /* long, long long and ssize_t are all 64 bits here */
        value = va_arg(args->list, long);
    else
        value = cut_signed(spec, va_arg(args->list, int));
    put_number(out, spec, value < 0 ? "-" : "", value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void put_unsigned(struct output *out, const struct spec *spec, struct arguments *args)
{
    uint64_t value;

    if (spec->longs > 0)
        value = va_arg(args->list, unsigned long);
    else
        value = cut_unsigned(spec, va_arg(args->list, unsigned));
    put_number(out, spec, "", value, spec->letter == 'u' ? 10 : 16);
}

_Static_assert(sizeof(long) == 8 && sizeof(long long) == 8 && sizeof(size_t) == 8, "LP64");

/* False for a conversion letter that this file does not know. */
static bool put_conversion(struct output *out, const struct spec *spec, struct arguments *args)
{
    char character;

    switch (spec->letter) {
    case 'd':
    case 'i':
        put_signed(out, spec, args);
        return true;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(out, spec, args);
        return true;
    case 'p':
        put_number(out, spec, "0x", (uintptr_t)va_arg(args->list, void *), 16);
        return true;
    case 's':
        put_text(out, spec, va_arg(args->list, const char *));
        return true;
    case 'c':
        character = (char)va_arg(args->list, int);
        put_padded(out, spec, &character, 1);
        return true;
    case '%':
        put(out, '%');
        return true;
    default:
        return false;
    }
}

/* Reads what follows a '%'; at the end `at` points to the conversion's letter. */
static const char *read_spec(const char *at, struct spec *spec, struct arguments *args)
{
    *spec = (struct spec){.precision = -1};
    for (;; at++)
        if (*at == '-')
            spec->left = true;
        else if (*at == '0')
            spec->zero = true;
        else
            break;
    if (*at == '*') {
        spec->width = va_arg(args->list, int);
        at++;
    } else {
        at = read_number(at, &spec->width);
    }
    if (spec->width < 0) {
        spec->left = true;
        spec->width = spec->width == INT_MIN ? INT_MAX : -spec->width;
    }
    if (*at == '.') {
        at++;
        if (*at == '*') {
            spec->precision = va_arg(args->list, int);
            at++;
        } else {
            at = read_number(at, &spec->precision);
        }
    }
    at = read_lengths(at, spec);
    spec->letter = *at;
    return at;
}

int vfmt(char *buf, size_t bytes, const char *format, va_list list)
{
    struct output out = {buf, bytes, 0};
    struct arguments args;
    struct spec spec;

    va_copy(args.list, list);
    for (const char *at = format; *at; at++) {
        const char *start = at;

        while (*at && *at != '%')
            at++;
        put_all(&out, start, (size_t)(at - start));
        if (!*at)
            break;
        start = at;
        at = read_spec(at + 1, &spec, &args);
        if (put_conversion(&out, &spec, &args))
            continue;
        if (!*at)
            at--; /* the format ends inside a conversion: leave the NUL to the loop */
        for (; start <= at; start++)
            put(&out, *start);
    }
    va_end(args.list);
    if (bytes)
        buf[out.length < bytes ? out.length : bytes - 1] = '\0';
    return (int)out.length;
}

int fmt(char *buf, size_t bytes, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vfmt(buf, bytes, format, args);
    va_end(args);
    return length;
}
