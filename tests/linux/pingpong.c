/* SPDX-License-Identifier: MIT */
/*
 * Two pinned threads pass a word to and fro by compare-and-swap: the median of half a turn, in nanoseconds by
 * CLOCK_MONOTONIC, without a line of the lab's. Usage: pingpong CPU CPU.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCKS = 400, TURNS = 500 };

static uint64_t ball __attribute__((aligned(128)));

static void pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set))
        exit(2);
}

static void pass(uint64_t from)
{
    uint64_t wanted;

    do
        wanted = from;
    while (!__atomic_compare_exchange_n(&ball, &wanted, from + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
}

static void *other(void *cpu)
{
    pin(*(int *)cpu);
    for (uint64_t turn = 0; turn < (uint64_t)BLOCKS * TURNS; turn++)
        pass(2 * turn + 1);
    return NULL;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static uint64_t took_ns[BLOCKS];
    pthread_t thread;
    int cpus[2];

    if (argc != 3)
        return 2;
    cpus[0] = atoi(argv[1]);
    cpus[1] = atoi(argv[2]);
    pin(cpus[0]);
    if (pthread_create(&thread, NULL, other, &cpus[1]))
        return 2;
    for (uint64_t block = 0; block < BLOCKS; block++) {
        uint64_t begin_ns = now_ns();

        for (uint64_t turn = block * TURNS; turn < (block + 1) * TURNS; turn++)
            pass(2 * turn);
        took_ns[block] = now_ns() - begin_ns;
    }
    pthread_join(thread, NULL);
    qsort(took_ns, BLOCKS, sizeof(took_ns[0]), compare);
    printf("%.1f\n", (double)took_ns[BLOCKS / 2] / TURNS / 2);
    return 0;
}
