/* SPDX-License-Identifier: MIT */
#include "run/log/parts.h"

#include <inttypes.h>
#include <string.h>

void log_damage_tell(struct log_reader *reader)
{
    const struct log_held *held = &reader->held;
    const struct log_item *item = &held->item;
    if (!held->is)
        return;
    reader->held.is = false;
    reader->counts.damaged++;
    if (item->crc_differs)
        log_reader_complain(reader, LOG_PROBLEM_DAMAGED, held->line, held->bad_column,
                            "expected CRC %0*x, found %0*x: the text from column %" PRIu64 " on is damaged",
                            item->number ? 4 : 8, item->crc_computed, item->number ? 4 : 8, item->crc_found,
                            held->column);
    else
        log_reader_complain(reader, LOG_PROBLEM_DAMAGED, held->line, held->bad_column, "expected %s", item->expected);
}

void log_damage_hold(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column,
                     uint64_t bad_column)
{
    log_damage_tell(reader);
    reader->held =
        (struct log_held){.is = true, .line = line, .column = column, .bad_column = bad_column, .item = *item};
}

void log_damage_next(struct log_reader *reader, const struct log_item *item, uint64_t line)
{
    if (log_join_is(item))
        reader->held.is = false;
    else if (reader->held.line != line)
        log_damage_tell(reader);
}

void log_damage_torn(struct log_reader *reader, const char *text, size_t bytes)
{
    struct log_held *held = &reader->held;

    if (bytes > sizeof(held->torn))
        return;
    memcpy(held->torn, text, bytes);
    held->torn_bytes = bytes;
}

void log_damage_line(struct log_reader *reader, const char *text, size_t bytes, uint64_t line)
{
    struct log_held *held = &reader->held;

    if (held->is && held->torn_bytes && held->line + 1 == line && bytes > held->torn_bytes &&
        memcmp(text, held->torn, held->torn_bytes) == 0)
        held->is = false;
}
