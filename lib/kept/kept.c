/* SPDX-License-Identifier: MIT */
#include "lib/kept/kept.h"

#include "lib/crc.h"
#include "lib/cstring.h"

static uint8_t *block_at(const struct kept *kept, uint32_t copy, uint32_t index)
{
    return kept->copies[copy] + (size_t)index * KEPT_BLOCK_BYTES;
}

static void store(const struct kept *kept, const void *at, size_t bytes)
{
    if (kept->store != NULL)
        kept->store(at, bytes);
}

/* The head of the block that is written, in each copy; the text is there already. */
static void write_heads(const struct kept *kept)
{
    struct kept_head head = {.magic = KEPT_MAGIC,
                             .run = kept->run,
                             .index = kept->index,
                             .bytes = kept->used,
                             .text_crc = kept->crc,
                             .flags = kept->flags};

    head.head_crc = crc32_update(0, &head, offsetof(struct kept_head, head_crc));
    for (uint32_t i = 0; i < kept->copy_count; i++) {
        uint8_t *block = block_at(kept, i, kept->index);

        memcpy(block, &head, sizeof(head));
        store(kept, block, sizeof(head));
    }
}

/* The first letter is looked at first: nearly all blocks hold none, and all of this comes before the first line. */
static bool holds_head(const uint8_t *block)
{
    return block[0] == KEPT_MAGIC[0] && memcmp(block, KEPT_MAGIC, sizeof(KEPT_MAGIC)) == 0;
}

void kept_begin(struct kept *kept, uint64_t run, bool goes_on)
{
    kept->run = run;
    kept->index = kept->used = kept->crc = 0;
    kept->flags = goes_on ? KEPT_GOES_ON : 0;
    for (uint32_t i = 0; i < kept->copy_count; i++)
        for (uint32_t k = 0; k < kept->block_count; k++) {
            if (!holds_head(block_at(kept, i, k)))
                continue;
            memset(block_at(kept, i, k), 0, KEPT_HEAD_BYTES);
            store(kept, block_at(kept, i, k), KEPT_HEAD_BYTES);
        }
}

/* The next block begins, or the log is full. */
static bool next_block(struct kept *kept)
{
    if (kept->index + 1 >= kept->block_count) {
        kept->flags |= KEPT_FULL;
        write_heads(kept);
        return false;
    }
    kept->index++;
    kept->used = kept->crc = 0;
    return true;
}

void kept_add(struct kept *kept, const char *text, size_t bytes)
{
    while (bytes > 0 && kept->copy_count > 0 && (kept->flags & KEPT_FULL) == 0) {
        size_t room = KEPT_TEXT_BYTES - kept->used, piece = bytes < room ? bytes : room;

        for (uint32_t i = 0; i < kept->copy_count; i++) {
            uint8_t *to = block_at(kept, i, kept->index) + KEPT_HEAD_BYTES + kept->used;

            memcpy(to, text, piece);
            store(kept, to, piece);
        }
        kept->crc = crc32_update(kept->crc, text, piece);
        kept->used += (uint32_t)piece;
        if (piece > 0)
            write_heads(kept);
        text += piece;
        bytes -= piece;
        if (bytes > 0 && !next_block(kept))
            return;
    }
}

void kept_end(struct kept *kept, bool goes_on)
{
    kept->flags |= KEPT_ENDED | (goes_on ? 0 : KEPT_LAST);
    write_heads(kept);
}

uint64_t kept_bytes(const struct kept *kept)
{
    return (uint64_t)kept->index * KEPT_TEXT_BYTES + kept->used;
}

bool kept_line(const struct kept *kept, uint64_t *offset, char *line, size_t bytes)
{
    uint64_t end = kept_bytes(kept);
    size_t used = 0;

    if (kept->copy_count == 0 || *offset >= end)
        return false;
    while (*offset < end) {
        const uint8_t *block = block_at(kept, 0, (uint32_t)(*offset / KEPT_TEXT_BYTES));
        char character = (char)block[KEPT_HEAD_BYTES + *offset % KEPT_TEXT_BYTES];

        ++*offset;
        if (character == '\n')
            break;
        if (used + 1 < bytes)
            line[used++] = character;
    }
    line[used] = '\0';
    return true;
}
