/* SPDX-License-Identifier: MIT */
/*
 * What a recorded trace says of the distances that the governor was told, on events made by hand: the tick, kept,
 * stopped and late, hrtimers, wheel timers near and far, pinned and left to others, and one armed before the
 * recording; what RCU keeps.
 */
// UNIT_EXTRA: run/tool/trace/timers.c run/tool/trace/heap.c run/tool/trace/timer_base.c run/tool/trace/distance.c run/tool/trace/cpu.c run/tool/trace/idle.c
#include "run/tool/trace/cpu.h"
#include "tests/unit/tap.h"

enum {
    MS = 1000000,
    TICK = 4 * MS,
    TICK_ID = 1,
    HRTIMER_ID = 2,
    WHEEL_ID = 3,
    JIFFIES = 1000, /* at the time 0 */
};

static struct trace_machine *machine;

static void take(uint32_t cpu, int64_t time_ns, enum trace_kind kind, uint64_t id, int64_t value, bool flag)
{
    struct trace_event event = {.kind = kind,
                                .cpu = cpu,
                                .target = cpu,
                                .time_ns = time_ns,
                                .id = id,
                                .value = value,
                                .other = JIFFIES + time_ns / TICK,
                                .flag = flag};

    if (kind == TRACE_SWITCH)
        event.other = 0;
    trace_machine_take(machine, &event);
}

/* A CPU whose tick is due at 8 ms. */
static void begin(uint32_t cpu)
{
    if (!machine)
        machine = trace_machine_new(TICK, "/tmp");
    take(cpu, 4 * MS, TRACE_HRTIMER_START, TICK_ID + 10 * cpu, 8 * MS, true);
}

static void go_idle(uint32_t cpu)
{
    take(cpu, 5 * MS, TRACE_SWITCH, 0, 0, false);
}

/* Idle since 5 ms, in the state a moment later. */
static const struct trace_pass *enter(uint32_t cpu)
{
    if (!machine->cpu[cpu]->idle)
        go_idle(cpu);
    take(cpu, 5 * MS + 10, TRACE_IDLE_ENTER, 0, 1, false);
    return &machine->cpu[cpu]->pass;
}

static void end(void)
{
    trace_machine_free(machine);
    machine = NULL;
}

static void check_tick(void)
{
    const struct trace_pass *pass;

    begin(0);
    pass = enter(0);
    TAP_INT(pass->tick_ns, 3 * MS, "the_tick");
    TAP_OK(pass->next_ns == TRACE_NEVER_NS, "no_timer");
    TAP_INT(pass->entry_ns - pass->origin_ns, 10, "distances_count_from_the_switch");
    end();
    begin(0);
    take(0, 4 * MS, TRACE_HRTIMER_START, TICK_ID, 4900000, true);
    pass = enter(0);
    TAP_INT(pass->tick_ns, -100000, "a_late_tick_is_late");
    end();
}

static void check_hrtimer(void)
{
    begin(0);
    take(0, 4 * MS, TRACE_HRTIMER_START, HRTIMER_ID, 7 * MS, false);
    TAP_INT(enter(0)->next_ns, 2 * MS, "an_hrtimer");
    end();
    begin(0);
    take(0, 4 * MS, TRACE_HRTIMER_START, HRTIMER_ID, 7 * MS, false);
    take(0, 4 * MS, TRACE_HRTIMER_CANCEL, HRTIMER_ID, 0, false);
    TAP_OK(enter(0)->next_ns == TRACE_NEVER_NS, "a_cancelled_one_does_not_count");
    end();
}

/* The tick is stopped; its hrtimer then carries the wheel's next timer. */
static void check_stopped(void)
{
    const struct trace_pass *pass;

    begin(0);
    go_idle(0);
    take(0, 5 * MS, TRACE_TICK_STOP, 0, 0, false);
    take(0, 5 * MS, TRACE_HRTIMER_START, TICK_ID, 40 * MS, true);
    pass = enter(0);
    TAP_INT(pass->next_ns, 35 * MS, "the_stopped_tick_carries_the_wheel");
    TAP_INT(pass->tick_ns, 3 * MS, "the_tick_as_it_was");
    TAP_OK(pass->flags & TRACE_STOPPED, "the_tick_is_stopped");
    end();
}

static void check_wheel(void)
{
    const struct trace_pass *pass;

    begin(0);
    take(0, 4 * MS, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 10, true);
    TAP_INT(enter(0)->next_ns, 35 * MS, "a_wheel_timer_in_jiffies");
    end();
    /* Within a tick: the tick stays, and what comes first is told. */
    begin(0);
    take(0, 4 * MS, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 2, true);
    take(0, 4 * MS, TRACE_HRTIMER_START, HRTIMER_ID, 90 * MS, false);
    pass = enter(0);
    TAP_INT(pass->next_ns, 3 * MS, "a_near_wheel_timer_is_the_tick");
    end();
    /* Due already: the same. */
    begin(0);
    take(0, 4 * MS, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 1, true);
    take(0, 4 * MS, TRACE_HRTIMER_START, HRTIMER_ID, 90 * MS, false);
    TAP_INT(enter(0)->next_ns, 3 * MS, "a_late_wheel_timer_is_the_tick");
    end();
}

/* Since Linux 6.9: another CPU that is awake serves the timers that are not pinned. */
static void check_shared(void)
{
    begin(1);
    begin(0);
    take(1, 4 * MS, TRACE_BASE_IDLE, 0, 0, false);
    take(0, 4 * MS, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 10, false);
    TAP_OK(enter(0)->next_ns == TRACE_NEVER_NS, "another_cpu_serves_it");
    end();
    begin(1);
    begin(0);
    take(1, 4 * MS, TRACE_BASE_IDLE, 0, 0, true);
    take(1, 4 * MS, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 10, false);
    TAP_INT(enter(0)->next_ns, 35 * MS, "the_last_awake_serves_those_of_all");
    end();
}

