/* SPDX-License-Identifier: MIT */
/*
 * table=measured: the exit latency of each state by 50 wakes of CPU 0's timer. The other threads of its core sleep as
 * it does where the state needs them; where counters say that a state was not entered, its figures stay the driver's.
 */
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/entered.h"
#include "experiments/kit/siblings.h"
#include "experiments/policy/parts.h"
#include "lib/stats.h"

enum {
    MEASURE_WAKES = 50,
    MEASURE_QUANTILE = 45, /* of MEASURE_WAKES: the 90th percentile */
    MEASURE_NS = 200000,   /* distance of each wake, at least */
    ACPI_SHARE = 3,        /* a target residency is three exit latencies (Linux, processor_idle) */
};

static uint8_t core_state(const struct policy *policy, uint32_t state)
{
    const struct idle_driver_state *entered = &policy->driver.states[state];

    if (!entered->method)
        return 0;
    return idle_core_state(entered->method, entered->argument, step_cpuid(policy->step));
}

/* The 90th percentile of the latencies of wakes by the timer, ns; 0 where the state did not wait. */
static int64_t take_wakes(struct policy *policy, uint32_t state, uint64_t *slept_tsc)
{
    struct policy_cpu *at = &policy->cpus[0];
    struct policy_lane *lane = policy_lane_at(policy, 0, 0);
    int64_t far_ns = 2 * policy->driver.table.target_residency_ns[state];
    uint64_t ticks_tsc = step_tsc(policy->step, (uint64_t)(far_ns > MEASURE_NS ? far_ns : MEASURE_NS));
    int64_t latency_tsc[MEASURE_WAKES];
    uint32_t count = 0;

    *slept_tsc = 0;
    for (uint32_t i = 0; i < MEASURE_WAKES; i++) {
        struct policy_sleep sleep = {0};

        step_pet(policy->step);
        lane->timer_due_tsc = tsc_now() + ticks_tsc;
        lane->wake_due_tsc = UINT64_MAX;
        policy_enter(at, lane, state, true, &sleep);
        if (!sleep.event || sleep.event_tsc <= sleep.before_tsc)
            continue;
        latency_tsc[count++] = (int64_t)(sleep.first_tsc - sleep.event_tsc);
        *slept_tsc += sleep.event_tsc - sleep.before_tsc;
    }
    if (count <= MEASURE_QUANTILE)
        return 0;
    stats_sort(latency_tsc, count);
    return (int64_t)policy_tsc_to_ns(policy, (uint64_t)latency_tsc[MEASURE_QUANTILE]);
}

/* The same with the siblings asleep; 0, too, where counters say that the state was not entered. */
static int64_t measure_state(struct policy *policy, uint32_t state)
{
    const struct idle_driver_state *entered = &policy->driver.states[state];
    struct step *step = policy->step;
    uint8_t want = core_state(policy, state);
    struct sleepers siblings = {.method = entered->method, .argument = entered->argument, .beside = step->cpu};
    bool deep = want > 1 && !hv_is_guest(&step->machine->hv);
    uint64_t moved[EVIDENCE_COUNT] = {0}, slept_tsc;
    struct evidence evidence = {0};
    struct entered_share share;
    int64_t exit_ns;

    evidence_begin(&evidence, step->machine, step->cpu);
    if (deep)
        sleepers_start(&siblings, step->machine, step->cpu, NULL);
    evidence_read(&evidence, moved);
    exit_ns = take_wakes(policy, state, &slept_tsc);
    evidence_since(&evidence, moved);
    if (deep && !sleepers_stop(&siblings))
        policy->stuck = true;
    msr_restore(&step->cpu->msr_saves);
    if (!entered_refuted(&evidence, moved, slept_tsc, want, &share))
        return exit_ns;
    policy->not_entered_mask |= 1u << state;
    return 0;
}

/* C1's residency is its latency, a deeper state's three times that, as in ACPI's tables; they never fall. */
void policy_table_measure(struct policy *policy)
{
    const struct machine *machine = policy->step->machine;
    struct idle_table *table = &policy->driver.table;
    int64_t deepest_ns = 0;

    policy->driver.source = "measured";
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    for (uint32_t i = 0; i < table->count; i++) {
        int64_t exit_ns = idle_state_polls(table, i) ? 0 : measure_state(policy, i);
        int64_t target_ns = i > 1 ? ACPI_SHARE * exit_ns : exit_ns;

        if (!idle_state_polls(table, i) && !exit_ns)
            continue;
        table->exit_latency_ns[i] = exit_ns;
        table->target_residency_ns[i] = target_ns;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->target_residency_ns[i] < deepest_ns)
            table->target_residency_ns[i] = deepest_ns;
        deepest_ns = table->target_residency_ns[i];
    }
    apic_timer_stop(&machine->apic, &machine->timer);
    idle_prices_of(&policy->prices, table);
}

/* By the deepest state, and the first CPU that takes part whose core cannot be as deep. */
static void note_siblings(struct step *step, const struct policy *policy)
{
    const struct idle_driver_state *deepest = &policy->driver.states[policy->driver.table.count - 1];
    struct beside beside = {.machine = step->machine, .others = NAP_OTHERS_SAME, .first = policy->cpu_count};

    if (core_state(policy, policy->driver.table.count - 1) <= 1)
        return;
    beside.state = (struct nap_state){deepest->watches ? NAP_MWAIT : NAP_IOPORT, deepest->argument};
    for (uint32_t i = 0; i < policy->cpu_count; i++) {
        beside.cpu = policy->cpus[i].cpu;
        if (siblings_note(step, &beside))
            return;
    }
}

void policy_note_states(struct step *step, const struct policy *policy)
{
    note_siblings(step, policy);
    for (uint32_t i = 0; i < policy->driver.table.count; i++)
        if (policy->not_entered_mask >> i & 1)
            result_say(step, "not_entered", CONFIDENCE_MEASURED,
                       "state %s was asked for and not entered, by its counters: its figures stay the driver's",
                       policy->driver.table.name[i]);
}
