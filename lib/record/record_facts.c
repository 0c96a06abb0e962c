/* SPDX-License-Identifier: MIT */
/* The records of record.h whose value may be a text of any length. */
#include "lib/record/record.h"

#include "lib/cstring.h"

enum { PARTS_MAX = 9999 };

/* Bytes from `text` on, at most up to its end, that fit `room` characters once escaped. */
static size_t piece_bytes(const char *text, size_t room)
{
    size_t bytes = 0;
    size_t used = 0;

    for (; text[bytes]; bytes++) {
        used += json_escaped_length(text + bytes, 1);
        if (used > room)
            break;
    }
    return bytes;
}

/* A copy of `head` in another buffer, with the members p and of where there are parts. */
static struct json copy_head(const struct json *head, char buf[JSON_OBJECT_BYTES], unsigned part, unsigned parts)
{
    struct json json = *head;

    json.text = buf;
    json.limit = JSON_OBJECT_MAX;
    memcpy(buf, head->text, head->length);
    if (parts > 1) {
        json_uint(&json, "p", part);
        json_uint(&json, "of", parts);
    }
    return json;
}

/* Characters of the text that one record can take behind head, p and of; 0 when none. */
static size_t room_for_piece(const struct json *head, const char *key, unsigned parts)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json = copy_head(head, buf, parts, parts);

    json_str(&json, key, "");
    return json_room(&json);
}

bool record_long(struct record_stream *stream, const struct json *head, const char *key, const char *text, bool twice)
{
    char buf[JSON_OBJECT_BYTES];
    size_t room = room_for_piece(head, key, 1);
    unsigned parts = 1;

    if (head->failed || head->depth != 1 || json_escaped_length(text, strlen(text)) > room) {
        room = room_for_piece(head, key, PARTS_MAX);
        parts = 0;
        /* A piece must hold at least one escaped character, or the text would never end. */
        if (room >= sizeof("\\u0000") - 1)
            for (size_t at = 0; text[at] && parts <= PARTS_MAX; parts++)
                at += piece_bytes(text + at, room);
    }
    if (parts == 0 || parts > PARTS_MAX)
        return record_emit(stream, NULL, twice);
    for (unsigned part = 1; part <= parts; part++) {
        struct json json = copy_head(head, buf, part, parts);
        size_t bytes = piece_bytes(text, room);

        json_str_n(&json, key, text, bytes);
        if (!record_emit(stream, json_end(&json), twice))
            return false;
        text += bytes;
    }
    return true;
}

static bool emit_fact(struct record_stream *stream, const char *type, const char *key, const char *value)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, buf, sizeof(buf));
    json_add(&json, "t:%s k:%s", type, key);
    return record_long(stream, &json, "v", value, true);
}

bool record_env(struct record_stream *stream, const char *key, const char *value)
{
    return emit_fact(stream, "env", key, value);
}

bool record_env_uint(struct record_stream *stream, const char *key, uint64_t value)
{
    return record_write(stream, true, "t:%s k:%s v:%lu", "env", key, value);
}

bool record_cpu(struct record_stream *stream, const char *key, const char *value)
{
    return emit_fact(stream, "cpu", key, value);
}

bool record_cpu_uint(struct record_stream *stream, const char *key, uint64_t value)
{
    return record_write(stream, true, "t:%s k:%s v:%lu", "cpu", key, value);
}

bool record_finding(struct record_stream *stream, int64_t step, const char *id, enum confidence conf, const char *text)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, buf, sizeof(buf));
    json_str(&json, "t", "finding");
    if (step >= 0)
        json_int(&json, "step", step);
    json_add(&json, "id:%s conf:%s", id, conf == CONFIDENCE_NONE ? NULL : confidence_word(conf));
    return record_long(stream, &json, "text", text, true);
}
