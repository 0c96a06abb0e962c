/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: run/launch/machine_clock.c
/* The clock of the launcher's limits, on made-up threads and on a process of its own. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/launch/machine_clock.h"
#include "tests/unit/tap.h"

static const uint64_t ms = 1000000;

static void take(struct machine_clock *clock, uint64_t wall_ms, const struct machine_thread *threads, size_t count)
{
    static struct machine_threads now;

    now.count = count;
    for (size_t i = 0; i < count; i++)
        now.thread[i] = threads[i];
    machine_clock_take(clock, wall_ms, &now);
}

static void check_clock(void)
{
    static struct machine_clock clock;

    machine_clock_begin(&clock, 5000);
    take(&clock, 6000, NULL, 0);
    TAP_INT(clock.ms, 1000, "without figures all of the time counts");
    take(&clock, 7000, (struct machine_thread[]){{7, 0}, {8, 0}}, 2);
    TAP_INT(clock.ms, 2000, "a machine that sleeps, or has its CPUs, has all of its time");
    take(&clock, 8000, (struct machine_thread[]){{7, 400 * ms}, {8, 600 * ms}}, 2);
    TAP_INT(clock.ms, 2400, "the thread that waited longest says what does not count");
    take(&clock, 9000, (struct machine_thread[]){{8, 700 * ms}, {9, 50 * ms}}, 2);
    TAP_INT(clock.ms, 3300, "threads go and come");
    take(&clock, 17000, (struct machine_thread[]){{8, 9000 * ms}}, 1);
    TAP_INT(clock.ms, 4300, "an eighth counts always");
    take(&clock, 17000, (struct machine_thread[]){{8, 9500 * ms}}, 1);
    TAP_INT(clock.ms, 4300, "no time, none counts");
    take(&clock, 18000, (struct machine_thread[]){{8, 10 * ms}}, 1);
    TAP_INT(clock.ms, 5300, "a number that a new thread has got did not wait before");
}

/* A child with a child of its own. */
static void check_threads(void)
{
    static struct machine_threads now;
    int ready[2];
    char byte;
    pid_t child;
    bool ours = false;

    if (pipe(ready) != 0)
        exit(2);
    child = fork();
    if (child == 0) {
        pid_t grandchild = fork();

        if (grandchild != 0 && write(ready[1], "x", 1) != 1)
            _exit(2);
        pause();
        _exit(0);
    }
    if (read(ready[0], &byte, 1) != 1)
        exit(2);
    machine_threads_read(&now, child);
    for (size_t i = 0; i < now.count; i++)
        ours |= now.thread[i].tid == child;
    TAP_OK(ours && now.count == 2, "the threads of a process and of the one that it started");
    for (size_t i = 0; i < now.count; i++)
        kill((pid_t)now.thread[i].tid, SIGKILL);
    waitpid(child, NULL, 0);
    machine_threads_read(&now, child);
    TAP_INT(now.count, 0, "none of one that has gone");
}

int main(void)
{
    check_clock();
    check_threads();
    return tap_done();
}
