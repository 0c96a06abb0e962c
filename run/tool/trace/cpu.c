/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BACKWARDS_NS = 1000000 }; /* less may be a clock that is read in a non-maskable interrupt */

struct trace_machine *trace_machine_new(int64_t tick_period_ns, const char *folder)
{
    struct trace_machine *machine = calloc(1, sizeof(*machine));

    if (!machine)
        return NULL;
    machine->timers = trace_timers_new(TRACE_CPUS_MAX);
    machine->folder = strdup(folder);
    machine->tick_period_ns = tick_period_ns;
    if (machine->timers && machine->folder)
        return machine;
    trace_machine_free(machine);
    return NULL;
}

void trace_machine_free(struct trace_machine *machine)
{
    for (uint32_t c = 0; c < machine->cpus; c++) {
        if (machine->cpu[c] && machine->cpu[c]->passes)
            fclose(machine->cpu[c]->passes);
        if (machine->cpu[c])
            free(machine->cpu[c]->rcu_ns);
        free(machine->cpu[c]);
    }
    if (machine->timers)
        trace_timers_free(machine->timers);
    free(machine->reading);
    free(machine->folder);
    free(machine);
}

struct trace_cpu *trace_machine_cpu(struct trace_machine *machine, uint32_t cpu)
{
    if (!machine->cpu[cpu]) {
        machine->cpu[cpu] = calloc(1, sizeof(*machine->cpu[cpu]));
        if (machine->cpu[cpu] && cpu >= machine->cpus)
            machine->cpus = cpu + 1;
    }
    return machine->cpu[cpu];
}

static void take_rcu(struct trace_cpu *cpu, int64_t time_ns)
{
    if (cpu->rcus == cpu->rcu_room) {
        uint32_t room = cpu->rcu_room ? 2 * cpu->rcu_room : 64;
        int64_t *more = room <= TRACE_RCUS_MAX ? realloc(cpu->rcu_ns, room * sizeof(*more)) : NULL;

        if (!more)
            return;
        cpu->rcu_ns = more;
        cpu->rcu_room = room;
    }
    cpu->rcu_ns[cpu->rcus++] = time_ns;
}

static void take_reading(struct trace_machine *machine, const struct trace_event *event)
{
    bool since = event->kind == TRACE_ENERGY_SINCE;

    if (machine->readings == machine->reading_room) {
        uint32_t room = machine->reading_room ? 2 * machine->reading_room : 256;
        struct trace_reading *more =
            room <= TRACE_READINGS_MAX ? realloc(machine->reading, room * sizeof(*more)) : NULL;

        if (!more)
            return;
        machine->reading = more;
        machine->reading_room = room;
    }
    machine->reading[machine->readings++] =
        (struct trace_reading){event->time_ns, (uint64_t)event->value, since ? event->cpu : event->target, since};
}

/* Events that are about a machine or another CPU. */
static bool take_common(struct trace_machine *machine, const struct trace_event *event)
{
    struct trace_cpu *target;

    if (event->kind == TRACE_LIMIT) {
        machine->limit_ns = event->value;
        machine->limit_known = true;
        return true;
    }
    if (event->kind == TRACE_ENERGY || event->kind == TRACE_ENERGY_SINCE) {
        take_reading(machine, event);
        return true;
    }
    if (event->kind != TRACE_BASE_IDLE && event->kind != TRACE_MARK_BEFORE && event->kind != TRACE_MARK_AFTER)
        return false;
    target = trace_machine_cpu(machine, event->target);
    if (event->kind == TRACE_BASE_IDLE) {
        machine->shared_wheel = true;
        if (target)
            target->wheel_idle = event->flag;
    } else if (target) {
        target->counting = event->kind == TRACE_MARK_BEFORE;
        if (!target->marked) {
            memset(target->counted, 0, sizeof(target->counted));
            memset(target->counted_ns, 0, sizeof(target->counted_ns));
        }
        target->marked = true;
    }
    return true;
}

/*
 * A trace is in the order of time; where it is not, it is none or several one behind the other. What is known of the
 * CPU ends there, as where events were lost. False as below.
 */
static bool keep_order(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    struct trace_event gap = {.kind = TRACE_LOST, .cpu = event->cpu};
    bool older = event->time_ns < cpu->last_ns - BACKWARDS_NS;

    machine->backwards += older || event->time_ns < machine->last_ns - BACKWARDS_NS;
    machine->first_ns = machine->first_ns ? machine->first_ns : event->time_ns;
    machine->last_ns = cpu->last_ns = event->time_ns;
    return !older || trace_machine_idle(machine, cpu, &gap);
}

bool trace_machine_take(struct trace_machine *machine, const struct trace_event *event)
{
    struct trace_cpu *cpu = trace_machine_cpu(machine, event->cpu);

    if (!cpu) {
        machine->error = "there is no memory for another CPU";
        return false;
    }
    machine->events += event->kind != TRACE_LOST;
    machine->kinds |= UINT32_C(1) << event->kind;
    if (event->kind != TRACE_LOST && !keep_order(machine, cpu, event))
        return false;
    machine->idle_events += cpu->idle;
    if (event->kind == TRACE_HRTIMER_EXPIRE && cpu->interrupt_ns) {
        machine->event_sum_ns += (uint64_t)(event->time_ns - cpu->interrupt_ns);
        machine->event_steps++;
    }
    cpu->interrupt_ns = event->kind == TRACE_INTERRUPT ? event->time_ns : 0;
    if (take_common(machine, event))
        return true;
    switch (event->kind) {
    case TRACE_HRTIMER_START:
    case TRACE_HRTIMER_CANCEL:
    case TRACE_HRTIMER_EXPIRE:
    case TRACE_TIMER_START:
    case TRACE_TIMER_SILENT:
    case TRACE_TIMER_CANCEL:
    case TRACE_TIMER_EXPIRE:
        /* The tick's hrtimer is moved by the idle loop itself, too. */
        if (!cpu->stopping && !(event->id == cpu->tick_id && event->kind != TRACE_HRTIMER_EXPIRE))
            trace_machine_interrupt(cpu, event);
        trace_machine_timer(machine, cpu, event);
        return true;
    case TRACE_INTERRUPT:
        trace_machine_interrupt(cpu, event);
        return true;
    case TRACE_RCU:
        take_rcu(cpu, event->time_ns);
        return true;
    default:
        return trace_machine_idle(machine, cpu, event);
    }
}

bool trace_machine_end(struct trace_machine *machine)
{
    for (uint32_t c = 0; c < machine->cpus; c++)
        if (machine->cpu[c] && !trace_machine_end_pass(machine, machine->cpu[c], 0))
            return false;
    return true;
}
