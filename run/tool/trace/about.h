/* SPDX-License-Identifier: MIT */
/* What stands beside a trace: the machine, cpuidle's counters before and after, the timers that were armed. */
#ifndef LAB_TOOL_TRACE_ABOUT_H
#define LAB_TOOL_TRACE_ABOUT_H

#include "lib/governor/idle_table.h"
#include "run/tool/trace/cpu.h"

enum { TRACE_WORD_BYTES = 64, TRACE_PACKAGES_MAX = 256 };

struct trace_counts {
    uint64_t usage, above, below, rejected, time_us;
};

struct trace_states {
    struct idle_table table;
    bool before, after; /* the counters below are known */
    struct trace_counts first[IDLE_STATES_MAX], last[IDLE_STATES_MAX];
};

struct trace_about {
    char kernel[TRACE_WORD_BYTES], driver[TRACE_WORD_BYTES], governor[TRACE_WORD_BYTES];
    uint32_t hz;             /* 0: unknown */
    int64_t limit_us;        /* PM QoS' at the start; -1: unknown */
    struct idle_table table; /* for CPUs that have no other; count is 0 for none */
    struct trace_states *states[TRACE_CPUS_MAX];
    uint16_t package[TRACE_CPUS_MAX];             /* of a CPU, and 1; 0: unknown */
    uint64_t energy_range_uj[TRACE_PACKAGES_MAX]; /* where a package's counter begins anew; 0: unknown */
    bool some_cpus;                               /* others were not recorded */
    char error[TRACE_ERROR_BYTES];
};

/* Reads what there is in a folder of record-idle. False where a file is there and wrong: about->error. */
bool trace_about_folder(struct trace_about *about, const char *folder);
void trace_about_free(struct trace_about *about);

/* Arms the timers of a /proc/timer_list that was read just before the trace. False where it cannot be read. */
bool trace_about_timers(struct trace_about *about, struct trace_machine *machine, const char *name);

/* Adds what a full buffer dropped behind the end (the folder's file `lost`). */
void trace_about_lost(struct trace_machine *machine, const char *folder);

/* The table of a CPU: its own, or the one for all; NULL for none. */
const struct idle_table *trace_about_table(const struct trace_about *about, uint32_t cpu);

/*
 * The governor here that behaves as `governor` of that kernel; NULL where there is none. *exact is false where that
 * version was not read, and this is the nearest.
 */
const char *trace_version(const char *governor, const char *kernel, bool *exact);

#endif
