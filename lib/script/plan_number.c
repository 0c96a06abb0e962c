/* SPDX-License-Identifier: MIT */
/* Helpers for every kind of value: parts of a token, its error, counts and times within bounds. */
#include "lib/script/plan_value.h"

#include "lib/script/words.h"

void plan_values_add(struct plan_values *values, const struct plan_value *value)
{
    if (values->at != NULL)
        values->at[values->count] = *value;
    values->count++;
}

struct script_token plan_token_part(const struct script_token *token, size_t from, size_t bytes)
{
    return (struct script_token){
        .text = token->text + from,
        .bytes = (uint32_t)bytes,
        .line = token->line,
        .column = token->column + (uint32_t)from,
    };
}

size_t plan_token_find(const struct script_token *token, char wanted)
{
    size_t at = 0;
    while (at < token->bytes && token->text[at] != wanted)
        at++;
    return at;
}

bool plan_refuse(const struct plan_reader *reader, const struct script_token *token, const char *expected,
                 const char *nearest)
{
    char word[SCRIPT_FOUND_BYTES] = "";
    if (nearest != NULL) {
        struct text text = text_in(word, sizeof(word));
        text_add_span(&text, nearest, words_stem_bytes(nearest));
    }
    script_errors_add(reader->errors, reader->file, token, expected, word);
    return false;
}

typedef void add_number(struct text *text, uint64_t number);

static void add_ticks(struct text *text, uint64_t number)
{
    text_add_uint(text, number);
    text_add(text, "tsc");
}

/* Checks a number against its bounds; `add` writes the bounds in the error. */
static bool check_range(const struct plan_reader *reader, const struct script_token *token, uint64_t number,
                        uint64_t min, uint64_t max, add_number *add)
{
    char expected[SCRIPT_EXPECTED_BYTES];
    struct text text;

    if (number >= min && (max == 0 || number <= max))
        return true;
    text = text_in(expected, sizeof(expected));
    if (max == 0) {
        text_add(&text, "at least ");
        add(&text, min);
    } else {
        add(&text, min);
        text_add(&text, " to ");
        add(&text, max);
    }
    return plan_refuse(reader, token, expected, NULL);
}

bool plan_parse_time(const struct plan_reader *reader, const struct script_token *token, struct units_time *time)
{
    const struct param_spec *spec = reader->spec;
    struct units_result result = units_parse_time(token->text, token->bytes, time);
    struct script_token wrong;

    if (result.problem == UNITS_OK && (!time->ticks || spec->ticks))
        return check_range(reader, token, time->value, spec->min, spec->max, time->ticks ? add_ticks : text_add_ns);
    if (result.problem == UNITS_OK || (!spec->ticks && result.problem == UNITS_NO_UNIT))
        return plan_refuse(reader, token, "a time in ns, us, ms or s", NULL);
    wrong = plan_token_part(token, result.offset, token->bytes - result.offset);
    if (!spec->ticks && result.problem == UNITS_BAD_UNIT)
        return plan_refuse(reader, &wrong, "one of the units ns, us, ms, s", NULL);
    return plan_refuse(reader, &wrong, units_expected_time(result.problem), NULL);
}

bool plan_parse_count(const struct plan_reader *reader, const struct script_token *token, uint64_t min, uint64_t max,
                      uint64_t *count)
{
    struct units_result result = units_parse_count(token->text, token->bytes, count);
    struct script_token wrong;

    if (result.problem == UNITS_OK)
        return check_range(reader, token, *count, min, max, text_add_uint);
    wrong = plan_token_part(token, result.offset, token->bytes - result.offset);
    return plan_refuse(reader, &wrong, units_expected_count(result.problem), NULL);
}
