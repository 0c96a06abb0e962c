/* SPDX-License-Identifier: MIT */
#include "run/log/seq_window.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

static struct seq_entry *entry_of(const struct seq_window *window, uint64_t seq)
{
    return &window->ring[seq & (window->capacity_count - 1)];
}

bool seq_window_init(struct seq_window *window, uint32_t capacity_count,
                     void (*on_gap)(void *ctx, const struct seq_gap *gap), void *ctx)
{
    *window = (struct seq_window){.capacity_count = capacity_count, .on_gap = on_gap, .gap_ctx = ctx};
    window->ring = calloc(capacity_count, sizeof(*window->ring));
    return window->ring != NULL;
}

void seq_window_reset(struct seq_window *window)
{
    /* Only entries below `end` can be in use. */
    uint64_t used = window->end < window->capacity_count ? window->end : window->capacity_count;
    memset(window->ring, 0, used * sizeof(*window->ring));
    window->next = window->end = 0;
    window->given_up_count = 0;
    window->crc = window->crc_before = 0;
}

void seq_window_free(struct seq_window *window)
{
    free(window->ring);
    window->ring = NULL;
}

/* Line of number `seq`, or 0 where it is not there. */
static uint32_t line_of(const struct seq_window *window, uint64_t seq)
{
    const struct seq_entry *entry = entry_of(window, seq);
    return entry->present ? entry->line : 0;
}

/* The CRC of all texts so far with this one behind them. */
static uint32_t append_crc(struct seq_window *window, const struct seq_entry *entry)
{
    uint32_t *op;

    if (entry->bytes >= SEQ_APPEND_BYTES)
        return (uint32_t)crc32_combine(window->crc, entry->crc, entry->bytes);
    op = &window->append[entry->bytes];
    if (*op == 0)
        *op = (uint32_t)crc32_combine_gen(entry->bytes);
    return (uint32_t)crc32_combine_op(window->crc, entry->crc, *op);
}

/* Moves `next` over everything that has arrived, and the CRC with it. */
static void absorb(struct seq_window *window)
{
    while (window->next < window->end && entry_of(window, window->next)->present) {
        const struct seq_entry *entry = entry_of(window, window->next);
        window->crc_before = window->crc;
        window->crc = append_crc(window, entry);
        window->next++;
    }
}

/* Gives up the missing numbers from `next` to `limit` - 1 at most: one gap, then what follows it. */
static void give_up_gap(struct seq_window *window, uint64_t limit)
{
    struct seq_gap gap = {.first = (uint32_t)window->next};
    uint64_t seq = window->next;
    gap.line_before = seq > 0 ? line_of(window, seq - 1) : 0;
    while (seq < limit && (seq >= window->end || !entry_of(window, seq)->present)) {
        /* Beyond `end` nothing has arrived: no need to look at the rest of the gap. */
        seq = seq >= window->end ? limit : seq + 1;
    }
    gap.last = (uint32_t)(seq - 1);
    gap.line_after = seq < window->end ? line_of(window, seq) : 0;
    window->given_up_count += seq - window->next;
    window->next = seq;
    window->on_gap(window->gap_ctx, &gap);
    absorb(window);
}

void seq_window_finish(struct seq_window *window, uint64_t upto)
{
    uint64_t limit = upto > window->end ? upto : window->end;
    while (window->next < limit)
        give_up_gap(window, limit);
}

/*
 * Makes room for `seq`: half of the ring stays free for later numbers, so that late repeats of the other half are still
 * known.
 */
static void slide_to(struct seq_window *window, uint64_t seq)
{
    uint32_t ahead = window->capacity_count / 2;
    uint64_t fresh_from;

    while (seq >= window->next + ahead)
        give_up_gap(window, seq - ahead + 1);
    fresh_from = window->end;
    if (seq + 1 > fresh_from + window->capacity_count)
        fresh_from = seq + 1 - window->capacity_count;
    for (uint64_t i = fresh_from; i <= seq; i++)
        entry_of(window, i)->present = 0;
}

enum seq_status seq_window_put(struct seq_window *window, uint32_t seq, uint32_t text_crc, size_t bytes, uint64_t line)
{
    uint32_t crc;
    struct seq_entry *entry;

    if (seq + (uint64_t)window->capacity_count / 2 < window->end)
        return SEQ_TOO_LATE;
    crc = (uint32_t)crc32(text_crc, (const unsigned char *)"\n", 1);
    if (seq < window->end) {
        entry = entry_of(window, seq);
        if (entry->present)
            return entry->crc == crc && entry->bytes == bytes + 1 ? SEQ_REPEAT : SEQ_CONFLICT;
        if (seq < window->next)
            return SEQ_TOO_LATE;
    } else {
        slide_to(window, seq);
        window->end = (uint64_t)seq + 1;
    }
    entry = entry_of(window, seq);
    *entry = (struct seq_entry){crc, (uint32_t)line, (uint16_t)(bytes + 1), 1};
    absorb(window);
    return SEQ_NEW;
}
