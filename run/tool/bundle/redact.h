/* SPDX-License-Identifier: MIT */
/*
 * A log without what names a machine or its owner: serial numbers, MAC addresses, names of hosts and users. Only the
 * lab's own lines are kept; what is left out of a record is replaced by as many x, and its CRC and that of the `sum`
 * record are made again, so that `check` finds the log as whole as it was.
 */
#ifndef LAB_TOOL_BUNDLE_REDACT_H
#define LAB_TOOL_BUNDLE_REDACT_H

#include <stdbool.h>
#include <stdio.h>

#include "run/tool/bundle/private.h"
#include "run/tool/model/model.h"

extern const char *const REDACT_WORDS[];

#define REDACT_FOUND_MAX 256
#define REDACT_CHARS     128
#define REDACT_HIDE_MAX  17

/* Something that was found, once. */
struct redact_found {
    enum redact_kind kind;
    char text[REDACT_CHARS];
    size_t count;
};

struct redaction {
    bool keep[REDACT_KINDS];
    const char *hide[REDACT_HIDE_MAX]; /* words that name the machine: host names */
    size_t hide_count;
    struct redact_found found[REDACT_FOUND_MAX];
    size_t found_count;
    size_t foreign_lines; /* that were not the lab's, and are left out */
};

/*
 * Replaces what is found in a text of `bytes` characters, in place. `count` as well, where it is to be listed. True
 * where something was found.
 */
bool redact_text(struct redaction *redaction, char *text, size_t bytes, bool count);

/* Copies the log. `model` is that of the log, as it is: texts that came in several records are looked at as a whole. */
bool redact_log(struct redaction *redaction, const char *name, struct model *model, FILE *out);

#endif
