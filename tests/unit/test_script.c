/* SPDX-License-Identifier: MIT */
/* lib/script/script and script_error: statements with their places, and each error at its place. */
#include "lib/script/script.h"
#include "tests/unit/tap.h"

struct parsed {
    struct script script;
    struct script_errors errors;
    bool good;
    _Alignas(16) unsigned char memory[1 << 16];
};

static struct parsed *parse(struct parsed *parsed, const char *text, size_t bytes)
{
    struct arena arena;
    arena_init(&arena, parsed->memory, sizeof(parsed->memory));
    script_errors_init(&parsed->errors);
    parsed->good = script_parse("f.lab", text, bytes, &arena, &parsed->script, &parsed->errors);
    return parsed;
}

static void check_token(const struct script_token *token, const char *text, unsigned line, unsigned column)
{
    TAP_OK(token->bytes == strlen(text) && memcmp(token->text, text, token->bytes) == 0, text);
    TAP_INT(token->line, line, "its line");
    TAP_INT(token->column, column, "its column");
}

static void check_error_bytes(const char *text, size_t bytes, const char *want)
{
    static struct parsed parsed;
    char line[SCRIPT_ERROR_LINE_BYTES] = "no error";
    parse(&parsed, text, bytes);
    TAP_OK(!parsed.good && parsed.errors.count == 1, "one error");
    if (parsed.errors.count > 0)
        script_error_write(&parsed.errors.at[0], line, sizeof(line));
    TAP_STR(line, want, "the error as one line");
}

static void check_error(const char *text, const char *want)
{
    check_error_bytes(text, strlen(text), want);
}

static void test_places(void)
{
    static struct parsed parsed;
    const char *text = "# first\n\n\twake\tidle=hlt,mwait:0x20 by=timer # why; not\r\n"
                       "cost insn=pause;noise ;; survey\rlast a=b=c";
    const struct script_statement *statements;

    parse(&parsed, text, strlen(text));
    TAP_OK(parsed.good, "the script is good");
    TAP_INT(parsed.script.statement_count, 5, "five statements");
    if (!parsed.good || parsed.script.statement_count != 5)
        return;
    statements = parsed.script.statements;
    check_token(&statements[0].name, "wake", 3, 2);
    TAP_INT(statements[0].pair_count, 2, "two pairs");
    check_token(&statements[0].pairs[0].key, "idle", 3, 7);
    check_token(&statements[0].pairs[0].value, "hlt,mwait:0x20", 3, 12);
    check_token(&statements[0].pairs[1].key, "by", 3, 27);
    check_token(&statements[1].name, "cost", 4, 1);
    check_token(&statements[1].pairs[0].value, "pause", 4, 11);
    check_token(&statements[2].name, "noise", 4, 17);
    TAP_INT(statements[2].pair_count, 0, "no pair");
    check_token(&statements[3].name, "survey", 4, 26);
    check_token(&statements[4].name, "last", 5, 1);
    check_token(&statements[4].pairs[0].key, "a", 5, 6);
    check_token(&statements[4].pairs[0].value, "b=c", 5, 8);
    TAP_STR(parsed.script.file, "f.lab", "the file's name is kept");
}

static void test_accepted(void)
{
    static struct parsed parsed;
    static char line[SCRIPT_LINE_MAX + 2];
    const char *marked = "\xef\xbb\xbfwake";
    const char *comment;

    parse(&parsed, marked, strlen(marked));
    TAP_OK(parsed.good, "a byte order mark is accepted");
    if (parsed.good)
        check_token(&parsed.script.statements[0].name, "wake", 1, 1);
    comment = "wake # 50 \xc2\xb5s";
    TAP_OK(parse(&parsed, comment, strlen(comment))->good, "UTF-8 is accepted in a comment");
    memset(line, ' ', sizeof(line));
    memcpy(line, "wake", 4);
    TAP_OK(parse(&parsed, line, SCRIPT_LINE_MAX)->good, "a line of the greatest length");
    TAP_OK(!parse(&parsed, line, SCRIPT_LINE_MAX + 1)->good, "a line of one more is refused");
}

