/* SPDX-License-Identifier: MIT */
/*
 * The log kept in memory as it is made, so that a program behind a warm restart can find it: several copies, each a row
 * of blocks that say by themselves what they are.
 *
 * A block begins on 64 KiB: a head, then text. A line is first in the text of a block and then in its head, and one
 * copy is written after the other; wherever the machine stops, all but one copy are whole. Pure; one CPU.
 */
#ifndef LAB_LIB_KEPT_KEPT_H
#define LAB_LIB_KEPT_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEPT_BLOCK_BYTES = 64 * 1024,
    KEPT_HEAD_BYTES = 64,
    KEPT_TEXT_BYTES = KEPT_BLOCK_BYTES - KEPT_HEAD_BYTES,
    KEPT_BLOCKS_MAX = 128, /* of a copy: 8 MiB */
    KEPT_COPIES_MAX = 3,
};

#define KEPT_MAGIC "IDLELAB-KEPT-1\n" /* with its NUL 16 bytes */

enum kept_flag {
    KEPT_ENDED = 1,   /* the run has ended: no block follows */
    KEPT_FULL = 2,    /* the log goes on, but there was no more room for it */
    KEPT_LAST = 4,    /* ended, and no other boot follows by itself */
    KEPT_GOES_ON = 8, /* from the beginning on: another boot of a series follows, unless KEPT_LAST says no */
};

struct kept_head {
    char magic[16];
    uint64_t run;
    uint32_t index; /* of this block in the log, from 0 */
    uint32_t bytes; /* of its text */
    uint32_t text_crc;
    uint32_t flags; /* enum kept_flag */
    uint32_t reserved[5];
    uint32_t head_crc; /* of all before it */
};

_Static_assert(sizeof(struct kept_head) == KEPT_HEAD_BYTES, "the text stands behind it");

struct kept {
    uint8_t *copies[KEPT_COPIES_MAX]; /* each block_count blocks, on KEPT_BLOCK_BYTES */
    uint32_t copy_count;
    uint32_t block_count;
    uint64_t run;
    uint32_t index, used, crc; /* of the block that is written */
    uint32_t flags;
    void (*store)(const void *at, size_t bytes); /* makes what was written there survive a reset; NULL: nothing to do */
};

/*
 * Begins a log: whatever log the places held is gone. copies, copy_count, block_count and store are set. `goes_on`:
 * another boot of a series is to follow this one.
 */
void kept_begin(struct kept *kept, uint64_t run, bool goes_on);

/* Adds text, as much as fits. */
void kept_add(struct kept *kept, const char *text, size_t bytes);

/* The run has ended. `goes_on`: the machine restarts for the next boot of a series. */
void kept_end(struct kept *kept, bool goes_on);

/* Bytes of text so far. */
uint64_t kept_bytes(const struct kept *kept);

/* Copies the line at *offset, cut to bytes - 1 and NUL-terminated, without its newline; *offset moves behind it. False:
 * there is none. */
bool kept_line(const struct kept *kept, uint64_t *offset, char *line, size_t bytes);

/* A log on its way back: the best block of each index that was seen. */
struct kept_found {
    bool any;
    uint64_t run;
    uint32_t count; /* of blocks, those missing included */
    uint32_t flags;
    uint32_t damaged;                       /* blocks that began as ours and were not whole */
    uint32_t others;                        /* whole blocks of other runs */
    const uint8_t *blocks[KEPT_BLOCKS_MAX]; /* NULL: none is whole */
};

/* True where the next boot of a series waits for this log to be saved, whether the run came to its end or not. */
bool kept_goes_on(const struct kept_found *found);

/* Looks at one block, KEPT_BLOCK_BYTES of memory that may hold anything. */
void kept_look(struct kept_found *found, const void *block);

/*
 * Gives the text of the log, piece by piece, in order. What is missing is said in lines of its own that begin with
 * "# idlelab:". Returns how many bytes are missing, as far as that is known; 0: the log is as it was written. False
 * from `write` ends it.
 */
uint64_t kept_text(const struct kept_found *found, bool (*write)(void *context, const char *text, size_t bytes),
                   void *context);

#endif /* LAB_LIB_KEPT_KEPT_H */
