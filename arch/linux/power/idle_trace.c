/* SPDX-License-Identifier: MIT */
/*
 * The tracer's event power:cpu_idle, where tracefs is there and root may read it: each entry of a state with its time
 * in ticks of the CPU's TSC (clock x86-tsc; Linux, Documentation/trace/ftrace.rst). So a sample belongs to the state
 * that the CPU was in when its event came, however often it woke before. In an instance of its own, which goes when
 * the program ends; a killed one's is taken over.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/linux/os.h"
#include "arch/x86/machine.h"

#define INSTANCE "/sys/kernel/tracing/instances/idlelab-linux"

enum { TEXT_BYTES = 16 * 1024 };

static bool write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);

    if (file >= 0)
        close(file);
    return done;
}

/* At the end of the program. An instance that is read cannot go. */
static void take_away(void)
{
    (void)close_range(STDERR_FILENO + 1, ~0u, 0);
    (void)write_file(INSTANCE "/events/power/cpu_idle/enable", "0");
    (void)rmdir(INSTANCE);
}

bool os_idle_trace_begin(void)
{
    (void)rmdir(INSTANCE);
    if (mkdir(INSTANCE, 0700))
        return false;
    atexit(take_away);
    return write_file(INSTANCE "/trace_clock", "x86-tsc") && write_file(INSTANCE "/events/power/cpu_idle/enable", "1");
}

void os_idle_trace_open(struct percpu *cpu)
{
    char path[96];

    snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%d/trace_pipe", cpu->os->number);
    cpu->os->idle_trace = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* The next part of the pipe as text; 0: there is none now. */
static size_t read_part(const struct percpu *cpu, char text[TEXT_BYTES])
{
    ssize_t got = read(cpu->os->idle_trace, text, TEXT_BYTES - 1);

    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

void os_idle_trace_drain(const struct percpu *cpu)
{
    char text[TEXT_BYTES];

    while (read_part(cpu, text))
        ;
}

/* "<idle>-0  [000] d..1. 123456789: cpu_idle: state=1 cpu_id=0"; the time is the word in front of ": cpu_idle". */
static bool read_line(const char *line, uint64_t *tsc, uint32_t *state)
{
    const char *event = strstr(line, ": cpu_idle: state="), *digits = event;

    if (!event)
        return false;
    while (digits > line && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    *tsc = strtoull(digits, NULL, 10);
    *state = (uint32_t)strtoul(event + strlen(": cpu_idle: state="), NULL, 10);
    return true;
}

uint32_t os_idle_trace_state(const struct percpu *cpu, uint64_t event_tsc)
{
    char text[TEXT_BYTES];
    uint32_t at_event = 0;

    while (read_part(cpu, text)) {
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n")) != NULL) {
            uint64_t tsc;
            uint32_t state;

            if (read_line(line, &tsc, &state) && tsc <= event_tsc)
                at_event = state == UINT32_MAX ? 0 : state + 1; /* UINT32_MAX: it is left */
        }
    }
    return at_event;
}
