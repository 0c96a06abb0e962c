/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a script or a command line, and where: the first eight errors are kept, the rest counted.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_SCRIPT_ERROR_H
#define LAB_LIB_SCRIPT_SCRIPT_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"

enum {
    SCRIPT_FOUND_BYTES = 48,
    SCRIPT_EXPECTED_BYTES = 200,
    SCRIPT_ERRORS_MAX = 8,
    SCRIPT_ERROR_LINE_BYTES = 400, /* room for any error as script_error_write() writes it */
};

/* A run of characters in a script, with its place. Lines and columns count from 1; a column is a byte. */
struct script_token {
    const char *text; /* not NUL-terminated; points into the text that was parsed */
    uint32_t bytes;
    uint32_t line;
    uint32_t column;
};

struct script_error {
    const char *file; /* as given to the parser; must outlive the error */
    uint32_t line;
    uint32_t column; /* where `found` begins */
    char found[SCRIPT_FOUND_BYTES];
    char expected[SCRIPT_EXPECTED_BYTES];
    char nearest[SCRIPT_FOUND_BYTES]; /* "" = nothing near */
};

struct script_errors {
    struct script_error at[SCRIPT_ERRORS_MAX];
    struct script_error spill; /* takes the errors that are only counted */
    size_t kept;               /* errors in `at` */
    size_t count;              /* errors in all */
};

void script_errors_init(struct script_errors *errors);

/*
 * Adds an error at a token: `found` is the token, `expected` a phrase; `nearest` may be NULL. Returns it, never NULL.
 */
struct script_error *script_errors_add(struct script_errors *errors, const char *file, const struct script_token *token,
                                       const char *expected, const char *nearest);

/* The empty text of an error's `expected`, to be filled piece by piece. */
struct text script_error_expected(struct script_error *error);

/* Replaces the error's `found`. */
void script_error_set_found(struct script_error *error, const char *found);

/*
 * Writes an error as one line without a newline:
 * `script:3:12: found 'idel', expected one of idle, by, from; did you mean 'idle'?` Returns the number of characters
 * written, less than `bytes`.
 */
size_t script_error_write(const struct script_error *error, char *buffer, size_t bytes);

#endif /* LAB_LIB_SCRIPT_SCRIPT_ERROR_H */
