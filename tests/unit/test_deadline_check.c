/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/deadline_check.c
/* Timers that are true, early by what TSC_ADJUST holds, late, silent, or just disturbed. */
#include "arch/x86/time/deadline_check.h"
#include "tests/unit/tap.h"

enum { EARLY_TSC = 4000, LATE_TSC = 2000000 };

/* `wrong` of 32 deadlines come that far behind, the others 300 ticks behind. */
static bool untrue(uint32_t wrong, int64_t behind_tsc)
{
    struct deadline_tries tries = {0};

    for (uint32_t i = 0; i < DEADLINE_TRIES; i++)
        deadline_note(&tries, i < wrong ? behind_tsc : 300, EARLY_TSC, LATE_TSC);
    return deadline_is_untrue(&tries);
}

int main(void)
{
    TAP_OK(!untrue(0, 0), "a timer that is true");
    TAP_OK(!untrue(32, -EARLY_TSC) && untrue(32, -EARLY_TSC - 1), "early by more than the limit");
    TAP_OK(!untrue(32, LATE_TSC) && untrue(32, LATE_TSC + 1), "late by more than the limit");
    TAP_OK(!untrue(15, 10 * LATE_TSC) && untrue(16, 10 * LATE_TSC), "half of them decide: SMIs alone do not");
    TAP_OK(untrue(32, -45960750), "a Zhaoxin's TSC_ADJUST taken off each deadline");
    TAP_OK(!deadline_is_untrue(&(struct deadline_tries){0}), "nothing was tried");
    TAP_OK(!deadline_is_untrue(&(struct deadline_tries){.tried = 32, .lost = 3}) &&
               deadline_is_untrue(&(struct deadline_tries){.tried = 32, .lost = 4}),
           "a few that never come are enough");
    return tap_done();
}
