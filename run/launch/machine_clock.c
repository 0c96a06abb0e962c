/* SPDX-License-Identifier: MIT */
#include "run/launch/machine_clock.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GENERATIONS_MAX = 4, /* a wrapper, the emulator, a helper of its own */
    PATH_BYTES = 96,
};

static const uint64_t ns_in_ms = 1000000;

void machine_clock_begin(struct machine_clock *self, uint64_t wall_ms)
{
    memset(self, 0, sizeof(*self));
    self->wall_ms = wall_ms;
}

/* How long a thread had waited at the last reading; one that began since had not. */
static uint64_t waited_before(const struct machine_threads *before, long tid)
{
    for (size_t i = 0; i < before->count; i++)
        if (before->thread[i].tid == tid)
            return before->thread[i].wait_ns;
    return 0;
}

void machine_clock_take(struct machine_clock *self, uint64_t wall_ms, const struct machine_threads *now)
{
    uint64_t passed_ms = wall_ms - self->wall_ms;
    uint64_t least_ms = (passed_ms + MACHINE_CLOCK_STRETCH - 1) / MACHINE_CLOCK_STRETCH;
    uint64_t lost_ms = 0;

    for (size_t i = 0; i < now->count; i++) {
        uint64_t before_ns = waited_before(&self->threads, now->thread[i].tid);
        uint64_t wait_ns = now->thread[i].wait_ns;

        if (wait_ns > before_ns && (wait_ns - before_ns) / ns_in_ms > lost_ms)
            lost_ms = (wait_ns - before_ns) / ns_in_ms;
    }
    self->ms += lost_ms > passed_ms - least_ms ? least_ms : passed_ms - lost_ms;
    self->wall_ms = wall_ms;
    self->threads = *now;
}

static void read_thread(struct machine_threads *out, const char *folder, long tid)
{
    char path[PATH_BYTES];
    uint64_t wait_ns;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%ld/schedstat", folder, tid);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    if (fscanf(file, "%*u %" SCNu64, &wait_ns) == 1 && out->count < MACHINE_CLOCK_THREADS_MAX)
        out->thread[out->count++] = (struct machine_thread){tid, wait_ns};
    fclose(file);
}

static void read_process(struct machine_threads *out, long pid, unsigned generations);

static void read_children(struct machine_threads *out, const char *folder, long tid, unsigned generations)
{
    char path[PATH_BYTES];
    FILE *file;
    long child;

    snprintf(path, sizeof(path), "%s/%ld/children", folder, tid);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    while (fscanf(file, "%ld", &child) == 1)
        read_process(out, child, generations);
    fclose(file);
}

static void read_process(struct machine_threads *out, long pid, unsigned generations)
{
    char folder[PATH_BYTES / 2];
    struct dirent *entry;
    DIR *tasks;

    snprintf(folder, sizeof(folder), "/proc/%ld/task", pid);
    tasks = opendir(folder);
    if (tasks == NULL)
        return;
    while ((entry = readdir(tasks)) != NULL) {
        long tid = strtol(entry->d_name, NULL, 10);

        if (tid <= 0)
            continue;
        read_thread(out, folder, tid);
        if (generations > 1)
            read_children(out, folder, tid, generations - 1);
    }
    closedir(tasks);
}

void machine_threads_read(struct machine_threads *out, pid_t pid)
{
    out->count = 0;
    read_process(out, pid, GENERATIONS_MAX);
}
