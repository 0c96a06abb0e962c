/* SPDX-License-Identifier: MIT */
/*
 * Fills the parts of a page that the image's descriptors know (`make docs`), and checks script lines.
 *
 *   fill IMAGE PAGE       writes the page to stdout, its parts made anew
 *   fill IMAGE --scripts  reads `PLACE<tab>SCRIPT` lines, prints the places whose script is wrong
 *
 * A part stands between `<!-- generated: NAME ARGUMENTS` and `<!-- end -->`. Of a table the first columns are made; the
 * header and the columns behind them are the writer's and are kept, row by row, by the first cell. The lines of a
 * marker that is longer than one line are scripts whose messages are shown. Exit code: 0; 1 where a row has no words
 * yet or a script is wrong; 2 where a part is unknown.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/plan/image.h"
#include "tests/docs/plans.h"
#include "tests/docs/tables.h"

enum {
    LINES_MAX = 300,
    LINE_BYTES = 8192,
};

struct part {
    struct table_sink sink;
    const char *page;
    const char *name;
    char *old[LINES_MAX];
    size_t old_count;
    bool has_table; /* the header is out */
    bool lacks_words;
};

/* Begin and end of cell `index` of a table's line; false: there are fewer. */
static bool find_cell(const char *line, size_t index, const char **begin, const char **end)
{
    if (*line != '|')
        return false;
    for (size_t i = 0; *line == '|'; i++) {
        const char *from = ++line;

        while (*line && !(*line == '|' && line[-1] != '\\'))
            line++;
        if (*line != '|')
            return false;
        if (i < index)
            continue;
        while (*from == ' ')
            from++;
        while (line > from && line[-1] == ' ')
            line--;
        *begin = from;
        *end = line;
        return true;
    }
    return false;
}

static const char *old_row(const struct part *part, const char *first)
{
    const char *begin, *end;

    for (size_t i = 2; i < part->old_count; i++)
        if (find_cell(part->old[i], 0, &begin, &end) && (size_t)(end - begin) == strlen(first) &&
            !memcmp(begin, first, strlen(first)))
            return part->old[i];
    return NULL;
}

static void put_row(struct table_sink *sink, const struct table_row *row)
{
    struct part *part = (struct part *)sink;
    const char *old = old_row(part, row->cells[0]), *begin, *end;

    for (size_t i = 0; !part->has_table && i < 2 && i < part->old_count; i++)
        puts(part->old[i]);
    part->has_table = true;
    putchar('|');
    for (size_t i = 0; i < row->count; i++)
        printf(" %s%s|", row->cells[i], *row->cells[i] ? " " : "");
    for (size_t i = row->count; part->old_count && find_cell(part->old[0], i, &begin, &end); i++) {
        bool is_there = old && find_cell(old, i, &begin, &end) && end > begin;

        if (is_there)
            printf(" %.*s |", (int)(end - begin), begin);
        else
            fputs(" |", stdout);
        if (is_there || i > row->count)
            continue;
        fprintf(stderr, "%s: %s: %s has no words\n", part->page, part->name, row->cells[0]);
        part->lacks_words = true;
    }
    putchar('\n');
}

static void put_line(struct table_sink *sink, const char *line)
{
    (void)sink;
    puts(line);
}

static char *read_line(FILE *stream)
{
    static char line[LINE_BYTES];

    if (!fgets(line, sizeof(line), stream))
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* Reads up to a line that is `stop`, into `lines`. */
static size_t read_until(FILE *stream, const char *stop, char **lines)
{
    size_t count = 0;
    char *line;

    while ((line = read_line(stream)) && strcmp(line, stop) && count < LINES_MAX)
        lines[count++] = strdup(line);
    return count;
}

static int fill_part(FILE *stream, const char *page, char *name)
{
    struct part part = {.sink = {put_row, put_line}, .page = page, .name = name};
    char *script[LINES_MAX];
    size_t script_count = 0;
    size_t bytes = strlen(name);

    if (bytes > 4 && !strcmp(name + bytes - 4, " -->")) {
        name[bytes - 4] = '\0';
    } else {
        script_count = read_until(stream, "-->", script);
        for (size_t i = 0; i < script_count; i++)
            puts(script[i]);
        puts("-->");
    }
    part.old_count = read_until(stream, "<!-- end -->", part.old);
    if (!tables_part(name, &part.sink, (const char *const *)script, script_count)) {
        fprintf(stderr, "%s: no such part, or a script of it that is right: %s\n", page, name);
        return 2;
    }
    puts("<!-- end -->");
    return part.lacks_words;
}

static int fill_page(const char *page)
{
    static const char marker[] = "<!-- generated: ";
    FILE *stream = fopen(page, "r");
    int status = 0;
    char *line;

    if (!stream) {
        perror(page);
        return 2;
    }
    while ((line = read_line(stream))) {
        int of_part = 0;

        puts(line);
        if (!strncmp(line, marker, sizeof(marker) - 1)) {
            char *name = strdup(line + sizeof(marker) - 1);

            of_part = fill_part(stream, page, name);
            free(name);
        }
        status = of_part > status ? of_part : status;
    }
    fclose(stream);
    return status;
}

static int check_scripts(void)
{
    int status = 0;
    char *line;

    while ((line = read_line(stdin))) {
        char message[SCRIPT_ERROR_LINE_BYTES];
        char *script = strchr(line, '\t');

        if (!script || plans_check(script + 1, NULL, message))
            continue;
        printf("%.*s: %s: %s\n", (int)(script - line), line, script + 1, message);
        status = 1;
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *why;

    if (argc != 3) {
        fputs("usage: fill IMAGE PAGE | fill IMAGE --scripts\n", stderr);
        return 2;
    }
    why = image_load(argv[1]);
    if (why) {
        fprintf(stderr, "fill: %s: %s\n", argv[1], why);
        return 2;
    }
    return strcmp(argv[2], "--scripts") ? fill_page(argv[2]) : check_scripts();
}
