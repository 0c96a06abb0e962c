/* SPDX-License-Identifier: MIT */
/* A campaign's file: the statements of lib/script with words of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/campaign_keys.h"
#include "run/tool/fleet/campaign_value.h"
#include "run/tool/plan/planner.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

const char *const CAMPAIGN_AGAIN_WORDS[] = {"infrastructure", "lost", "failed", NULL};

/* Keys of the engines: they may stand in each statement but `retry`; the more special one counts. */
#define ENGINE_KEYS                                                                                                    \
    "place", "env", "device", "tags", "template", "priority", "server", "accel", "cpu", "smp", "mem", "loader", "append"

static const char *const STATEMENTS[] = {"campaign", "retry", "group", "machine", "script", NULL};
static const char *const KEYS_CAMPAIGN[] = {"name", "engine", "boots", "timeout", ENGINE_KEYS, NULL};
static const char *const KEYS_GROUP[] = {"name", ENGINE_KEYS, NULL};
static const char *const KEYS_MACHINE[] = {"name", "group", ENGINE_KEYS, NULL};
static const char *const KEYS_SCRIPT[] = {"name", "file", "boots", "timeout", "only", ENGINE_KEYS, NULL};

static void read_name(struct reading *reading, const struct script_token *value, const char **name)
{
    if (!campaign_is_name(value->text, value->bytes))
        reading_refuse(reading, value, "a name: letters, digits, _ - and . behind the first character, at most 48");
    *name = reading_keep(reading, value);
}

static void read_retry(struct reading *reading, const struct script_statement *statement)
{
    for (size_t i = 0; i < statement->pair_count; i++) {
        const struct script_pair *pair = &statement->pairs[i];
        size_t reason = 0;
        while (reason < AGAIN_REASONS && !reading_is_word(&pair->key, CAMPAIGN_AGAIN_WORDS[reason]))
            reason++;
        if (reason == AGAIN_REASONS)
            reading_refuse_word(reading, &pair->key, CAMPAIGN_AGAIN_WORDS);
        else
            reading_number(reading, &pair->value, 0, CAMPAIGN_TRIES_MAX, &reading->campaign->again[reason]);
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
        reading_refuse(reading, place, "a name: letters, digits, _ - and . behind the first character, at most 48");
    else if (*count == most)
        reading_refuse(reading, place, "fewer of these");
    else if (once && is_taken(items, *count, item.name))
        reading_refuse(reading, place, "a name that no other statement has");
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
        item.name = reading_keep(reading, &token);
        add_item(reading, names, campaign->machines, &campaign->machine_count, CAMPAIGN_TARGETS_MAX, item, false);
        if (reading->errors.count > 0)
            return;
    }
    if (got < 0)
        reading_refuse(reading, names, "names with commas; a name may have one range, as node[001-300]");
    for (size_t g = 0; g < campaign->group_count; g++)
        if (strcmp(campaign->groups[g].name, item.group) == 0)
            campaign->groups[g].has_machines = true;
}

static void read_statement(struct reading *reading, const struct script_statement *statement)
{
    struct campaign *campaign = reading->campaign;
    struct campaign_item item = {.group = ""};
    struct script_token name;

    if (reading_is_word(&statement->name, "retry"))
        read_retry(reading, statement);
    else if (reading_is_word(&statement->name, "campaign")) {
        if (reading->has_campaign)
            reading_refuse(reading, &statement->name, "one statement campaign");
        reading->has_campaign = true;
        reading_pairs(reading, statement, KEYS_CAMPAIGN, &campaign->self, &name);
        if (campaign->self.name)
            read_name(reading, &name, &campaign->self.name);
    } else if (reading_is_word(&statement->name, "group")) {
        reading_pairs(reading, statement, KEYS_GROUP, &item, &name);
        if (item.name)
            add_item(reading, &name, campaign->groups, &campaign->group_count, CAMPAIGN_TARGETS_MAX, item, true);
    } else if (reading_is_word(&statement->name, "machine")) {
        reading_pairs(reading, statement, KEYS_MACHINE, &item, &name);
        if (item.name)
            add_machines(reading, &name, item);
    } else if (reading_is_word(&statement->name, "script")) {
        reading_pairs(reading, statement, KEYS_SCRIPT, &item, &name);
        if (item.name)
            add_item(reading, &name, campaign->scripts, &campaign->script_count, CAMPAIGN_SCRIPTS_MAX, item, true);
    } else
        reading_refuse_word(reading, &statement->name, STATEMENTS);
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
        reading_refuse(reading, &end, "a statement campaign name=NAME engine=ENGINE");
    else if (!campaign->engine)
        reading_refuse(reading, &end, "engine= behind campaign: labgrid, lava or local");
    else if (campaign->script_count == 0)
        reading_refuse(reading, &end, "a statement script");
    else if (campaign->machine_count == 0 && campaign->group_count == 0)
        reading_refuse(reading, &end, "a statement machine or group");
    twice = campaign_name_twice(campaign->machines, campaign->machine_count);
    if (twice) {
        script_error_set_found(script_errors_add(&reading->errors, campaign->file, &end, "each machine once", NULL),
                               twice);
    }
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
        planner_print_errors(&reading.errors);
    free(text);
    return good;
}

void campaign_free(struct campaign *campaign)
{
    free(campaign->block);
    campaign->block = NULL;
}
