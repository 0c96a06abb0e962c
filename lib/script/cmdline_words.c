/* SPDX-License-Identifier: MIT */
#include "lib/script/cmdline_words.h"

enum quote_kind {
    QUOTE_PLAIN,
    QUOTE_ESCAPED,
    QUOTE_KINDS,
};

/* Columns of the open quotes; 0 = closed. */
struct open_quotes {
    uint32_t column[QUOTE_KINDS];
};

/* Blanks; other control characters count as blanks too, so that a word is always printable. */
static bool is_blank(char character)
{
    return (unsigned char)character <= ' ';
}

static void toggle(struct open_quotes *quotes, enum quote_kind kind, size_t offset)
{
    quotes->column[kind] = quotes->column[kind] != 0 ? 0 : (uint32_t)offset + 1;
}

static bool is_open(const struct open_quotes *quotes)
{
    return quotes->column[QUOTE_PLAIN] != 0 || quotes->column[QUOTE_ESCAPED] != 0;
}

bool cmdline_words_next(struct cmdline_words *words, char *room, struct cmdline_word *word)
{
    const char *text = words->text;
    size_t at = words->offset;
    struct open_quotes quotes = {{0, 0}};
    while (text[at] != '\0' && is_blank(text[at]))
        at++;
    *word = (struct cmdline_word){.text = room, .column = (uint32_t)at + 1};
    if (text[at] == '\0') {
        words->offset = at;
        return false;
    }
    while (text[at] != '\0' && (!is_blank(text[at]) || is_open(&quotes))) {
        if (text[at] == '"') {
            toggle(&quotes, QUOTE_PLAIN, at);
            at++;
        } else if (text[at] == '\\' && text[at + 1] == '"') {
            toggle(&quotes, QUOTE_ESCAPED, at);
            at += 2;
        } else {
            if (text[at] == '\\' && (text[at + 1] == '\\' || text[at + 1] == '\''))
                at++;
            room[word->bytes++] = text[at++];
        }
    }
    room[word->bytes] = '\0';
    words->offset = at;
    word->quote_is_open = is_open(&quotes);
    word->quote_column = quotes.column[quotes.column[QUOTE_PLAIN] != 0 ? QUOTE_PLAIN : QUOTE_ESCAPED];
    return true;
}
