/* SPDX-License-Identifier: MIT */
#include "experiments/engine/park.h"

#include "arch/x86/cpu/smp.h"
#include "lib/fmt.h"

/* Once for each state, when its first CPU comes; the measured CPU is none of them. */
static void emit_state(struct record_stream *stream, const struct step *step, uint32_t number, uint32_t first)
{
    const struct machine *machine = step->machine;
    uint32_t hint = machine->cpus[first]->park_hint, count = 0, unused;
    const char *why;
    char state[16];

    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        if (machine->cpus[i] == step->cpu || machine->cpus[i]->park_hint != hint)
            continue;
        if (i < first)
            return;
        count++;
    }
    why = hint == PARK_HLT ? smp_park_hint(machine, machine->cpus[first], &unused) : NULL;
    if (hint == PARK_HLT)
        fmt(state, sizeof(state), "hlt");
    else
        fmt(state, sizeof(state), "mwait:0x%x", hint);
    if (why)
        record_write(stream, true, "t:%s step:%u state:%s cpus:%u why:%s", "park", number, state, count, why);
    else
        record_write(stream, true, "t:%s step:%u state:%s cpus:%u", "park", number, state, count);
}

void park_begin(struct record_stream *stream, struct step *step, uint32_t number)
{
    const struct machine *machine = step->machine;
    bool deep = step->park_deep || machine->park == PARK_WISH_DEEP;

    smp_park_deep(step->machine, deep);
    for (uint32_t i = 0; deep && i < machine->cpu_count; i++)
        if (machine->cpus[i] != step->cpu)
            emit_state(stream, step, number, i);
}

void park_end(struct step *step)
{
    smp_park_deep(step->machine, false);
}
