/* SPDX-License-Identifier: MIT */
/*
 * Which sequence numbers of a run have arrived, in bounded memory, and the CRC-32 over their texts in order although
 * repeats arrive late (docs/record-format.md, sections 1 and 3). Host only.
 *
 * A ring of `capacity` entries covers the numbers around the first one that is missing. When a record arrives so far
 * ahead that the ring cannot hold it, the oldest missing numbers are given up: they are counted as lost, and a repeat
 * of one of them that comes later is not taken.
 */
#ifndef LAB_RUN_LOG_SEQ_WINDOW_H
#define LAB_RUN_LOG_SEQ_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries of the ring that the tools use: 12 MiB, and repeats that come 2^20 records late are taken. */
#define SEQ_WINDOW_DEFAULT_COUNT (1U << 20)

/* Texts shorter than this have an operator of their own; all texts of the format are shorter. */
#define SEQ_APPEND_BYTES 256

enum seq_status {
    SEQ_NEW,      /* first intact copy */
    SEQ_REPEAT,   /* the same number with the same text */
    SEQ_CONFLICT, /* the same number with another text */
    SEQ_TOO_LATE, /* given up, or left the ring, before it came */
};

/* One arrived record. */
struct seq_entry {
    uint32_t crc;     /* CRC-32 of its text and the LF after it */
    uint32_t line;    /* line number of the first copy, modulo 2^32 */
    uint16_t bytes;   /* length of its text and the LF */
    uint16_t present; /* 1 when it has arrived */
};

/* One run of missing numbers, for the report. */
struct seq_gap {
    uint32_t first, last;             /* both missing, and all between */
    uint32_t line_before, line_after; /* where their neighbours stand; 0 is unknown */
};

struct seq_window {
    struct seq_entry *ring;
    uint32_t capacity_count; /* a power of two */
    uint64_t next;           /* first number that has neither arrived nor been given up */
    uint64_t end;            /* one past the highest number that arrived */
    uint64_t given_up_count; /* missing numbers below `next` */
    uint32_t crc;            /* over all texts below `next`; meaningless once any was given up */
    uint32_t crc_before;     /* the same without the text of number `next` - 1 */
    /* zlib's operators that append a text of each length to a CRC; 0 where none was needed yet. */
    uint32_t append[SEQ_APPEND_BYTES];
    /* Called for numbers that are given up. */
    void (*on_gap)(void *ctx, const struct seq_gap *gap);
    void *gap_ctx;
};

/* Makes an empty window. `capacity_count` is a power of two from 16 to 2^24. Returns false without memory. */
bool seq_window_init(struct seq_window *window, uint32_t capacity_count,
                     void (*on_gap)(void *ctx, const struct seq_gap *gap), void *ctx);

/* Forgets everything: the next run begins at 0. */
void seq_window_reset(struct seq_window *window);

/* Frees the ring. */
void seq_window_free(struct seq_window *window);

/* Takes record `seq`, found on line `line`, whose text has `bytes` bytes (at most 65534) and this CRC-32. */
enum seq_status seq_window_put(struct seq_window *window, uint32_t seq, uint32_t text_crc, size_t bytes, uint64_t line);

/*
 * Reports every number below `end` that is still missing to on_gap and gives it up. `upto` may be larger than `end`:
 * then the numbers up to it are missing too.
 */
void seq_window_finish(struct seq_window *window, uint64_t upto);

#endif
