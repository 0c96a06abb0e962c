/* SPDX-License-Identifier: MIT */
/* The idle loop of one CPU: what its events say of where a pass begins and ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/trace/cpu.h"

/* A file that is gone when it is closed, beside the results: /tmp may be memory. */
static FILE *open_passes(const char *folder)
{
    char name[4096];
    int file;

    if (snprintf(name, sizeof(name), "%s/passes.XXXXXX", folder) >= (int)sizeof(name))
        return NULL;
    file = mkstemp(name);
    if (file < 0)
        return NULL;
    unlink(name);
    return fdopen(file, "w+b");
}

static bool write_pass(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_pass *pass)
{
    if (!cpu->passes)
        cpu->passes = open_passes(machine->folder);
    if (!cpu->passes || fwrite(pass, sizeof(*pass), 1, cpu->passes) != 1) {
        machine->error = "the passes could not be written beside the results";
        return false;
    }
    cpu->pass_count++;
    cpu->deepest = pass->state > cpu->deepest ? pass->state : cpu->deepest;
    cpu->refused += pass->flags & TRACE_REFUSED ? 1 : 0;
    return true;
}

/* Ends the pass that is open, if its sleep has ended. */
bool trace_machine_end_pass(struct trace_machine *machine, struct trace_cpu *cpu, uint32_t flags)
{
    bool good = true;

    if (cpu->inside && cpu->left) {
        cpu->pass.flags |= flags;
        good = write_pass(machine, cpu, &cpu->pass);
    }
    cpu->inside = false;
    return good;
}

/* Copies what the probes said into a pass, and forgets it. */
static void take_told(struct trace_cpu *cpu, struct trace_pass *pass)
{
    pass->told_ns = cpu->told.told_ns;
    pass->told_tick_ns = cpu->told.told_tick_ns;
    pass->flags |= cpu->told.flags & (TRACE_TOLD | TRACE_TOLD_TICK);
    if (cpu->told.flags & TRACE_LIMIT_KNOWN) {
        pass->limit_ns = cpu->told.limit_ns;
        pass->flags |= TRACE_LIMIT_KNOWN;
    }
    if (cpu->told.waiters != UINT16_MAX)
        pass->waiters = cpu->told.waiters;
    cpu->selecting = false;
}

static void begin_pass(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    struct trace_pass *pass = &cpu->pass;

    memset(pass, 0, sizeof(*pass));
    pass->entry_ns = event->time_ns;
    pass->origin_ns = cpu->origin_known && cpu->origin_ns <= event->time_ns ? cpu->origin_ns : event->time_ns;
    pass->state = (uint16_t)event->value;
    pass->waiters = (uint16_t)(cpu->waiters < UINT16_MAX ? cpu->waiters : UINT16_MAX - 1);
    pass->limit_ns = machine->limit_ns;
    pass->flags = (cpu->stopped ? TRACE_STOPPED : 0) | (machine->limit_known ? TRACE_LIMIT_KNOWN : 0) |
                  (cpu->origin_known ? TRACE_ORIGIN_KNOWN : 0) | (cpu->gap ? TRACE_AFTER_GAP : 0);
    cpu->gap = false;
    trace_distances(machine, event->cpu, pass);
    if (cpu->selecting)
        take_told(cpu, pass);
}

/* A select whose pass never came: the loop turned back, for there was work. */
static bool refuse(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    struct trace_event entry = *event;

    if (!trace_machine_end_pass(machine, cpu, 0))
        return false;
    entry.value = 0;
    begin_pass(machine, cpu, &entry);
    cpu->pass.flags |= TRACE_REFUSED | TRACE_RESCHED;
    cpu->pass.exit_ns = cpu->pass.entry_ns;
    cpu->stopping = false;
    return write_pass(machine, cpu, &cpu->pass);
}

static bool enter(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    if (!trace_machine_end_pass(machine, cpu, 0))
        return false;
    begin_pass(machine, cpu, event);
    cpu->inside = true;
    cpu->left = false;
    cpu->idle = true;
    cpu->stopping = false;
    return true;
}

static void leave(struct trace_cpu *cpu, const struct trace_event *event)
{
    if (!cpu->inside || cpu->left)
        return;
    cpu->left = true;
    cpu->pass.exit_ns = event->time_ns;
    if ((cpu->counting || !cpu->marked) && cpu->pass.state < IDLE_STATES_MAX) {
        cpu->counted[cpu->pass.state]++;
        cpu->counted_ns[cpu->pass.state] += (uint64_t)(event->time_ns - cpu->pass.entry_ns);
    }
    if (cpu->pass.flags & (TRACE_BY_HRTIMER | TRACE_BY_TICK | TRACE_BY_OTHER) && cpu->pass.state > 0) {
        cpu->origin_ns = event->time_ns;
        cpu->origin_known = true;
    }
}

