/* SPDX-License-Identifier: MIT */
#include "lib/arena.h"

#include <stdint.h>

#include "lib/cstring.h"

enum {
    ARENA_ALIGNMENT_BYTES = 16,
};

void arena_init(struct arena *arena, void *block, size_t bytes)
{
    arena->start = block;
    arena->bytes = bytes;
    arena->used_bytes = 0;
}

void *arena_alloc(struct arena *arena, size_t count, size_t item_bytes)
{
    uintptr_t next = (uintptr_t)arena->start + arena->used_bytes;
    size_t padding = (size_t)(-next & (ARENA_ALIGNMENT_BYTES - 1));
    size_t room_bytes = arena->bytes - arena->used_bytes;
    void *items;

    if (padding > room_bytes || (item_bytes != 0 && count > (room_bytes - padding) / item_bytes))
        return NULL;
    items = arena->start + arena->used_bytes + padding;
    arena->used_bytes += padding + count * item_bytes;
    memset(items, 0, count * item_bytes);
    return items;
}
