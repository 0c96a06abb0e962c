/* SPDX-License-Identifier: MIT */
/*
 * The timers that are armed at a moment of a trace: hrtimers in ns of the monotonic clock, timers of the wheel in
 * jiffies. Bounded: TRACE_TIMERS_MAX of them at most; what does not fit is counted and forgotten.
 */
#ifndef LAB_TOOL_TRACE_TIMERS_H
#define LAB_TOOL_TRACE_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

enum { TRACE_TIMERS_MAX = 1 << 20 };

enum trace_queue {
    TRACE_QUEUE_HRTIMER,
    TRACE_QUEUE_PINNED, /* of the wheel: only the timer's own CPU serves it */
    TRACE_QUEUE_GLOBAL, /* of the wheel: since Linux 6.9 the last CPU that is awake serves it */
    TRACE_QUEUES,
};

struct trace_timers;

/* NULL where there is no memory. */
struct trace_timers *trace_timers_new(uint32_t cpus_max);
void trace_timers_free(struct trace_timers *timers);

/* Arms a timer on a CPU, and takes it away from where it was. `id` is its address, or what stands for it. */
void trace_timers_arm(struct trace_timers *timers, enum trace_queue queue, uint64_t id, uint32_t cpu, int64_t expires);

/* A timer whose moment nobody knows (CLOCK_REALTIME). */
void trace_timers_arm_unplaced(struct trace_timers *timers, uint64_t id, uint32_t cpu);

/* A timer that wakes nobody. */
void trace_timers_arm_silent(struct trace_timers *timers, uint64_t id, uint32_t cpu);

/* True where it was armed. hrtimers and the wheel's have addresses of their own, so the kind need not be said. */
bool trace_timers_drop(struct trace_timers *timers, uint64_t id);

/* Forgets all timers of a CPU. */
void trace_timers_forget(struct trace_timers *timers, uint32_t cpu);

/*
 * The earliest expiry in a CPU's queue at `from` or later; INT64_MAX for none. What is earlier leaves the queue and
 * counts as late until it is dropped or armed again: time does not go back.
 */
int64_t trace_timers_next(struct trace_timers *timers, enum trace_queue queue, uint32_t cpu, int64_t from);

/* True where a wheel timer of the CPU is late, at most `patience` jiffies before `from`. */
bool trace_timers_late(const struct trace_timers *timers, uint32_t cpu, int64_t from, int64_t patience);

bool trace_timers_unplaced(const struct trace_timers *timers, uint32_t cpu);

/* Timers that did not fit. */
uint64_t trace_timers_dropped(const struct trace_timers *timers);

#endif
