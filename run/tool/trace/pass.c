/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/pass.h"

enum { SAME_TIMER_NS = 5000 }; /* two distances of one timer differ by less */

bool trace_pass_origin(const struct trace_pass *pass, int64_t *origin_ns)
{
    int64_t off_ns;

    if (!(pass->flags & TRACE_TOLD) || pass->next_ns == TRACE_NEVER_NS)
        return false;
    off_ns = pass->next_ns - pass->told_ns;
    *origin_ns = pass->origin_ns + off_ns;
    return off_ns < SAME_TIMER_NS && off_ns > -SAME_TIMER_NS;
}

char trace_pass_cause(const struct trace_pass *pass, int64_t budget_ns)
{
    if (pass->flags & TRACE_REFUSED)
        return 'R';
    /* An interrupt that brings no work does not end a poll. */
    if (budget_ns > 0 && !(pass->flags & TRACE_RESCHED) &&
        (pass->exit_ns - pass->entry_ns >= budget_ns || !(pass->flags & (TRACE_BY_HRTIMER | TRACE_BY_OTHER))))
        return 'P';
    if (pass->flags & TRACE_BY_HRTIMER)
        return 'T';
    if (pass->flags & TRACE_BY_TICK)
        return pass->flags & TRACE_STOPPED ? 'W' : 'K';
    return 'O';
}
