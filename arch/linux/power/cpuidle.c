/* SPDX-License-Identifier: MIT */
/*
 * Idle states as the kernel counts them, in /sys/devices/system/cpu/cpuN/cpuidle (Linux,
 * Documentation/admin-guide/pm/cpuidle.rst). Read around a sleep, outside its window: which state's count of entries
 * moved by one says which state the CPU was in.
 */
#include "arch/linux/os.h"
#include "arch/x86/machine.h"
#include "lib/fmt.h"

enum { PATH_BYTES = 96 };

static void path_of(char *path, const struct percpu *cpu, uint32_t state, const char *what)
{
    fmt(path, PATH_BYTES, "/sys/devices/system/cpu/cpu%u/cpuidle/state%u/%s", (unsigned)cpu->os->number, state, what);
}

bool os_idle_number(const struct percpu *cpu, uint32_t state, const char *what, uint64_t *value)
{
    char path[PATH_BYTES];

    path_of(path, cpu, state, what);
    return os_read_number(path, value);
}

bool os_idle_name(const struct percpu *cpu, uint32_t state, char *text, size_t bytes)
{
    char path[PATH_BYTES];

    path_of(path, cpu, state, "name");
    return os_read_text(path, text, bytes);
}

void os_idle_open(struct percpu *cpu)
{
    uint64_t value;

    while (cpu->os->idle_states < OS_IDLE_STATES_MAX && os_idle_number(cpu, cpu->os->idle_states, "usage", &value))
        cpu->os->idle_states++;
    if (cpu->os->idle_states && (cpu->index ? cpu->machine->cpus[0]->os->idle_trace > 0 : os_idle_trace_begin()))
        os_idle_trace_open(cpu);
}

void os_idle_begin(struct percpu *cpu)
{
    if (cpu->os->idle_trace > 0) {
        os_idle_trace_drain(cpu);
        return;
    }
    for (uint32_t i = 0; i < cpu->os->idle_states; i++)
        os_idle_number(cpu, i, "usage", &cpu->os->idle_usage[i]);
}

uint32_t os_idle_entered(struct percpu *cpu, uint64_t event_tsc)
{
    uint32_t entered = 0, entries = 0;

    if (cpu->os->idle_trace > 0)
        return os_idle_trace_state(cpu, event_tsc);
    for (uint32_t i = 0; i < cpu->os->idle_states; i++) {
        uint64_t usage = 0;

        os_idle_number(cpu, i, "usage", &usage);
        if (usage == cpu->os->idle_usage[i])
            continue;
        entries += (uint32_t)(usage - cpu->os->idle_usage[i]);
        entered = i + 1;
    }
    return entries == 1 ? entered : 0;
}
