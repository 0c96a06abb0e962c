/* SPDX-License-Identifier: MIT */
/*
 * The distances that Linux's idle loop tells a governor, from the timers that are armed (the tick of Linux:
 * tick_nohz_get_sleep_length() and tick_nohz_next_event()).
 */
#include "run/tool/trace/cpu.h"

enum { PATIENCE_S = 1 }; /* a wheel timer that is late by more has lost its end */

static const int64_t FAR_NS = INT64_MAX / 2;
static const int64_t TICKS_MAX = INT64_C(10000000000); /* no timer is further away */

/* The start of the tick's period that `at` lies in. */
static int64_t period_start(const struct trace_machine *machine, const struct trace_cpu *cpu, int64_t at)
{
    int64_t into = (at - cpu->phase_ns) % machine->tick_period_ns;

    return at - (into < 0 ? into + machine->tick_period_ns : into);
}

static bool jiffies_offset(const struct trace_machine *machine, int64_t *offset)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < TRACE_VOTES; i++)
        best = machine->jiffies.count[i] > machine->jiffies.count[best] ? i : best;
    *offset = machine->jiffies.offset[best];
    return machine->jiffies.count[best] > 0;
}

/* When the tick would come: what it was before this pass stopped it; one that is long past has lost its start. */
static int64_t tick_at(const struct trace_machine *machine, const struct trace_cpu *cpu, int64_t origin_ns, bool *known)
{
    int64_t at = cpu->stopping ? cpu->stop_tick_ns : cpu->tick_ns;

    *known = cpu->tick_seen;
    if ((cpu->stopping || cpu->tick_armed) && (!cpu->stopped || cpu->stopping) &&
        at >= origin_ns - machine->tick_period_ns / 4)
        return at;
    return period_start(machine, cpu, origin_ns) + machine->tick_period_ns;
}

/* True where every other CPU has left its global timers to others: this one serves them all. */
static bool is_last_awake(const struct trace_machine *machine, uint32_t number)
{
    for (uint32_t c = 0; c < machine->cpus; c++)
        if (c != number && machine->cpu[c] && !machine->cpu[c]->wheel_idle)
            return false;
    return true;
}

struct wheel {
    int64_t offset, period_ns, phase_ns;
    bool known;
};

static int64_t wheel_ns(const struct wheel *wheel, int64_t jiffies)
{
    int64_t ticks = (int64_t)((uint64_t)jiffies - (uint64_t)wheel->offset);

    if (jiffies == INT64_MAX || ticks > TICKS_MAX || ticks < -TICKS_MAX)
        return FAR_NS;
    return ticks * wheel->period_ns + wheel->phase_ns;
}

/* The first wheel timer that this CPU would have to wake for. */
static int64_t next_of_wheel(struct trace_machine *machine, uint32_t number, const struct wheel *wheel, int64_t from)
{
    int64_t first = trace_timers_next(machine->timers, TRACE_QUEUE_PINNED, number, from);

    if (!machine->shared_wheel) {
        int64_t other = trace_timers_next(machine->timers, TRACE_QUEUE_GLOBAL, number, from);

        first = other < first ? other : first;
    } else if (is_last_awake(machine, number)) {
        for (uint32_t c = 0; c < machine->cpus; c++) {
            int64_t other = trace_timers_next(machine->timers, TRACE_QUEUE_GLOBAL, c, from);

            first = other < first ? other : first;
        }
    }
    return wheel_ns(wheel, first);
}

/* The first of the CPU's own wheel timers, wherever it counts. */
static int64_t nearest_of_wheel(struct trace_machine *machine, uint32_t number, const struct wheel *wheel, int64_t from)
{
    int64_t pinned = trace_timers_next(machine->timers, TRACE_QUEUE_PINNED, number, from);
    int64_t global = trace_timers_next(machine->timers, TRACE_QUEUE_GLOBAL, number, from);

    return wheel_ns(wheel, pinned < global ? pinned : global);
}

