/* SPDX-License-Identifier: MIT */
/* The preflight page in words: what a line is about, what it spoils, what to do about it. */
#ifndef LAB_TOOL_MODEL_PREFLIGHT_WORDS_H
#define LAB_TOOL_MODEL_PREFLIGHT_WORDS_H

#include "run/tool/cstates/read.h"

struct preflight_words {
    const char *what;    /* the record's word */
    const char *title;   /* what it is */
    const char *spoils;  /* what it does to the figures, and what to do; for "spoils" */
    const char *unknown; /* why nobody can tell; for "unknown" */
};

/* NULL for a word that is not known. */
const struct preflight_words *preflight_words(const char *what);

/* Prints the page. Nothing where the log has none. */
void preflight_print(const struct cstates_log *log, FILE *out, size_t width);

#endif
