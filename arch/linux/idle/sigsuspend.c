/* SPDX-License-Identifier: MIT */
/*
 * rt_sigsuspend(2): sleeps until a signal, with no gap between letting it in and sleeping, as STI and HLT have none.
 * The wake's signal is held back from the last look on, so it stays pending for the wait.
 */
#include "arch/linux/calls.h"
#include "arch/linux/idle/window.h"
#include "arch/linux/os.h"

static const uint64_t none;

SYSTEM_METHOD(sigsuspend, WINDOW_OPEN_LOOK, (void)0, SYSTEM_WAIT_UNTIL, __NR_rt_sigsuspend, &none, sizeof(none), 0)

static void sigsuspend_hold_wait(struct idle_call *call)
{
    os_signals_hold_wake(true);
    sigsuspend_wait(call);
    os_signals_hold_wake(false);
}

static void sigsuspend_hold_wait_fenced(struct idle_call *call)
{
    os_signals_hold_wake(true);
    sigsuspend_wait_fenced(call);
    os_signals_hold_wake(false);
}

static const struct idle_method sigsuspend_method = {
    .name = "sigsuspend",
    .ends = IDLE_ENDS_INTERRUPT,
    .leaves = IDLE_SLEEPS,
    .check = os_calls_sigsuspend,
    .wait = sigsuspend_hold_wait,
    .wait_fenced = sigsuspend_hold_wait_fenced,
};
IDLE_METHOD(sigsuspend_method, "sigsuspend");
