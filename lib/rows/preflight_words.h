/* SPDX-License-Identifier: MIT */
/*
 * The lines of the preflight page: the word for each in a row `preflight`, and its meaning. The image writes the word
 * alone, and its linker drops this table; on the host a row with another word is refused (rows.h).
 */
#ifndef LAB_LIB_ROWS_PREFLIGHT_WORDS_H
#define LAB_LIB_ROWS_PREFLIGHT_WORDS_H

struct preflight_words {
    const char *what;    /* the record's word */
    const char *title;   /* what it is */
    const char *spoils;  /* what it does to the figures, and what to do; for "spoils" */
    const char *unknown; /* why it cannot be told; for "unknown" */
};

/* NULL for a word that is not known. */
const struct preflight_words *preflight_words(const char *what);

#endif /* LAB_LIB_ROWS_PREFLIGHT_WORDS_H */
