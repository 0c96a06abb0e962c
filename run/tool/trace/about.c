/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/about.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_BYTES = 4096,
    LINE_BYTES = 512,
    NS_PER_US = 1000,
};

static FILE *open_in(const char *folder, const char *file, char name[NAME_BYTES])
{
    if (snprintf(name, NAME_BYTES, "%s/%s", folder, file) >= NAME_BYTES)
        return NULL;
    return fopen(name, "r");
}

static bool wrong(struct trace_about *about, const char *name, uint64_t line, const char *what)
{
    snprintf(about->error, sizeof(about->error), "%.200s:%" PRIu64 ": %s", name, line, what);
    return false;
}

static void take_word(char word[TRACE_WORD_BYTES], const char *text)
{
    size_t bytes = 0;

    for (; *text && bytes + 1 < TRACE_WORD_BYTES; text++)
        word[bytes++] = *text > ' ' && *text <= '~' ? *text : '_';
    word[bytes] = 0;
}

/* A state's name, as a cell of a table can hold it. */
static void take_name(char cell[IDLE_NAME_BYTES], const char *name)
{
    size_t bytes = 0;

    for (; *name && bytes + 1 < IDLE_NAME_BYTES; name++)
        cell[bytes++] = *name > ' ' && *name <= '~' && *name != ',' && *name != '"' ? *name : '_';
    cell[bytes] = 0;
}

/* `package_of_cpu3=0`, `energy_range_uj_0=262143328850`. */
static void read_package(struct trace_about *about, const char *key, const char *value)
{
    unsigned int number;
    unsigned long package = strtoul(value, NULL, 10);

    if (sscanf(key, "package_of_cpu%u", &number) == 1 && number < TRACE_CPUS_MAX && package < TRACE_PACKAGES_MAX)
        about->package[number] = (uint16_t)(package + 1);
    else if (sscanf(key, "energy_range_uj_%u", &number) == 1 && number < TRACE_PACKAGES_MAX)
        about->energy_range_uj[number] = strtoull(value, NULL, 10);
}

static bool read_about(struct trace_about *about, const char *folder)
{
    char name[NAME_BYTES], line[LINE_BYTES];
    FILE *file = open_in(folder, "about", name);

    while (file && fgets(line, sizeof(line), file)) {
        char *value = strchr(line, '=');

        line[strcspn(line, "\r\n")] = 0;
        if (!value)
            continue;
        *value++ = 0;
        if (strcmp(line, "kernel") == 0)
            take_word(about->kernel, value);
        else if (strcmp(line, "driver") == 0)
            take_word(about->driver, value);
        else if (strcmp(line, "governor") == 0)
            take_word(about->governor, value);
        else if (strcmp(line, "hz") == 0)
            about->hz = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(line, "latency_us") == 0)
            about->limit_us = strtoll(value, NULL, 10);
        else if (strcmp(line, "cpus") == 0)
            about->some_cpus = strcmp(value, "all") != 0;
        else
            read_package(about, line, value);
    }
    if (file)
        fclose(file);
    return true;
}

static struct trace_states *states_of(struct trace_about *about, uint32_t cpu)
{
    if (!about->states[cpu])
        about->states[cpu] = calloc(1, sizeof(*about->states[cpu]));
    return about->states[cpu];
}

/* `cpu0 state1 C1 latency residency disable usage above below rejected time`, times in us. */
static bool read_state(struct trace_about *about, const char *line, bool after)
{
    unsigned int cpu, state;
    char name[32];
    int64_t latency_us, residency_us, disabled;
    struct trace_counts counts;
    struct trace_states *states;
    struct idle_table *table;

    if (sscanf(line,
               "cpu%u state%u %31s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64,
               &cpu, &state, name, &latency_us, &residency_us, &disabled, &counts.usage, &counts.above, &counts.below,
               &counts.rejected, &counts.time_us) != 11)
        return false;
    if (cpu >= TRACE_CPUS_MAX || state >= IDLE_STATES_MAX || latency_us < 0 || residency_us < 0 ||
        latency_us > IDLE_TIME_MAX_NS / NS_PER_US || residency_us > IDLE_TIME_MAX_NS / NS_PER_US)
        return false;
    states = states_of(about, cpu);
    if (!states)
        return false;
    (after ? states->last : states->first)[state] = counts;
    states->after |= after;
    states->before |= !after;
    table = &states->table;
    if (after && states->before)
        return true;
    if (state != table->count)
        return false;
    take_name(table->name[state], name);
    table->exit_latency_ns[state] = latency_us * NS_PER_US;
    table->target_residency_ns[state] = residency_us * NS_PER_US;
    table->poll_mask |= (uint32_t)(state == 0 && strcmp(name, "POLL") == 0) << state;
    table->disabled_mask |= (uint32_t)(disabled != 0) << state;
    table->count++;
    return true;
}

