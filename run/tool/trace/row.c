/* SPDX-License-Identifier: MIT */
/* One recorded pass as a row of a trace. */
#include <string.h>

#include "lib/governor/idle_loop.h"
#include "run/tool/trace/rows.h"

enum {
    PERCENT = 100,
    LATE_PERCENT = 10000, /* the tick may be late by more than a short exit latency */
    LEAD_SLACK_NS = 5000, /* by which a lead may be moved for the residency's sake */
};

static int64_t within(int64_t number, int64_t low, int64_t high)
{
    return number < low ? low : number > high ? high : number;
}

/* The whole percents of an exit latency that lie in a lateness, `most` at most. */
static uint32_t percent_of(int64_t late_ns, int64_t exit_ns, int64_t most)
{
    late_ns = within(late_ns, 0, IDLE_TIME_MAX_NS);
    return exit_ns > 0 ? (uint32_t)within(late_ns * PERCENT / exit_ns, 0, most) : 0;
}

/* Replay says what a tick's pass lasts: its distance, less the lead, and the exit. What whole percents leave over goes
 * into the lead. */
static void fit_tick(struct replay_row *row, int64_t residency_ns, int64_t exit_ns)
{
    int64_t lead_ns;

    row->exit_percent = percent_of(residency_ns - (row->tick_ns - row->lead_ns), exit_ns, LATE_PERCENT);
    lead_ns = row->tick_ns + exit_ns * row->exit_percent / PERCENT - residency_ns;
    if (lead_ns >= 0 && lead_ns - row->lead_ns <= LEAD_SLACK_NS && row->lead_ns - lead_ns <= LEAD_SLACK_NS)
        row->lead_ns = lead_ns;
    row->wake_ns = residency_ns > row->tick_ns - row->lead_ns ? residency_ns : row->tick_ns - row->lead_ns + 1;
}

static void fit_end(struct replay_row *row, const struct trace_pass *pass, int64_t residency_ns, int64_t exit_ns,
                    const struct trace_calibration *calibration)
{
    int64_t due_ns = row->next_timer_ns - row->lead_ns;

    row->exit_percent = calibration->percent[pass->state];
    if (row->cause != 'O' && row->next_timer_ns < IDLE_TIME_MAX_NS)
        row->exit_percent = percent_of(residency_ns - due_ns, exit_ns, PERCENT);
    row->wake_ns = within(residency_ns - exit_ns * row->exit_percent / PERCENT, 1, IDLE_TIME_MAX_NS);
    /* The tick did not come first. */
    if (!(pass->flags & TRACE_STOPPED) && row->tick_ns <= row->wake_ns + row->lead_ns)
        row->tick_ns = within(row->wake_ns + row->lead_ns + 1, 0, IDLE_TIME_MAX_NS);
}

void trace_row_open(struct replay_row *row, const struct trace_pass *pass, const struct trace_calibration *calibration,
                    const struct idle_table *table)
{
    bool polls = idle_state_polls(table, pass->state);
    char cause = trace_pass_cause(pass, polls ? calibration->budget_ns : 0);
    int64_t residency_ns = trace_residency_ns(pass, calibration), next_ns = trace_pass_next_ns(pass);
    int64_t exit_ns = table->exit_latency_ns[pass->state];

    memset(row, 0, sizeof(*row));
    row->next_timer_ns = within(next_ns, -IDLE_TIME_MAX_NS, IDLE_TIME_MAX_NS);
    row->tick_ns = within(pass->tick_ns, 0, IDLE_TIME_MAX_NS);
    if (pass->flags & TRACE_TOLD_TICK && !(pass->flags & TRACE_STOPPED) && pass->told_tick_ns < pass->told_ns)
        row->tick_ns = within(pass->told_tick_ns, 0, IDLE_TIME_MAX_NS);
    row->tick_unknown = !(pass->flags & (TRACE_TICK_KNOWN | TRACE_TOLD_TICK));
    row->latency_ns = pass->flags & TRACE_LIMIT_KNOWN ? within(pass->limit_ns, 0, IDLE_TIME_MAX_NS) : IDLE_TIME_MAX_NS;
    row->lead_ns = within(pass->entry_ns - pass->origin_ns, 0, IDLE_TIME_MAX_NS);
    row->iowaiters = pass->waiters;
    row->resched = pass->flags & TRACE_RESCHED;
    row->next = row->resched || !(pass->flags & TRACE_STOPPED) ? REPLAY_NEXT_TICKS : REPLAY_NEXT_STOPPED;
    row->cause = cause == 'T' || cause == 'W' ? cause : 'O';
    if (cause == 'R') {
        row->reject = REPLAY_REFUSED_LEAVES;
        return;
    }
    if (cause == 'K' && !polls)
        fit_tick(row, residency_ns, exit_ns);
    else if (cause == 'P')
        row->wake_ns = within(residency_ns, calibration->budget_ns + 1, IDLE_TIME_MAX_NS);
    else if (polls)
        row->wake_ns = within(residency_ns, 1, IDLE_TIME_MAX_NS);
    else
        fit_end(row, pass, residency_ns, exit_ns, calibration);
}

/* What a timer that the period has outlived leaves: the next one, as its last pass had it. */
static void take_next(struct replay_row *row, const struct replay_row *last, int64_t later_ns)
{
    if (row->next_timer_ns - row->lead_ns >= row->wake_ns)
        return;
    row->next_timer_ns =
        last->next_timer_ns < IDLE_TIME_MAX_NS - later_ns ? last->next_timer_ns + later_ns : IDLE_TIME_MAX_NS;
}

void trace_row_closed(struct replay_row *row, const struct trace_pass *first, const struct trace_pass *last,
                      const struct trace_calibration *calibration, const struct idle_table *table)
{
    struct replay_row end;
    int64_t exit_ns;

    trace_row_open(row, first, calibration, table);
    if (first->entry_ns != last->entry_ns) {
        trace_row_open(&end, last, calibration, table);
        exit_ns = table->exit_latency_ns[last->state] * end.exit_percent / PERCENT;
        row->wake_ns = within(last->exit_ns - first->entry_ns - exit_ns, 1, IDLE_TIME_MAX_NS);
        row->cause = end.cause;
        row->resched = end.resched;
        row->next = end.next;
        row->exit_percent = end.exit_percent;
        take_next(row, &end, last->origin_ns - first->origin_ns);
    }
    row->exit_percent = row->exit_percent > PERCENT ? PERCENT : row->exit_percent;
    if (!(first->flags & TRACE_STOPPED))
        row->tick_ns = within(first->tick_ns, 0, IDLE_TIME_MAX_NS);
}
