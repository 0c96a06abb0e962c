/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "run/tool/bundle/redact.h"

#include <stdlib.h>
#include <string.h>

const char *const REDACT_WORDS[] = {"serial", "mac", "host", "user", NULL};

static void note(struct redaction *redaction, enum redact_kind kind, const char *text, size_t bytes)
{
    char copy[REDACT_CHARS];
    size_t at = 0;

    snprintf(copy, sizeof(copy), "%.*s", (int)(bytes < REDACT_CHARS ? bytes : REDACT_CHARS - 1), text);
    while (at < redaction->found_count &&
           (redaction->found[at].kind != kind || strcmp(redaction->found[at].text, copy) != 0))
        at++;
    if (at == REDACT_FOUND_MAX)
        return;
    if (at == redaction->found_count) {
        redaction->found[redaction->found_count++].kind = kind;
        memcpy(redaction->found[at].text, copy, sizeof(copy));
    }
    redaction->found[at].count++;
}

/* Notes what was found, and puts x in its place where it is not kept. */
static bool take_out(struct redaction *redaction, enum redact_kind kind, char *text, size_t bytes, bool count)
{
    bool blank = true;
    for (size_t i = 0; i < bytes; i++)
        blank &= text[i] == 'x';
    if (blank || redaction->keep[kind])
        return false;
    if (count)
        note(redaction, kind, text, bytes);
    memset(text, 'x', bytes);
    return true;
}

bool redact_text(struct redaction *redaction, char *text, size_t bytes, bool count)
{
    struct private_names names = {redaction->hide, redaction->hide_count};
    enum redact_kind kind;
    bool any = false;

    for (size_t at = 0; at < bytes; at++) {
        size_t from, length = private_at(&names, text, bytes, at, &from, &kind);
        if (length > 0)
            any |= take_out(redaction, kind, text + from, length, count);
    }
    return any;
}

/* The string behind `"name":"` in a record: where it begins, and its characters. */
static char *member(char *json, size_t bytes, const char *name, size_t *length)
{
    char mark[24];
    char *found;
    int used = snprintf(mark, sizeof(mark), "\"%s\":\"", name);

    found = memmem(json, bytes, mark, (size_t)used);
    if (!found)
        return NULL;
    found += used;
    for (*length = 0; found + *length < json + bytes && found[*length] != '"'; (*length)++)
        *length += found[*length] == '\\';
    return found + *length < json + bytes ? found : NULL;
}

/* True where the whole text of a fact that came in parts has something in it. */
static bool whole_has(struct redaction *redaction, struct model *model, const char *type, const char *key)
{
    for (size_t r = 0; r < model->run_count; r++) {
        const char *value = model_fact(model, &model->runs[r], type, key);
        char *copy = value ? strdup(value) : NULL;
        bool any = copy && redact_text(redaction, copy, strlen(copy), true);
        free(copy);
        if (any)
            return true;
    }
    return false;
}

static void redact_record(struct redaction *redaction, struct model *model, char *json, size_t bytes)
{
    char key[64] = "", type[16] = "";
    size_t key_bytes, value_bytes, type_bytes;
    char *key_text = member(json, bytes, "k", &key_bytes), *value = member(json, bytes, "v", &value_bytes);
    char *type_text = member(json, bytes, "t", &type_bytes);
    enum redact_kind kind;

    if (key_text && value && type_text) {
        snprintf(key, sizeof(key), "%.*s", (int)key_bytes, key_text);
        snprintf(type, sizeof(type), "%.*s", (int)type_bytes, type_text);
        kind = private_key(key, strlen(key));
        if (kind != REDACT_KINDS)
            take_out(redaction, kind, value, value_bytes, true);
        else if (memmem(json, bytes, "\"of\":", 5) && whole_has(redaction, model, type, key))
            memset(value, 'x', value_bytes);
    }
    redact_text(redaction, json, bytes, true);
}

/* The state of a copy: what the sum record has to say of the records before it. */
struct copying {
    struct redaction *redaction;
    struct model *model;
    FILE *out;
    uint32_t next_seq, crc;
    uint32_t sum_seq, sum_crc; /* of the sum record, for its second copy; 0: it has not come */
};

static void copy_record(struct copying *copying, const struct log_item *item)
{
    char text[RECORD_LINE_BYTES + 1], *json, *sum;
    size_t length;

    if (item->text_bytes > RECORD_LINE_BYTES)
        return;
    memcpy(text, item->text, item->text_bytes);
    text[item->text_bytes] = '\0';
    json = text + (item->json - item->text);
    redact_record(copying->redaction, copying->model, json, item->json_bytes);
    sum = item->kind == LOG_ITEM_RECORD && memmem(json, item->json_bytes, "\"t\":\"sum\"", 9)
              ? member(json, item->json_bytes, "crc", &length)
              : NULL;
    if (sum && length == 8 && item->seq == copying->next_seq) {
        copying->sum_seq = item->seq;
        copying->sum_crc = copying->crc;
    }
    if (sum && length == 8 && copying->sum_seq > 0 && item->seq == copying->sum_seq) {
        char digits[16];
        snprintf(digits, sizeof(digits), "%08x", copying->sum_crc);
        memcpy(sum, digits, 8);
    }
    if (item->kind == LOG_ITEM_RECORD && item->seq == copying->next_seq) {
        copying->crc = crc32_update(copying->crc, text, item->text_bytes);
        copying->crc = crc32_update(copying->crc, "\n", 1);
        copying->next_seq++;
    }
    fprintf(copying->out, "%s%s *%08x\n", item->kind == LOG_ITEM_HOST ? RECORD_HOST_MARK : RECORD_MARK, text,
            crc32_update(0, text, item->text_bytes));
}

static void copy_line(struct copying *copying, const char *line, size_t bytes)
{
    struct log_item item;
    bool own = false;

    for (size_t from = 0;; from = item.after) {
        record_line_next(line, bytes, from, crc32_update, &item);
        if (item.kind == LOG_ITEM_NONE)
            break;
        own = true;
        if (item.kind == LOG_ITEM_RECORD || item.kind == LOG_ITEM_HOST)
            copy_record(copying, &item);
        else if (item.kind == LOG_ITEM_DAMAGED)
            fputs("# IL damaged\n", copying->out);
        else
            fprintf(copying->out, "%s%.*s\n", item.kind == LOG_ITEM_BEGIN ? "\n" : "", (int)(item.after - item.at),
                    line + item.at);
        if (item.kind == LOG_ITEM_BEGIN)
            copying->next_seq = copying->crc = copying->sum_seq = 0;
    }
    copying->redaction->foreign_lines += !own && bytes > 0;
}

bool redact_log(struct redaction *redaction, const char *name, struct model *model, FILE *out)
{
    struct copying copying = {redaction, model, out, 0, 0, 0, 0};
    FILE *in = fopen(name, "rb");
    char *line = NULL;
    size_t room = 0;
    ssize_t bytes;

    while (in && (bytes = getline(&line, &room, in)) >= 0) {
        while (bytes > 0 && (line[bytes - 1] == '\n' || line[bytes - 1] == '\r'))
            bytes--;
        copy_line(&copying, line, (size_t)bytes);
    }
    free(line);
    if (in)
        fclose(in);
    return in != NULL;
}
