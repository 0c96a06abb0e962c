/* SPDX-License-Identifier: MIT */
#include "run/tool/model/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

struct pool_chunk {
    struct pool_chunk *next;
    size_t used_bytes, size_bytes;
    alignas(max_align_t) unsigned char data[];
};

void pool_init(struct pool *pool, size_t limit_bytes)
{
    *pool = (struct pool){.limit_bytes = limit_bytes};
}

static struct pool_chunk *new_chunk(struct pool *pool, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct pool_chunk *chunk;

    if (size > pool->limit_bytes || pool->used_bytes > pool->limit_bytes - size)
        return NULL;
    chunk = calloc(1, sizeof(*chunk) + size);
    if (!chunk)
        return NULL;
    chunk->size_bytes = size;
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->used_bytes += size;
    return chunk;
}

void *pool_alloc(struct pool *pool, size_t bytes)
{
    struct pool_chunk *chunk = pool->chunks;
    void *memory;

    if (bytes > pool->limit_bytes) {
        pool->refused = true;
        return NULL;
    }
    bytes = (bytes + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (!chunk || chunk->size_bytes - chunk->used_bytes < bytes)
        chunk = new_chunk(pool, bytes);
    if (!chunk) {
        pool->refused = true;
        return NULL;
    }
    memory = chunk->data + chunk->used_bytes;
    chunk->used_bytes += bytes;
    return memory;
}

char *pool_copy(struct pool *pool, const char *text, size_t bytes)
{
    char *copy = pool_alloc(pool, bytes + 1);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}

void *pool_append(struct pool *pool, void **items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 8;
        void *grown;

        if (wanted > SIZE_MAX / item_bytes)
            return NULL;
        grown = pool_alloc(pool, wanted * item_bytes);
        if (!grown)
            return NULL;
        if (count > 0)
            memcpy(grown, *items, count * item_bytes);
        *items = grown;
        *capacity = wanted;
    }
    return (unsigned char *)*items + count * item_bytes;
}

void pool_free(struct pool *pool)
{
    while (pool->chunks) {
        struct pool_chunk *next = pool->chunks->next;
        free(pool->chunks);
        pool->chunks = next;
    }
}
