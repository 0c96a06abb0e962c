/* SPDX-License-Identifier: MIT */
/* Good scripts made bad: a character lost, changed or put in, a word twice or gone, a value out of its range. */
#include <stdio.h>
#include <string.h>

#include "tests/campaign/draw.h"

/* Puts `text` in the place of `bytes` characters at `at`. */
static bool replace(char *script, size_t at, size_t bytes, const char *text)
{
    size_t length = strlen(script), more = strlen(text);

    if (length - bytes + more >= DRAW_SCRIPT_BYTES)
        return false;
    memmove(script + at + more, script + at + bytes, length - at - bytes + 1);
    memcpy(script + at, text, more);
    return true;
}

/* The place behind a '=' of the script; 0: it has none. */
static size_t value_at(struct draw *draw, const char *script)
{
    size_t count = 0, chosen;

    for (const char *c = script; *c; c++)
        count += *c == '=';
    if (!count)
        return 0;
    chosen = prng_below(&draw->prng, count);
    for (const char *c = script;; c++)
        if (*c == '=' && !chosen--)
            return (size_t)(c - script) + 1;
}

static bool spoil_value(struct draw *draw, char *script)
{
    static const char *const values[] = {
        "",      "x",       "-1",      "99999999999999999999", "0x",     "1.5",          "3sec", "1ns..2ns/log0",
        "5us..", "1,2,3,,", "yes,yes", "uniform:2us..1us",     "mwait:", "0xfffffffff",  "50",   "1us..10ms/log2000",
        "self:", "1e9",     "10m",     "18446744073709551616", "c01",    "log:0us..0us", "=",    "1us..10ms/cubic3",
    };
    size_t at = value_at(draw, script);

    return at && replace(script, at, strcspn(script + at, " ;\n"), DRAW_ONE_OF(draw, values));
}

static bool spoil_character(struct draw *draw, char *script)
{
    static const char characters[] = "abcxyz019_=.,:;/#-+*%&@!?<>()[]{}~^|$'`\\\t ";
    size_t at = prng_below(&draw->prng, strlen(script));
    char text[2] = {characters[prng_below(&draw->prng, sizeof(characters) - 1)], '\0'};

    if (draw->script_in_words && strchr(draw->through_grub ? "\\\t $" : "\\\t", text[0]))
        return false;
    return replace(script, at, prng_below(&draw->prng, 2), draw_once_in(draw, 3) ? "" : text);
}

/* A key that stands there already, or one of no experiment. */
static bool spoil_key(struct draw *draw, char *script)
{
    static const char *const keys[] = {
        " nosuch=1", " samples=1 samples=1", " budget", " =5", " idle=hlt idle=hlt", " by", " x=y=z"};

    return replace(script, strcspn(script, ";\n"), 0, DRAW_ONE_OF(draw, keys));
}

static bool spoil_name(struct draw *draw, char *script)
{
    static const char *const names[] = {"wkae", "Wake", "wake_", "smoke", "9", "script", "survey survey", "idle=hlt"};

    return replace(script, 0, strcspn(script, " ;\n"), DRAW_ONE_OF(draw, names));
}

/* Bytes that no script on a command line may have. */
static bool spoil_file(struct draw *draw, char *script)
{
    static const char *const texts[] = {"\"", "\\", "\x01",         "\x80",    "\xff\xfe",
                                        "\v", "\r", "\xef\xbb\xbf", "\x1b[2J", "\n\n\n=\n"};

    return !draw->script_in_words &&
           replace(script, prng_below(&draw->prng, strlen(script) + 1), 0, DRAW_ONE_OF(draw, texts));
}

bool draw_spoil(struct draw *draw, char *script)
{
    static bool (*const ways[])(struct draw * draw, char *script) = {
        spoil_value, spoil_value, spoil_character, spoil_character, spoil_key, spoil_name, spoil_file};

    return script[0] && ways[prng_below(&draw->prng, sizeof(ways) / sizeof(ways[0]))](draw, script);
}
