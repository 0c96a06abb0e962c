/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lib/governor/idle_loop.h"
#include "run/tool/trace/rows.h"

enum {
    BIAS_MAX_NS = 5000, /* more is no cost of tracing */
    PERCENT = 100,
};

/* Traced time against sysfs' own, where both saw the same passes. */
static void take_bias(struct trace_calibration *calibration, const struct trace_cpu *cpu,
                      const struct trace_states *states)
{
    uint64_t usage = 0, time_us = 0, traced = cpu->counted;
    int64_t off, bias_ns;

    if (!states || !states->before || !states->after)
        return;
    for (uint32_t i = 0; i < states->table.count; i++) {
        usage += states->last[i].usage - states->first[i].usage;
        time_us += states->last[i].time_us - states->first[i].time_us;
    }
    calibration->usage = (int64_t)usage;
    calibration->traced = (int64_t)traced;
    off = (int64_t)(usage - traced);
    if (usage == 0 || traced == 0 || off * PERCENT > (int64_t)usage || -off * PERCENT > (int64_t)usage)
        return;
    bias_ns = ((int64_t)cpu->counted_ns - (int64_t)(time_us * 1000)) / (int64_t)traced;
    if (bias_ns > 0 && bias_ns < BIAS_MAX_NS)
        calibration->bias_ns = bias_ns;
}

int64_t trace_residency_ns(const struct trace_pass *pass, const struct trace_calibration *calibration)
{
    int64_t residency_ns = pass->exit_ns - pass->entry_ns - calibration->bias_ns;

    return residency_ns > 1 ? residency_ns : 1;
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
                     const struct idle_table *table, int64_t tick_period_ns)
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
    take_percent(calibration, cpu, table);
    return true;
}
