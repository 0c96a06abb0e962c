/* SPDX-License-Identifier: MIT */
/* The keys of `after`, which combinations make no sense, and what a step will cost. */
#include "experiments/after/parts.h"

enum { SAMPLES_MAX = 2000, TIMES = 4, BLOCK_BYTES = 6 << 20 };

static const char *const work_words[] = {"all", "alu", "l1", "l2", "llc", "tlb", "branch", "code", NULL};

const struct param_spec after_params[KEY_COUNT] = {
    /* how the CPU idles */
    [KEY_IDLE] = {"idle", PARAM_METHOD, __lab_method_words, NULL, 0, 0, .list = true},
    /* what wakes it */
    [KEY_BY] = {"by", PARAM_CHOICE, __lab_source_words, "timer", 0, 0, .list = true},
    /* for how long */
    [KEY_INTERVAL] = {"interval", PARAM_INTERVAL, NULL, "1ms", 1000, 1000000000, .list = true, .ticks = true},
    /* what it does then: all works in turns, or one */
    [KEY_WORK] = {"work", PARAM_CHOICE, work_words, "all", 0, 0, .list = true},
    /* length of the first slice, with nothing cold */
    [KEY_FIRST] = {"first", PARAM_TIME, NULL, "1us", 200, 100000, .ticks = true, .unnamed = true},
    /* slices of a pass, each twice as long as the one before */
    [KEY_SLICES] = {"slices", PARAM_COUNT, NULL, "12", AFTER_SLICES_MIN, AFTER_SLICES_MAX, .unnamed = true},
    /* the CPU that idles and works */
    [KEY_CPU] = {"cpu", PARAM_COUNT, NULL, "0", 0, CPU_MAX - 1, .list = true, .unnamed = true},
    /* pairs of passes of each work */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "40", 1, SAMPLES_MAX, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "10s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* so many steps of the work more behind the method: shows that the lab sees them */
    [KEY_EXTRA] = {"extra", PARAM_COUNT, NULL, "0", 0, 1000000, .unnamed = true},
    /* the slice that gets them */
    [KEY_INTO] = {"into", PARAM_COUNT, NULL, "1", 1, AFTER_SLICES_MAX, .unnamed = true},
    /* run a wait instruction whose CPUID bit is clear: its fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

static bool ends(const struct wake_source *source, const struct idle_method *method)
{
    uint32_t needs = method->wait ? source->needs : source->needs_masked;

    return !needs || (method->ends & needs);
}

const struct wake_source *after_spin_source(const struct wake_source *source)
{
    if (ends(source, idle_find("spin")))
        return source;
    return wake_find(source->remote ? "store" : "timer");
}

const char *after_check(const struct plan_step *plan)
{
    const struct wake_source *source = __lab_sources_start[plan->values[KEY_BY].choice];

    if (!ends(source, __lab_methods_start[plan->values[KEY_IDLE].method.word]))
        return "this wake source cannot end this method";
    if (source->is_guard)
        return "this source is a guard, which wakes nobody";
    if (plan->values[KEY_INTERVAL].interval.shape != PLAN_FIXED)
        return "interval= takes one time, or a sweep";
    if (plan->values[KEY_INTO].count > plan->values[KEY_SLICES].count)
        return "into= is beyond slices=";
    return NULL;
}

static uint64_t works(const struct plan_step *plan)
{
    return plan->values[KEY_WORK].choice ? 1 : AFTER_WORKS;
}

/* A pass in front of each wait is taken for half of the one behind it. */
uint64_t after_estimate_ns(const struct plan_step *plan)
{
    uint64_t pass_ns = plan_time_ns(plan, "first", 1000) << plan->values[KEY_SLICES].count;

    return works(plan) * plan->values[KEY_SAMPLES].count * WAYS *
           (plan->values[KEY_INTERVAL].interval.high + pass_ns * 3 / 2);
}

uint64_t after_memory_bytes(const struct plan_step *plan)
{
    uint64_t samples = plan->values[KEY_SAMPLES].count, columns = TIMES * plan->values[KEY_SLICES].count + 1;

    return sizeof(struct after) + BLOCK_BYTES + samples * (works(plan) * columns + 3) * sizeof(int64_t);
}
