/* SPDX-License-Identifier: MIT */
#include "lib/text.h"

#include "lib/cstring.h"

enum {
    U64_DECIMAL_DIGITS = 20,
    U64_HEX_DIGITS = 16,
    FIRST_PRINTABLE = 0x20,
    LAST_PRINTABLE = 0x7e,
};

struct text text_in(char *buffer, size_t bytes)
{
    buffer[0] = '\0';
    return (struct text){.at = buffer, .bytes = bytes};
}

void text_add_span(struct text *text, const char *from, size_t bytes)
{
    size_t room_bytes = text->bytes - 1 - text->used;
    if (bytes > room_bytes) {
        bytes = room_bytes;
        text->cut = true;
    }
    memcpy(text->at + text->used, from, bytes);
    text->used += bytes;
    text->at[text->used] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_span(text, string, strlen(string));
}

void text_add_printable(struct text *text, const char *from, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)from[i];
        char escaped[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

        if (byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE) {
            text_add_span(text, &from[i], 1);
            continue;
        }
        if (text->used + sizeof(escaped) >= text->bytes) {
            text->cut = true;
            return;
        }
        text_add_span(text, escaped, sizeof(escaped));
    }
}

void text_add_uint(struct text *text, uint64_t number)
{
    char digits[U64_DECIMAL_DIGITS];
    size_t first = sizeof(digits);
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    text_add_span(text, digits + first, sizeof(digits) - first);
}

void text_add_hex(struct text *text, uint64_t number)
{
    char digits[U64_HEX_DIGITS];
    size_t first = sizeof(digits);
    do {
        digits[--first] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number != 0);
    text_add(text, "0x");
    text_add_span(text, digits + first, sizeof(digits) - first);
}

void text_add_ns(struct text *text, uint64_t time_ns)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;
    while (unit + 1 < sizeof(units) / sizeof(units[0]) && time_ns != 0 && time_ns % 1000 == 0) {
        time_ns /= 1000;
        unit++;
    }
    text_add_uint(text, time_ns);
    text_add(text, units[unit]);
}

void text_list(char *list, size_t bytes, const char *between, const char *word)
{
    size_t used = strlen(list);
    struct text text = {.at = list, .bytes = bytes, .used = used};

    text_add(&text, used ? between : "");
    text_add(&text, word);
    if (text.cut)
        list[used] = '\0';
}
