/* SPDX-License-Identifier: MIT */
/* read(2) of the CPU's timerfd, set to the limit beforehand. */
#include <sys/timerfd.h>

#include "arch/linux/calls.h"
#include "arch/linux/idle/window.h"
#include "arch/linux/os.h"
#include "arch/x86/cpu/percpu.h"

static void arm(uint64_t limit_tsc)
{
    const struct percpu *cpu = this_cpu();
    struct itimerspec spec = {.it_value = os_time_at(cpu->machine, limit_tsc)};

    (void)system_call(__NR_timerfd_settime, cpu->os->timer_fd, TFD_TIMER_ABSTIME, (int64_t)(uintptr_t)&spec, 0);
}

#define BEFORE                                                                                                         \
    uint64_t count;                                                                                                    \
                                                                                                                       \
    arm(call->limit_tsc)

SYSTEM_METHOD(timerfd, WINDOW_OPEN, BEFORE, SYSTEM_WAIT, __NR_read, this_cpu()->os->timer_fd, &count, sizeof(count))

static const struct idle_method timerfd_method = {
    .name = "timerfd",
    .ends = IDLE_ENDS_DEADLINE,
    .leaves = IDLE_SLEEPS,
    .check = os_calls_timerfd,
    .wait = timerfd_wait,
    .wait_fenced = timerfd_wait_fenced,
};
IDLE_METHOD(timerfd_method, "timerfd");
