/* SPDX-License-Identifier: MIT */
/*
 * The script language: text to statements. docs/scripts.md has the grammar.
 *
 * `name key=value ...`, one experiment a line or between `;`, `#` comments to the end of the line. The parser knows no
 * experiment and no key; lib/script/plan.h gives them their meaning. It allocates from the caller's arena only, and
 * every token points into the caller's text, which must outlive the script. Any context; one CPU.
 */
#ifndef LAB_LIB_SCRIPT_SCRIPT_H
#define LAB_LIB_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/arena.h"
#include "lib/script/script_error.h"

enum {
    SCRIPT_LINE_MAX = 2048,        /* characters of one line */
    SCRIPT_TEXT_MAX = 1024 * 1024, /* characters of a script */
};

struct script_pair {
    struct script_token key;
    struct script_token value; /* at least one character */
};

struct script_statement {
    struct script_token name;
    const struct script_pair *pairs; /* undefined where pair_count is 0 */
    size_t pair_count;
};

struct script {
    const char *file; /* the name for error messages: "script", or the module's name */
    const struct script_statement *statements;
    size_t statement_count;
};

/*
 * Parses `bytes` characters of `text`. A UTF-8 byte order mark at the start, tabs, CR LF and CR line ends are accepted,
 * bytes above 7Fh only in comments. Returns true when nothing was wrong; else `errors` has grown and `script` is empty.
 * A text without a statement is an error.
 */
bool script_parse(const char *file, const char *text, size_t bytes, struct arena *arena, struct script *script,
                  struct script_errors *errors);

#endif /* LAB_LIB_SCRIPT_SCRIPT_H */
