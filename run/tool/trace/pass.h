/* SPDX-License-Identifier: MIT */
/* A pass of a recorded idle loop, as the trace has it. Passes wait in a temporary file until all of them are known. */
#ifndef LAB_TOOL_TRACE_PASS_H
#define LAB_TOOL_TRACE_PASS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum trace_flag {
    TRACE_STOPPED = 1,         /* the tick is stopped during the sleep */
    TRACE_RESCHED = 2,         /* the CPU leaves idle after it */
    TRACE_AFTER_GAP = 4,       /* events were lost in front of it */
    TRACE_BY_HRTIMER = 8,      /* an hrtimer other than the tick expired */
    TRACE_BY_TICK = 16,        /* the tick's hrtimer expired */
    TRACE_BY_OTHER = 32,       /* another interrupt came */
    TRACE_REFUSED = 64,        /* the loop turned back: there was no sleep */
    TRACE_TICK_KNOWN = 128,    /* tick_ns is known */
    TRACE_TIMERS_KNOWN = 256,  /* something is known of the CPU's timers */
    TRACE_UNPLACED = 512,      /* a timer of the CPU could come at any time (CLOCK_REALTIME) */
    TRACE_TOLD = 1024,         /* told_ns is the governor's own number */
    TRACE_TOLD_TICK = 2048,    /* and told_tick_ns */
    TRACE_LIMIT_KNOWN = 4096,  /* limit_ns is known */
    TRACE_ORIGIN_KNOWN = 8192, /* origin_ns is not just the entry */
    TRACE_LAST_AWAKE = 16384,  /* all other CPUs have left their global wheel timers to others */
};

#define TRACE_NEVER_NS INT64_MAX

struct trace_pass {
    int64_t origin_ns; /* where the governor's distances count from */
    int64_t entry_ns;
    int64_t exit_ns;
    int64_t next_ns; /* distance of the next timer from the origin; TRACE_NEVER_NS for none */
    int64_t tick_ns; /* of the tick */
    int64_t told_ns;
    int64_t told_tick_ns;
    int64_t told_slept_ns; /* what cpuidle says that it lasted; 0: nothing */
    int64_t limit_ns;
    int64_t woken_ns; /* what the clock was, to the ns, when a timer's interrupt looked; 0: none did */
    uint32_t flags;
    uint16_t state;
    uint16_t waiters;
};

/* The distance of the next timer as the row shall have it: the governor's own number where it is known. */
static inline int64_t trace_pass_next_ns(const struct trace_pass *pass)
{
    return pass->flags & TRACE_TOLD ? pass->told_ns : pass->next_ns;
}

/*
 * The origin to the ns, where the governor's own distance and the timer's expiry give it: time stamps of tracefs' text
 * have microseconds. False where they do not.
 */
bool trace_pass_origin(const struct trace_pass *pass, int64_t *origin_ns);

/*
 * What ended a pass: T a timer, K the tick, W the stopped tick's own hrtimer, O anything else, P the poll's budget
 * (`budget_ns`, 0 for a state that does not poll), R nothing: it was refused.
 */
char trace_pass_cause(const struct trace_pass *pass, int64_t budget_ns);

#endif
