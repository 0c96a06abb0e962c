/* SPDX-License-Identifier: MIT */
/*
 * A block of memory that is handed out from its start to its end and given back all at once.
 *
 * The caller owns the block. Not for two CPUs at a time. Any context; never blocks.
 */
#ifndef LAB_LIB_ARENA_H
#define LAB_LIB_ARENA_H

#include <stddef.h>

struct arena {
    unsigned char *start;
    size_t bytes;
    size_t used_bytes;
};

/* Begins an empty arena over the caller's block of `bytes` bytes. */
void arena_init(struct arena *arena, void *block, size_t bytes);

/*
 * Returns `count` zeroed items of `item_bytes` bytes each, aligned to 16 bytes, or NULL when the rest of the block is
 * too small (or the product overflows). Nothing is handed out in that case.
 */
void *arena_alloc(struct arena *arena, size_t count, size_t item_bytes);

#endif /* LAB_LIB_ARENA_H */
