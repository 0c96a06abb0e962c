/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static size_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (size_t)hash;
}

/* The slot of a text, or the free one that it would have. */
static size_t slot_of(const struct names *names, const char *text)
{
    size_t at = hash_of(text) & (names->slot_count - 1);
    while (names->slots[at] && strcmp(names->texts[names->slots[at] - 1], text) != 0)
        at = (at + 1) & (names->slot_count - 1);
    return at;
}

/* Twice as many slots; a third of them is in use at most. */
static bool grow(struct names *names)
{
    size_t room = names->slot_count ? names->slot_count * 2 : 64;
    size_t *slots = calloc(room, sizeof(*slots));
    char **texts = realloc(names->texts, room * sizeof(*texts));

    if (texts)
        names->texts = texts;
    if (!slots || !texts) {
        free(slots);
        return false;
    }
    free(names->slots);
    names->slots = slots;
    names->slot_count = room;
    for (size_t i = 0; i < names->count; i++)
        slots[slot_of(names, texts[i])] = i + 1;
    return true;
}

size_t names_find(struct names *names, const char *text, bool make)
{
    size_t slot;

    if (names->count * 3 >= names->slot_count && (!make || !grow(names)) && names->slot_count == 0)
        return NAMES_NONE;
    slot = slot_of(names, text);
    if (names->slots[slot])
        return names->slots[slot] - 1;
    if (!make || names->count * 2 >= names->slot_count)
        return NAMES_NONE;
    names->texts[names->count] = strdup(text);
    if (!names->texts[names->count])
        return NAMES_NONE;
    names->slots[slot] = ++names->count;
    return names->count - 1;
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->texts[i]);
    free(names->texts);
    free(names->slots);
    *names = (struct names){0};
}
