/* SPDX-License-Identifier: MIT */
/* Texts with a number each, from 0, in the order in which they first come. */
#ifndef LAB_TOOL_FLEET_NAMES_H
#define LAB_TOOL_FLEET_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define NAMES_NONE ((size_t)-1)

struct names {
    char **texts; /* by number; owned */
    size_t count;
    size_t *slots; /* number + 1, or 0 */
    size_t slot_count;
};

/* The number of a text, which is new where it has none (`make`). NAMES_NONE: there is none, or no memory. */
size_t names_find(struct names *names, const char *text, bool make);
void names_free(struct names *names);

#endif
