/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/campaign_keys.h"

#include <stdio.h>
#include <string.h>

#include "lib/script/words.h"
#include "run/tool/fleet/campaign_value.h"

static const char *const ENGINES[] = {"labgrid", "lava", "local", NULL};

void reading_refuse(struct reading *reading, const struct script_token *token, const char *expected)
{
    script_errors_add(&reading->errors, reading->campaign->file, token, expected, NULL);
}

void reading_refuse_word(struct reading *reading, const struct script_token *token, const char *const *words)
{
    struct script_error *error = script_errors_add(&reading->errors, reading->campaign->file, token, "",
                                                   words_nearest(words, token->text, token->bytes));
    struct text text = script_error_expected(error);
    words_list(&text, words);
}

bool reading_is_word(const struct script_token *token, const char *word)
{
    return words_equal(word, token->text, token->bytes);
}

static bool is_one_of(const struct script_token *token, const char *const *words)
{
    while (*words && !reading_is_word(token, *words))
        words++;
    return *words != NULL;
}

const char *reading_keep(struct reading *reading, const struct script_token *token)
{
    char *copy = arena_alloc(&reading->campaign->arena, token->bytes + 1, 1);
    if (copy)
        memcpy(copy, token->text, token->bytes);
    else
        reading_refuse(reading, token, "a shorter campaign: there is no memory for this one");
    return copy ? copy : "";
}

void reading_number(struct reading *reading, const struct script_token *value, uint32_t least, uint32_t most,
                    uint32_t *number)
{
    char expected[64];
    snprintf(expected, sizeof(expected), "a number from %u to %u", least, most);
    if (!campaign_number(value->text, value->bytes, number) || *number < least || *number > most)
        reading_refuse(reading, value, expected);
}

/* The groups that a script is for: each one is known by then. */
static void read_only(struct reading *reading, const struct script_token *value, const char **only)
{
    size_t from = 0;

    *only = reading_keep(reading, value);
    while (from <= value->bytes) {
        const char *comma = memchr(value->text + from, ',', value->bytes - from);
        size_t bytes = comma ? (size_t)(comma - value->text) - from : value->bytes - from;
        struct script_token one = {value->text + from, (uint32_t)bytes, value->line, value->column + (uint32_t)from};
        if (!campaign_group(reading->campaign, reading_keep(reading, &one)))
            reading_refuse(reading, &one, "groups that statements above have named, with commas");
        from += bytes + 1;
    }
}

/* A key that the statement has of its own. False: it is the engine's. */
static bool read_own(struct reading *reading, const struct script_pair *pair, struct campaign_item *item)
{
    const struct script_token *value = &pair->value;

    if (reading_is_word(&pair->key, "name"))
        item->name = reading_keep(reading, value);
    else if (reading_is_word(&pair->key, "engine")) {
        if (!is_one_of(value, ENGINES))
            reading_refuse_word(reading, value, ENGINES);
        reading->campaign->engine = reading_keep(reading, value);
    } else if (reading_is_word(&pair->key, "boots"))
        reading_number(reading, value, 1, CAMPAIGN_BOOTS_MAX, &item->boots);
    else if (reading_is_word(&pair->key, "timeout")) {
        if (!campaign_seconds(value->text, value->bytes, &item->timeout_s) || item->timeout_s > CAMPAIGN_TIMEOUT_MAX)
            reading_refuse(reading, value, "a time with its unit, s, m or h, of at most 24h");
    } else if (reading_is_word(&pair->key, "group")) {
        item->group = reading_keep(reading, value);
        if (!campaign_group(reading->campaign, item->group))
            reading_refuse(reading, value, "a group that a statement above has named");
    } else if (reading_is_word(&pair->key, "file"))
        item->file = reading_keep(reading, value);
    else if (reading_is_word(&pair->key, "only"))
        read_only(reading, value, &item->only);
    else
        return false;
    return true;
}

/* A key may be one of the statement's, or x_ and what a template of the user's own calls it. */
static bool may_stand(struct reading *reading, const struct script_statement *statement, size_t at,
                      const char *const *keys)
{
    const struct script_token *key = &statement->pairs[at].key;
    bool own = key->bytes > 2 && memcmp(key->text, "x_", 2) == 0 && campaign_is_key(key->text, key->bytes);

    if (!own && !is_one_of(key, keys)) {
        reading_refuse_word(reading, key, keys);
        return false;
    }
    for (size_t i = 0; i < at; i++)
        if (statement->pairs[i].key.bytes == key->bytes &&
            memcmp(statement->pairs[i].key.text, key->text, key->bytes) == 0) {
            reading_refuse(reading, key, "each key once in a statement");
            return false;
        }
    return true;
}

void reading_pairs(struct reading *reading, const struct script_statement *statement, const char *const *keys,
                   struct campaign_item *item, struct script_token *name)
{
    struct campaign_pair *pairs = arena_alloc(&reading->campaign->arena, statement->pair_count + 1, sizeof(*pairs));
    size_t count = 0;

    *name = statement->name;
    for (size_t i = 0; pairs && i < statement->pair_count; i++) {
        const struct script_pair *pair = &statement->pairs[i];
        if (!may_stand(reading, statement, i, keys))
            continue;
        if (reading_is_word(&pair->key, "name"))
            *name = pair->value;
        if (!read_own(reading, pair, item))
            pairs[count++] =
                (struct campaign_pair){reading_keep(reading, &pair->key), reading_keep(reading, &pair->value)};
    }
    item->pairs = pairs;
    item->pair_count = count;
    if (!item->name)
        reading_refuse(reading, &statement->name, "name= behind it");
}
