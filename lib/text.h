/* SPDX-License-Identifier: MIT */
/*
 * Text that is put together piece by piece in the caller's buffer. It always ends in NUL; what does not fit is cut off
 * at a whole character, and `cut` is set.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_TEXT_H
#define LAB_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *at;
    size_t bytes; /* of the buffer, the NUL included; at least 1 */
    size_t used;  /* characters so far, without the NUL */
    bool cut;
};

/* Begins an empty text in `buffer` of `bytes` bytes (at least 1). */
struct text text_in(char *buffer, size_t bytes);

/* Adds a string that ends in NUL. */
void text_add(struct text *text, const char *string);

/* Adds `bytes` characters as they are. */
void text_add_span(struct text *text, const char *from, size_t bytes);

/* Adds `bytes` characters, those that are not printable ASCII as \xhh. */
void text_add_printable(struct text *text, const char *from, size_t bytes);

/* Adds a number in decimal, or in hex with a leading 0x. */
void text_add_uint(struct text *text, uint64_t number);
void text_add_hex(struct text *text, uint64_t number);

/* Adds a time in the largest of ns, us, ms, s that leaves it whole: 1500000 gives "1500us". */
void text_add_ns(struct text *text, uint64_t time_ns);

/*
 * Adds a word to the list of words that stands in `list` of `bytes` bytes, with `between` in front of it unless it is
 * the first. One that does not fit is left out.
 */
void text_list(char *list, size_t bytes, const char *between, const char *word);

#endif /* LAB_LIB_TEXT_H */
