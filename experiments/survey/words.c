/* SPDX-License-Identifier: MIT */
#include "experiments/survey/parts.h"

#include "lib/cstring.h"
#include "lib/fmt.h"

void survey_append_word(char *list, size_t bytes, const char *word)
{
    size_t used = strlen(list);

    if (used + strlen(word) + 2 <= bytes)
        fmt(list + used, bytes - used, "%s%s", used ? " " : "", word);
}
