/* SPDX-License-Identifier: MIT */
/*
 * Splits a boot command line into words and removes the quotes. For lib/script/cmdline.c only.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_CMDLINE_WORDS_H
#define LAB_LIB_SCRIPT_CMDLINE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cmdline_words {
    const char *text; /* ends in NUL */
    size_t offset;    /* of the next character */
};

struct cmdline_word {
    char *text; /* ends in NUL; in the caller's room */
    size_t bytes;
    uint32_t column;       /* of its first character, from 1 */
    bool quote_is_open;    /* the line ends inside a quote */
    uint32_t quote_column; /* of the quote that stays open */
};

/*
 * Reads the next word into `room`, which must have as many bytes as the rest of the line and its NUL. Returns false at
 * the end of the line. `"` and `\"` are two kinds of quote, each ended by the same kind: GRUB writes a quote in an
 * argument as `\"`, and puts the argument between `"` when there is a blank in it. `\\` is one backslash and `\'` an
 * apostrophe.
 */
bool cmdline_words_next(struct cmdline_words *words, char *room, struct cmdline_word *word);

#endif /* LAB_LIB_SCRIPT_CMDLINE_WORDS_H */
