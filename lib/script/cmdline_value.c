/* SPDX-License-Identifier: MIT */
#include "lib/script/cmdline_value.h"

#include "lib/units.h"
#include "lib/script/words.h"

const char CMDLINE_FILE[] = "cmdline";

void cmdline_refuse(const struct cmdline_value *value, const struct script_token *token, const char *expected,
                    const char *nearest)
{
    script_errors_add(value->errors, CMDLINE_FILE, token, expected, nearest);
}

unsigned cmdline_read_word(const struct cmdline_value *value, const char *const *words)
{
    const struct script_token *token = &value->token;
    char expected[SCRIPT_EXPECTED_BYTES];
    struct text text;

    for (unsigned i = 0; words[i] != NULL; i++)
        if (words_equal(words[i], token->text, token->bytes))
            return i;
    text = text_in(expected, sizeof(expected));
    words_list(&text, words);
    cmdline_refuse(value, token, expected, words_nearest(words, token->text, token->bytes));
    return 0;
}

bool cmdline_read_count(const struct cmdline_value *value, const struct script_token *token, uint64_t min, uint64_t max,
                        uint64_t *count)
{
    uint64_t number;
    struct units_result result = units_parse_count(token->text, token->bytes, &number);
    if (result.problem != UNITS_OK) {
        cmdline_refuse(value, token, units_expected_count(result.problem), NULL);
        return false;
    }
    if (number < min || number > max) {
        char expected[SCRIPT_EXPECTED_BYTES];
        struct text text = text_in(expected, sizeof(expected));
        text_add_uint(&text, min);
        text_add(&text, " to ");
        text_add_uint(&text, max);
        cmdline_refuse(value, token, expected, NULL);
        return false;
    }
    *count = number;
    return true;
}

struct script_token cmdline_token_part(const struct script_token *token, size_t from, size_t bytes)
{
    return (struct script_token){token->text + from, (uint32_t)bytes, token->line, token->column + (uint32_t)from};
}
