/* SPDX-License-Identifier: MIT */
/*
 * Damages a log on purpose, and says independently of the log reader what is left of it.
 *
 *   damage MODE RATE_PPM SEED < LOG > DAMAGED     MODE: drop flip dup crlf crcrlf interleave joins lines mixed
 *   damage count ORIGINAL DAMAGED                 prints "<unique records> <of them intact in DAMAGED>"
 * A record is intact where all its characters, "# IL" to the last CRC digit, stand together.
 */
#define _GNU_SOURCE /* memmem */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prng.h"

#define PPM              1000000
#define RECORD_CHARS_MIN 20
static const char OTHER_WRITER[] = "[   12.345678] usb 1-1: another writer\r\n";

struct text {
    char *data;
    size_t bytes;
};

static struct text read_stream(FILE *in)
{
    struct text text = {0};
    size_t room = 0, n = 1;
    while (n > 0) {
        if (text.bytes + 65536 > room) {
            room = room * 2 + 65536;
            text.data = realloc(text.data, room);
            if (!text.data)
                exit(2);
        }
        n = fread(text.data + text.bytes, 1, 65536, in);
        text.bytes += n;
    }
    return text;
}

static struct text read_file(const char *name)
{
    FILE *in = fopen(name, "rb");
    struct text text;

    if (!in)
        exit(2);
    text = read_stream(in);
    fclose(in);
    return text;
}

/*
 * One bit wrong. L never becomes H: the CRC does not cover the mark, so a record of the lab with that bit of "# IL"
 * wrong would be one of the host.
 */
static char flipped(char c, struct prng *prng)
{
    char other = (char)(c ^ (1 << prng_below(prng, 8)));
    return c == 'L' && other == 'H' ? c : other;
}

/* One character and what happens to it. `joins` flips, and drops one newline in four. */
static void put_damaged(const char *mode, char c, struct prng *prng, bool hit)
{
    if (strcmp(mode, "mixed") == 0) {
        static const char *const modes[] = {"drop", "flip", "dup", "interleave"};
        mode = modes[prng_below(prng, 4)];
    }
    if (c == '\n' && strcmp(mode, "crlf") == 0)
        fputs("\r\n", stdout);
    else if (c == '\n' && strcmp(mode, "crcrlf") == 0)
        fputs("\r\r\n", stdout);
    else if (c == '\n' && strcmp(mode, "joins") == 0 && prng_below(prng, 4) == 0)
        return;
    else if (!hit)
        putchar(c);
    else if (strcmp(mode, "flip") == 0 || strcmp(mode, "joins") == 0)
        putchar(flipped(c, prng));
    else if (strcmp(mode, "dup") == 0)
        printf("%c%c", c, c);
    else if (strcmp(mode, "interleave") == 0)
        printf("%s%c", OTHER_WRITER, c);
    else if (strcmp(mode, "drop") != 0)
        putchar(c);
}

/* Whole lines that go missing or come twice. */
static void damage_lines(const struct text *text, uint64_t rate, struct prng *prng)
{
    for (size_t i = 0; i < text->bytes;) {
        const char *end = memchr(text->data + i, '\n', text->bytes - i);
        size_t n = end ? (size_t)(end - text->data) - i + 1 : text->bytes - i;
        uint64_t copies = prng_below(prng, PPM) < rate * 100 ? 2 * prng_below(prng, 2) : 1;
        while (copies-- > 0)
            fwrite(text->data + i, 1, n, stdout);
        i += n;
    }
}

static int damage(const char *mode, uint64_t rate, uint64_t seed)
{
    struct text text = read_stream(stdin);
    struct prng prng;
    prng_seed(&prng, seed);
    if (strcmp(mode, "lines") == 0)
        damage_lines(&text, rate, &prng);
    else
        for (size_t i = 0; i < text.bytes; i++)
            put_damaged(mode, text.data[i], &prng, prng_below(&prng, PPM) < rate);
    free(text.data);
    return 0;
}

/* Every different record line of the original, looked for as it stands. */
static int count(const char *original_name, const char *damaged_name)
{
    struct text original = read_file(original_name), damaged = read_file(damaged_name);
    uint64_t unique = 0, intact = 0;
    for (size_t i = 0; i < original.bytes;) {
        char *line = original.data + i;
        char *end = memchr(line, '\n', original.bytes - i);
        size_t n = end ? (size_t)(end - line) : original.bytes - i;
        bool is_record = n > RECORD_CHARS_MIN && memcmp(line, "# IL ", 5) == 0;
        /* A second copy has been counted with the first. */
        if (is_record && !memmem(original.data, i, line, n)) {
            unique++;
            intact += memmem(damaged.data, damaged.bytes, line, n) != NULL;
        }
        i += n + 1;
    }
    printf("%" PRIu64 " %" PRIu64 "\n", unique, intact);
    free(original.data);
    free(damaged.data);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "count") == 0)
        return count(argv[2], argv[3]);
    if (argc == 4)
        return damage(argv[1], strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    fputs("usage: damage MODE RATE_PPM SEED | damage count ORIGINAL DAMAGED\n", stderr);
    return 2;
}
