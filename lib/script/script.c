/* SPDX-License-Identifier: MIT */
/*
 * The same code parses the text twice: the first pass checks and counts everything, the second stores it in arrays of
 * just the right size from the arena.
 */
#include "lib/script/script.h"

#include "lib/script/script_reader.h"

struct parser {
    struct script_reader reader;
    const char *file;
    struct script_errors *errors;
    struct script_statement *statements; /* NULL in the first pass */
    struct script_pair *pairs;           /* of all statements; NULL in the first pass */
    size_t statement_count;
    size_t pair_count;
};

static bool refuse(struct parser *parser, const struct script_token *token, const char *expected)
{
    script_errors_add(parser->errors, parser->file, token, expected, NULL);
    return false;
}

/* The part of a token from `from` on, `bytes` characters. */
static struct script_token part_of(const struct script_token *token, size_t from, size_t bytes)
{
    return (struct script_token){
        .text = token->text + from,
        .bytes = (uint32_t)bytes,
        .line = token->line,
        .column = token->column + (uint32_t)from,
    };
}

/* Offset of the first `=` in a token, or its length where there is none. */
static size_t find_equals(const struct script_token *token)
{
    size_t at = 0;
    while (at < token->bytes && token->text[at] != '=')
        at++;
    return at;
}

static bool keep_name(struct parser *parser, const struct script_token *word)
{
    if (find_equals(word) < word->bytes)
        return refuse(parser, word, "the name of an experiment before its first key=value");
    if (parser->statements != NULL) {
        parser->statements[parser->statement_count].name = *word;
        parser->statements[parser->statement_count].pairs = parser->pairs + parser->pair_count;
    }
    return true;
}

static bool keep_pair(struct parser *parser, const struct script_token *word)
{
    size_t equals = find_equals(word);
    if (equals == word->bytes)
        return refuse(parser, word, "key=value without blanks, or ; before the next experiment");
    if (equals == 0)
        return refuse(parser, word, "a key before the =");
    if (equals + 1 == word->bytes)
        return refuse(parser, word, "a value right after the =");
    if (parser->pairs != NULL) {
        parser->pairs[parser->pair_count].key = part_of(word, 0, equals);
        parser->pairs[parser->pair_count].value = part_of(word, equals + 1, word->bytes - equals - 1);
        parser->statements[parser->statement_count].pair_count++;
    }
    parser->pair_count++;
    return true;
}

/* Reads one statement up to its end. After its first error the rest is skipped. */
static void read_statement(struct parser *parser)
{
    struct script_reader *reader = &parser->reader;
    bool good = true;
    bool named = false;
    script_reader_skip_blanks(reader);
    while (!script_reader_at_statement_end(reader)) {
        struct script_token word;

        if (!script_reader_at_word(reader)) {
            struct script_token byte = script_reader_peek(reader, 1);
            refuse(parser, &byte, "printable ASCII text");
            script_reader_skip_line(reader);
            return;
        }
        word = script_reader_word(reader);
        if (good) {
            good = named ? keep_pair(parser, &word) : keep_name(parser, &word);
            named = true;
        }
        script_reader_skip_blanks(reader);
    }
    if (named)
        parser->statement_count++;
}

static void read_line(struct parser *parser)
{
    struct script_reader *reader = &parser->reader;
    if (script_reader_line_bytes(reader) > SCRIPT_LINE_MAX) {
        struct script_token first;

        reader->offset = reader->line_start + SCRIPT_LINE_MAX;
        first = script_reader_peek(reader, 1);
        refuse(parser, &first, "the line to end: it may have 2048 characters");
        script_reader_skip_line(reader);
        return;
    }
    read_statement(parser);
    while (!script_reader_at_line_end(reader)) {
        reader->offset++; /* over the `;` */
        read_statement(parser);
    }
}

static void read_text(struct parser *parser, const char *text, size_t bytes)
{
    parser->statement_count = 0;
    parser->pair_count = 0;
    parser->reader = script_reader_begin(text, bytes);
    read_line(parser);
    while (!script_reader_at_end(&parser->reader)) {
        script_reader_next_line(&parser->reader);
        read_line(parser);
    }
}

bool script_parse(const char *file, const char *text, size_t bytes, struct arena *arena, struct script *script,
                  struct script_errors *errors)
{
    struct parser parser = {.file = file, .errors = errors};
    struct script_token start = {.text = "", .line = 1, .column = 1};
    size_t errors_before = errors->count, statement_count;
    *script = (struct script){.file = file};
    if (bytes > SCRIPT_TEXT_MAX)
        return refuse(&parser, &start, "a script of at most 1 MiB");
    read_text(&parser, text, bytes);
    if (errors->count != errors_before)
        return false;
    if (parser.statement_count == 0)
        return refuse(&parser, &start, "at least one statement");
    statement_count = parser.statement_count;
    parser.statements = arena_alloc(arena, statement_count, sizeof(*parser.statements));
    parser.pairs = arena_alloc(arena, parser.pair_count, sizeof(*parser.pairs));
    if (parser.statements == NULL || parser.pairs == NULL)
        return refuse(&parser, &start, "a shorter script: there is no memory for this one");
    read_text(&parser, text, bytes);
    script->statements = parser.statements;
    script->statement_count = statement_count;
    return true;
}
