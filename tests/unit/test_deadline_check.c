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
    return deadline_is_untrue(&tries, false);
}

/* A CPU that stands still from 100 ticks to `after`; its interrupt is pending from `due` on. */
static struct {
    uint64_t now, after, due;
    uint32_t looks;
} at;

static uint64_t now_tsc(void *context)
{
    (void)context;
    return at.now;
}

/* The CPU stops behind the look that saw nothing. */
static bool look(void *context)
{
    bool came = at.now >= at.due;

    (void)context;
    at.looks++;
    at.now = at.now >= 100 ? at.after : at.now + 10;
    return came;
}

static bool comes(uint64_t due, uint64_t after)
{
    const struct deadline_wait wait = {now_tsc, look, NULL};

    at.now = 0;
    at.looks = 0;
    at.due = due;
    at.after = after;
    return deadline_await(&wait, 1000);
}

static bool lost(uint32_t tried, uint32_t count, bool guest)
{
    return deadline_is_untrue(&(struct deadline_tries){.tried = tried, .lost = count}, guest);
}

int main(void)
{
    TAP_OK(!untrue(0, 0), "a timer that is true");
    TAP_OK(!untrue(32, -EARLY_TSC) && untrue(32, -EARLY_TSC - 1), "early by more than the limit");
    TAP_OK(!untrue(32, LATE_TSC) && untrue(32, LATE_TSC + 1), "late by more than the limit");
    TAP_OK(!untrue(15, 10 * LATE_TSC) && untrue(16, 10 * LATE_TSC), "half of them decide: SMIs alone do not");
    TAP_OK(untrue(32, -45960750), "a Zhaoxin's TSC_ADJUST taken off each deadline");
    TAP_OK(!lost(0, 0, false) && !lost(0, 0, true), "nothing was tried");
    TAP_OK(!lost(32, 3, false) && lost(32, 4, false), "bare metal: a few that do not come are enough");
    TAP_OK(!lost(32, 4, true) && !lost(32, 15, true) && lost(32, 16, true), "a guest: half of them");
    TAP_OK(deadline_lost_max(false) == 4 && deadline_lost_max(true) == 16, "its check goes on until then");
    TAP_OK(deadline_lost_us(false) == 50000 && deadline_lost_us(true) == 250000, "a guest has longer for each");
    TAP_OK(comes(50, 5000) && at.looks == 6, "it comes in time");
    TAP_OK(comes(500, 5000), "the CPU stands still past the limit: one look more finds it");
    TAP_OK(!comes(9000, 5000) && at.looks == 12, "it does not come, and the wait ends");
    return tap_done();
}
