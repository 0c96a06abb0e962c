/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/script_words.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == ';';
}

bool script_words(const char *text, char words[SCRIPT_WORDS_BYTES])
{
    size_t used = 0;

    while (*text) {
        const char *end = text + strcspn(text, "\r\n"), *stop = memchr(text, '#', (size_t)(end - text));
        if (!stop)
            stop = end;
        while (text < stop && is_blank(*text))
            text++;
        while (stop > text && is_blank(stop[-1]))
            stop--;
        if (stop > text) {
            size_t bytes = (size_t)(stop - text);
            if (used + bytes + 3 > SCRIPT_WORDS_BYTES)
                return false;
            if (used > 0) {
                memcpy(words + used, "; ", 2);
                used += 2;
            }
            memcpy(words + used, text, bytes);
            used += bytes;
        }
        text = *end ? end + 1 : end;
    }
    words[used] = '\0';
    return used > 0;
}
