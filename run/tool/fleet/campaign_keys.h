/* SPDX-License-Identifier: MIT */
/* What the keys of a campaign's statement say, and how a word of it is refused. Used by campaign_read.c alone. */
#ifndef LAB_TOOL_FLEET_CAMPAIGN_KEYS_H
#define LAB_TOOL_FLEET_CAMPAIGN_KEYS_H

#include "lib/script/script_error.h"
#include "run/tool/fleet/campaign.h"

struct reading {
    struct campaign *campaign;
    struct script_errors errors;
    bool has_campaign;
};

/* An error at the token: something else was expected, or one of the words. */
void reading_refuse(struct reading *reading, const struct script_token *token, const char *expected);
void reading_refuse_word(struct reading *reading, const struct script_token *token, const char *const *words);

bool reading_is_word(const struct script_token *token, const char *word);

/* The token as a text of the campaign's; "" and an error where there is no memory. */
const char *reading_keep(struct reading *reading, const struct script_token *token);

/* A number from `least` to `most`; anything else is an error. */
void reading_number(struct reading *reading, const struct script_token *value, uint32_t least, uint32_t most,
                    uint32_t *number);

/*
 * Fills `item` from the statement, whose keys may be `keys`, those of the engines among them, or begin with x_. `name`
 * is where its name stands.
 */
void reading_pairs(struct reading *reading, const struct script_statement *statement, const char *const *keys,
                   struct campaign_item *item, struct script_token *name);

#endif