/* Its start was not seen; it expires at 20 ms. */
static void check_early(void)
{
    struct trace_pass pass;

    begin(0);
    pass = *enter(0);
    take(0, 20 * MS + 5000, TRACE_TIMER_CANCEL, WHEEL_ID, 0, false);
    take(0, 20 * MS + 6000, TRACE_TIMER_EXPIRE, WHEEL_ID, 0, false);
    trace_distances_later(machine, 0, &pass);
    TAP_INT(pass.next_ns, 15 * MS, "a_timer_of_before_is_known_afterwards");
    end();
    begin(0);
    take(0, 4 * MS, TRACE_TIMER_SILENT, WHEEL_ID, 0, false);
    pass = *enter(0);
    take(0, 20 * MS + 5000, TRACE_TIMER_CANCEL, WHEEL_ID, 0, false);
    take(0, 20 * MS + 6000, TRACE_TIMER_EXPIRE, WHEEL_ID, 0, false);
    trace_distances_later(machine, 0, &pass);
    TAP_OK(pass.next_ns == TRACE_NEVER_NS, "a_deferrable_one_is_not");
    end();
    /* That it wakes nobody is seen when it is started again. */
    begin(0);
    pass = *enter(0);
    take(0, 20 * MS + 5000, TRACE_TIMER_CANCEL, WHEEL_ID, 0, false);
    take(0, 20 * MS + 6000, TRACE_TIMER_EXPIRE, WHEEL_ID, 0, false);
    take(0, 20 * MS + 9000, TRACE_TIMER_SILENT, WHEEL_ID, 0, false);
    trace_distances_later(machine, 0, &pass);
    TAP_OK(pass.next_ns == TRACE_NEVER_NS, "one_that_turns_out_to_be_deferrable_was_none");
    end();
    /* And that its own CPU alone serves it. */
    begin(1);
    begin(0);
    take(1, 4 * MS, TRACE_BASE_IDLE, 0, 0, false);
    pass = *enter(0);
    take(0, 20 * MS + 5000, TRACE_TIMER_CANCEL, WHEEL_ID, 0, false);
    take(0, 20 * MS + 6000, TRACE_TIMER_EXPIRE, WHEEL_ID, 0, false);
    TAP_OK(pass.next_ns == TRACE_NEVER_NS, "before_it_expires_nothing_is_known");
    trace_distances_later(machine, 0, &pass);
    TAP_OK(pass.next_ns == TRACE_NEVER_NS, "another_cpu_may_serve_it");
    take(0, 20 * MS + 9000, TRACE_TIMER_START, WHEEL_ID, JIFFIES + 50, true);
    trace_distances_later(machine, 0, &pass);
    TAP_INT(pass.next_ns, 15 * MS, "a_pinned_one_counts_here");
    end();
}

/* RCU's softirq at the next tick: it has kept the tick, whatever the timers say. */
static int64_t next_with_rcu(int64_t softirq_ns, bool stopped)
{
    struct trace_pass pass;

    begin(0);
    take(0, 4 * MS, TRACE_HRTIMER_START, HRTIMER_ID, 90 * MS, false);
    go_idle(0);
    if (stopped) {
        take(0, 5 * MS, TRACE_TICK_STOP, 0, 0, false);
        take(0, 5 * MS, TRACE_HRTIMER_START, TICK_ID, 200 * MS, true);
    }
    pass = *enter(0);
    take(0, softirq_ns, TRACE_RCU, 0, 0, false);
    trace_distances_later(machine, 0, &pass);
    end();
    return pass.next_ns;
}

static void check_rcu(void)
{
    TAP_INT(next_with_rcu(8 * MS + 20000, false), 3 * MS, "rcu_keeps_the_tick");
    TAP_INT(next_with_rcu(12 * MS + 20000, false), 85 * MS, "a_later_softirq_says_nothing");
    TAP_INT(next_with_rcu(8 * MS + 20000, true), 85 * MS, "a_stopped_tick_was_not_kept");
}

/* More than fit at first, some moved, some dropped: the least stays the least. */
static void check_many(void)
{
    struct trace_timers *timers = trace_timers_new(2);

    for (uint64_t i = 1; i <= 5000; i++)
        trace_timers_arm(timers, TRACE_QUEUE_HRTIMER, i, 0, (int64_t)(10000 - i));
    TAP_OK(trace_timers_drop(timers, 4500), "what_is_armed_is_dropped");
    for (uint64_t i = 4501; i <= 5000; i++)
        trace_timers_arm(timers, TRACE_QUEUE_HRTIMER, i, 1, 7);
    TAP_INT(trace_timers_next(timers, TRACE_QUEUE_HRTIMER, 0, 0), 10000 - 4499, "the_least_that_is_left");
    TAP_INT(trace_timers_next(timers, TRACE_QUEUE_HRTIMER, 1, 0), 7, "those_that_moved");
    trace_timers_forget(timers, 1);
    TAP_OK(trace_timers_next(timers, TRACE_QUEUE_HRTIMER, 1, 0) == INT64_MAX, "a_cpu_is_forgotten");
    TAP_OK(!trace_timers_drop(timers, 4501), "with_its_timers");
    trace_timers_free(timers);
}

int main(void)
{
    check_tick();
    check_hrtimer();
    check_stopped();
    check_wheel();
    check_shared();
    check_early();
    check_rcu();
    check_many();
    return tap_done();
}
