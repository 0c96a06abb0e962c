/* SPDX-License-Identifier: MIT */
#include "experiments/kit/gate.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "lib/fmt.h"

const char *methods_missing(const struct cpu_snapshot *snapshot, struct cpuid_field need,
                            char cause[METHODS_CAUSE_BYTES])
{
    char field[40];

    if (!need.leaf || cpu_has(snapshot, need))
        return NULL;
    cpuid_field_format(need, field, sizeof field);
    fmt(cause, METHODS_CAUSE_BYTES, "needs %s %s", field, cpu_feature_name(need));
    return cause;
}

const char *methods_refuse(const struct cpu_snapshot *snapshot, const struct idle_method *method, uint32_t argument,
                           bool masked, char cause[METHODS_CAUSE_BYTES])
{
    const char *problem = methods_missing(snapshot, method->need, cause);

    if (!problem && masked)
        problem = methods_missing(snapshot, method->need_masked, cause);
    if (!problem && method->check)
        problem = method->check(snapshot, argument);
    return problem;
}

bool methods_believed(const struct run *run, const struct idle_method *method)
{
    bool real;

    if (!method->believe)
        return true;
    method->begin(&run->cpu->msr_saves, 0);
    real = method->believe();
    msr_restore(&run->cpu->msr_saves);
    return real;
}
