/* SPDX-License-Identifier: MIT */
#include "run/tool/model/join.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/record_json.h"

/* One a step at most; they bound the work on a hostile log. */
#define JOINS_MAX   1024
#define UNLIKES_MAX 256
/* TSC frequencies that were measured twice on one machine differ by less. */
#define TSC_PPM_MAX 1000

static const char *copy_of(struct model *model, const char *text)
{
    const char *copy = pool_copy(&model->pool, text, strlen(text));
    return copy ? copy : "";
}

void model_take_join(struct model *model, struct model_run *run, json_t *object)
{
    struct model_join *join;
    struct model_step *step;

    if (run->join_count >= JOINS_MAX)
        return;
    join = pool_append(&model->pool, (void **)&run->joins, run->join_count, &run->join_room, sizeof(*join));
    if (!join)
        return;
    *join = (struct model_join){copy_of(model, model_string(object, "run", "")), model_int(object, "step", 0),
                                model_int(object, "next", 0), copy_of(model, model_string(object, "why", "")),
                                copy_of(model, model_string(object, "note", ""))};
    run->join_count++;
    run->running_step = -1;
    step = model_step_by_id(model, run, join->step, false);
    if (step)
        step->end = join->why;
    /* No END comes where no machine follows; and an END speaks only for the last machine's own steps. */
    run->ended = join->next <= 0;
    run->result = RECORD_FAIL;
}

bool model_join_waits(const struct model_run *run)
{
    return run->join_count > 0 && run->joins[run->join_count - 1].next > 0 && run->machine_count == run->join_count;
}

void model_join_begin(struct model_run *run)
{
    run->machine_count++;
    run->seq_base = run->seq_next;
}

static void add_unlike(struct model *model, struct model_run *run, const char *key, const char *first,
                       const char *other)
{
    struct model_unlike *unlike;

    if (run->unlike_count >= UNLIKES_MAX)
        return;
    unlike = pool_append(&model->pool, (void **)&run->unlikes, run->unlike_count, &run->unlike_room, sizeof(*unlike));
    if (!unlike)
        return;
    *unlike = (struct model_unlike){run->machine_count, copy_of(model, key), first, copy_of(model, other)};
    run->unlike_count++;
}

/* True where two machines that differ in this fact cannot be one. */
static bool identifies(const char *type, const char *key)
{
    static const char *const env_keys[] = {"build",        "protocol",   "firmware",    "ram_bytes",
                                           "script_crc32", "hypervisor", "script_bytes"};
    if (strcmp(type, "cpu") == 0)
        return true;
    for (size_t i = 0; i < sizeof(env_keys) / sizeof(env_keys[0]); i++)
        if (strcmp(key, env_keys[i]) == 0)
            return strcmp(type, "env") == 0;
    return false;
}

static bool fact_repeats(struct model *model, struct model_run *run, const json_t *object)
{
    const char *type = model_string(object, "t", ""), *key = model_string(object, "k", "");
    const char *first = model_fact(model, run, type, key);
    char number[32];
    const json_t *value = json_object_get(object, "v");
    const char *other;

    snprintf(number, sizeof(number), "%" PRId64, (int64_t)json_integer_value(value));
    other = json_is_string(value) ? json_string_value(value) : number;
    if (!first)
        return strcmp(key, "resume") == 0;
    if (model_int(object, "of", 1) == 1 && identifies(type, key) && strcmp(first, other) != 0)
        add_unlike(model, run, key, first, other);
    return true;
}

static bool tsc_repeats(struct model *model, struct model_run *run, const json_t *object)
{
    uint64_t hz = (uint64_t)model_int(object, "v", 0);
    uint64_t difference = hz > run->tsc_hz ? hz - run->tsc_hz : run->tsc_hz - hz;
    char first[32], other[32];
    if (run->tsc_hz == 0)
        return false;
    if (difference > run->tsc_hz / 1000000 * TSC_PPM_MAX) {
        snprintf(first, sizeof(first), "%" PRIu64, run->tsc_hz);
        snprintf(other, sizeof(other), "%" PRIu64, hz);
        add_unlike(model, run, "TSC frequency", copy_of(model, first), other);
    }
    return true;
}

bool model_join_repeats(struct model *model, struct model_run *run, const json_t *object)
{
    const char *type = model_string(object, "t", ""), *key = model_string(object, "k", "");
    bool is_fact;

    if (run->machine_count < 2)
        return false;
    is_fact = strcmp(type, "env") == 0 || strcmp(type, "cpu") == 0 || strcmp(type, "host") == 0;
    if (is_fact && key[0])
        return fact_repeats(model, run, object);
    if (strcmp(type, "cal") == 0 && strcmp(key, "tsc_hz") == 0)
        return tsc_repeats(model, run, object);
    /* The script's text. */
    return strcmp(type, "plan") == 0 && !json_object_get(object, "step");
}

const struct model_join *model_join_of(const struct model_run *run, const struct model_step *step)
{
    for (size_t i = 0; i < run->join_count; i++)
        if (run->joins[i].step == step->id)
            return &run->joins[i];
    return NULL;
}
