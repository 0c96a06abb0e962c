/* SPDX-License-Identifier: MIT */
/* What a line of a trace says, in the terms of the idle loop, whatever tool has written it. */
#ifndef LAB_TOOL_TRACE_EVENT_H
#define LAB_TOOL_TRACE_EVENT_H

#include "run/tool/trace/text.h"

enum trace_kind {
    TRACE_OTHER,
    TRACE_LOST,          /* value: how many, 0 where nobody says */
    TRACE_IDLE_ENTER,    /* value: the state */
    TRACE_IDLE_EXIT,     /* */
    TRACE_SWITCH,        /* value: pid of the next task, other: of the previous; flag: it waits for a disk, or might */
    TRACE_TICK_STOP,     /* */
    TRACE_HRTIMER_START, /* id, value: expiry in ns; flag: it is the tick's */
    TRACE_HRTIMER_CANCEL,
    TRACE_HRTIMER_EXPIRE, /* id, value: now in ns; flag: it is the tick's */
    TRACE_TIMER_START,    /* id, value: expiry in jiffies, other: now in jiffies; target; flag: pinned */
    TRACE_TIMER_SILENT,   /* id: a deferrable timer, which wakes nobody, is started */
    TRACE_TIMER_CANCEL,   /* id */
    TRACE_TIMER_EXPIRE,
    TRACE_BASE_IDLE, /* target, flag: its wheel is left to others */
    TRACE_LIMIT,     /* value: the PM QoS limit in ns */
    TRACE_INTERRUPT,
    TRACE_RCU,          /* RCU's softirq begins */
    TRACE_TOLD_LENGTH,  /* probe: value is what the governor was told, other the event before; flag: other is known */
    TRACE_TOLD_LIMIT,   /* probe: value is the latency limit in ns; a select begins */
    TRACE_TOLD_WAITERS, /* probe: value is how many tasks wait for a disk */
    TRACE_TOLD_SLEPT,   /* probe: value is how long cpuidle says that the last pass was, in ns; 0: it was refused */
    TRACE_MARK_BEFORE,  /* record-idle has read the counters of CPU `target` */
    TRACE_MARK_AFTER,
    TRACE_ENERGY,       /* record-idle has read package `target`'s counter: value in uJ */
    TRACE_ENERGY_SINCE, /* perf: what a package has taken since the last such event, in 2^-32 J */
};

struct trace_event {
    enum trace_kind kind;
    uint32_t cpu, target;
    int64_t time_ns;
    uint64_t id;
    int64_t value, other;
    bool flag;
};

/* Fills in `event`. TRACE_OK, or TRACE_BAD where an event that counts lacks what it must have. */
enum trace_result trace_event_of(struct trace_text *text, const struct trace_line *line, struct trace_event *event);

#endif
