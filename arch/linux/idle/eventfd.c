/* SPDX-License-Identifier: MIT */
/* read(2) of the CPU's eventfd, which blocks until another CPU has written to it. */
#include "arch/linux/calls.h"
#include "arch/linux/idle/window.h"
#include "arch/linux/os.h"
#include "arch/x86/cpu/percpu.h"

SYSTEM_METHOD(eventfd, WINDOW_OPEN, uint64_t count, SYSTEM_WAIT_UNTIL, __NR_read, this_cpu()->os->event_fd, &count,
              sizeof(count))

static const struct idle_method eventfd_method = {
    .name = "eventfd",
    .ends = IDLE_ENDS_EVENTFD,
    .leaves = IDLE_SLEEPS,
    .check = os_calls_eventfd,
    .wait = eventfd_wait,
    .wait_fenced = eventfd_wait_fenced,
};
IDLE_METHOD(eventfd_method, "eventfd");
