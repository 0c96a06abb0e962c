/* SPDX-License-Identifier: MIT */
/* The results of `policy`: each governor's totals, its states, its latencies. */
#include "experiments/kit/row.h"
#include "experiments/policy/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"

enum { KEY_BYTES = 48, PPM = 1000000, NJ_PER_UJ = 1000 };

/* The governor's word as results are named: [a-z0-9_]. */
static void add_prefix(char *key, const char *word)
{
    size_t i = 0;

    for (; i < POLICY_WORD_BYTES && word[i]; i++) {
        char c = word[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        key[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
    }
    key[i] = '\0';
}

static void emit(struct step *step, const char *prefix, const char *name, uint64_t value, const char *unit)
{
    char key[KEY_BYTES];

    fmt(key, sizeof(key), "%s_%s", prefix, name);
    result_scalar(step, key, (int64_t)value, unit);
}

static void report_totals(struct step *step, const struct policy *policy, uint32_t g, const char *prefix)
{
    const struct policy_lane *lane = policy_lane_at(policy, g, 0);
    struct policy_totals sum;

    policy_sum(policy, g, &sum);
    emit(step, prefix, "events", sum.events, "count");
    emit(step, prefix, "passes", sum.passes, "count");
    emit(step, prefix, "tick_wakes", sum.tick_wakes, "count");
    emit(step, prefix, "queries", sum.queries, "count");
    emit(step, prefix, "spurious", sum.spurious, "count");
    emit(step, prefix, "early", sum.early, "count");
    emit(step, prefix, "timeouts", sum.timeouts, "count");
    emit(step, prefix, "poll_timeouts", sum.poll_timeouts, "count");
    emit(step, prefix, "idle", sum.idle_ns, "ns");
    emit(step, prefix, "poll", sum.poll_ns, "ns");
    emit(step, prefix, "poll_limit", lane->run.loop.device.poll_limit_ns, "ns");
    emit(step, prefix, "latency_mean",
         sum.latency_count ? policy_tsc_to_ns(policy, sum.latency_sum_tsc / sum.latency_count) : 0, "ns");
    emit(step, prefix, "poll_share", sum.idle_ns ? muldiv_u64(sum.poll_ns, PPM, sum.idle_ns) : 0, "ppm");
    emit(step, prefix, "modelled_cost", sum.idle_ns ? muldiv_u64(sum.cost, PPM / IDLE_POWER_POLL, sum.idle_ns) : 0,
         "ppm");
    if (policy->has_energy)
        emit(step, prefix, "energy_uj", policy->energy_nj[g] / NJ_PER_UJ, "count");
}

/* Usage and so on of one state, over all CPUs. */
static void report_state(struct step *step, const struct policy *policy, uint32_t g, uint32_t state)
{
    struct idle_state_count sum = {0};

    for (uint32_t i = 0; i < policy->cpu_count; i++) {
        const struct idle_state_count *count = &policy_lane_at(policy, g, i)->run.counters.state[state];

        sum.usage += count->usage;
        sum.time_ns += count->time_ns;
        sum.above += count->above;
        sum.below += count->below;
        sum.rejected += count->rejected;
    }
    row_write(step, "policy", "governor:%s state:%s usage:%lu time_ns:%lu above:%lu below:%lu rejected:%lu",
              policy->words[g].text, policy->driver.table.name[state], sum.usage, sum.time_ns, sum.above, sum.below,
              sum.rejected);
}

/* All CPUs' latencies as one series; the first lane's memory is the largest there is, so they move together there. */
static void report_latency(struct step *step, const struct policy *policy, uint32_t g, const char *prefix)
{
    uint64_t room = (uint64_t)policy->kept_limit * policy->cpu_count, kept = 0;
    int64_t *values = step_alloc(step, room * sizeof(*values));
    uint64_t *at_tsc = step_alloc(step, room * sizeof(*at_tsc));
    char metric[KEY_BYTES];

    if (!values || !at_tsc) {
        result_finding(step, "no_memory", CONFIDENCE_NONE, step_no_memory);
        return;
    }
    for (uint32_t i = 0; i < policy->cpu_count; i++) {
        const struct policy_lane *lane = policy_lane_at(policy, g, i);

        for (uint32_t k = 0; k < lane->kept; k++, kept++) {
            values[kept] = lane->latency_tsc[k];
            at_tsc[kept] = lane->at_tsc[k];
        }
    }
    fmt(metric, sizeof(metric), "wake_%s", prefix);
    result_series(step,
                  &(struct series){.metric = metric, .unit = "tsc", .values = values, .at_tsc = at_tsc, .count = kept});
}

static void report_table(struct step *step, const struct policy *policy)
{
    const struct idle_table *table = &policy->driver.table;

    for (uint32_t i = 0; i < table->count; i++) {
        struct row row;

        row_begin(&row, step, "policy_state");
        json_add(&row.json, "driver:%s source:%s state:%s exit_ns:%ld target_ns:%ld",
                 idle_driver_name(policy->driver.kind), policy->driver.source, table->name[i],
                 table->exit_latency_ns[i], table->target_residency_ns[i]);
        json_bool(&row.json, "disabled", idle_state_disabled(table, i));
        row_end(&row, step);
    }
}

static void report_broken(struct step *step, const struct policy *policy)
{
    if (policy->stuck)
        result_fail(step, "stuck", 1, "count");
    for (uint32_t i = 0; i < policy->governor_count * policy->cpu_count; i++) {
        const struct policy_lane *lane = &policy->lanes[i];

        if (!lane->impossible)
            continue;
        result_finding(step, "impossible_state", CONFIDENCE_NONE,
                       "a governor chose a state that the table does not have");
        result_fail(step, "impossible_state", (int64_t)lane->row.choice.state, "count");
    }
}

void policy_finish(struct step *step)
{
    const struct policy *policy = step->state;
    uint64_t events = 0;

    report_broken(step, policy);
    report_table(step, policy);
    policy_note_states(step, policy);
    for (uint32_t g = 0; g < policy->governor_count; g++) {
        uint64_t mark = mem_mark(&step->machine->mem);
        char prefix[KEY_BYTES];
        struct policy_totals sum;

        add_prefix(prefix, policy->words[g].text);
        report_totals(step, policy, g, prefix);
        for (uint32_t i = 0; i < policy->driver.table.count; i++)
            report_state(step, policy, g, i);
        report_latency(step, policy, g, prefix);
        mem_release(&step->machine->mem, mark);
        policy_sum(policy, g, &sum);
        events += sum.events;
    }
    if (!policy->has_energy)
        result_finding(step, "no_energy", CONFIDENCE_NONE,
                       "no energy counter can be read here: modelled_cost is what the table says");
    policy_advise(step, policy);
    if (policy->row_limit)
        policy_trace_emit(step, policy);
    if (events)
        result_metric(step, "events", (int64_t)events, "count");
    else
        result_fail(step, "events", 0, "count");
}
