/* SPDX-License-Identifier: MIT */
/*
 * The load of the recorded guest, until it is killed: timers of several periods, two tasks that wake each other by
 * pipes, bursts with pauses between them, reads of a disk past the cache; one after the other, then all of them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    NS_PER_US = 1000,
    DISK_BLOCK = 4096,
    DISK_BLOCKS = 1024,
    TURNS = 200,
};

static uint32_t random_below(uint32_t *seed, uint32_t bound)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % bound;
}

static void sleep_us(long us)
{
    struct timespec time = {us / 1000000, us % 1000000 * NS_PER_US};

    nanosleep(&time, NULL);
}

static void work(uint32_t turns)
{
    for (volatile uint32_t i = 0; i < turns; i++)
        ;
}

/*
 * menu takes a state's exit latency off what was slept. Here nothing is late, so that periods of 350 and 1200 us would
 * seem to be just below the residency of the state that they have earned: there menu flips, and a microsecond decides.
 */
static void timers(uint32_t seed)
{
    static const long periods_us[] = {60, 520, 730, 1600, 5000, 23000};

    for (;;) {
        long period_us = periods_us[random_below(&seed, 6)];

        for (uint32_t i = 0; i < TURNS && i * period_us < 200000; i++) {
            sleep_us(period_us);
            work(random_below(&seed, 2000));
        }
    }
}

static void bursts(uint32_t seed)
{
    for (;;) {
        for (uint32_t i = 0; i < 8; i++) {
            poll(NULL, 0, 1);
            work(500);
        }
        poll(NULL, 0, 10 + (int)random_below(&seed, 60));
    }
}

static void pipes(uint32_t seed)
{
    int there[2], back[2];
    char byte = 0;

    if (pipe(there) != 0 || pipe(back) != 0)
        return;
    if (fork() == 0)
        while (read(there[0], &byte, 1) == 1) {
            sleep_us(random_below(&seed, 400));
            if (write(back[1], &byte, 1) != 1)
                break;
        }
    while (write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1)
        if (random_below(&seed, 50) == 0)
            sleep_us(30000);
}

static void disk(uint32_t seed)
{
    int file = open("/dev/vda", O_RDONLY | O_DIRECT);
    void *block;

    if (file < 0 || posix_memalign(&block, DISK_BLOCK, DISK_BLOCK) != 0)
        return;
    for (;;) {
        off_t at = (off_t)random_below(&seed, DISK_BLOCKS) * DISK_BLOCK;

        if (pread(file, block, DISK_BLOCK, at) < 0)
            return;
        if (random_below(&seed, 20) == 0)
            sleep_us(40000);
    }
}

/* Each part for a second, with all it has started; in the last second of each round all of them. */
int main(void)
{
    static void (*const parts[])(uint32_t) = {timers, bursts, pipes, disk};

    for (uint32_t round = 0;; round = (round + 1) % 5) {
        pid_t group[4] = {0};

        for (uint32_t i = 0; i < 4; i++) {
            if (round < 4 && i != round)
                continue;
            group[i] = fork();
            if (group[i] == 0) {
                setpgid(0, 0);
                parts[i](i + 1);
                _exit(0);
            }
        }
        sleep_us(1000000);
        for (uint32_t i = 0; i < 4; i++)
            if (group[i] > 0) {
                kill(-group[i], SIGKILL);
                waitpid(group[i], NULL, 0);
            }
    }
}
