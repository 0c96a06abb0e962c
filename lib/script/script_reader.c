/* SPDX-License-Identifier: MIT */
#include "lib/script/script_reader.h"

#include "lib/cstring.h"

static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

static bool is_line_end(char character)
{
    return character == '\n' || character == '\r';
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static bool is_control(char character)
{
    unsigned char byte = (unsigned char)character;
    return (byte < 0x20 && !is_blank(character) && !is_line_end(character)) || byte == 0x7f;
}

static bool is_word(char character)
{
    unsigned char byte = (unsigned char)character;
    return byte > 0x20 && byte < 0x7f && character != ';' && character != '#';
}

static char next(const struct script_reader *reader)
{
    return reader->text[reader->offset];
}

struct script_reader script_reader_begin(const char *text, size_t bytes)
{
    struct script_reader reader = {.text = text, .bytes = bytes, .line = 1};
    size_t mark_bytes = sizeof(BYTE_ORDER_MARK) - 1;
    if (bytes >= mark_bytes && memcmp(text, BYTE_ORDER_MARK, mark_bytes) == 0) {
        reader.offset = mark_bytes;
        reader.line_start = mark_bytes;
    }
    return reader;
}

bool script_reader_at_end(const struct script_reader *reader)
{
    return reader->offset >= reader->bytes;
}

bool script_reader_at_line_end(const struct script_reader *reader)
{
    return script_reader_at_end(reader) || is_line_end(next(reader));
}

bool script_reader_at_statement_end(const struct script_reader *reader)
{
    return script_reader_at_line_end(reader) || next(reader) == ';';
}

bool script_reader_at_word(const struct script_reader *reader)
{
    return !script_reader_at_end(reader) && is_word(next(reader));
}

void script_reader_skip_blanks(struct script_reader *reader)
{
    while (!script_reader_at_end(reader) && is_blank(next(reader)))
        reader->offset++;
    if (script_reader_at_end(reader) || next(reader) != '#')
        return;
    while (!script_reader_at_line_end(reader) && !is_control(next(reader)))
        reader->offset++;
}

void script_reader_skip_line(struct script_reader *reader)
{
    while (!script_reader_at_line_end(reader))
        reader->offset++;
}

void script_reader_next_line(struct script_reader *reader)
{
    bool carriage_return = next(reader) == '\r';
    reader->offset++;
    if (carriage_return && !script_reader_at_end(reader) && next(reader) == '\n')
        reader->offset++;
    reader->line++;
    reader->line_start = reader->offset;
}

struct script_token script_reader_peek(const struct script_reader *reader, size_t bytes)
{
    return (struct script_token){
        .text = reader->text + reader->offset,
        .bytes = (uint32_t)bytes,
        .line = reader->line,
        .column = (uint32_t)(reader->offset - reader->line_start) + 1,
    };
}

struct script_token script_reader_word(struct script_reader *reader)
{
    size_t end = reader->offset;
    struct script_token word;

    while (end < reader->bytes && is_word(reader->text[end]))
        end++;
    word = script_reader_peek(reader, end - reader->offset);
    reader->offset = end;
    return word;
}

size_t script_reader_line_bytes(const struct script_reader *reader)
{
    size_t end = reader->line_start;
    while (end < reader->bytes && !is_line_end(reader->text[end]))
        end++;
    return end - reader->line_start;
}
