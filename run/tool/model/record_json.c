/* SPDX-License-Identifier: MIT */
#include "run/tool/model/record_json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A record has at most 200 characters; quotes add two to each of at most ten large integers. */
#define QUOTED_BYTES  1024
#define LARGEST_INT64 "9223372036854775807"

static size_t digit_count(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return (size_t)(at - start);
}

/* True for a run of digits that int64_t does not hold. */
static bool is_large(const char *digits, size_t count)
{
    size_t most = strlen(LARGEST_INT64);
    return count > most || (count == most && memcmp(digits, LARGEST_INT64, most) > 0);
}

/* Copies the text with large integers in quotes. Returns its length, or 0 where it does not fit. */
static size_t quote_large(const char *json, size_t bytes, char *out)
{
    const char *end = json + bytes;
    bool in_string = false;
    size_t used = 0;
    for (const char *at = json; at < end;) {
        size_t count = in_string ? 0 : digit_count(at, end);
        bool large = count > 0 && is_large(at, count);
        if (count == 0)
            count = in_string && *at == '\\' && at + 1 < end ? 2 : 1;
        if (used + count + 2 > QUOTED_BYTES)
            return 0;
        in_string ^= *at == '"';
        if (large)
            out[used++] = '"';
        memcpy(out + used, at, count);
        used += count;
        if (large)
            out[used++] = '"';
        at += count;
    }
    return used;
}

static json_t *load(const char *json, size_t bytes, json_error_t *error)
{
    char quoted[QUOTED_BYTES];
    json_t *object = json_loadb(json, bytes, JSON_REJECT_DUPLICATES, error);
    size_t quoted_bytes;

    if (object || json_error_code(error) != json_error_numeric_overflow)
        return object;
    quoted_bytes = quote_large(json, bytes, quoted);
    if (quoted_bytes == 0)
        return NULL;
    return json_loadb(quoted, quoted_bytes, JSON_REJECT_DUPLICATES, error);
}

static void flatten_string(json_t *string)
{
    size_t bytes = json_string_length(string), i = 0;
    char *copy = malloc(bytes + 1);

    if (!copy)
        return;
    for (const char *text = json_string_value(string); i < bytes; i++)
        copy[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
    copy[bytes] = '\0';
    json_string_setn(string, copy, bytes);
    free(copy);
}

/* A newline in a text would forge a line of ours, or a row of a table. The image writes none. */
static void flatten(json_t *value)
{
    const char *key;
    json_t *inner;
    size_t index;

    if (json_is_string(value))
        flatten_string(value);
    json_array_foreach(value, index, inner)
    {
        flatten(inner);
    }
    json_object_foreach(value, key, inner)
    {
        flatten(inner);
    }
}

json_t *record_json(const char *json, size_t bytes, json_error_t *error)
{
    json_t *object = load(json, bytes, error);

    if (object && memchr(json, '\\', bytes))
        flatten(object);
    return object;
}

int64_t model_int(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

const char *model_string(const json_t *object, const char *name, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : otherwise;
}
