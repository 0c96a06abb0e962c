/* SPDX-License-Identifier: MIT */
#include "run/launch/host_thread.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STAT_USER = 14, /* fields of /proc/TID/stat, from 1 */
    STAT_SYSTEM = 15,
    STAT_GUEST = 43,
    TEXT_BYTES = 4096,
};

static const uint64_t ns_in_s = 1000000000;

/* The beginning of a small file, NUL-terminated; false when it cannot be read. */
static bool read_text(const char *path, char *text, size_t room)
{
    FILE *file = fopen(path, "re");
    size_t bytes;

    text[0] = '\0';
    if (file == NULL)
        return false;
    bytes = fread(text, 1, room - 1, file);
    text[bytes] = '\0';
    fclose(file);
    return bytes > 0;
}

static bool read_of(long tid, const char *name, char *text, size_t room)
{
    char path[96];

    /* /proc/TID alone would be the whole process. */
    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/%s", tid, tid, name);
    return read_text(path, text, room);
}

static void add(struct host_counters *out, const char *name, uint64_t value)
{
    struct host_counter *counter = &out->counter[out->counter_count++];

    snprintf(counter->name, sizeof(counter->name), "%s", name);
    counter->value = value;
}

static void add_stat(struct host_counters *out, const char *text)
{
    long ticks_hz = sysconf(_SC_CLK_TCK);
    /* The second field is a name in parentheses that may hold anything; the third follows the last one. */
    const char *p = strrchr(text, ')');

    for (int field = 3; p != NULL && ticks_hz > 0 && field <= STAT_GUEST; field++) {
        unsigned long long ticks = 0;
        p = strchr(p, ' ');
        if (p == NULL)
            return;
        p++;
        if ((field == STAT_USER || field == STAT_SYSTEM || field == STAT_GUEST) && sscanf(p, "%llu", &ticks) == 1) {
            add(out,
                field == STAT_USER     ? "thread_user_ns"
                : field == STAT_SYSTEM ? "thread_system_ns"
                                       : "thread_guest_ns",
                ticks * (ns_in_s / (uint64_t)ticks_hz));
        }
    }
}

static void add_schedstat(struct host_counters *out, const char *text)
{
    unsigned long long run_ns;
    unsigned long long wait_ns;

    if (sscanf(text, "%llu %llu", &run_ns, &wait_ns) == 2) {
        add(out, "thread_run_ns", run_ns);
        add(out, "thread_wait_ns", wait_ns);
    }
}

static void add_switches(struct host_counters *out, const char *text)
{
    static const struct {
        const char *line;
        const char *name;
    } lines[] = {
        {"\nvoluntary_ctxt_switches:", "thread_switches"},
        {"\nnonvoluntary_ctxt_switches:", "thread_preemptions"},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *at = strstr(text, lines[i].line);
        unsigned long long count;
        if (at != NULL && sscanf(at + strlen(lines[i].line), "%llu", &count) == 1)
            add(out, lines[i].name, count);
    }
}

bool host_thread_read(struct host_counters *out, long tid)
{
    char text[TEXT_BYTES];

    memset(out, 0, sizeof(*out));
    if (read_of(tid, "stat", text, sizeof(text)))
        add_stat(out, text);
    if (read_of(tid, "schedstat", text, sizeof(text)))
        add_schedstat(out, text);
    if (read_of(tid, "status", text, sizeof(text)))
        add_switches(out, text);
    return out->counter_count > 0;
}

bool host_thread_affinity(long tid, char *out, size_t room)
{
    static const char line[] = "\nCpus_allowed_list:";
    char text[TEXT_BYTES];
    const char *at = read_of(tid, "status", text, sizeof(text)) ? strstr(text, line) : NULL;

    out[0] = '\0';
    if (at == NULL)
        return false;
    at += strlen(line);
    at += strspn(at, " \t");
    snprintf(out, room, "%.*s", (int)strcspn(at, "\n"), at);
    return out[0] != '\0';
}
