/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once and has an upper limit, so that a hostile log cannot take it all. */
#ifndef LAB_TOOL_MODEL_POOL_H
#define LAB_TOOL_MODEL_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_chunk;

struct pool {
    struct pool_chunk *chunks;
    size_t used_bytes;  /* of all chunks */
    size_t limit_bytes; /* more is refused */
    bool refused;       /* something did not fit */
};

/* An empty pool; nothing is allocated yet. */
void pool_init(struct pool *pool, size_t limit_bytes);

/* Zeroed memory for any type, or NULL (and refused is set) past the limit. */
void *pool_alloc(struct pool *pool, size_t bytes);

/* A NUL-terminated copy of `bytes` characters, or NULL. */
char *pool_copy(struct pool *pool, const char *text, size_t bytes);

/*
 * Room for item `count` of the array *items of *capacity items: doubles it when it is full. Returns the address of that
 * item, zeroed, or NULL past the limit (the array then stays as it was).
 */
void *pool_append(struct pool *pool, void **items, size_t count, size_t *capacity, size_t item_bytes);

void pool_free(struct pool *pool);

#endif
