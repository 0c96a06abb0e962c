/* SPDX-License-Identifier: MIT */
/*
 * A writer for one compact JSON object of at most 200 characters: the body of a record.
 *
 * No blanks outside strings, ASCII only: other bytes, controls and DEL are escaped as \u00XX. What does not fit, or is
 * not well formed (an end without its begin, nesting too deep), is an error that sticks: json_end() then gives NULL,
 * never a cut object. A copy of the struct is a mark: assigning it back takes away all that was written since. Any
 * context; reentrant.
 */
#ifndef LAB_LIB_JSON_H
#define LAB_LIB_JSON_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_OBJECT_MAX = 200,                   /* characters of one record's object */
    JSON_OBJECT_BYTES = JSON_OBJECT_MAX + 1, /* a buffer that always suffices */
    JSON_DEPTH_MAX = 8,
};

struct json {
    char *text;
    size_t limit;      /* characters that text may hold, NUL not counted */
    size_t length;     /* characters written */
    uint32_t filled;   /* bit d: level d has a member or item already */
    uint32_t is_array; /* bit d: level d is an array */
    uint32_t depth;    /* open levels; 1 is the object itself */
    bool failed;       /* sticky */
};

/* Opens the object in buf of `bytes` bytes; at most JSON_OBJECT_MAX characters of it are used. */
void json_begin(struct json *json, char *buf, size_t bytes);

/* One member each; inside an array key is NULL and the value is an item. */
void json_str(struct json *json, const char *key, const char *value);
void json_str_n(struct json *json, const char *key, const char *value, size_t bytes);
void json_int(struct json *json, const char *key, int64_t value);
void json_uint(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null_value(struct json *json, const char *key); /* json_null() is jansson's, in the host tool */

/* A string of lower-case hex digits, at least `digits` (1 to 16) of them, without 0x. */
void json_hex(struct json *json, const char *key, uint64_t value, unsigned digits);

/*
 * Members by a format of names (at most 31 characters) and conversions, "asked:%lu n:%u min:%ld by:%s": %d %ld %u %lu
 * are numbers, %x %lx strings of hex digits, %s a string, whose member is left out where it is NULL.
 */
void json_add(struct json *json, const char *format, ...) __attribute__((format(printf, 2, 3)));
void json_vadd(struct json *json, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Lists and objects inside the object; each begin needs its end. Inside an array key is NULL. */
void json_array_begin(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_object_begin(struct json *json, const char *key);
void json_object_end(struct json *json);

/* Characters that may still be written, less those that close the open levels; 0 after an error. */
size_t json_room(const struct json *json);

/* Closes the object. Returns its text (in the caller's buffer, NUL at the end), or NULL after any error. */
const char *json_end(struct json *json);

/* Characters that `bytes` bytes of value need inside the quotes of a JSON string. */
size_t json_escaped_length(const char *value, size_t bytes);

#endif
