/* SPDX-License-Identifier: MIT */
/*
 * record=trace: the state table and each pass, in the lines that `idlelab replay` reads and writes, so that text tools
 * can cut them out of the log (docs/policies.md). They go out once, as raw samples do.
 */
#include "experiments/kit/results.h"
#include "experiments/policy/parts.h"
#include "lib/fmt.h"

enum { LINE_BYTES = 160 };

static void emit_table(struct step *step, const struct idle_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        char line[LINE_BYTES];

        fmt(line, sizeof(line), "%u,%s,%ld,%ld,%s,%u", i, table->name[i], table->exit_latency_ns[i],
            table->target_residency_ns[i], idle_state_polls(table, i) ? "POLL" : "-",
            (unsigned)idle_state_disabled(table, i));
        record_write(step->results->stream, false, "t:%s step:%u state:%s", "trace", step->results->step, line);
    }
}

static void emit_row(struct step *step, const char *word, const struct policy_lane *lane, uint32_t cpu, uint32_t i)
{
    const struct policy_row *row = &lane->rows[i];
    char given[LINE_BYTES], live[LINE_BYTES];

    fmt(given, sizeof(given), "%u,%ld,%ld,%ld,%ld,O,%u,0,%u", i, row->timer_ns, row->tick_ns, lane->run.loop.limit_ns,
        row->wake_ns, (unsigned)row->resched, row->exit_percent);
    fmt(live, sizeof(live), "%u,0,%u,%u,%u,%u,%c,%ld", i, row->choice.state, (unsigned)row->choice.stop_tick,
        (unsigned)row->choice.tick_stopped, (unsigned)row->choice.queried, row->wake, row->residency_ns);
    record_write(step->results->stream, false, "t:%s step:%u g:%s cpu:%u row:%s live:%s", "trace", step->results->step,
                 word, cpu, given, live);
}

void policy_trace_emit(struct step *step, const struct policy *policy)
{
    uint64_t lost = 0;

    emit_table(step, &policy->driver.table);
    for (uint32_t g = 0; g < policy->governor_count; g++) {
        for (uint32_t i = 0; i < policy->cpu_count; i++) {
            const struct policy_lane *lane = policy_lane_at(policy, g, i);

            for (uint32_t k = 0; k < lane->row_count; k++)
                emit_row(step, policy->words[g].text, lane, i, k);
            lost += lane->rows_lost;
        }
    }
    result_scalar(step, "rows_not_kept", (int64_t)lost, "count");
}
