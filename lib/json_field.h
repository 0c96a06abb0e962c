/* SPDX-License-Identifier: MIT */
/* Looks up members in one JSON object without building a tree: enough for a record line or a QMP event. */
#ifndef LAB_LIB_JSON_FIELD_H
#define LAB_LIB_JSON_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of text that is not NUL-terminated. `text` is NULL when the member is not there. */
struct json_span {
    const char *text;
    size_t bytes;
};

/*
 * Finds member `key` at the top level of the object in [text, text + bytes). The span covers the value as written,
 * quotes and braces included. Damaged JSON gives an empty span, never a read outside the text.
 */
struct json_span json_field(const char *text, size_t bytes, const char *key);

/*
 * The items of a list, one per call: *at begins at 0 and advances. `list` is the list as written, brackets included.
 * False at its end, and where it is damaged or no list.
 */
bool json_item(struct json_span list, size_t *at, struct json_span *item);

/* True and *value set when the span is a decimal integer from 0 to 2^64 - 1. */
bool json_span_u64(struct json_span span, uint64_t *value);

/* True and *value set when the member is a decimal integer from 0 to 2^64 - 1. */
bool json_field_u64(const char *text, size_t bytes, const char *key, uint64_t *value);

/*
 * Copies a string member, without its quotes, cut to `room` - 1 characters and NUL-terminated. Simple escapes are
 * undone; \uXXXX becomes '?'. False (and an empty string) when the member is not there or not a string.
 */
bool json_field_text(const char *text, size_t bytes, const char *key, char *out, size_t room);

/* True when the member is the string `word`. */
bool json_field_is(const char *text, size_t bytes, const char *key, const char *word);

#endif /* LAB_LIB_JSON_FIELD_H */
