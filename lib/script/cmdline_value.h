/* SPDX-License-Identifier: MIT */
/*
 * Values of the boot command line: words of a list, numbers, and what is wrong with them. For lib/script/cmdline*.c
 * only.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_CMDLINE_VALUE_H
#define LAB_LIB_SCRIPT_CMDLINE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/script/cmdline.h"
#include "lib/script/script_error.h"

enum {
    CMDLINE_BAUD_RATE_MAX = 115200, /* of a 16550: its divisor divides this */
};

/* What error messages call the command line. */
extern const char CMDLINE_FILE[];

/* A value, its place, and the list that takes its errors. */
struct cmdline_value {
    struct script_token token; /* at least one character */
    struct script_errors *errors;
};

/* Adds an error at a token of a value; `nearest` may be NULL. */
void cmdline_refuse(const struct cmdline_value *value, const struct script_token *token, const char *expected,
                    const char *nearest);

/* The index of a value among `words`; where it is not among them, adds an error and returns 0, the default. */
unsigned cmdline_read_word(const struct cmdline_value *value, const char *const *words);

/* Reads a number from min to max at a token of a value; adds an error and returns false where it is none. */
bool cmdline_read_count(const struct cmdline_value *value, const struct script_token *token, uint64_t min, uint64_t max,
                        uint64_t *count);

/* The part of a token from `from` on, `bytes` characters. */
struct script_token cmdline_token_part(const struct script_token *token, size_t from, size_t bytes);

/* Reads the value of console= (lib/script/cmdline_console.c); names stay in the value. */
void cmdline_read_console(struct cmdline *cmdline, const struct cmdline_value *value);

#endif /* LAB_LIB_SCRIPT_CMDLINE_VALUE_H */
