/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "lib/governor/idle_loop.h"
#include "run/tool/trace/rows.h"

enum {
    BIAS_MAX_NS = 5000, /* more is no cost of tracing */
    BIAS_PASSES = 20,
    NS_PER_US = 1000,
    TOLD_ERROR_NS = 50000,
    STAMP_NS = 1000, /* of tracefs' text */
    OFFSET_MAX_NS = 20000,
    OFFSET_PASSES = 100,
    OFFSET_CLASS_NS = 100,
    PERCENT = 100,
};

/*
 * Traced time against sysfs' own, in the states of which both saw as many passes: one that ended while the counters
 * were being read would be taken for a bias.
 */
static void take_bias(struct trace_calibration *calibration, const struct trace_cpu *cpu,
                      const struct trace_states *states)
{
    int64_t off_ns = 0, passes = 0;

    if (!states || !states->before || !states->after)
        return;
    calibration->usage = calibration->traced = 0;
    for (uint32_t i = 0; i < states->table.count; i++) {
        int64_t usage = (int64_t)(states->last[i].usage - states->first[i].usage);
        int64_t time_us = (int64_t)(states->last[i].time_us - states->first[i].time_us);

        calibration->usage += usage;
        calibration->traced += (int64_t)cpu->counted[i];
        if (usage == (int64_t)cpu->counted[i] && usage > 0) {
            off_ns += (int64_t)cpu->counted_ns[i] - time_us * NS_PER_US;
            passes += usage;
        }
    }
    if (passes < BIAS_PASSES || off_ns / passes <= 0 || off_ns / passes >= BIAS_MAX_NS)
        return;
    calibration->bias_ns = off_ns / passes;
}

/*
 * Stamps of whole microseconds are finer where the governor's own distance says when the pass began, and where a
 * timer's interrupt says when it looked at the clock: what lies between is the same each time, up to the stamp.
 */
int64_t trace_residency_ns(const struct trace_pass *pass, const struct trace_calibration *calibration)
{
    int64_t entry_ns = pass->entry_ns, exit_ns = pass->exit_ns, origin_ns, finer_ns;

    /* Of another layout of cpuidle's data it would be any number. */
    if (pass->told_slept_ns > 0 && llabs(pass->told_slept_ns - (exit_ns - entry_ns)) < TOLD_ERROR_NS)
        return pass->told_slept_ns;
    if (calibration->fine && trace_pass_origin(pass, &origin_ns)) {
        finer_ns = origin_ns + calibration->lead_ns;
        entry_ns = llabs(finer_ns - entry_ns) < 2 * STAMP_NS ? finer_ns : entry_ns + STAMP_NS / 2;
        finer_ns = pass->woken_ns ? pass->woken_ns + calibration->tail_ns : 0;
        exit_ns = finer_ns < exit_ns || finer_ns >= exit_ns + STAMP_NS ? exit_ns + STAMP_NS / 2 : finer_ns;
    }
    exit_ns -= entry_ns + calibration->bias_ns;
    return exit_ns > 1 ? exit_ns : 1;
}

/* The next pass of which something is known to the ns; how far a stamp is behind it. False at the end. */
static bool next_offset(struct trace_cpu *cpu, bool tail, int64_t *offset_ns)
{
    struct trace_pass pass;
    int64_t origin_ns;

    while (fread(&pass, sizeof(pass), 1, cpu->passes) == 1) {
        if (!pass.woken_ns || !trace_pass_origin(&pass, &origin_ns))
            continue;
        *offset_ns = tail ? pass.exit_ns - pass.woken_ns : pass.entry_ns - origin_ns;
        if (llabs(*offset_ns) < OFFSET_MAX_NS)
            return true;
    }
    return false;
}

/* The mean around the median: an interrupt that was held up is no measure. Returns how many passes stand behind it. */
static uint64_t mean_offset(struct trace_cpu *cpu, bool tail, int64_t *mean_ns)
{
    uint64_t counts[2 * OFFSET_MAX_NS / OFFSET_CLASS_NS + 1] = {0}, all = 0, below = 0, count = 0;
    int64_t offset_ns, median_ns = 0, sum_ns = 0;

    rewind(cpu->passes);
    while (next_offset(cpu, tail, &offset_ns)) {
        counts[(offset_ns + OFFSET_MAX_NS) / OFFSET_CLASS_NS]++;
        all++;
    }
    for (size_t i = 0; 2 * below < all; i++) {
        below += counts[i];
        median_ns = (int64_t)i * OFFSET_CLASS_NS - OFFSET_MAX_NS;
    }
    rewind(cpu->passes);
    while (next_offset(cpu, tail, &offset_ns))
        if (llabs(offset_ns - median_ns) < STAMP_NS + STAMP_NS / 2) {
            sum_ns += offset_ns;
            count++;
        }
    *mean_ns = (count ? sum_ns / (int64_t)count : 0) + STAMP_NS / 2;
    return count;
}

/* The median lateness behind timers, in percent of the state's exit latency. */
static void take_percent(struct trace_calibration *calibration, struct trace_cpu *cpu, const struct idle_table *table)
{
    static uint64_t counts[IDLE_STATES_MAX][PERCENT + 1];
    struct trace_pass pass;

    memset(counts, 0, sizeof(counts));
    rewind(cpu->passes);
    while (fread(&pass, sizeof(pass), 1, cpu->passes) == 1) {
        int64_t next_ns = trace_pass_next_ns(&pass), late_ns, exit_ns;

        if (pass.state >= table->count || next_ns == TRACE_NEVER_NS ||
            trace_pass_cause(&pass, idle_state_polls(table, pass.state) ? calibration->budget_ns : 0) != 'T')
            continue;
        exit_ns = table->exit_latency_ns[pass.state];
        late_ns = trace_residency_ns(&pass, calibration) - (pass.origin_ns + next_ns - pass.entry_ns);
        if (exit_ns == 0)
            continue;
        late_ns = late_ns < 0 ? 0 : late_ns > exit_ns ? exit_ns : late_ns;
        counts[pass.state][(late_ns * PERCENT + exit_ns / 2) / exit_ns]++;
        calibration->timed[pass.state]++;
    }
    for (uint32_t s = 0; s < table->count; s++) {
        uint64_t below = 0;

        for (uint32_t p = 0; p <= PERCENT && calibration->timed[s] > 0; p++) {
            below += counts[s][p];
            if (2 * below >= calibration->timed[s]) {
                calibration->percent[s] = p;
                break;
            }
        }
    }
}

bool trace_calibrate(struct trace_calibration *calibration, struct trace_cpu *cpu, const struct trace_states *states,
                     const struct idle_table *table, int64_t tick_period_ns, bool coarse)
{
    struct idle_loop loop = {.table = table, .tick_period_ns = tick_period_ns};

    memset(calibration, 0, sizeof(*calibration));
    calibration->usage = -1;
    calibration->budget_ns = (int64_t)idle_poll_budget_ns(&loop);
    if (!cpu->passes)
        return true;
    if (fflush(cpu->passes) != 0)
        return false;
    take_bias(calibration, cpu, states);
    if (coarse)
        calibration->fine = mean_offset(cpu, false, &calibration->lead_ns) >= OFFSET_PASSES &&
                            mean_offset(cpu, true, &calibration->tail_ns) >= OFFSET_PASSES;
    take_percent(calibration, cpu, table);
    return true;
}
