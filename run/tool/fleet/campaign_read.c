/* SPDX-License-Identifier: MIT */
/* A campaign's file: the statements of lib/script with words of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/script/words.h"
#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/campaign_value.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    PAIRS_MAX = 32,
};

const char *const CAMPAIGN_AGAIN_WORDS[] = {"infrastructure", "lost", "failed", NULL};

/* Keys of the engines: they may stand in each statement but `retry`; the more special one counts. */
#define ENGINE_KEYS                                                                                                    \
    "place", "env", "device", "tags", "template", "priority", "server", "accel", "cpu", "smp", "mem", "loader", "append"

static const char *const STATEMENTS[] = {"campaign", "retry", "group", "machine", "script", NULL};
static const char *const KEYS_CAMPAIGN[] = {"name", "engine", "boots", "timeout", ENGINE_KEYS, NULL};
static const char *const KEYS_GROUP[] = {"name", ENGINE_KEYS, NULL};
static const char *const KEYS_MACHINE[] = {"name", "group", ENGINE_KEYS, NULL};
static const char *const KEYS_SCRIPT[] = {"name", "file", "boots", "timeout", "only", ENGINE_KEYS, NULL};
static const char *const ENGINES[] = {"labgrid", "lava", "local", NULL};

struct reading {
    struct campaign *campaign;
    struct script_errors errors;
    size_t machine_room;
    bool has_campaign;
};

static void refuse(struct reading *reading, const struct script_token *token, const char *expected, const char *nearest)
{
    script_errors_add(&reading->errors, reading->campaign->file, token, expected, nearest);
}

static void refuse_word(struct reading *reading, const struct script_token *token, const char *const *words)
{
    struct script_error *error = script_errors_add(&reading->errors, reading->campaign->file, token, "",
                                                   words_nearest(words, token->text, token->bytes));
    struct text text = script_error_expected(error);
    words_list(&text, words);
}

static bool is_word(const struct script_token *token, const char *word)
{
    return words_equal(word, token->text, token->bytes);
}

static bool is_one_of(const struct script_token *token, const char *const *words)
{
    while (*words && !is_word(token, *words))
        words++;
    return *words != NULL;
}

static const char *keep(struct reading *reading, const struct script_token *token)
{
    char *copy = arena_alloc(&reading->campaign->arena, token->bytes + 1, 1);
    if (copy)
        memcpy(copy, token->text, token->bytes);
    else
        refuse(reading, token, "a shorter campaign: there is no memory for this one", NULL);
    return copy ? copy : "";
}

static void read_number(struct reading *reading, const struct script_token *value, uint32_t least, uint32_t most,
                        uint32_t *number)
{
    char expected[64];
    snprintf(expected, sizeof(expected), "a number from %u to %u", least, most);
    if (!campaign_number(value->text, value->bytes, number) || *number < least || *number > most)
        refuse(reading, value, expected, NULL);
}

static void read_name(struct reading *reading, const struct script_token *value, const char **name)
{
    if (!campaign_is_name(value->text, value->bytes))
        refuse(reading, value, "a name: letters, digits, _ - and . behind the first character, at most 48", NULL);
    *name = keep(reading, value);
}

/* The groups that a script is for: each one is known by then. */
static void read_only(struct reading *reading, const struct script_token *value, const char **only)
{
    size_t from = 0;

    *only = keep(reading, value);
    while (from <= value->bytes) {
        const char *comma = memchr(value->text + from, ',', value->bytes - from);
        size_t bytes = comma ? (size_t)(comma - value->text) - from : value->bytes - from;
        struct script_token one = {value->text + from, (uint32_t)bytes, value->line, value->column + (uint32_t)from};
        if (!campaign_group(reading->campaign, keep(reading, &one)))
            refuse(reading, &one, "groups that statements above have named, with commas", NULL);
        from += bytes + 1;
    }
}

