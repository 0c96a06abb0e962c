/* SPDX-License-Identifier: MIT */
/* The governors' turns: on each CPU work, then idle until the pattern's next event, for one slice. */
#include "experiments/policy/parts.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

static bool is_led(const struct policy_cpu *at)
{
    return at->policy->spec.kind == PATTERN_BURST && at->index > 0;
}

/* A periodic load keeps its rhythm, whatever its work takes, unless it has fallen behind it. */
static uint64_t timer_due(const struct policy_cpu *at, const struct policy_lane *lane, uint64_t now_tsc)
{
    uint64_t ticks_tsc = policy_ns_to_tsc(at->policy, lane->event.timer_ns);
    uint64_t due_tsc = lane->timer_due_tsc + ticks_tsc;

    if (at->policy->spec.kind == PATTERN_PERIODIC && due_tsc > now_tsc)
        return due_tsc;
    return now_tsc + ticks_tsc;
}

static void next_event(const struct policy_cpu *at, struct policy_lane *lane)
{
    uint64_t now_tsc = tsc_now();

    pattern_next(&lane->pattern, &lane->event);
    if (is_led(at)) {
        lane->event.timer_ns = PATTERN_TIMEOUT_NS;
        lane->event.wake_ns = PATTERN_NEVER;
    }
    lane->timer_due_tsc = timer_due(at, lane, now_tsc);
    lane->wake_due_tsc = UINT64_MAX;
    if (lane->event.wake_ns != PATTERN_NEVER)
        lane->wake_due_tsc = now_tsc + policy_ns_to_tsc(at->policy, lane->event.wake_ns);
}

static void work(const struct policy_cpu *at, const struct policy_lane *lane)
{
    const struct policy *policy = at->policy;
    uint64_t work_ns = policy->work_ns == UINT64_MAX ? lane->event.work_ns : policy->work_ns;
    uint64_t end_tsc = tsc_now() + policy_ns_to_tsc(policy, work_ns);

    while ((int64_t)(end_tsc - tsc_now()) > 0)
        pause();
}

/* Wakes the next CPU of a ring, or all of them in a burst. */
static void pass_on(struct policy_cpu *at)
{
    struct policy *policy = at->policy;

    if (pattern_is_remote(policy->spec.kind))
        policy_wake(at, &policy->cpus[(at->index + 1) % policy->cpu_count]);
    for (uint32_t i = 1; policy->spec.kind == PATTERN_BURST && at->index == 0; i++) {
        if (i >= policy->cpu_count)
            break;
        policy_wake(at, &policy->cpus[i]);
    }
}

static bool is_over(const struct policy_cpu *at)
{
    const struct policy *policy = at->policy;

    if (at->index > 0)
        return __atomic_load_n(&policy->stop, __ATOMIC_ACQUIRE);
    step_pet(policy->step);
    return tsc_now() >= policy->slice_end_tsc;
}

/* One governor's turn on one CPU. */
static void take_turn(void *argument)
{
    struct policy_cpu *at = argument;
    const struct machine *machine = at->policy->step->machine;
    struct policy_lane *lane = at->lane;
    bool remote = pattern_is_remote(at->policy->spec.kind);
    bool by_mail = at->index == 0; /* CPU 0 begins with the token */

    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    lane->tick_due_tsc = tsc_now() + at->policy->tick_tsc;
    lane->event.work_ns = 0;
    do {
        work(at, lane);
        if (by_mail || !remote)
            pass_on(at);
        next_event(at, lane);
        by_mail = policy_idle(at, lane);
    } while (!lane->impossible && !is_over(at));
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
}

/* Tells the others by a wake, which may come in the middle of their wait. */
static void end_turns(struct policy *policy)
{
    uint64_t limit_tsc = delay_tsc(policy->step->machine, POLICY_JOIN_US);

    __atomic_store_n(&policy->stop, 1, __ATOMIC_SEQ_CST);
    for (uint32_t i = 1; i < policy->cpu_count; i++)
        policy_wake(&policy->cpus[0], &policy->cpus[i]);
    for (uint32_t i = 1; i < policy->cpu_count; i++)
        if (!smp_wait(policy->cpus[i].cpu, limit_tsc))
            policy->stuck = true;
}

void policy_run_slice(struct policy *policy, uint32_t governor)
{
    struct step *step = policy->step;

    policy->stop = 0;
    for (uint32_t i = 0; i < policy->cpu_count; i++) {
        policy->cpus[i].lane = policy_lane_at(policy, governor, i);
        policy->cpus[i].seen = policy->cpus[i].flag;
    }
    policy_energy_start(policy);
    policy->slice_end_tsc = tsc_now() + policy->slice_tsc;
    for (uint32_t i = 1; i < policy->cpu_count; i++)
        smp_run(step->machine, policy->cpus[i].cpu, take_turn, &policy->cpus[i]);
    take_turn(&policy->cpus[0]);
    end_turns(policy);
    policy_energy_stop(policy, governor);
}
