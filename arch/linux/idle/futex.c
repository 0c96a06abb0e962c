/* SPDX-License-Identifier: MIT */
/* FUTEX_WAIT on the low half of the watched word. The kernel looks at it again: no store before it is slept through. */
#include "arch/linux/idle/window.h"

SYSTEM_METHOD(futex, WINDOW_OPEN, (void)0, SYSTEM_WAIT_UNTIL, __NR_futex, call->watch, FUTEX_WAIT_PRIVATE,
              call->watch_was)

static const struct idle_method futex_method = {
    .name = "futex",
    .ends = IDLE_ENDS_FUTEX | IDLE_ENDS_INTERRUPT,
    .leaves = IDLE_SLEEPS,
    .wait = futex_wait,
    .wait_fenced = futex_wait_fenced,
};
IDLE_METHOD(futex_method, "futex");
