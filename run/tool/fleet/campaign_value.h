/* SPDX-License-Identifier: MIT */
/* Words of a campaign's file: numbers, times, names and lists of names. Pure. */
#ifndef LAB_TOOL_FLEET_CAMPAIGN_VALUE_H
#define LAB_TOOL_FLEET_CAMPAIGN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/tool/fleet/campaign.h"

/* A decimal number of at most nine digits. */
bool campaign_number(const char *text, size_t bytes, uint32_t *number);

/* "90s", "15m", "2h", in seconds; at least 1. */
bool campaign_seconds(const char *text, size_t bytes, uint32_t *seconds);

/* True for a to z, 0 to 9 and _. */
bool campaign_is_key(const char *text, size_t bytes);

/* A list of names that is being read: "node[001-300],spare". Begin with text and bytes set, all else zero. */
struct campaign_names {
    const char *text;
    size_t bytes, at;
    bool in_range;
    uint32_t next, last;
};

/* The next name. 1: here it is; 0: there is no more; -1: the list is wrong, or a name has no room. */
int campaign_next_name(struct campaign_names *names, char *name, size_t name_bytes);

/* A name that two of the items have, or NULL. */
const char *campaign_name_twice(const struct campaign_item *items, size_t count);

#endif