/* The end of an interrupt is where the next distances count from; what is traced in it last is nearest to that. */
void trace_machine_interrupt(struct trace_cpu *cpu, const struct trace_event *event)
{
    if (!cpu->idle)
        return;
    if (!cpu->inside || cpu->left || cpu->pass.state == 0) {
        cpu->origin_ns = event->time_ns;
        cpu->origin_known = true;
    }
    if (event->kind == TRACE_INTERRUPT && cpu->inside)
        cpu->pass.flags |= TRACE_BY_OTHER;
}

/* Tasks that sleep where they cannot be disturbed: for a disk, mostly. Which CPU counts them, until they run again. */
static void note_waiter(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    uint32_t next = (uint32_t)event->value % TRACE_PIDS, last = (uint32_t)event->other % TRACE_PIDS;

    if (event->value > 0 && machine->waiting_pid[next] == event->value) {
        struct trace_cpu *home = machine->cpu[machine->waiting_cpu[next]];

        home->waiters -= home->waiters > 0;
        machine->waiting_pid[next] = 0;
    }
    if (event->other > 0 && event->flag && machine->waiting_pid[last] == 0) {
        machine->waiting_pid[last] = (int32_t)event->other;
        machine->waiting_cpu[last] = event->cpu;
        cpu->waiters++;
    }
}

static bool switch_task(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    bool good = true;

    note_waiter(machine, cpu, event);
    if (event->value == 0) {
        good = trace_machine_end_pass(machine, cpu, 0);
        cpu->idle = true;
        cpu->origin_ns = event->time_ns;
        cpu->origin_known = true;
        cpu->stopping = false;
        cpu->selecting = false;
        return good;
    }
    if (!cpu->idle && !cpu->inside)
        return true;
    if (cpu->selecting || cpu->stopping)
        good = refuse(machine, cpu, event);
    good = good && trace_machine_end_pass(machine, cpu, TRACE_RESCHED);
    cpu->idle = false;
    cpu->stopped = false;
    cpu->stopping = false;
    cpu->selecting = false;
    return good;
}

/* Nothing of a CPU is certain behind a gap. */
static bool lose(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    bool good = trace_machine_end_pass(machine, cpu, 0);

    cpu->lost += (uint64_t)event->value;
    cpu->gaps++;
    machine->lost += (uint64_t)event->value;
    cpu->gap = true;
    cpu->known_ns = machine->last_ns;
    trace_timers_forget(machine->timers, event->cpu);
    cpu->tick_armed = cpu->tick_seen = cpu->timers_seen = false;
    cpu->stopped = cpu->stopping = cpu->idle = cpu->origin_known = cpu->selecting = false;
    cpu->waiters = 0;
    return good;
}

/* A select begins: with one still open, that one was refused. */
static bool begin_select(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    bool good = !cpu->selecting || refuse(machine, cpu, event);

    machine->told = true;
    memset(&cpu->told, 0, sizeof(cpu->told));
    cpu->told.waiters = UINT16_MAX;
    cpu->told.limit_ns = event->value;
    cpu->told.flags = TRACE_LIMIT_KNOWN;
    cpu->selecting = true;
    return good;
}

static void tell_length(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    machine->told = true;
    if (!cpu->selecting) {
        memset(&cpu->told, 0, sizeof(cpu->told));
        cpu->told.waiters = UINT16_MAX;
        cpu->selecting = true;
    }
    cpu->told.told_ns = event->value;
    cpu->told.told_tick_ns = event->other;
    cpu->told.flags |= TRACE_TOLD | (event->flag ? TRACE_TOLD_TICK : 0);
}

static void stop_tick(struct trace_cpu *cpu)
{
    cpu->stopping = cpu->tick_armed && !cpu->stopped;
    cpu->stop_tick_ns = cpu->tick_ns;
    cpu->stopped = true;
}

bool trace_machine_idle(struct trace_machine *machine, struct trace_cpu *cpu, const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_IDLE_ENTER:
        return enter(machine, cpu, event);
    case TRACE_IDLE_EXIT:
        leave(cpu, event);
        return true;
    case TRACE_SWITCH:
        return switch_task(machine, cpu, event);
    case TRACE_LOST:
        return lose(machine, cpu, event);
    case TRACE_TOLD_LIMIT:
        return begin_select(machine, cpu, event);
    case TRACE_TOLD_LENGTH:
        tell_length(machine, cpu, event);
        return true;
    case TRACE_TOLD_WAITERS:
        if (cpu->selecting)
            cpu->told.waiters = (uint16_t)(event->value < UINT16_MAX ? event->value : UINT16_MAX - 1);
        return true;
    case TRACE_TOLD_SLEPT:
        if (cpu->inside && cpu->left && event->value > 0)
            cpu->pass.told_slept_ns = event->value;
        return true;
    case TRACE_TICK_STOP:
        stop_tick(cpu);
        return true;
    default:
        return true;
    }
}
