/* SPDX-License-Identifier: MIT */
#include "lib/json.h"

#include "lib/cstring.h"
#include "lib/fmt.h"

enum {
    NUMBER_BYTES = 24, /* the longest: -9223372036854775808 */
    KEY_BYTES = 32,
};

/* Every open level keeps one character in reserve for its closing bracket, so an end always fits. */
static void put(struct json *json, const char *text, size_t length)
{
    if (json->failed || json->length + length + json->depth > json->limit) {
        json->failed = true;
        return;
    }
    memcpy(json->text + json->length, text, length);
    json->length += length;
}

static void put_char(struct json *json, char character)
{
    put(json, &character, 1);
}

/* The two-letter escapes of RFC 8259, section 7, that are of use here; 0 for others. */
static char short_escape(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static size_t escape(unsigned char byte, char out[8])
{
    char letter = short_escape(byte);

    if (letter)
        return (size_t)fmt(out, 8, "\\%c", letter);
    if (byte < 0x20 || byte > 0x7e)
        return (size_t)fmt(out, 8, "\\u%04x", byte);
    out[0] = (char)byte;
    return 1;
}

/* True where the byte goes out as it is. */
static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte <= 0x7e && byte != '"' && byte != '\\';
}

/* What needs no escape goes out in one piece: where software interprets the image, each call is felt. */
static void put_quoted(struct json *json, const char *value, size_t bytes)
{
    char escaped[8];
    size_t at = 0;

    put_char(json, '"');
    while (at < bytes && !json->failed) {
        size_t start = at;

        while (at < bytes && is_plain((unsigned char)value[at]))
            at++;
        put(json, value + start, at - start);
        if (at < bytes)
            put(json, escaped, escape((unsigned char)value[at++], escaped));
    }
    put_char(json, '"');
}

/* The comma and the key that come before a value. */
static void put_key(struct json *json, const char *key)
{
    uint32_t level = UINT32_C(1) << json->depth;

    if (json->depth == 0 || (key == NULL) != ((json->is_array & level) != 0)) {
        json->failed = true;
        return;
    }
    if (json->filled & level)
        put_char(json, ',');
    json->filled |= level;
    if (key) {
        put_quoted(json, key, strlen(key));
        put_char(json, ':');
    }
}

static void open_level(struct json *json, char bracket, bool array)
{
    uint32_t level;

    if (json->depth == JSON_DEPTH_MAX) {
        json->failed = true;
        return;
    }
    json->depth++;
    level = UINT32_C(1) << json->depth;
    json->filled &= ~level;
    json->is_array = array ? json->is_array | level : json->is_array & ~level;
    put_char(json, bracket);
}

static void close_level(struct json *json, char bracket, bool array)
{
    uint32_t level = UINT32_C(1) << json->depth;

    if (json->depth == 0 || ((json->is_array & level) != 0) != array) {
        json->failed = true;
        return;
    }
    json->depth--;
    put_char(json, bracket);
}

void json_begin(struct json *json, char *buf, size_t bytes)
{
    size_t limit = bytes ? bytes - 1 : 0;

    *json = (struct json){
        .text = buf,
        .limit = limit < JSON_OBJECT_MAX ? limit : JSON_OBJECT_MAX,
    };
    open_level(json, '{', false);
}

void json_str_n(struct json *json, const char *key, const char *value, size_t bytes)
{
    put_key(json, key);
    put_quoted(json, value, bytes);
}

void json_str(struct json *json, const char *key, const char *value)
{
    json_str_n(json, key, value, strlen(value));
}

void json_int(struct json *json, const char *key, int64_t value)
{
    char number[NUMBER_BYTES];

    put_key(json, key);
    put(json, number, (size_t)fmt(number, sizeof(number), "%ld", value));
}

void json_uint(struct json *json, const char *key, uint64_t value)
{
    char number[NUMBER_BYTES];

    put_key(json, key);
    put(json, number, (size_t)fmt(number, sizeof(number), "%lu", value));
}

void json_hex(struct json *json, const char *key, uint64_t value, unsigned digits)
{
    char number[NUMBER_BYTES];
    int width = digits < 16 ? (int)digits : 16;

    fmt(number, sizeof(number), "%0*lx", width, value);
    json_str(json, key, number);
}

void json_bool(struct json *json, const char *key, bool value)
{
    put_key(json, key);
    put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null_value(struct json *json, const char *key)
{
    put_key(json, key);
    put(json, "null", 4);
}

void json_vadd(struct json *json, const char *format, va_list args)
{
    char key[KEY_BYTES];

    for (const char *at = format; *at; at += *at == ' ') {
        size_t bytes = 0;
        bool is_long;
        char letter;

        while (*at && *at != ':' && bytes + 1 < sizeof(key))
            key[bytes++] = *at++;
        key[bytes] = '\0';
        if (at[0] != ':' || at[1] != '%') {
            json->failed = true;
            return;
        }
        is_long = at[2] == 'l';
        letter = at[2 + is_long];
        at += 3 + is_long;
        if (letter == 's') {
            const char *text = va_arg(args, const char *);

            if (text)
                json_str(json, key, text);
        } else if (letter == 'd') {
            json_int(json, key, is_long ? va_arg(args, long) : va_arg(args, int));
        } else {
            uint64_t value = is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned);

            if (letter == 'u')
                json_uint(json, key, value);
            else
                json_hex(json, key, value, 1);
        }
    }
}

void json_add(struct json *json, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    json_vadd(json, format, args);
    va_end(args);
}

void json_array_begin(struct json *json, const char *key)
{
    put_key(json, key);
    open_level(json, '[', true);
}

void json_array_end(struct json *json)
{
    close_level(json, ']', true);
}

void json_object_begin(struct json *json, const char *key)
{
    put_key(json, key);
    open_level(json, '{', false);
}

void json_object_end(struct json *json)
{
    if (json->depth < 2)
        json->failed = true;
    else
        close_level(json, '}', false);
}

size_t json_room(const struct json *json)
{
    return json->failed ? 0 : json->limit - json->length - json->depth;
}

const char *json_end(struct json *json)
{
    if (json->depth != 1)
        json->failed = true;
    else
        close_level(json, '}', false);
    if (json->failed)
        return NULL;
    json->text[json->length] = '\0';
    return json->text;
}

size_t json_escaped_length(const char *value, size_t bytes)
{
    char escaped[8];
    size_t length = 0;

    for (size_t i = 0; i < bytes; i++)
        length += escape((unsigned char)value[i], escaped);
    return length;
}
