/* SPDX-License-Identifier: MIT */
/*
 * Known words: looking one up, listing them, and finding the one that a mistyped word was meant to be.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_WORDS_H
#define LAB_LIB_SCRIPT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

/*
 * The search for the nearest known word: begin it with what was found, offer every known word in turn; `best` is then
 * the nearest, NULL when none is near enough to be meant. A word is near when it is at most one edit away for each
 * three characters that were found (an edit adds, drops or changes one character or swaps two neighbours), or when what
 * was found begins it. Of two words equally near the first one offered stays.
 */
struct words_search {
    const char *found;
    size_t found_bytes;
    const char *best;
    size_t best_distance;
};

struct words_search words_search_begin(const char *found, size_t found_bytes);
void words_search_offer(struct words_search *search, const char *word);

/* The nearest of a list that ends in NULL, or NULL. */
const char *words_nearest(const char *const *words, const char *found, size_t found_bytes);

/* Characters of a known word before the form of its argument (`ioport:1..0xffff`, `mwait[:0..0xff]`). */
size_t words_stem_bytes(const char *word);

/* Edits between two words; words of more than 32 characters count as far apart (33). */
size_t words_distance(const char *one, size_t one_bytes, const char *other, size_t other_bytes);

/* True when `found_bytes` characters at `found` are exactly `word`. */
bool words_equal(const char *word, const char *found, size_t found_bytes);

/* Writes "one of a, b, c" (or the word alone where there is one) of a list that ends in NULL. */
void words_list(struct text *text, const char *const *words);

#endif /* LAB_LIB_SCRIPT_WORDS_H */