static void test_errors(void)
{
    static char line[SCRIPT_LINE_MAX + 10];
    check_error("", "f.lab:1:1: found nothing, expected at least one statement");
    check_error("# only this\n;\n", "f.lab:1:1: found nothing, expected at least one statement");
    check_error("noise\nwake hlt", "f.lab:2:6: found 'hlt', expected key=value without blanks, "
                                   "or ; before the next experiment");
    check_error("wake idle = hlt", "f.lab:1:6: found 'idle', expected key=value without blanks, "
                                   "or ; before the next experiment");
    check_error("wake =hlt", "f.lab:1:6: found '=hlt', expected a key before the =");
    check_error("wake idle= by=timer", "f.lab:1:6: found 'idle=', expected a value right after the =");
    check_error("\n\n idle=hlt", "f.lab:3:2: found 'idle=hlt', expected the name of an experiment "
                                 "before its first key=value");
    check_error("wake idle=h\xc3\xa4lt", "f.lab:1:12: found '\\xc3', expected printable ASCII text");
    check_error("\xff\xfew", "f.lab:1:1: found '\\xff', expected printable ASCII text");
    check_error_bytes("wake\n\x00x", 7, "f.lab:2:1: found '\\x00', expected printable ASCII text");
    check_error_bytes("# a\x00z\nwake", 10, "f.lab:1:4: found '\\x00', expected printable ASCII text");
    memset(line, 'x', sizeof(line));
    check_error_bytes(line, sizeof(line),
                      "f.lab:1:2049: found 'x', expected the line to end: "
                      "it may have 2048 characters");
}

static void test_many_errors(void)
{
    static struct parsed parsed;
    const char *text = "a x; b x; c x; d x; e x\nf x y z; g x; h x; i x; good k=v";
    parse(&parsed, text, strlen(text));
    TAP_INT(parsed.errors.count, 9, "one error a statement, all counted");
    TAP_INT(parsed.errors.kept, SCRIPT_ERRORS_MAX, "eight are kept");
    TAP_INT(parsed.errors.at[5].line, 2, "the sixth is on line 2");
    TAP_INT(parsed.errors.at[5].column, 3, "at column 3");
    TAP_INT(parsed.script.statement_count, 0, "a bad script is empty");
}

static void test_small_memory(void)
{
    struct script script;
    static struct script_errors errors;
    _Alignas(16) unsigned char memory[64];
    struct arena arena;
    arena_init(&arena, memory, sizeof(memory));
    script_errors_init(&errors);
    TAP_OK(!script_parse("s", "a k=v; b k=v", 12, &arena, &script, &errors), "no memory");
    TAP_STR(errors.at[0].expected, "a shorter script: there is no memory for this one", "and it says so");
    script_errors_init(&errors);
    TAP_OK(!script_parse("s", NULL, SCRIPT_TEXT_MAX + 1, &arena, &script, &errors),
           "a text over 1 MiB is not even read");
}

static void test_error_text(void)
{
    static struct script_errors errors;
    char line[SCRIPT_ERROR_LINE_BYTES];
    char small[16];
    struct script_token token = {"idel", 4, 3, 12};
    struct script_error *error;
    size_t bytes;
    char wide[100];

    script_errors_init(&errors);
    error = script_errors_add(&errors, "script", &token, "one of idle, by, from", "idle");
    bytes = script_error_write(error, line, sizeof(line));
    TAP_STR(line, "script:3:12: found 'idel', expected one of idle, by, from; did you mean 'idle'?",
            "an error as one line");
    TAP_INT(bytes, strlen(line), "its length");
    TAP_INT(script_error_write(error, small, sizeof(small)), 15, "cut to the buffer");
    TAP_STR(small, "script:3:12: fo", "the cut text ends in NUL");
    memset(wide, 'w', sizeof(wide));
    token = (struct script_token){wide, sizeof(wide), 1, 1};
    error = script_errors_add(&errors, "script", &token, "x", NULL);
    TAP_INT(strlen(error->found), SCRIPT_FOUND_BYTES - 1, "a long word is cut");
    TAP_STR(error->found + SCRIPT_FOUND_BYTES - 5, "w...", "and shows it");
}

int main(void)
{
    test_places();
    test_accepted();
    test_errors();
    test_many_errors();
    test_small_memory();
    test_error_text();
    return tap_done();
}