static bool read_states(struct trace_about *about, const char *folder, const char *which, bool after)
{
    char name[NAME_BYTES], line[LINE_BYTES];
    FILE *file = open_in(folder, which, name);
    uint64_t number = 0;
    bool good = true;

    while (file && good && fgets(line, sizeof(line), file)) {
        number++;
        good = line[0] == '#' || read_state(about, line, after);
    }
    if (file)
        fclose(file);
    return good || wrong(about, name, number,
                         "expected `cpuN stateN name latency residency disable usage above below rejected time'");
}

static bool check_tables(struct trace_about *about)
{
    for (uint32_t c = 0; c < TRACE_CPUS_MAX; c++) {
        uint32_t state;
        const char *why = about->states[c] ? idle_table_check(&about->states[c]->table, &state) : NULL;

        if (why) {
            snprintf(about->error, sizeof(about->error), "the states of CPU %" PRIu32 ": state %" PRIu32 ": %s", c,
                     state, why);
            return false;
        }
    }
    return true;
}

bool trace_about_folder(struct trace_about *about, const char *folder)
{
    return read_about(about, folder) && read_states(about, folder, "states.before", false) &&
           read_states(about, folder, "states.after", true) && check_tables(about);
}

void trace_about_lost(struct trace_machine *machine, const char *folder)
{
    char name[NAME_BYTES], line[LINE_BYTES];
    FILE *file = open_in(folder, "lost", name);
    unsigned int cpu;
    uint64_t count;

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "cpu%u %" SCNu64, &cpu, &count) == 2 && cpu < TRACE_CPUS_MAX &&
            trace_machine_cpu(machine, cpu)) {
            machine->cpu[cpu]->lost += count;
            machine->lost += count;
        }
    if (file)
        fclose(file);
}

void trace_about_free(struct trace_about *about)
{
    for (uint32_t c = 0; c < TRACE_CPUS_MAX; c++)
        free(about->states[c]);
}

const struct idle_table *trace_about_table(const struct trace_about *about, uint32_t cpu)
{
    if (about->states[cpu] && about->states[cpu]->table.count > 0)
        return &about->states[cpu]->table;
    return about->table.count > 0 ? &about->table : NULL;
}

/* Where in /proc/timer_list the reader is. */
struct place {
    unsigned int cpu;
    bool known; /* the CPU */
    int64_t offset_ns;
    uint64_t timer;
    char function[32];
};

static void arm(struct trace_machine *machine, const struct place *place, int64_t expires_ns)
{
    struct trace_cpu *cpu = place->known && place->timer ? trace_machine_cpu(machine, place->cpu) : NULL;

    if (!cpu)
        return;
    cpu->timers_seen = true;
    if (strcmp(place->function, "tick_nohz_handler") == 0 || strcmp(place->function, "tick_sched_timer") == 0)
        trace_cpu_arm_tick(machine, cpu, place->timer, expires_ns);
    else if (expires_ns >= 0 && expires_ns < INT64_MAX / 4)
        trace_timers_arm(machine->timers, TRACE_QUEUE_HRTIMER, place->timer, place->cpu, expires_ns);
}

static void read_timer_line(struct trace_machine *machine, struct place *place, const char *line)
{
    int64_t number, last;
    unsigned int cpu;

    if (sscanf(line, "cpu: %u", &cpu) == 1) {
        place->known = cpu < TRACE_CPUS_MAX;
        place->cpu = cpu;
        place->offset_ns = 0;
    } else if (sscanf(line, " .offset: %" SCNd64, &number) == 1) {
        place->offset_ns = number;
    } else if (strstr(line, "ktime_get_real")) {
        place->function[0] = 'R'; /* the offset comes in the next line */
    } else if (sscanf(line, " #%*d: <%" SCNx64 ">, %31[^,]", &place->timer, place->function) == 2) {
        return;
    } else if (sscanf(line, " # expires at %" SCNd64 "-%" SCNd64, &number, &last) == 2) {
        arm(machine, place, (int64_t)((uint64_t)last - (uint64_t)place->offset_ns));
        place->timer = 0;
    }
    if (place->function[0] == 'R' && place->offset_ns > 0) {
        machine->realtime_offset_ns = place->offset_ns;
        place->function[0] = 0;
    }
}

bool trace_about_timers(struct trace_about *about, struct trace_machine *machine, const char *name)
{
    char line[LINE_BYTES];
    struct place place = {0};
    FILE *file = fopen(name, "r");

    if (!file)
        return wrong(about, name, 0, strerror(errno));
    while (fgets(line, sizeof(line), file))
        read_timer_line(machine, &place, line);
    fclose(file);
    return true;
}