/* A key that the statement has of its own. False: it is the engine's. */
static bool read_own(struct reading *reading, const struct script_pair *pair, struct campaign_item *item)
{
    const struct script_token *value = &pair->value;

    if (is_word(&pair->key, "name"))
        item->name = keep(reading, value);
    else if (is_word(&pair->key, "engine")) {
        if (!is_one_of(value, ENGINES))
            refuse_word(reading, value, ENGINES);
        reading->campaign->engine = keep(reading, value);
    } else if (is_word(&pair->key, "boots"))
        read_number(reading, value, 1, CAMPAIGN_BOOTS_MAX, &item->boots);
    else if (is_word(&pair->key, "timeout")) {
        if (!campaign_seconds(value->text, value->bytes, &item->timeout_s) || item->timeout_s > CAMPAIGN_TIMEOUT_MAX)
            refuse(reading, value, "a time with its unit, s, m or h, of at most 24h", NULL);
    } else if (is_word(&pair->key, "group")) {
        item->group = keep(reading, value);
        if (!campaign_group(reading->campaign, item->group))
            refuse(reading, value, "a group that a statement above has named", NULL);
    } else if (is_word(&pair->key, "file"))
        item->file = keep(reading, value);
    else if (is_word(&pair->key, "only"))
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
        refuse_word(reading, key, keys);
        return false;
    }
    for (size_t i = 0; i < at; i++)
        if (statement->pairs[i].key.bytes == key->bytes &&
            memcmp(statement->pairs[i].key.text, key->text, key->bytes) == 0) {
            refuse(reading, key, "each key once in a statement", NULL);
            return false;
        }
    return true;
}

static void read_pairs(struct reading *reading, const struct script_statement *statement, const char *const *keys,
                       struct campaign_item *item, struct script_token *name)
{
    struct campaign_pair *pairs = arena_alloc(&reading->campaign->arena, statement->pair_count + 1, sizeof(*pairs));
    size_t count = 0;

    *name = statement->name;
    for (size_t i = 0; pairs && i < statement->pair_count; i++) {
        const struct script_pair *pair = &statement->pairs[i];
        if (!may_stand(reading, statement, i, keys))
            continue;
        if (is_word(&pair->key, "name"))
            *name = pair->value;
        if (!read_own(reading, pair, item))
            pairs[count++] = (struct campaign_pair){keep(reading, &pair->key), keep(reading, &pair->value)};
    }
    item->pairs = pairs;
    item->pair_count = count;
    if (!item->name)
        refuse(reading, &statement->name, "name= behind it", NULL);
}

static void read_retry(struct reading *reading, const struct script_statement *statement)
{
    for (size_t i = 0; i < statement->pair_count; i++) {
        const struct script_pair *pair = &statement->pairs[i];
        size_t reason = 0;
        while (reason < AGAIN_REASONS && !is_word(&pair->key, CAMPAIGN_AGAIN_WORDS[reason]))
            reason++;
        if (reason == AGAIN_REASONS)
            refuse_word(reading, &pair->key, CAMPAIGN_AGAIN_WORDS);
        else
            read_number(reading, &pair->value, 0, CAMPAIGN_TRIES_MAX, &reading->campaign->again[reason]);
    }
}

static bool is_taken(const struct campaign_item *items, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].name, name) == 0)
            return true;
    return false;
}

/* Adds a machine, a group or a script under one name. */
static void add_item(struct reading *reading, const struct script_token *place, struct campaign_item *items,
                     size_t *count, size_t most, struct campaign_item item, bool once)
{
    if (!campaign_is_name(item.name, strlen(item.name)))
        refuse(reading, place, "a name: letters, digits, _ - and . behind the first character, at most 48", NULL);
    else if (*count == most)
        refuse(reading, place, "fewer of these", NULL);
    else if (once && is_taken(items, *count, item.name))
        refuse(reading, place, "a name that no other statement has", NULL);
    else
        items[(*count)++] = item;
}

/* node[001-300],spare: each name that the list stands for. */
static void add_machines(struct reading *reading, const struct script_token *names, struct campaign_item item)
{
    struct campaign *campaign = reading->campaign;
    struct campaign_names list = {.text = names->text, .bytes = names->bytes};
    char name[CAMPAIGN_NAME_MAX + 1];
    int got;

    while ((got = campaign_next_name(&list, name, sizeof(name))) > 0) {
        struct script_token token = {name, (uint32_t)strlen(name), names->line, names->column};
        item.name = keep(reading, &token);
        add_item(reading, names, campaign->machines, &campaign->machine_count, CAMPAIGN_TARGETS_MAX, item, false);
        if (reading->errors.count > 0)
            return;
    }
    if (got < 0)
        refuse(reading, names, "names with commas; a name may have one range, as node[001-300]", NULL);
    for (size_t g = 0; g < campaign->group_count; g++)
        if (strcmp(campaign->groups[g].name, item.group) == 0)
            campaign->groups[g].has_machines = true;
}

