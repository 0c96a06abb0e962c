/* SPDX-License-Identifier: MIT */
#include "lib/script/plan_resolve.h"

#include "lib/cstring.h"
#include "lib/script/words.h"

struct script_error *plan_refuse_token(struct plan_resolver *resolver, const struct script_token *token,
                                       const char *expected)
{
    return script_errors_add(resolver->errors, resolver->file, token, expected, NULL);
}

void plan_refuse_memory(struct plan_resolver *resolver, const struct script_token *token)
{
    plan_refuse_token(resolver, token, "a shorter script: there is no memory for this plan");
}

static const struct experiment_spec *find_spec(struct plan_resolver *resolver, const struct script_token *name)
{
    struct words_search search = words_search_begin(name->text, name->bytes);
    struct script_error *error;
    struct text expected;

    for (size_t i = 0; i < resolver->spec_count; i++) {
        if (words_equal(resolver->specs[i]->name, name->text, name->bytes))
            return resolver->specs[i];
        words_search_offer(&search, resolver->specs[i]->name);
    }
    error = script_errors_add(resolver->errors, resolver->file, name, "", search.best);
    expected = script_error_expected(error);
    text_add(&expected, "one of ");
    for (size_t i = 0; i < resolver->spec_count; i++) {
        text_add(&expected, i == 0 ? "" : ", ");
        text_add(&expected, resolver->specs[i]->name);
    }
    return NULL;
}

/* The index of a key in a spec's parameters; adds an error and returns param_count where there is none. */
static size_t find_param(struct plan_resolver *resolver, const struct experiment_spec *spec,
                         const struct script_token *key)
{
    struct words_search search = words_search_begin(key->text, key->bytes);
    struct script_error *error;
    struct text expected;

    for (size_t i = 0; i < spec->param_count; i++) {
        if (words_equal(spec->params[i].key, key->text, key->bytes))
            return i;
        words_search_offer(&search, spec->params[i].key);
    }
    error = script_errors_add(resolver->errors, resolver->file, key, "", search.best);
    expected = script_error_expected(error);
    text_add(&expected, spec->param_count == 0 ? "no key, " : "one of ");
    for (size_t i = 0; i < spec->param_count; i++) {
        text_add(&expected, i == 0 ? "" : ", ");
        text_add(&expected, spec->params[i].key);
    }
    if (spec->param_count == 0) {
        text_add(&expected, spec->name);
        text_add(&expected, " takes none");
    }
    return spec->param_count;
}

/* Reads the values of one parameter from its text, with room for just as many from the arena. */
static bool resolve_values(struct plan_resolver *resolver, const struct plan_reader *reader,
                           const struct script_token *text, struct plan_values *values)
{
    struct plan_values counted = {NULL, 0};
    if (!plan_values_parse(reader, text, &counted))
        return false;
    *values = (struct plan_values){arena_alloc(resolver->arena, counted.count, sizeof(*values->at)), 0};
    if (values->at == NULL) {
        plan_refuse_memory(resolver, text);
        return false;
    }
    return plan_values_parse(reader, text, values);
}

static bool resolve_pair(struct plan_resolver *resolver, struct plan_resolved *resolved, const struct script_pair *pair,
                         size_t *given_count)
{
    const struct experiment_spec *spec = resolved->spec;
    size_t index = find_param(resolver, spec, &pair->key);
    struct plan_reader reader;

    if (index == spec->param_count)
        return false;
    if (resolved->given[index]) {
        plan_refuse_token(resolver, &pair->key, "each key only once in a statement");
        return false;
    }
    resolved->given[index] = true;
    resolved->order[(*given_count)++] = index;
    reader = (struct plan_reader){resolver->file, resolver->errors, &spec->params[index], true};
    return resolve_values(resolver, &reader, &pair->value, &resolved->values[index]);
}

/* Gives a parameter that the statement leaves out its default. */
static bool resolve_default(struct plan_resolver *resolver, struct plan_resolved *resolved, size_t index)
{
    const struct param_spec *param = &resolved->spec->params[index];
    const struct script_token *name = &resolved->statement->name;
    struct script_token text;
    struct plan_reader reader;

    if (param->fallback == NULL) {
        struct script_error *error = plan_refuse_token(resolver, name, "");
        struct text expected = script_error_expected(error);
        text_add(&expected, "the key ");
        text_add(&expected, param->key);
        text_add(&expected, "= with it");
        return false;
    }
    text = (struct script_token){param->fallback, (uint32_t)strlen(param->fallback), name->line, name->column};
    reader = (struct plan_reader){resolver->file, resolver->errors, param, false};
    return resolve_values(resolver, &reader, &text, &resolved->values[index]);
}

static void count_steps(struct plan_resolved *resolved)
{
    resolved->step_count = 1;
    for (size_t i = 0; i < resolved->spec->param_count; i++) {
        if (__builtin_mul_overflow(resolved->step_count, resolved->values[i].count, &resolved->step_count)) {
            resolved->step_count = SIZE_MAX;
            return;
        }
    }
}

/* Refuses a key that counts in no step of its statement. */
static bool check_pair(struct plan_resolver *resolver, const struct plan_resolved *resolved, size_t pair)
{
    const struct param_spec *param = &resolved->spec->params[resolved->order[pair]];
    const struct plan_values *deciders = &resolved->values[param->decider];
    bool counts = param->with == 0;
    for (size_t i = 0; i < deciders->count; i++)
        counts = counts || (param->with >> deciders->at[i].choice & 1) != 0;
    if (!counts)
        plan_refuse_token(resolver, &resolved->statement->pairs[pair].key, "a key that counts in this statement");
    return counts;
}

bool plan_resolve(struct plan_resolver *resolver, struct plan_resolved *resolved)
{
    const struct script_statement *statement = resolved->statement;
    const struct experiment_spec *spec = find_spec(resolver, &statement->name);
    bool good;
    size_t count, ordered;

    if (spec == NULL)
        return false;
    count = spec->param_count;
    resolved->spec = spec;
    resolved->values = arena_alloc(resolver->arena, count, sizeof(*resolved->values));
    resolved->given = arena_alloc(resolver->arena, count, sizeof(*resolved->given));
    resolved->order = arena_alloc(resolver->arena, count, sizeof(*resolved->order));
    if (resolved->values == NULL || resolved->given == NULL || resolved->order == NULL) {
        plan_refuse_memory(resolver, &statement->name);
        return false;
    }
    good = true;
    ordered = 0;
    for (size_t i = 0; i < statement->pair_count; i++)
        good = resolve_pair(resolver, resolved, &statement->pairs[i], &ordered) && good;
    for (size_t i = 0; i < count; i++) {
        if (!resolved->given[i]) {
            resolved->order[ordered++] = i;
            good = resolve_default(resolver, resolved, i) && good;
        }
    }
    for (size_t i = 0; good && i < statement->pair_count; i++)
        good = check_pair(resolver, resolved, i);
    if (good)
        count_steps(resolved);
    return good;
}
