/* SPDX-License-Identifier: MIT */
/*
 * The text of one key's value to typed values: the items of a list, the points of a sweep. For lib/script/plan*.c only.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_PLAN_VALUE_H
#define LAB_LIB_SCRIPT_PLAN_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/script/plan.h"

/* The place and the spec of a value that is read. */
struct plan_reader {
    const char *file;
    struct script_errors *errors;
    const struct param_spec *spec;
    bool given; /* goes into the values */
};

/* Values in order. With `at` NULL they are only counted. */
struct plan_values {
    struct plan_value *at;
    size_t count;
};

void plan_values_add(struct plan_values *values, const struct plan_value *value);

/* Reads a whole value: its items, divided by commas. Returns false where an item is wrong; the error is then added. */
bool plan_values_parse(const struct plan_reader *reader, const struct script_token *token, struct plan_values *values);

/* Reads one item of an interval (lib/script/plan_interval.c); a sweep adds each of its points. */
bool plan_interval_parse(const struct plan_reader *reader, const struct script_token *item, struct plan_values *values);

/* Adds an error at a token and returns false. `nearest` may be NULL; a colon ends it. */
bool plan_refuse(const struct plan_reader *reader, const struct script_token *token, const char *expected,
                 const char *nearest);

/* Reads a time within the spec's bounds. */
bool plan_parse_time(const struct plan_reader *reader, const struct script_token *token, struct units_time *time);

/* Reads a count from `min` to `max` (0: no bound). */
bool plan_parse_count(const struct plan_reader *reader, const struct script_token *token, uint64_t min, uint64_t max,
                      uint64_t *count);

/* The part of a token from `from` on, `bytes` characters. */
struct script_token plan_token_part(const struct script_token *token, size_t from, size_t bytes);

/* Offset of the first `wanted` in a token, or its length where there is none. */
size_t plan_token_find(const struct script_token *token, char wanted);

/*
 * The form of a method's argument in its word, without colon and brackets; empty: it takes none. *needed: it is
 * required.
 */
struct script_token plan_argument_form(const char *word, bool *needed);

/* The words of enum plan_cpu_place but PLAN_CPU_NUMBER, in its order; it ends in NULL. */
extern const char *const PLAN_CPU_WORDS[];

#endif /* LAB_LIB_SCRIPT_PLAN_VALUE_H */
