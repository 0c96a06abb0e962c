/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `policy` offer each other. */
#ifndef LAB_EXPERIMENTS_POLICY_PARTS_H
#define LAB_EXPERIMENTS_POLICY_PARTS_H

#include "experiments/policy/model.h"

static inline struct policy_lane *policy_lane_at(const struct policy *policy, uint32_t governor, uint32_t cpu)
{
    return &policy->lanes[governor * policy->cpu_count + cpu];
}

/* advice.c */

/* Which governor to take, as findings. Boot CPU, all others parked. */
void policy_advise(struct step *step, const struct policy *policy);

/* energy.c */

/* Boot CPU. */
void policy_energy_find(struct policy *policy);
void policy_energy_start(struct policy *policy);
void policy_energy_stop(struct policy *policy, uint32_t governor);

/* keys.c */

extern const struct param_spec policy_params[KEY_COUNT];

/* Pure, for the plan. */
const char *policy_check(const struct plan_step *plan);
uint64_t policy_memory_bytes(const struct plan_step *plan);

/* Splits the words of governor=; returns how many, 0 where there are none or too many. */
uint32_t policy_words(const struct script_token *text, struct policy_word *words);

/* loop.c */

extern const uint32_t policy_budget_us[POLICY_BUDGETS];

/* One idle stretch, until an event. True: another CPU's wake ended it. */
bool policy_idle(struct policy_cpu *at, struct policy_lane *lane);
const char *policy_lane_start(struct policy_lane *lane, const char *word);

/* measure.c */

/* In a batch, on CPU 0: replaces the exit latencies by measured ones. */
void policy_table_measure(struct policy *policy);

/* Which states were not entered when they were measured, and whose core cannot be deep. In finish(). */
void policy_note_states(struct step *step, const struct policy *policy);

/* report.c */

/* Boot CPU, all others parked. */
void policy_finish(struct step *step);

/* sleep.c */

/* On the CPU, interrupts off. */
uint64_t policy_tsc_to_ns(const struct policy *policy, uint64_t ticks_tsc);
uint64_t policy_ns_to_tsc(const struct policy *policy, uint64_t time_ns);
void policy_enter(struct policy_cpu *at, struct policy_lane *lane, uint32_t state, bool tick_stopped,
                  struct policy_sleep *sleep);

/* Wakes another CPU that takes part, and says when it did. */
void policy_wake(struct policy_cpu *from, struct policy_cpu *to);

/* table.c */

/* Boot CPU, in prepare(): the driver and its table. NULL, or why not. */
const char *policy_table_build(struct step *step, struct policy *policy);

/* totals.c */

/* What all CPUs have counted under one governor, added up. */
void policy_sum(const struct policy *policy, uint32_t governor, struct policy_totals *sum);

/* trace.c */

/* The recorded decisions, for replay on the host. Boot CPU, all others parked. */
void policy_trace_emit(struct step *step, const struct policy *policy);

/* turn.c */

/*
 * One slice of one governor (its number) on all CPUs that take part; policy->stuck where a CPU did not come back in
 * POLICY_JOIN_US. Boot CPU, in a batch.
 */
void policy_run_slice(struct policy *policy, uint32_t governor);

#endif /* LAB_EXPERIMENTS_POLICY_PARTS_H */
