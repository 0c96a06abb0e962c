/* SPDX-License-Identifier: MIT */
/* What the events of timers change in a machine. */
#include <stdlib.h>
#include <string.h>

#include "run/tool/trace/cpu.h"

/* An expiry beyond this is no time since the boot: CLOCK_REALTIME counts from 1970. */
static const int64_t REALTIME_MIN_NS = INT64_C(1000000000000000000);

void trace_cpu_arm_tick(const struct trace_machine *machine, struct trace_cpu *cpu, uint64_t id, int64_t expires_ns)
{
    /* Under a stopped tick the same hrtimer carries the wheel's timers, and is moved within idle. */
    if (!cpu->stopped || !cpu->idle)
        cpu->phase_ns = expires_ns % machine->tick_period_ns;
    cpu->tick_id = id;
    cpu->tick_ns = expires_ns;
    cpu->tick_armed = true;
    cpu->tick_seen = true;
}

static void start_hrtimer(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    int64_t expires_ns = event->value;

    cpu->timers_seen = true;
    if (event->flag) {
        trace_cpu_arm_tick(machine, cpu, event->id, expires_ns);
        return;
    }
    if (expires_ns > REALTIME_MIN_NS && expires_ns < INT64_MAX && machine->realtime_offset_ns)
        expires_ns -= machine->realtime_offset_ns;
    if (expires_ns <= REALTIME_MIN_NS || expires_ns == INT64_MAX) {
        trace_timers_arm(machine->timers, TRACE_QUEUE_HRTIMER, event->id, event->cpu, expires_ns);
        return;
    }
    machine->unplaced++;
    trace_timers_arm_unplaced(machine->timers, event->id, event->cpu);
}

static void expire_hrtimer(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    if (event->flag && event->value < REALTIME_MIN_NS) {
        int64_t error_ns = llabs(event->time_ns - event->value);

        machine->clock_error_ns =
            machine->clock_seen && machine->clock_error_ns < error_ns ? machine->clock_error_ns : error_ns;
        machine->clock_seen++;
    }
    if (cpu->inside && !cpu->left && event->value < REALTIME_MIN_NS)
        cpu->pass.woken_ns = event->value;
    if (cpu->inside)
        cpu->pass.flags |= event->flag ? TRACE_BY_TICK : TRACE_BY_HRTIMER;
    if (!event->flag)
        trace_timers_drop(machine->timers, event->id);
}

static void vote(struct trace_votes *votes, int64_t offset)
{
    uint32_t least = 0;

    for (uint32_t i = 0; i < TRACE_VOTES; i++) {
        if (votes->count[i] > 0 && votes->offset[i] == offset) {
            votes->count[i]++;
            return;
        }
        least = votes->count[i] < votes->count[least] ? i : least;
    }
    votes->offset[least] = offset;
    votes->count[least] = 1;
}

static void start_wheel_timer(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    int64_t since = event->time_ns - cpu->phase_ns;

    trace_timers_arm(machine->timers, event->flag ? TRACE_QUEUE_PINNED : TRACE_QUEUE_GLOBAL, event->id, event->target,
                     event->value);
    if (cpu->tick_seen)
        vote(&machine->jiffies, (int64_t)((uint64_t)event->other - (uint64_t)(since / machine->tick_period_ns)));
}

/* Which of machine->early_bits is a timer's. */
static uint32_t early_hash(uint64_t id)
{
    return (uint32_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 48) % TRACE_EARLY_BITS;
}

/* A wheel timer expires at a tick; its start was not seen. */
static void note_early(struct trace_machine *machine, const struct trace_cpu *cpu, const struct trace_event *event)
{
    int64_t into_ns = (event->time_ns - cpu->phase_ns) % machine->tick_period_ns;
    uint32_t hash = early_hash(event->id);

    if (machine->earlies == TRACE_EARLY_MAX || !cpu->tick_seen || into_ns < 0)
        return;
    machine->early_bits[hash / 64] |= UINT64_C(1) << hash % 64;
    machine->early[machine->earlies++] = (struct trace_early){
        .cpu = event->cpu, .since_ns = cpu->known_ns, .at_ns = event->time_ns - into_ns, .id = event->id};
}

/* What a timer is when it is started again it was before: one that wakes nobody never counted. */
static void judge_early(struct trace_machine *machine, const struct trace_event *event)
{
    uint32_t hash = early_hash(event->id);

    if (!(machine->early_bits[hash / 64] >> hash % 64 & 1))
        return;
    for (uint32_t i = machine->earlies; i-- > 0;) {
        struct trace_early *early = &machine->early[i];

        if (early->id != event->id)
            continue;
        early->pinned = event->flag;
        if (event->kind == TRACE_TIMER_SILENT)
            memmove(early, early + 1, (--machine->earlies - i) * sizeof(*early));
    }
}

void trace_machine_timer(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_HRTIMER_START:
        start_hrtimer(machine, cpu, event);
        break;
    case TRACE_HRTIMER_EXPIRE:
        expire_hrtimer(machine, cpu, event);
        break;
    case TRACE_TIMER_START:
        judge_early(machine, event);
        start_wheel_timer(machine, cpu, event);
        break;
    case TRACE_HRTIMER_CANCEL:
        if (event->id == cpu->tick_id && cpu->tick_seen) {
            cpu->tick_armed = false;
            break;
        }
        trace_timers_drop(machine->timers, event->id);
        break;
    case TRACE_TIMER_SILENT:
        judge_early(machine, event);
        trace_timers_arm_silent(machine->timers, event->id, event->cpu);
        break;
    case TRACE_TIMER_CANCEL:
        cpu->cancelled_id = event->id;
        cpu->cancelled_known = trace_timers_drop(machine->timers, event->id);
        break;
    default:
        /* A timer that expires is cancelled first. */
        if (!trace_timers_drop(machine->timers, event->id) && !(event->id == cpu->cancelled_id && cpu->cancelled_known))
            note_early(machine, cpu, event);
        break;
    }
}
