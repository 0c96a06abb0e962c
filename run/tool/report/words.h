/* SPDX-License-Identifier: MIT */
/* Words of reports, `show` and `compare` that need explaining: the report's glossary and docs/words.md. */
#ifndef LAB_TOOL_REPORT_WORDS_H
#define LAB_TOOL_REPORT_WORDS_H

#include <stddef.h>

enum { REPORT_WORDS = 26 };

struct report_word {
    const char *word;    /* words of one meaning, or of a pair, with a comma between */
    const char *meaning; /* no markup: neither HTML's nor Markdown's */
};

extern const struct report_word report_words[REPORT_WORDS];

#endif /* LAB_TOOL_REPORT_WORDS_H */
