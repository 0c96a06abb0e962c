/* SPDX-License-Identifier: MIT */
/*
 * The grammar of one line of a log (docs/record-format.md): finds the frame lines, records and verdicts in it, says at
 * which column a damaged one goes wrong and what was expected there. Keeps no state; any context.
 *
 * A line that lost its newline holds several items, and one that another writer broke into holds an item after junk: so
 * a line is searched item by item, not matched as a whole. Launcher and host tool read with the same strictness;
 * run/log/reader.h says what each makes of the items.
 */
#ifndef LAB_LIB_RECORD_RECORD_LINE_H
#define LAB_LIB_RECORD_RECORD_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crc.h"
#include "lib/record/record.h"

enum { LOG_RUN_ID_CHARS = 16 };

enum log_item_kind {
    LOG_ITEM_NONE,    /* nothing more on this line */
    LOG_ITEM_RECORD,  /* "# IL ..." with a CRC that agrees */
    LOG_ITEM_HOST,    /* "# IH ..." with a CRC that agrees: filled as a record */
    LOG_ITEM_BEGIN,   /* IDLELAB-BEGIN */
    LOG_ITEM_END,     /* IDLELAB-END */
    LOG_ITEM_VERSION, /* "KTAP version 1" */
    LOG_ITEM_PLAN,    /* "1..N" */
    LOG_ITEM_VERDICT, /* "ok"/"not ok" with a CRC-16 that agrees */
    LOG_ITEM_DAMAGED, /* begins like one of these and is damaged */
};

/* One item. Pointers point into the line that was given. */
struct log_item {
    enum log_item_kind kind;
    size_t at;    /* offset of its first character */
    size_t after; /* offset of the first character behind it */
    /* Record. */
    uint32_t seq;
    const char *text; /* "<seq> <json>", what the CRC covers */
    size_t text_bytes;
    const char *json;
    size_t json_bytes;
    /* Frame. */
    char run_id[LOG_RUN_ID_CHARS + 1];
    uint64_t format; /* BEGIN: fmt= */
    enum record_result result;
    /* Verdicts. `number` is also the N of a plan. */
    bool ok, skip;
    uint64_t number;
    const char *name;
    size_t name_bytes;
    const char *detail; /* what stands after "# ": metric, or the reason of a skip */
    size_t detail_bytes;
    uint32_t crc_computed; /* of the text (CRC-32, a verdict: CRC-16); of a damaged one, what it should be */
    /* Damage. */
    size_t bad_at;        /* offset of the first character that is wrong */
    const char *expected; /* what should stand there */
    uint32_t crc_found;
    bool crc_differs; /* the form is right and only the CRC is not */
};

/* Finds the first item of text[from..bytes), one line without its newline, and fills *item. */
void record_line_next(const char *text, size_t bytes, size_t from, crc32_function *crc32, struct log_item *item);

#endif
