/* SPDX-License-Identifier: MIT */
#include "run/launch/host_records.h"

#include <stdio.h>
#include <string.h>

#include "lib/json.h"

/* A record that is being filled; its head begins the next one too. */
struct filling {
    struct record_stream *stream;
    struct json json;
    struct json head; /* the record before its first item */
    char text[JSON_OBJECT_BYTES];
    bool is_list;
};

static void begin(struct filling *filling, struct record_stream *stream, const char *type, uint64_t step, int64_t vcpu)
{
    filling->stream = stream;
    json_begin(&filling->json, filling->text, sizeof(filling->text));
    json_str(&filling->json, "t", type);
    json_uint(&filling->json, "step", step);
    if (vcpu >= 0)
        json_int(&filling->json, "vcpu", vcpu);
}

static void open_items(struct filling *filling, bool is_list)
{
    filling->is_list = is_list;
    if (is_list)
        json_array_begin(&filling->json, "d");
    else
        json_object_begin(&filling->json, "d");
    filling->head = filling->json;
}

static void send(struct filling *filling)
{
    struct json json = filling->json;

    if (filling->is_list)
        json_array_end(&json);
    else
        json_object_end(&json);
    record_emit(filling->stream, json_end(&json), false);
    filling->json = filling->head;
}

static void write_pair(struct json *json, uint32_t bucket, int64_t count)
{
    json_array_begin(json, NULL);
    json_uint(json, NULL, bucket);
    json_int(json, NULL, count);
    json_array_end(json);
}

/* Adds an item with a name, or a pair where there is none; what does not fit begins the next record. */
static void put(struct filling *filling, const char *name, uint32_t bucket, int64_t value)
{
    for (unsigned tries = 0; tries < 2; tries++) {
        struct json mark = filling->json;
        if (name != NULL)
            json_int(&filling->json, name, value);
        else
            write_pair(&filling->json, bucket, value);
        if (!filling->json.failed)
            return;
        filling->json = mark;
        if (tries == 0)
            send(filling);
    }
}

void host_record_fact(struct record_stream *stream, const char *key, const char *value)
{
    char text[JSON_OBJECT_BYTES];
    struct json head;

    json_begin(&head, text, sizeof(text));
    json_str(&head, "t", "host");
    json_str(&head, "k", key);
    record_long(stream, &head, "v", value, false);
}

void host_record_finding(struct record_stream *stream, const char *id, enum confidence conf, const char *text)
{
    char head_text[JSON_OBJECT_BYTES];
    struct json head;

    json_begin(&head, head_text, sizeof(head_text));
    json_str(&head, "t", "finding");
    json_str(&head, "id", id);
    if (conf != CONFIDENCE_NONE)
        json_str(&head, "conf", confidence_word(conf));
    record_long(stream, &head, "text", text, false);
}

void host_record_counters(struct record_stream *stream, uint64_t step, int64_t vcpu, const char *src,
                          const struct host_counters *before, const struct host_counters *now)
{
    struct filling filling;

    begin(&filling, stream, "hstat", step, vcpu);
    json_str(&filling.json, "src", src);
    open_items(&filling, false);
    for (uint32_t i = 0; i < now->counter_count; i++) {
        const struct host_counter *counter = &now->counter[i];
        uint64_t was;
        if (host_counters_find(before, counter->name, &was) && counter->value != was)
            put(&filling, counter->name, 0, (int64_t)(counter->value - was));
    }
    send(&filling);
}

static void write_hist(struct record_stream *stream, uint64_t step, int64_t vcpu, enum hist_direction direction,
                       const struct host_hist *before, const struct host_hist *now)
{
    static const char tail[] = "_hist";
    char name[HOST_NAME_BYTES];
    struct filling filling;
    uint32_t changed = 0;
    size_t length;

    snprintf(name, sizeof(name), "%s", now->name);
    length = strlen(name);
    if (length > strlen(tail) && strcmp(name + length - strlen(tail), tail) == 0)
        name[length - strlen(tail)] = '\0';
    begin(&filling, stream, "hhist", step, vcpu);
    json_str(&filling.json, "h", name);
    json_str(&filling.json, "order", hist_direction_word(direction));
    open_items(&filling, true);
    for (uint32_t i = 0; i < now->bucket_count; i++) {
        uint32_t from = direction == HIST_BACKWARD ? now->bucket_count - 1 - i : i;
        if (now->bucket[from] != before->bucket[from]) {
            put(&filling, NULL, i, (int64_t)(now->bucket[from] - before->bucket[from]));
            changed++;
        }
    }
    if (changed > 0)
        send(&filling);
}

void host_record_hists(struct record_stream *stream, uint64_t step, int64_t vcpu, enum hist_direction direction,
                       const struct host_counters *before, const struct host_counters *now)
{
    for (uint32_t i = 0; i < now->hist_count; i++) {
        const struct host_hist *was = host_counters_hist(before, now->hist[i].name);
        if (was != NULL && was->bucket_count == now->hist[i].bucket_count)
            write_hist(stream, step, vcpu, direction, was, &now->hist[i]);
    }
}
