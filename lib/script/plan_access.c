/* SPDX-License-Identifier: MIT */
/* A step's values by key, for its experiment and the engine. */
#include "lib/script/plan.h"

#include "lib/cstring.h"

/* The index of a key in a step's parameters, or their number where it is not declared. */
static size_t find_key(const struct plan_step *step, const char *key)
{
    size_t index = 0;
    while (index < step->spec->param_count && strcmp(step->spec->params[index].key, key) != 0)
        index++;
    return index;
}

/* The value of a key that is declared with `kind`, else NULL. */
static const struct plan_value *find_kind(const struct plan_step *step, const char *key, enum param_kind kind)
{
    size_t index = find_key(step, key);
    if (index == step->spec->param_count || step->spec->params[index].kind != kind)
        return NULL;
    return &step->values[index];
}

const struct plan_value *plan_find(const struct plan_step *step, const char *key)
{
    size_t index = find_key(step, key);
    return index < step->spec->param_count ? &step->values[index] : NULL;
}

uint64_t plan_count(const struct plan_step *step, const char *key, uint64_t otherwise)
{
    const struct plan_value *value = find_kind(step, key, PARAM_COUNT);
    return value != NULL ? value->count : otherwise;
}

uint64_t plan_time_ns(const struct plan_step *step, const char *key, uint64_t otherwise)
{
    const struct plan_value *value = find_kind(step, key, PARAM_TIME);
    return value != NULL && !value->time.ticks ? value->time.value : otherwise;
}

bool plan_flag(const struct plan_step *step, const char *key)
{
    const struct plan_value *value = find_kind(step, key, PARAM_FLAG);
    return value != NULL && value->flag;
}
