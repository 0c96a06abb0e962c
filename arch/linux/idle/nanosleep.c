/* SPDX-License-Identifier: MIT */
/*
 * clock_nanosleep(2) until the limit, by CLOCK_MONOTONIC. Under the default scheduling class the kernel may let the
 * thread's timer slack pass (50 us, prctl(2), PR_SET_TIMERSLACK).
 */
#include "arch/linux/idle/window.h"
#include "arch/linux/os.h"
#include "arch/x86/cpu/percpu.h"

#define BEFORE struct timespec until = os_time_at(this_cpu()->machine, call->limit_tsc)

SYSTEM_METHOD(nanosleep, WINDOW_OPEN, BEFORE, SYSTEM_WAIT, __NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until)

static const struct idle_method nanosleep_method = {
    .name = "nanosleep",
    .ends = IDLE_ENDS_DEADLINE,
    .leaves = IDLE_SLEEPS,
    .wait = nanosleep_wait,
    .wait_fenced = nanosleep_wait_fenced,
};
IDLE_METHOD(nanosleep_method, "nanosleep");
