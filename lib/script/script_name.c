/* SPDX-License-Identifier: MIT */
#include "lib/script/script_name.h"

#include "lib/cstring.h"
#include "lib/script/words.h"

bool script_is_mistyped(const char *wish, const struct experiment_spec *const *specs, size_t spec_count,
                        const char *const *scripts, struct script_errors *errors)
{
    struct script_token token = {wish, 0, 1, 1};
    struct script_error *error;
    struct text expected;

    for (; wish[token.bytes]; token.bytes++) {
        char c = wish[token.bytes];

        if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    for (size_t i = 0; i < spec_count; i++)
        if (!strcmp(specs[i]->name, wish))
            return false;
    error = script_errors_add(errors, "script", &token, "", words_nearest(scripts, wish, token.bytes));
    expected = script_error_expected(error);

    text_add(&expected, "an experiment, or the name of a script: ");
    words_list(&expected, scripts);
    return true;
}

bool script_put_first(const struct script *extra, struct arena *arena, struct script *script)
{
    static const char survey[] = "survey";
    const struct script_token *first = &script->statements[0].name;
    size_t skipped = first->bytes == sizeof(survey) - 1 && !memcmp(first->text, survey, sizeof(survey) - 1) &&
                     !script->statements[0].pair_count; /* keys, which it does not have, are still to be refused */
    size_t count = extra->statement_count + script->statement_count - skipped;
    struct script_statement *all = arena_alloc(arena, count, sizeof(*all));

    if (!all)
        return false;
    memcpy(all, extra->statements, extra->statement_count * sizeof(*all));
    memcpy(all + extra->statement_count, script->statements + skipped,
           (script->statement_count - skipped) * sizeof(*all));
    script->statements = all;
    script->statement_count = count;
    return true;
}
