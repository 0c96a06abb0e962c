/* SPDX-License-Identifier: MIT */
/*
 * Question: what does each idle governor make of this machine's states, under the same wakes?
 * Method: an idle loop on each CPU: work, then idle under a governor until the pattern's next event, on the idle
 *   methods' own windows. The governors are those that `idlelab replay` runs. They take turns, a slice each, until the
 *   time is spent, so that disturbances affect all of them; each has its own copy of the pattern with the same seed.
 * Expected: menu and teo find states that pay; ladder climbs late; haltpoll polls before it halts.
 * Confounders: a table whose figures are not this machine's; the lab's own loop, some hundred instructions a pass; a
 *   hypervisor that polls itself before it gives the CPU away.
 * Sources: Linux Documentation/admin-guide/pm/cpuidle.rst; Documentation/virt/guest-halt-polling.rst.
 */
#include "experiments/kit/gate.h"
#include "experiments/policy/parts.h"

#include "arch/x86/idle/errata.h"
#include "arch/x86/time/delay.h"
#include "lib/cstring.h"
#include "lib/fixed.h"
#include "lib/rows/reasons.h"

enum { CPUS_PINGPONG = 2 };

/* idle=poll and idle=halt leave a governor nothing to choose. */
static const char *forced_governor(const struct policy *policy, unsigned idle)
{
    if (idle == IDLE_POLL || policy->driver.kind == IDLE_DRIVER_POLL)
        return "poll";
    return idle == IDLE_HALT ? "fixed:1" : NULL;
}

static void choose_governors(const struct step *step, struct policy *policy)
{
    const struct plan_value *values = step->plan->values;
    const char *forced = forced_governor(policy, values[KEY_IDLE].choice);

    policy->governor_count = policy_words(&values[KEY_GOVERNOR].text, policy->words);
    if (!forced)
        return;
    policy->governor_count = 1;
    memcpy(policy->words[0].text, forced, strlen(forced) + 1);
}

static const char *choose_cpus(struct step *step, struct policy *policy)
{
    uint32_t wanted = (uint32_t)step->plan->values[KEY_CPUS].count;
    uint32_t there = step->machine->cpu_count;

    if (wanted > there)
        return "cpus= asks for more CPUs than run";
    policy->cpu_count = wanted ? wanted : there;
    if (policy->spec.kind == PATTERN_PINGPONG && policy->cpu_count > CPUS_PINGPONG)
        policy->cpu_count = CPUS_PINGPONG;
    if (pattern_is_remote(policy->spec.kind) && policy->cpu_count < CPUS_PINGPONG)
        return "this pattern takes at least two CPUs";
    if (policy->cpu_count > 1 && !step->machine->clock.offsets_known)
        return SKIP_NO_OFFSETS;
    policy->cpus = step_alloc(step, policy->cpu_count * sizeof(*policy->cpus));
    for (uint32_t i = 0; policy->cpus && i < policy->cpu_count; i++) {
        struct policy_cpu *at = &policy->cpus[i];

        at->policy = policy;
        at->cpu = step->machine->cpus[i];
        at->index = i;
        at->call.watch = &at->flag;
        at->call.flush_line = errata_flush_before_monitor(machine_cpuid(step->machine, at->cpu));
    }
    return policy->cpus ? NULL : step_no_memory;
}

/* The states are CPU 0's: a CPU whose own CPUID lists less would fault in them. */
static const char *check_cpus(struct step *step, const struct policy *policy)
{
    const char *problem = NULL;

    for (uint32_t i = 1; i < policy->cpu_count; i++)
        for (uint32_t k = 0; k < policy->driver.table.count && !problem; k++)
            if (policy->driver.states[k].method)
                problem = gate_refuse_on(step, policy->cpus[i].cpu, policy->driver.states[k].method,
                                         policy->driver.states[k].argument);
    return problem;
}

/* The trace of pattern=trace is the module that begins like one. */
static const char *choose_pattern(const struct step *step, struct policy *policy)
{
    const struct script_token *text = &step->plan->values[KEY_PATTERN].text;
    const struct boot_info *boot = step->machine->boot;
    const char *problem = pattern_parse(text->text, text->bytes, &policy->spec);

    if (problem || policy->spec.kind != PATTERN_TRACE)
        return problem;
    for (uint32_t i = 0; i < boot->module_count; i++) {
        const char *start = (const char *)(uintptr_t)boot->modules[i].start;

        if (pattern_is_trace(start, boot->modules[i].bytes))
            return pattern_trace_open(start, boot->modules[i].bytes, &policy->spec);
    }
    return "pattern=trace needs a module that begins like a trace";
}

static bool alloc_lane(struct step *step, const struct policy *policy, struct policy_lane *lane)
{
    lane->latency_tsc = step_alloc(step, policy->kept_limit * sizeof(*lane->latency_tsc));
    lane->at_tsc = step_alloc(step, policy->kept_limit * sizeof(*lane->at_tsc));
    lane->ended_poll = step_alloc(step, policy->kept_limit);
    if (policy->row_limit)
        lane->rows = step_alloc(step, policy->row_limit * sizeof(*lane->rows));
    return lane->latency_tsc && lane->at_tsc && lane->ended_poll && (lane->rows || !policy->row_limit);
}

