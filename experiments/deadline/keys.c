/* SPDX-License-Identifier: MIT */
/* The keys of `deadline`, which combinations make no sense, and what a step will cost. */
#include "experiments/deadline/parts.h"

#include "arch/x86/cpu/percpu.h"
#include "lib/record/hdr.h"

enum { OVERHEAD_NS = 20 * 1000 }; /* a guess: what a wait costs beside its length */

const struct param_spec deadline_params[KEY_COUNT] = {
    /* the instruction that waits, by its own limit */
    [KEY_IDLE] = {"idle", PARAM_METHOD, __lab_method_words, "tpause:c01", 0, 0, .list = true},
    /* limits to ask for, spaced by factor (log:) or by difference (uniform:) */
    [KEY_RANGE] = {"range", PARAM_INTERVAL, NULL, "log:100tsc..3000000tsc", 1, UINT64_C(1000000000), .ticks = true},
    /* limits in that range */
    [KEY_POINTS] = {"points", PARAM_COUNT, NULL, "25", 1, POINTS_MAX, .unnamed = true},
    /* waits with each limit */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "200", 1, 100000, .unnamed = true},
    /* the CPU that waits */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* IA32_UMWAIT_CONTROL's limit, 0 = none */
    [KEY_CAP] = {"cap", PARAM_TIME, NULL, "0ns", 0, UINT64_C(4000000000), .list = true, .ticks = true},
    /* of the random limits */
    [KEY_SEED] = {"seed", PARAM_COUNT, NULL, "1", 0, 0, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* run a wait instruction whose CPUID bit is clear: its fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

const char *deadline_check(const struct plan_step *plan)
{
    const struct idle_method *method = __lab_methods_start[plan->values[KEY_IDLE].method.word];

    if (!(method->ends & IDLE_ENDS_DEADLINE))
        return "this method has no time limit of its own";
    if (plan->values[KEY_CAP].given && method->relative_limit)
        return "cap= is for umwait and tpause";
    return NULL;
}

uint64_t deadline_estimate_ns(const struct plan_step *plan)
{
    const struct plan_interval *range = &plan->values[KEY_RANGE].interval;
    uint64_t waits = plan_count(plan, "points", 0) * plan_count(plan, "samples", 0);

    return waits * (range->low / 2 + range->high / 2 + OVERHEAD_NS);
}

uint64_t deadline_memory_bytes(const struct plan_step *plan)
{
    uint64_t points = plan_count(plan, "points", 0), samples = plan_count(plan, "samples", 0);

    return sizeof(struct deadline) + points * sizeof(struct steps_row) +
           points * samples * (2 * sizeof(int64_t) + sizeof(uint64_t)) + hdr_bytes(2, 4);
}
