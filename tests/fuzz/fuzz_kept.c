/* SPDX-License-Identifier: MIT */
/*
 * The finder of a kept log on memory that holds anything, as the stick's saver meets it: two blocks with heads from the
 * input, their sums made right where the input asks for it, so that what lies behind the sums is reached.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc.h"
#include "lib/kept/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take(void *context, const char *text, size_t bytes)
{
    uint64_t *sum = context;

    *sum += crc32_update(0, text, bytes); /* each byte is read */
    return true;
}

/* Mends the sums of a head whose text lies inside of its block; others stay as they are. */
static void mend(uint8_t *block)
{
    struct kept_head head;

    memcpy(&head, block, sizeof(head));
    memcpy(head.magic, KEPT_MAGIC, sizeof(head.magic));
    if (head.bytes <= KEPT_TEXT_BYTES)
        head.text_crc = crc32_update(0, block + KEPT_HEAD_BYTES, head.bytes);
    head.head_crc = crc32_update(0, &head, offsetof(struct kept_head, head_crc));
    memcpy(block, &head, sizeof(head));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kept_found found = {.any = false};
    uint8_t *blocks[2] = {calloc(1, KEPT_BLOCK_BYTES), calloc(1, KEPT_BLOCK_BYTES)};
    uint64_t sum = 0;

    if (blocks[0] == NULL || blocks[1] == NULL)
        abort();
    for (size_t i = 0; i < 2 && size > 0; i++) {
        bool sums = *data & 1;
        size_t piece = size - 1 < KEPT_HEAD_BYTES ? size - 1 : KEPT_HEAD_BYTES;

        memcpy(blocks[i], data + 1, piece);
        data += 1 + piece;
        size -= 1 + piece;
        if (sums)
            mend(blocks[i]);
        kept_look(&found, blocks[i]);
    }
    kept_text(&found, take, &sum);
    if (found.count > KEPT_BLOCKS_MAX)
        abort();
    free(blocks[0]);
    free(blocks[1]);
    return 0;
}
