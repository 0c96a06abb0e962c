/* SPDX-License-Identifier: MIT */
/*
 * What stands for registers inside Linux (kit/vitals.h): the idle states of the step's CPU as the kernel counts them
 * over the step, with its own table beside, and the wake latencies of those samples whose sleep was one entry of one
 * state.
 */
#include "experiments/kit/vitals.h"

#include <stddef.h>

#include "arch/linux/os.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/row.h"
#include "lib/stats.h"

enum { NAME_BYTES = 32, NS_PER_US = 1000 };

static const char *const counted[OS_IDLE_COUNTS] = {"usage", "time", "above", "below"};

static void read_counts(const struct percpu *cpu, uint64_t counts[][OS_IDLE_COUNTS])
{
    for (uint32_t i = 0; i < cpu->os->idle_states; i++)
        for (unsigned k = 0; k < OS_IDLE_COUNTS; k++)
            os_idle_number(cpu, i, counted[k], &counts[i][k]);
}

void vitals_begin(void *context)
{
    struct vitals *vitals = context;
    struct percpu *cpu = vitals->step->cpu;

    read_counts(cpu, cpu->os->idle_begin);
}

void vitals_end(void *context)
{
    struct vitals *vitals = context;
    struct percpu *cpu = vitals->step->cpu;

    read_counts(cpu, cpu->os->idle_end);
    vitals->whole = true;
}

/* The latencies of the samples of that state, sorted. Returns how many. */
static size_t latencies(const struct step *step, uint32_t state, int64_t *values)
{
    size_t count = 0;

    for (uint32_t i = 0; i < step->sample_count; i++) {
        const struct sample *sample = &step->samples[i];
        int64_t value = sample_wake_latency(sample);

        if (sample->reject == REJECT_NONE && value != METRIC_NONE && sample->flags >> SAMPLE_STATE_SHIFT == state + 1)
            values[count++] = value;
    }
    stats_sort(values, count);
    return count;
}

static void report_state(struct step *step, uint32_t state, int64_t *values)
{
    const struct percpu *cpu = step->cpu;
    const uint64_t *begin = cpu->os->idle_begin[state], *end = cpu->os->idle_end[state];
    size_t n = values ? latencies(step, state, values) : 0;
    uint64_t latency_us, residency_us;
    char name[NAME_BYTES];
    struct row row;

    if (end[0] == begin[0] && !n)
        return;
    os_idle_name(cpu, state, name, sizeof(name));
    os_idle_number(cpu, state, "latency", &latency_us);
    os_idle_number(cpu, state, "residency", &residency_us);
    row_begin(&row, step, "linux_state");
    json_add(&row.json, "state:%s exit:%lu target:%lu entered:%lu slept:%lu above:%lu below:%lu", name,
             latency_us * NS_PER_US, residency_us * NS_PER_US, end[0] - begin[0], (end[1] - begin[1]) * NS_PER_US,
             end[2] - begin[2], end[3] - begin[3]);
    row_end(&row, step);
    if (!n)
        return;
    row_begin(&row, step, "linux_wake");
    json_add(&row.json, "state:%s n:%lu min:%ld p50:%ld p99:%ld max:%ld", name, (uint64_t)n, values[0],
             values[(n - 1) / 2], values[(n - 1) * 99 / 100], values[n - 1]);
    row_end(&row, step);
}

void vitals_report(const struct vitals *vitals)
{
    struct step *step = vitals->step;
    int64_t *values = NULL;

    if (step->sample_count)
        values = step_alloc(step, step->sample_count * sizeof(*values));
    for (uint32_t i = 0; i < step->cpu->os->idle_states; i++)
        report_state(step, i, values);
}
