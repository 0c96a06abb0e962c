/* SPDX-License-Identifier: MIT */
/*
 * Time as a machine's limits count it. While a thread of the emulator is ready and gets no CPU the machine stands, and
 * that is no hang: such time does not count. A machine that sleeps, or that runs and says nothing, has all of its time.
 * At least 1/MACHINE_CLOCK_STRETCH of the time counts, so that every limit comes.
 * Source: Linux, Documentation/scheduler/sched-stats.rst (/proc/PID/schedstat).
 */
#ifndef LAB_RUN_LAUNCH_MACHINE_CLOCK_H
#define LAB_RUN_LAUNCH_MACHINE_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    MACHINE_CLOCK_STRETCH = 8,
    MACHINE_CLOCK_THREADS_MAX = 512, /* those above are not looked at */
};

struct machine_thread {
    long tid;
    uint64_t wait_ns; /* since it began: ready, and on no CPU */
};

struct machine_threads {
    size_t count;
    struct machine_thread thread[MACHINE_CLOCK_THREADS_MAX];
};

struct machine_clock {
    struct machine_threads threads; /* at the last reading */
    uint64_t wall_ms;               /* of the last reading */
    uint64_t ms;                    /* what counted so far, up to that reading */
};

void machine_clock_begin(struct machine_clock *self, uint64_t wall_ms);

/* A reading at `wall_ms`: the thread that waited longest since the last one says how much of the time did not count. */
void machine_clock_take(struct machine_clock *self, uint64_t wall_ms, const struct machine_threads *now);

/* All threads of a process and of those that it started. Nothing where the kernel does not tell. */
void machine_threads_read(struct machine_threads *out, pid_t pid);

#endif /* LAB_RUN_LAUNCH_MACHINE_CLOCK_H */
