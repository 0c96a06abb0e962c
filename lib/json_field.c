/* SPDX-License-Identifier: MIT */
#include "lib/json_field.h"

#include "lib/cstring.h"

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* `p` points to the opening quote; returns the character after the closing one, or NULL. */
static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++)
        if (*p == '\\')
            p++;
        else if (*p == '"')
            return p + 1;
    return NULL;
}

/* Returns the character after the value that starts at `p`, or NULL when it does not end. */
static const char *skip_value(const char *p, const char *end)
{
    unsigned depth = 0;

    while (p < end) {
        if (*p == '"') {
            p = skip_string(p, end);
            if (p == NULL)
                return NULL;
            continue;
        }
        if (depth == 0 && (*p == ',' || *p == '}' || *p == ']'))
            return p;
        if (*p == '{' || *p == '[')
            depth++;
        else if (*p == '}' || *p == ']')
            depth--;
        p++;
    }
    return NULL;
}

/* The value that ends in front of `after`, without the blanks behind it. */
static struct json_span span_to(const char *value, const char *after)
{
    while (after > value && (after[-1] == ' ' || after[-1] == '\t'))
        after--;
    return (struct json_span){value, (size_t)(after - value)};
}

struct json_span json_field(const char *text, size_t bytes, const char *key)
{
    const struct json_span none = {NULL, 0};
    const char *end = text + bytes;
    const char *p = skip_blank(text, end);
    size_t key_bytes = strlen(key);

    if (p >= end || *p != '{')
        return none;
    for (p = skip_blank(p + 1, end); p < end && *p == '"'; p = skip_blank(p + 1, end)) {
        const char *name = p + 1;
        const char *value;
        size_t name_bytes;

        p = skip_string(p, end);
        if (p == NULL)
            return none;
        name_bytes = (size_t)(p - 1 - name);
        p = skip_blank(p, end);
        if (p >= end || *p != ':')
            return none;
        value = skip_blank(p + 1, end);
        p = skip_value(value, end);
        if (p == NULL)
            return none;
        if (name_bytes == key_bytes && memcmp(name, key, key_bytes) == 0)
            return span_to(value, p);
        if (*p != ',')
            return none;
    }
    return none;
}

bool json_item(struct json_span list, size_t *at, struct json_span *item)
{
    const char *p, *end, *value, *after;

    if (list.text == NULL || *at >= list.bytes)
        return false;
    end = list.text + list.bytes;
    p = skip_blank(list.text + *at, end);
    /* Each call begins at the bracket, or at the comma behind the item before. */
    if (p >= end || *p != (*at == 0 ? '[' : ','))
        return false;
    value = skip_blank(p + 1, end);
    after = skip_value(value, end);
    if (after == NULL || after == value)
        return false;
    *at = (size_t)(after - list.text);
    *item = span_to(value, after);
    return true;
}

bool json_span_u64(struct json_span span, uint64_t *value)
{
    uint64_t sum = 0;

    if (span.text == NULL || span.bytes == 0)
        return false;
    for (size_t i = 0; i < span.bytes; i++) {
        unsigned digit = (unsigned)(span.text[i] - '0');
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

bool json_field_u64(const char *text, size_t bytes, const char *key, uint64_t *value)
{
    return json_span_u64(json_field(text, bytes, key), value);
}

bool json_field_text(const char *text, size_t bytes, const char *key, char *out, size_t room)
{
    struct json_span span = json_field(text, bytes, key);
    size_t used = 0;

    out[0] = '\0';
    if (span.text == NULL || span.bytes < 2 || span.text[0] != '"')
        return false;
    for (size_t i = 1; i + 1 < span.bytes && used + 1 < room; i++) {
        char c = span.text[i];
        if (c == '\\') {
            c = span.text[++i];
            if (c == 'u') {
                c = '?';
                i += 4;
            } else if (c == 'n' || c == 't' || c == 'r') {
                c = ' ';
            }
        }
        out[used++] = c;
    }
    out[used] = '\0';
    return true;
}

bool json_field_is(const char *text, size_t bytes, const char *key, const char *word)
{
    struct json_span span = json_field(text, bytes, key);
    size_t word_bytes = strlen(word);

    return span.text != NULL && span.bytes == word_bytes + 2 && span.text[0] == '"' &&
           memcmp(span.text + 1, word, word_bytes) == 0;
}
