/* SPDX-License-Identifier: MIT */
#include "run/launch/host_counters.h"

#include <string.h>

#include "lib/json_field.h"

/* A name goes into records as it is: letters, digits, `_`, `-` and `.` only. */
static bool is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

    return name[0] != '\0' && strspn(name, allowed) == strlen(name);
}

static void read_hist(struct host_counters *out, const char *name, struct json_span list)
{
    struct json_span item;
    size_t at = 0;
    struct host_hist *hist;

    if (out->hist_count == HOST_HISTS_MAX) {
        out->dropped_count++;
        return;
    }
    hist = &out->hist[out->hist_count++];
    memset(hist, 0, sizeof(*hist));
    memcpy(hist->name, name, strlen(name));
    while (hist->bucket_count < HOST_BUCKETS_MAX && json_item(list, &at, &item) &&
           json_span_u64(item, &hist->bucket[hist->bucket_count]))
        hist->bucket_count++;
}

/* One {"name":..., "value":...}. */
static void read_stat(struct host_counters *out, struct json_span stat)
{
    char name[HOST_NAME_BYTES];
    struct json_span value = json_field(stat.text, stat.bytes, "value");
    uint64_t number;

    if (!json_field_text(stat.text, stat.bytes, "name", name, sizeof(name)) || !is_name(name)) {
        out->dropped_count++;
    } else if (value.text != NULL && value.bytes > 0 && value.text[0] == '[') {
        read_hist(out, name, value);
    } else if (json_span_u64(value, &number)) {
        struct host_counter *counter;

        if (out->counter_count == HOST_COUNTERS_MAX) {
            out->dropped_count++;
            return;
        }
        counter = &out->counter[out->counter_count++];
        memcpy(counter->name, name, sizeof(name));
        counter->value = number;
    }
}

bool host_counters_read(struct host_counters *out, const char *json, size_t bytes)
{
    const struct json_span results = {json, bytes};
    struct json_span result;
    struct json_span stat;
    size_t result_at = 0;

    memset(out, 0, sizeof(*out));
    while (json_item(results, &result_at, &result)) {
        struct json_span stats = json_field(result.text, result.bytes, "stats");
        size_t stat_at = 0;
        while (json_item(stats, &stat_at, &stat))
            read_stat(out, stat);
    }
    return out->counter_count > 0;
}

bool host_counters_find(const struct host_counters *counters, const char *name, uint64_t *value)
{
    for (uint32_t i = 0; i < counters->counter_count; i++) {
        if (strcmp(counters->counter[i].name, name) == 0) {
            *value = counters->counter[i].value;
            return true;
        }
    }
    return false;
}

const struct host_hist *host_counters_hist(const struct host_counters *counters, const char *name)
{
    for (uint32_t i = 0; i < counters->hist_count; i++)
        if (strcmp(counters->hist[i].name, name) == 0)
            return &counters->hist[i];
    return NULL;
}