/* CPUs of one run get different events, governors the same. */
static const char *start_lanes(struct policy *policy)
{
    for (uint32_t g = 0; g < policy->governor_count; g++) {
        for (uint32_t i = 0; i < policy->cpu_count; i++) {
            struct policy_lane *lane = policy_lane_at(policy, g, i);
            const char *why = policy_lane_start(lane, policy->words[g].text);

            if (why)
                return why;
            pattern_start(&lane->pattern, &policy->spec, policy->seed + i);
        }
    }
    return NULL;
}

static const char *make_lanes(struct step *step, struct policy *policy)
{
    const struct plan_value *values = step->plan->values;
    uint32_t count = policy->governor_count * policy->cpu_count;

    LAB_ASSERT(count != 0); /* the plan gives a governor, CPU 0 takes part */
    policy->kept_limit = POLICY_KEPT_TOTAL / count;
    if (values[KEY_RECORD].choice == RECORD_TRACE)
        policy->row_limit = (uint32_t)values[KEY_ROWS].count;
    policy->lanes = step_alloc(step, count * sizeof(*policy->lanes));
    if (!policy->lanes)
        return step_no_memory;
    for (uint32_t i = 0; i < count; i++) {
        policy->lanes[i].policy = policy;
        if (!alloc_lane(step, policy, &policy->lanes[i]))
            return step_no_memory;
    }
    return start_lanes(policy);
}

/* Each governor has as many turns as the others, and at least one. */
static void plan_slices(struct step *step, struct policy *policy)
{
    uint64_t slice_ns = step->plan->values[KEY_SLICE].time.value;
    uint64_t share_ns = step->plan->values[KEY_TIME].time.value / policy->governor_count;

    if (slice_ns > share_ns)
        slice_ns = share_ns;
    policy->slice_tsc = step_tsc(step, slice_ns);
    step->total = (uint32_t)(share_ns / slice_ns) * policy->governor_count;
}

static const char *policy_prepare(struct step *step)
{
    struct policy *policy = step->state;
    const struct plan_value *values = step->plan->values;
    const char *problem;

    policy->step = step;
    policy->ns_per_tsc_q32 = muldiv_u64(1000000000, FIXED_Q32_ONE, step->machine->clock.tsc_hz);
    policy->tsc_per_ns_q32 = muldiv_u64(step->machine->clock.tsc_hz, FIXED_Q32_ONE, 1000000000);
    policy->tick_tsc = step->machine->clock.tsc_hz / values[KEY_TICK].count;
    policy->work_ns = values[KEY_WORK].given ? values[KEY_WORK].time.value : UINT64_MAX;
    policy->seed = values[KEY_SEED].count;
    problem = choose_pattern(step, policy);
    if (!problem)
        problem = policy_table_build(step, policy);
    if (problem)
        return problem;
    choose_governors(step, policy);
    problem = choose_cpus(step, policy);
    if (!problem)
        problem = check_cpus(step, policy);
    if (!problem)
        problem = make_lanes(step, policy);
    policy_energy_find(policy);
    step->silence_tsc = step_tsc(step, PATTERN_TIMEOUT_NS) + delay_tsc(step->machine, POLICY_JOIN_US);
    plan_slices(step, policy);
    return problem;
}

static bool is_broken(const struct policy *policy)
{
    bool broken = policy->stuck;

    for (uint32_t i = 0; i < policy->governor_count * policy->cpu_count; i++)
        broken |= policy->lanes[i].impossible;
    return broken;
}

static uint32_t count_early(const struct policy *policy)
{
    uint64_t early = 0;

    for (uint32_t i = 0; i < policy->governor_count * policy->cpu_count; i++)
        early += policy->lanes[i].totals.early;
    return (uint32_t)early;
}

static void policy_batch(struct step *step)
{
    struct policy *policy = step->state;

    if (policy->measure_table && !policy->measured) {
        policy_table_measure(policy);
        policy->measured = true;
        start_lanes(policy);
    }
    do {
        policy_run_slice(policy, policy->next_governor);
        policy->next_governor = (policy->next_governor + 1) % policy->governor_count;
        step->done++;
    } while (step->done < step->total && !is_broken(policy) && !step_should_return(step));
    step->rejected = count_early(policy);
    step->complete = step->done >= step->total || is_broken(policy);
}

static const struct experiment policy = {
    .spec = {.name = "policy",
             .params = policy_params,
             .param_count = KEY_COUNT,
             .check = policy_check,
             .memory_bytes = policy_memory_bytes},
    .state_bytes = sizeof(struct policy),
    .prepare = policy_prepare,
    .batch = policy_batch,
    .finish = policy_finish,
};
LAB_EXPERIMENT(policy);
