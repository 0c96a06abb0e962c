/* SPDX-License-Identifier: MIT */
#include "lib/script/words.h"

#include "lib/cstring.h"

enum {
    WORD_MAX = 32, /* characters of a word whose distance is worked out */
    WORD_FAR = WORD_MAX + 1,
    PREFIX_MIN = 3, /* characters that must be there before the rest of a word is guessed */
    CHARACTERS_PER_EDIT = 3,
};

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

/*
 * Optimal string alignment by dynamic programming: row[i][j] is the number of edits from the first i characters of
 * `one` to the first j of `other`. Three rows are enough, because a swap looks two rows back.
 */
size_t words_distance(const char *one, size_t one_bytes, const char *other, size_t other_bytes)
{
    size_t rows[3][WORD_MAX + 1];

    if (one_bytes > WORD_MAX || other_bytes > WORD_MAX)
        return WORD_FAR;
    for (size_t j = 0; j <= other_bytes; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= one_bytes; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= other_bytes; j++) {
            size_t change = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[one_bytes % 3][other_bytes];
}

size_t words_stem_bytes(const char *word)
{
    size_t bytes = 0;
    while (word[bytes] != '\0' && word[bytes] != ':' && word[bytes] != '[')
        bytes++;
    return bytes;
}

struct words_search words_search_begin(const char *found, size_t found_bytes)
{
    return (struct words_search){.found = found, .found_bytes = found_bytes, .best_distance = WORD_FAR};
}

void words_search_offer(struct words_search *search, const char *word)
{
    size_t word_bytes = words_stem_bytes(word);
    size_t distance = words_distance(search->found, search->found_bytes, word, word_bytes);
    size_t limit = (search->found_bytes + CHARACTERS_PER_EDIT - 1) / CHARACTERS_PER_EDIT;
    if (search->found_bytes >= PREFIX_MIN && search->found_bytes < word_bytes &&
        memcmp(search->found, word, search->found_bytes) == 0)
        distance = 1;
    /* A word of one or two characters that changed altogether is another word, not a typing error. */
    if (distance > limit || distance >= word_bytes || distance >= search->best_distance)
        return;
    search->best = word;
    search->best_distance = distance;
}

const char *words_nearest(const char *const *words, const char *found, size_t found_bytes)
{
    struct words_search search = words_search_begin(found, found_bytes);
    for (; *words != NULL; words++)
        words_search_offer(&search, *words);
    return search.best;
}

bool words_equal(const char *word, const char *found, size_t found_bytes)
{
    return strlen(word) == found_bytes && memcmp(word, found, found_bytes) == 0;
}

void words_list(struct text *text, const char *const *words)
{
    if (words[0] != NULL && words[1] != NULL)
        text_add(text, "one of ");
    for (size_t i = 0; words[i] != NULL; i++) {
        text_add(text, i == 0 ? "" : ", ");
        text_add(text, words[i]);
    }
}