static void read_statement(struct reading *reading, const struct script_statement *statement)
{
    struct campaign *campaign = reading->campaign;
    struct campaign_item item = {.group = ""};
    struct script_token name;

    if (is_word(&statement->name, "retry"))
        read_retry(reading, statement);
    else if (is_word(&statement->name, "campaign")) {
        if (reading->has_campaign)
            refuse(reading, &statement->name, "one statement campaign", NULL);
        reading->has_campaign = true;
        read_pairs(reading, statement, KEYS_CAMPAIGN, &campaign->self, &name);
        if (campaign->self.name)
            read_name(reading, &name, &campaign->self.name);
    } else if (is_word(&statement->name, "group")) {
        read_pairs(reading, statement, KEYS_GROUP, &item, &name);
        if (item.name)
            add_item(reading, &name, campaign->groups, &campaign->group_count, CAMPAIGN_TARGETS_MAX, item, true);
    } else if (is_word(&statement->name, "machine")) {
        read_pairs(reading, statement, KEYS_MACHINE, &item, &name);
        if (item.name)
            add_machines(reading, &name, item);
    } else if (is_word(&statement->name, "script")) {
        read_pairs(reading, statement, KEYS_SCRIPT, &item, &name);
        if (item.name)
            add_item(reading, &name, campaign->scripts, &campaign->script_count, CAMPAIGN_SCRIPTS_MAX, item, true);
    } else
        refuse_word(reading, &statement->name, STATEMENTS);
}

/* What the whole has to have. */
static void read_whole(struct reading *reading, const struct script *script)
{
    struct campaign *campaign = reading->campaign;
    struct script_token end = {"", 0, 1, 1};
    const char *twice;

    for (size_t i = 0; i < script->statement_count; i++)
        read_statement(reading, &script->statements[i]);
    if (script->statement_count > 0)
        end = script->statements[script->statement_count - 1].name;
    if (reading->errors.count > 0)
        return;
    if (!reading->has_campaign)
        refuse(reading, &end, "a statement campaign name=NAME engine=ENGINE", NULL);
    else if (!campaign->engine)
        refuse(reading, &end, "engine= behind campaign: labgrid, lava or local", NULL);
    else if (campaign->script_count == 0)
        refuse(reading, &end, "a statement script", NULL);
    else if (campaign->machine_count == 0 && campaign->group_count == 0)
        refuse(reading, &end, "a statement machine or group", NULL);
    twice = campaign_name_twice(campaign->machines, campaign->machine_count);
    if (twice) {
        script_error_set_found(script_errors_add(&reading->errors, campaign->file, &end, "each machine once", NULL),
                               twice);
    }
}

static void print_errors(const struct script_errors *errors)
{
    char line[SCRIPT_ERROR_LINE_BYTES];

    for (size_t i = 0; i < errors->kept; i++) {
        script_error_write(&errors->at[i], line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    if (errors->count > errors->kept)
        fprintf(stderr, "%zu more\n", errors->count - errors->kept);
}

static bool take_text(struct reading *reading, const char *text, size_t bytes)
{
    struct campaign *campaign = reading->campaign;
    struct script script;

    campaign->groups = arena_alloc(&campaign->arena, CAMPAIGN_TARGETS_MAX, sizeof(*campaign->groups));
    campaign->machines = arena_alloc(&campaign->arena, CAMPAIGN_TARGETS_MAX, sizeof(*campaign->machines));
    campaign->scripts = arena_alloc(&campaign->arena, CAMPAIGN_SCRIPTS_MAX, sizeof(*campaign->scripts));
    if (!campaign->scripts)
        return false;
    if (script_parse(campaign->file, text, bytes, &campaign->arena, &script, &reading->errors))
        read_whole(reading, &script);
    return reading->errors.count == 0;
}

bool campaign_read(struct campaign *campaign, const char *file)
{
    struct reading reading = {.campaign = campaign};
    size_t bytes = 0;
    char *text = campaign_slurp(file, SCRIPT_TEXT_MAX, &bytes);
    bool good;

    *campaign =
        (struct campaign){.file = file, .again = {2, 1, 0}, .self = {.group = "", .boots = 1, .timeout_s = 900}};
    if (!text)
        return false;
    script_errors_init(&reading.errors);
    campaign->block = malloc(ARENA_BYTES);
    if (campaign->block)
        arena_init(&campaign->arena, campaign->block, ARENA_BYTES);
    good = campaign->block && take_text(&reading, text, bytes);
    if (!good)
        print_errors(&reading.errors);
    free(text);
    return good;
}

void campaign_free(struct campaign *campaign)
{
    free(campaign->block);
    campaign->block = NULL;
}
