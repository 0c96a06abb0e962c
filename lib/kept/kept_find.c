/* SPDX-License-Identifier: MIT */
/* The way back: from memory that may hold anything to the text of a log. */
#include "lib/crc.h"
#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/kept/kept.h"

enum { NOTE_BYTES = 120 };

static bool head_is_whole(const struct kept_head *head)
{
    return head->bytes <= KEPT_TEXT_BYTES && head->index < KEPT_BLOCKS_MAX &&
           head->head_crc == crc32_update(0, head, offsetof(struct kept_head, head_crc));
}

static struct kept_head head_of(const void *block)
{
    struct kept_head head;

    memcpy(&head, block, sizeof(head));
    return head;
}

/* Of two whole blocks of one index the later one has more text, or flags that came later. */
static bool is_later(const struct kept_head *head, const uint8_t *than)
{
    struct kept_head other;

    if (than == NULL)
        return true;
    other = head_of(than);
    return head->bytes > other.bytes || (head->bytes == other.bytes && head->flags > other.flags);
}

bool kept_goes_on(const struct kept_found *found)
{
    return (found->flags & (KEPT_GOES_ON | KEPT_LAST)) == KEPT_GOES_ON;
}

void kept_look(struct kept_found *found, const void *block)
{
    struct kept_head head = head_of(block);

    if (memcmp(head.magic, KEPT_MAGIC, sizeof(head.magic)) != 0)
        return;
    if (!head_is_whole(&head) ||
        crc32_update(0, (const uint8_t *)block + KEPT_HEAD_BYTES, head.bytes) != head.text_crc) {
        found->damaged++;
        return;
    }
    if (found->any && head.run != found->run) {
        found->others++;
        return;
    }
    found->any = true;
    found->run = head.run;
    if (head.index >= found->count)
        found->count = head.index + 1;
    if (!is_later(&head, found->blocks[head.index]))
        return;
    found->blocks[head.index] = block;
    found->flags |= head.flags;
}

uint64_t kept_text(const struct kept_found *found, bool (*write)(void *context, const char *text, size_t bytes),
                   void *context)
{
    uint64_t missing = 0;
    char note[NOTE_BYTES];

    for (uint32_t i = 0; i < found->count; i++) {
        struct kept_head head = {.bytes = 0};
        uint32_t gap;

        if (found->blocks[i] != NULL) {
            head = head_of(found->blocks[i]);
            if (!write(context, (const char *)found->blocks[i] + KEPT_HEAD_BYTES, head.bytes))
                return missing;
        }
        gap = i + 1 < found->count ? KEPT_TEXT_BYTES - head.bytes : 0;
        if (gap == 0)
            continue;
        missing += gap;
        if (!write(
                context, note,
                (size_t)fmt(note, sizeof(note), "\n# idlelab: %u bytes of the log did not survive in memory\n", gap)))
            return missing;
    }
    if ((found->flags & KEPT_FULL) != 0) {
        missing++;
        write(context, note,
              (size_t)fmt(note, sizeof(note), "\n# idlelab: the log was longer than the memory kept for it\n"));
    } else if ((found->flags & KEPT_ENDED) == 0) {
        missing++;
        write(context, note,
              (size_t)fmt(note, sizeof(note),
                          "\n# idlelab: the log ends here: the run had not ended, or the rest did not survive\n"));
    }
    return missing;
}
