/* SPDX-License-Identifier: MIT */
#include "run/tool/model/host.h"

#include <string.h>

/* More than any step has; they bound the work on a hostile log. */
#define VALUES_MAX  65536
#define BUCKETS_MAX 65536
#define VCPUS_MAX   4096
/* A bucket ends at a power of two, at most 2^64. */
#define BUCKET_MAX  64

static int64_t int_of(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static const char *text_of(struct model *model, const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    const char *copy = value ? pool_copy(&model->pool, value, strlen(value)) : NULL;
    return copy ? copy : "";
}

/* The step that the record is about, with *vcpu; NULL where it makes no sense. */
static struct model_step *step_of(struct model *model, struct model_run *run, const json_t *object, int64_t *vcpu)
{
    *vcpu = int_of(object, "vcpu", -1);
    if (*vcpu < -1 || *vcpu >= VCPUS_MAX || !json_is_integer(json_object_get(object, "step")))
        return NULL;
    return model_step_by_id(model, run, int_of(object, "step", 0), true);
}

static void add_value(struct model *model, struct model_step *step, const struct model_host_value *value)
{
    struct model_host_value *slot;

    if (step->host_value_count >= VALUES_MAX)
        return;
    slot = pool_append(&model->pool, (void **)&step->host_values, step->host_value_count, &step->host_value_room,
                       sizeof(*slot));
    if (!slot)
        return;
    *slot = *value;
    step->host_value_count++;
}

void model_take_hstat(struct model *model, struct model_run *run, json_t *object)
{
    struct model_host_value value;
    struct model_step *step = step_of(model, run, object, &value.vcpu);
    const char *name;
    json_t *number;
    if (!step)
        return;
    value.src = text_of(model, object, "src");
    /* A record without a difference says that there was a reading, even where nothing changed. */
    value.name = "";
    value.value = 0;
    if (!model_host_has(step, value.vcpu, value.src))
        add_value(model, step, &value);
    json_object_foreach(json_object_get(object, "d"), name, number)
    {
        const char *copy = pool_copy(&model->pool, name, strlen(name));
        if (!copy || !json_is_integer(number) || !name[0])
            continue;
        value.name = copy;
        value.value = json_integer_value(number);
        add_value(model, step, &value);
    }
}

void model_take_hhist(struct model *model, struct model_run *run, json_t *object)
{
    struct model_host_bucket bucket;
    struct model_step *step = step_of(model, run, object, &bucket.vcpu);
    size_t i;
    json_t *pair;
    if (!step)
        return;
    bucket.name = text_of(model, object, "h");
    bucket.order = text_of(model, object, "order");
    json_array_foreach(json_object_get(object, "d"), i, pair)
    {
        const json_t *number = json_array_get(pair, 0), *count = json_array_get(pair, 1);
        struct model_host_bucket *slot;

        if (!json_is_integer(number) || !json_is_integer(count) || json_integer_value(number) < 0 ||
            json_integer_value(number) > BUCKET_MAX || step->host_bucket_count >= BUCKETS_MAX)
            continue;
        bucket.bucket = (uint32_t)json_integer_value(number);
        bucket.count = json_integer_value(count);
        slot = pool_append(&model->pool, (void **)&step->host_buckets, step->host_bucket_count, &step->host_bucket_room,
                           sizeof(*slot));
        if (!slot)
            return;
        *slot = bucket;
        step->host_bucket_count++;
    }
}

static const struct model_host_value *find(const struct model_step *step, int64_t vcpu, const char *src,
                                           const char *name)
{
    for (size_t i = 0; i < step->host_value_count; i++) {
        const struct model_host_value *value = &step->host_values[i];
        if (value->vcpu == vcpu && strcmp(value->src, src) == 0 && strcmp(value->name, name) == 0)
            return value;
    }
    return NULL;
}

int64_t model_host_value(const struct model_step *step, int64_t vcpu, const char *src, const char *name)
{
    const struct model_host_value *value = find(step, vcpu, src, name);
    return value ? value->value : 0;
}

bool model_host_has(const struct model_step *step, int64_t vcpu, const char *src)
{
    return find(step, vcpu, src, "") != NULL;
}

int64_t model_host_vcpus(const struct model_step *step)
{
    int64_t count = 0;
    for (size_t i = 0; i < step->host_value_count; i++)
        if (step->host_values[i].vcpu >= count)
            count = step->host_values[i].vcpu + 1;
    return count;
}

bool model_host_total(const struct model_step *step, const char *src, const char *name, int64_t *total)
{
    bool read = false;

    *total = 0;
    for (int64_t vcpu = 0; vcpu < model_host_vcpus(step); vcpu++) {
        read |= model_host_has(step, vcpu, src);
        *total += model_host_value(step, vcpu, src, name);
    }
    if (!read && model_host_has(step, -1, src)) {
        read = true;
        *total = model_host_value(step, -1, src, name);
    }
    return read;
}
