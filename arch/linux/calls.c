/* SPDX-License-Identifier: MIT */
#include "arch/linux/calls.h"

#include <asm/unistd_64.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "arch/linux/os.h"
#include "arch/linux/system.h"
#include "arch/x86/cpu/percpu.h"

/* The address of an argument. */
#define AT(argument) ((int64_t)(uintptr_t)(argument))

static const char *unless(int64_t answer, int64_t expected, const char *refusal)
{
    return answer == expected ? NULL : refusal;
}

/* Another value than the word has: not one sleep. */
static const char *futex_missing(void)
{
    uint64_t word = 0;

    return unless(system_call(__NR_futex, AT(&word), FUTEX_WAIT_PRIVATE, 1, 0), -EAGAIN, "the kernel refuses futex(2)");
}

const char *os_calls_yield(const struct cpu_snapshot *snapshot, uint32_t argument)
{
    (void)snapshot, (void)argument;
    return unless(system_call(__NR_sched_yield, 0, 0, 0, 0), 0, "the kernel refuses sched_yield(2)");
}

/* A size that no set of signals has: refused by the kernel itself, before it sleeps. */
const char *os_calls_sigsuspend(const struct cpu_snapshot *snapshot, uint32_t argument)
{
    (void)snapshot, (void)argument;
    return unless(system_call(__NR_rt_sigsuspend, 0, 0, 0, 0), -EINVAL, "the kernel refuses rt_sigsuspend(2)");
}

/* No descriptor has that number. */
static const char *read_missing(void)
{
    return unless(system_call(__NR_read, -1, 0, 0, 0), -EBADF, "the kernel refuses read(2)");
}

const char *os_calls_eventfd(const struct cpu_snapshot *snapshot, uint32_t argument)
{
    (void)snapshot, (void)argument;
    return this_cpu()->os->event_fd < 0 ? "the kernel refuses eventfd2(2)" : read_missing();
}

const char *os_calls_timerfd(const struct cpu_snapshot *snapshot, uint32_t argument)
{
    struct itimerspec never = {0};
    const char *problem;

    (void)snapshot, (void)argument;
    if (this_cpu()->os->timer_fd < 0)
        return "the kernel refuses timerfd_create(2)";
    problem = unless(system_call(__NR_timerfd_settime, -1, 0, AT(&never), 0), -EBADF,
                     "the kernel refuses timerfd_settime(2)");
    return problem ? problem : read_missing();
}

/* Until a time that is past. */
static const char *nanosleep_missing(void)
{
    const struct timespec past = {0};

    return unless(system_call(__NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, AT(&past), 0), 0,
                  "the kernel refuses clock_nanosleep(2)");
}

/* A timer that is made, set and deleted. */
static const char *timer_missing(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    const struct itimerspec never = {0};
    const char *problem = NULL;
    timer_t timer;

    if (timer_create(CLOCK_MONOTONIC, &event, &timer))
        return "the kernel refuses timer_create(2)";
    if (timer_settime(timer, 0, &never, NULL))
        problem = "the kernel refuses timer_settime(2)";
    if (timer_delete(timer) && !problem)
        problem = "the kernel refuses timer_delete(2)";
    return problem;
}

/* Signals stand for interrupts and faults: their handlers, their masks, their way to a thread, a stack for them. */
static const char *signals_missing(void)
{
    const uint64_t none = 0;
    struct sigaction action;
    stack_t stack;

    if (sigaction(SIGSEGV, NULL, &action))
        return "the kernel refuses rt_sigaction(2)";
    if (sigaltstack(NULL, &stack))
        return "the kernel refuses sigaltstack(2)";
    if (system_call(__NR_rt_sigprocmask, SIG_BLOCK, AT(&none), 0, sizeof(none)))
        return "the kernel refuses rt_sigprocmask(2)";
    /* Signal 0 reaches nobody. */
    if (system_call(__NR_tgkill, system_call(__NR_getpid, 0, 0, 0, 0), system_call(__NR_gettid, 0, 0, 0, 0), 0, 0))
        return "the kernel refuses tgkill(2)";
    return NULL;
}

const char *os_calls_missing(void)
{
    const char *problem = signals_missing();

    if (!problem)
        problem = timer_missing();
    if (!problem)
        problem = nanosleep_missing();
    /* CPUs are parked in it. */
    if (!problem)
        problem = futex_missing();
    return problem;
}
