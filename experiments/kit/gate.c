/* SPDX-License-Identifier: MIT */
#include "experiments/kit/gate.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "lib/fmt.h"

const char *gate_missing(struct run *run, struct cpuid_field need)
{
    char field[40];

    if (!need.leaf || cpu_has(&run->machine->snapshot, need) || plan_flag(run->step, "force"))
        return NULL;
    cpuid_field_format(need, field, sizeof field);
    fmt(run->cause, sizeof run->cause, "needs %s %s", field, cpu_feature_name(need));
    return run->cause;
}

const char *gate_refuse(struct run *run, const struct idle_method *method, uint32_t argument, bool masked)
{
    const char *problem = gate_missing(run, method->need);

    if (!problem && masked)
        problem = gate_missing(run, method->need_masked);
    if (!problem && method->check && !plan_flag(run->step, "force"))
        problem = method->check(&run->machine->snapshot, argument);
    return problem;
}

bool gate_believed(const struct run *run, const struct idle_method *method)
{
    bool real;

    if (!method->believe)
        return true;
    method->begin(&run->cpu->msr_saves, 0);
    real = method->believe();
    msr_restore(&run->cpu->msr_saves);
    return real;
}