void trace_distances(struct trace_machine *machine, uint32_t number, struct trace_pass *pass)
{
    const struct trace_cpu *cpu = machine->cpu[number];
    struct wheel wheel = {0, machine->tick_period_ns, cpu->phase_ns, false};
    int64_t origin = pass->origin_ns, base = period_start(machine, cpu, origin);
    int64_t hrtimer = trace_timers_next(machine->timers, TRACE_QUEUE_HRTIMER, number, origin - machine->tick_period_ns);
    int64_t near = FAR_NS, later = FAR_NS, from, patience = PATIENCE_S * INT64_C(1000000000) / wheel.period_ns;
    bool tick_known, close;
    int64_t tick = tick_at(machine, cpu, origin, &tick_known), event;

    hrtimer = hrtimer == INT64_MAX ? FAR_NS : hrtimer;
    event = hrtimer < tick ? hrtimer : tick;
    wheel.known = tick_known && jiffies_offset(machine, &wheel.offset);
    from = (int64_t)((uint64_t)((origin - wheel.phase_ns) / wheel.period_ns + 1) +
                     (uint64_t)wheel.offset); /* the first jiffy behind the origin */
    if (wheel.known) {
        near = nearest_of_wheel(machine, number, &wheel, from);
        if (trace_timers_late(machine->timers, number, from, patience))
            near = base;
    }
    close = near - base <= machine->tick_period_ns;
    if (close && !(pass->flags & TRACE_STOPPED)) {
        later = event; /* a wheel timer within a tick: the tick stays */
    } else if (pass->flags & TRACE_STOPPED) {
        /* The tick's own hrtimer carries the wheel. */
        if (cpu->tick_armed)
            later = cpu->tick_ns > base ? cpu->tick_ns : base;
        if (close && near < later)
            later = near;
        later = hrtimer < later ? hrtimer : later;
    } else {
        if (wheel.known)
            later = next_of_wheel(machine, number, &wheel, from);
        later = hrtimer < later ? hrtimer : later;
    }
    pass->next_ns = later >= FAR_NS ? TRACE_NEVER_NS : later - origin;
    pass->tick_ns = tick - origin;
    pass->flags |= tick_known ? TRACE_TICK_KNOWN : 0;
    pass->flags |= cpu->timers_seen ? TRACE_TIMERS_KNOWN : 0;
    pass->flags |= is_last_awake(machine, number) ? TRACE_LAST_AWAKE : 0;
    pass->flags |= trace_timers_unplaced(machine->timers, number) ? TRACE_UNPLACED : 0;
}

/* The first of count times, which rise, that is above `time`. */
static uint32_t first_above(const int64_t *times, uint32_t count, int64_t time)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * RCU keeps the tick of a CPU that has something for it, whatever the wheel holds. Nobody traces that; but its softirq
 * then runs at the next tick.
 */
static void heed_rcu(const struct trace_machine *machine, const struct trace_cpu *cpu, struct trace_pass *pass)
{
    uint32_t next;

    if (pass->flags & TRACE_STOPPED || !(pass->flags & TRACE_TICK_KNOWN) || pass->next_ns <= pass->tick_ns)
        return;
    next = first_above(cpu->rcu_ns, cpu->rcus, pass->entry_ns);
    if (next < cpu->rcus && cpu->rcu_ns[next] <= pass->origin_ns + pass->tick_ns + machine->tick_period_ns / 16)
        pass->next_ns = pass->tick_ns;
}

/* They expired in the order of time, so the first that counts is the next. */
static void heed_early(const struct trace_machine *machine, uint32_t number, struct trace_pass *pass)
{
    uint32_t low = 0, high = machine->earlies;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (machine->early[middle].at_ns <= pass->origin_ns)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < machine->earlies; low++) {
        const struct trace_early *early = &machine->early[low];

        if (pass->next_ns <= early->at_ns - pass->origin_ns)
            return;
        if (early->since_ns > pass->entry_ns)
            continue;
        if (machine->shared_wheel && !early->pinned ? pass->flags & TRACE_LAST_AWAKE : early->cpu == number) {
            pass->next_ns = early->at_ns - pass->origin_ns;
            return;
        }
    }
}

void trace_distances_later(const struct trace_machine *machine, uint32_t number, struct trace_pass *pass)
{
    heed_early(machine, number, pass);
    heed_rcu(machine, machine->cpu[number], pass);
}
