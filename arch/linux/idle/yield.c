/* SPDX-License-Identifier: MIT */
/* sched_yield(2) in a loop that looks at the watched word: polling that lets others run. */
#include "arch/linux/calls.h"
#include "arch/linux/idle/window.h"

SYSTEM_METHOD(yield, WINDOW_OPEN, (void)0, SYSTEM_WAIT_UNTIL, __NR_sched_yield, 0, 0, 0)

static const struct idle_method yield_method = {
    .name = "yield",
    .ends = IDLE_ENDS_STORE | IDLE_ENDS_INTERRUPT,
    .leaves = IDLE_YIELDS,
    .check = os_calls_yield,
    .wait = yield_wait,
    .wait_fenced = yield_wait_fenced,
};
IDLE_METHOD(yield_method, "yield");
