/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/join_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/record/ktap.h"

static void end_half_line(FILE *log)
{
    long end = ftell(log);

    if (end > 0 && fseek(log, end - 1, SEEK_SET) == 0) {
        int last = fgetc(log);
        fseek(log, end, SEEK_SET);
        if (last != '\n')
            fputc('\n', log);
    }
}

/* Adds as much of the note as fits. */
static void add_note(struct json *json, const char *note)
{
    size_t bytes = strlen(note);
    size_t frame = strlen(",\"note\":\"\"");
    size_t room = json_room(json);

    while (bytes > 0 && json_escaped_length(note, bytes) + frame > room)
        bytes--;
    if (bytes > 0)
        json_str_n(json, "note", note, bytes);
}

void join_lines_write(FILE *log, struct record_stream *host, const struct join *join)
{
    struct ktap ktap = {.stream = host};
    struct ktap_note result = {.word = join->why, .value = 1, .unit = "count"};
    char text[JSON_OBJECT_BYTES];
    struct json json;

    end_half_line(log);
    json_begin(&json, text, sizeof(text));
    json_str(&json, "t", "join");
    json_str(&json, "run", join->run_id);
    json_uint(&json, "step", join->step);
    json_uint(&json, "next", join->next);
    json_str(&json, "why", join->why);
    if (join->cut_bytes > 0)
        json_uint(&json, "cut_bytes", join->cut_bytes);
    add_note(&json, join->note);
    record_emit(host, json_end(&json), false);
    ktap_result(&ktap, KTAP_FAIL, (uint32_t)join->step, join->name, &result);
}

/* Where the second line that is an IDLELAB-BEGIN begins, with the empty line before it, or NULL. */
static const char *second_begin(const char *text, size_t bytes)
{
    static const char mark[] = "\nIDLELAB-BEGIN ";
    const char *first = memmem(text, bytes, mark, strlen(mark));

    if (first == NULL)
        return NULL;
    first++;
    const char *second = memmem(first, bytes - (size_t)(first - text), mark, strlen(mark));
    if (second == NULL)
        return NULL;
    return second > text && second[-1] == '\n' ? second : second + 1;
}

static bool write_aside(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "we");

    if (file == NULL)
        return false;
    bool good = fwrite(text, 1, bytes, file) == bytes;
    return fclose(file) == 0 && good;
}

bool join_lines_cut_restart(FILE *log, long from, const char *aside, uint64_t *cut_bytes)
{
    long end = ftell(log);
    size_t bytes = (size_t)(end - from);
    char *text = malloc(bytes + 1);
    bool good =
        text != NULL && fflush(log) == 0 && fseek(log, from, SEEK_SET) == 0 && fread(text, 1, bytes, log) == bytes;
    const char *begin = good ? second_begin(text, bytes) : NULL;

    *cut_bytes = 0;
    if (begin != NULL) {
        size_t kept = (size_t)(begin - text);
        good = write_aside(aside, begin, bytes - kept) && ftruncate(fileno(log), from + (long)kept) == 0;
        *cut_bytes = good ? bytes - kept : 0;
    }
    fseek(log, 0, SEEK_END);
    free(text);
    return good;
}
