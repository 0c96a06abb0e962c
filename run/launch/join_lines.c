/* SPDX-License-Identifier: MIT */
#include "run/launch/join_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/record/ktap.h"

/* True where `tail` stands in the log just before offset `end`. Leaves the position at the log's end. */
static bool ends_in(FILE *log, long end, const char *tail)
{
    char last[4] = "";
    size_t bytes = strlen(tail);

    bool same = end >= (long)bytes && fseek(log, end - (long)bytes, SEEK_SET) == 0 &&
                fread(last, 1, bytes, log) == bytes && memcmp(last, tail, bytes) == 0;
    fseek(log, 0, SEEK_END);
    return same;
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

    if (ftell(log) > 0 && !ends_in(log, ftell(log), "\n"))
        host->sinks[0].write(host->sinks[0].ctx, "\n", 1);
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

static bool write_aside(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "we");
    bool good;

    if (file == NULL)
        return false;
    good = fwrite(text, 1, bytes, file) == bytes;
    return fclose(file) == 0 && good;
}

bool join_lines_cut_restart(FILE *log, struct log_reader *reader, const char *aside, uint64_t *cut_bytes)
{
    long end = ftell(log);
    long at = (long)reader->reboot_at;
    size_t bytes;
    char *text;
    bool good;

    at -= ends_in(log, at, "\n\n");
    bytes = (size_t)(end - at);
    text = malloc(bytes);
    good = text != NULL && fseek(log, at, SEEK_SET) == 0 && fread(text, 1, bytes, log) == bytes &&
           write_aside(aside, text, bytes) && ftruncate(fileno(log), at) == 0;
    fseek(log, 0, SEEK_END);
    free(text);
    log_reader_go_back(reader, good ? (uint64_t)at : (uint64_t)end);
    *cut_bytes = good ? bytes : 0;
    return good;
}
