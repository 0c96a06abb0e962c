/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/tool/plan/apart.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_MAX = 2 };

static void *map(size_t bytes, int flags)
{
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    return start == MAP_FAILED ? NULL : start;
}

void *apart_share(size_t bytes)
{
    return map(bytes, MAP_SHARED);
}

void *apart_reserve(size_t bytes)
{
    return map(bytes, MAP_PRIVATE | MAP_NORESERVE);
}

void apart_run(void (*work)(void *ctx), void *ctx)
{
    static const int deaths[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGALRM};
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child > 0)
        waitpid(child, NULL, 0);
    if (child != 0)
        return;
    for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
        signal(deaths[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(SECONDS_MAX);
    work(ctx);
    _exit(0);
}
