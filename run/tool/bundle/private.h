/* SPDX-License-Identifier: MIT */
/* Where in a text something stands that names a machine or its owner. */
#ifndef LAB_TOOL_BUNDLE_PRIVATE_H
#define LAB_TOOL_BUNDLE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

enum redact_kind { REDACT_SERIAL, REDACT_MAC, REDACT_HOST, REDACT_USER, REDACT_KINDS };

/* Names that are private wherever they stand. */
struct private_names {
    const char *const *words;
    size_t count;
};

/*
 * The length of what is private and is recognised by what stands at `at`; *from is its first character, behind `at`
 * where a word such as "serial=" tells, *kind what it is. 0: nothing. The text may be JSON, whose quotes have a \ in
 * front.
 */
size_t private_at(const struct private_names *names, const char *text, size_t bytes, size_t at, size_t *from,
                  enum redact_kind *kind);

/* What the name of a value says of it: "board_serial", "hostname"; REDACT_KINDS: nothing. */
enum redact_kind private_key(const char *key, size_t bytes);

#endif
