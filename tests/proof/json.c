/* SPDX-License-Identifier: MIT */
#include "lib/json.h"

#include <stdarg.h>

#include "lib/fmt.h"
#include "tests/proof/proof.h"

enum { BYTES_MAX = 16, CALLS = 2, KINDS = 7, STRING_BYTES = 2, STRING_ROOM = 20 };

/* The library's copies, one byte after the other: lengths are small here, and CBMC's own model takes any. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

/* What the writer asks of fmt(): an escape of two characters, `\c` with any c, or `\u` with four letters or digits. */
int fmt(char *buf, size_t bytes, const char *format, ...)
{
    int length = format[1] == '%' ? 2 : 6;

    assert(format[0] == '\\' && bytes > (size_t)length);
    buf[0] = '\\';
    for (int i = 1; i < length; i++) {
        buf[i] = nondet_char();
        ASSUME(length == 2 ? buf[i] >= 0x20 && buf[i] <= 0x7e : buf[i] >= '0' && buf[i] <= 'u' && buf[i] != '\\');
    }
    buf[length] = '\0';
    return length;
}

/* The object is whole: brackets match, strings end, and no byte is outside of ASCII's printable ones. */
static void check_object(const char *text, size_t length)
{
    bool array[CALLS + 2] = {false}, quoted = false, escaped = false;
    size_t depth = 0;

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        assert(c >= 0x20 && c <= 0x7e);
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            assert(depth <= CALLS);
            array[depth++] = c == '[';
        } else if (c == '}' || c == ']') {
            assert(depth > 0 && array[depth - 1] == (c == ']'));
            depth--;
            assert(depth > 0 || i + 1 == length);
        }
    }
    assert(depth == 0 && !quoted);
}

static void call(struct json *json, unsigned kind)
{
    const char *key = json->is_array & UINT32_C(1) << json->depth ? NULL : "k";

    switch (kind) {
    case 0:
        json_str_n(json, key, "a", 1);
        break;
    case 1:
        json_bool(json, key, false);
        break;
    case 2:
        json_array_begin(json, key);
        break;
    case 3:
        json_array_end(json);
        break;
    case 4:
        json_object_begin(json, key);
        break;
    case 5:
        json_object_end(json);
        break;
    default:
        json_null_value(json, key ? NULL : "k"); /* a key where none may be, or none where one must be */
    }
}

/* What came out is whole and stands in the buffer, or nothing came out. */
static void check_end(struct json *json, const char *buffer, size_t bytes)
{
    const char *text = json_end(json);

    assert(!text == json->failed);
    if (!text)
        return;
    assert(text == buffer && json->length < bytes && text[json->length] == '\0');
    check_object(text, json->length);
}

static void write(size_t bytes, unsigned first, unsigned second)
{
    char *buffer = malloc(bytes);
    struct json json;

    json_begin(&json, buffer, bytes);
    call(&json, first);
    assert(json_room(&json) <= bytes);
    call(&json, second);
    assert(json_room(&json) <= bytes);
    check_end(&json, buffer, bytes);
}

void prove_calls(void)
{
    for (unsigned first = 0; first < KINDS; first++)
        for (unsigned second = 0; second < KINDS; second++) {
            write(0, first, second);
            write(8, first, second);
            write(BYTES_MAX, first, second);
        }
}

/* A string needs two quotes and one to six characters a byte, and the object its brackets. */
static void string(size_t bytes)
{
    char *buffer = malloc(bytes), value[STRING_BYTES] = {nondet_char(), nondet_char()};
    struct json json;

    json_begin(&json, buffer, bytes);
    json_str_n(&json, "k", value, sizeof(value));
    assert(bytes <= STRING_ROOM || !json.failed);
    check_end(&json, buffer, bytes);
}

void prove_string(void)
{
    string(8);
    string(STRING_ROOM + 1);
}
