/* SPDX-License-Identifier: MIT */
#include "experiments/kit/gate.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/monitor_switch.h"
#include "arch/x86/wake/wake.h"
#include "experiments/kit/experiment.h"
#include "lib/fmt.h"

/* True where MONITOR is wanted and the firmware has switched it off. */
static bool is_switched_off(const struct step *step, struct cpuid_field need)
{
    static const struct cpuid_field monitor = CPUID_MONITOR;

    return need.leaf == monitor.leaf && need.reg == monitor.reg && need.low == monitor.low &&
           !hv_is_guest(&step->machine->hv) && monitor_switch_read(step_cpuid(step)) == MONITOR_OFF;
}

const char *gate_missing(struct step *step, struct cpuid_field need)
{
    char field[40];

    if (!need.leaf || cpu_has(step_cpuid(step), need) || plan_flag(step->plan, "force"))
        return NULL;
    cpuid_field_format(need, field, sizeof(field));
    fmt(step->cause, sizeof(step->cause),
        is_switched_off(step, need) ? "needs %s %s: firmware has it off (%s)" : "needs %s %s", field,
        cpu_feature_name(need), monitor_switch_name(step_cpuid(step)));
    return step->cause;
}

const char gate_needs_ring0[] = "needs ring 0: the image can do it";

const char *gate_refuse_source(const struct step *step, const struct wake_source *source)
{
    return machine_is_ring3(step->machine) && source->privileged ? gate_needs_ring0 : NULL;
}

const char *gate_refuse(struct step *step, const struct idle_method *method, uint32_t argument, bool masked)
{
    const char *problem;

    if (machine_is_ring3(step->machine) && method->privileged && !plan_flag(step->plan, "force"))
        return gate_needs_ring0;
    problem = gate_missing(step, method->need);
    if (!problem && masked)
        problem = gate_missing(step, method->need_masked);
    if (!problem && method->check && !plan_flag(step->plan, "force"))
        problem = method->check(step_cpuid(step), argument);
    return problem;
}

const char *gate_refuse_on(struct step *step, const struct percpu *cpu, const struct idle_method *method,
                           uint32_t argument)
{
    const struct cpu_snapshot *own = machine_cpuid(step->machine, cpu);
    bool listed = !method->need.leaf || cpu_has(own, method->need);

    if (plan_flag(step->plan, "force") || (listed && !(method->check && method->check(own, argument))))
        return NULL;
    fmt(step->cause, sizeof(step->cause), "CPU %u lists less than CPU %u: leave it out", cpu->index, step->cpu->index);
    return step->cause;
}

bool gate_believed(const struct step *step, const struct idle_method *method)
{
    bool real;

    if (!method->believe)
        return true;
    method->begin(&step->cpu->msr_saves, 0);
    real = method->believe();
    msr_restore(&step->cpu->msr_saves);
    return real;
}
