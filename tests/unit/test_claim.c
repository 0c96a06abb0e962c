/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/engine/claim.c arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/cpu/cpuid.c
/* Which CPU a step measures on and which one wakes it, on machines of one to six CPUs, and why none does. */
#include "experiments/engine/claim.h"

#include "tests/unit/tap.h"

enum { CPUS = 6 };

/* CPUs 0 and 1 share a core, 2 and 3 another one of the same package, 4 and 5 one of the second package. */
static struct percpu cpus[CPUS];
static struct machine machine;

static const struct param_spec params[] = {
    {"cpu", PARAM_COUNT, NULL, "0", 0, 0, .list = false},
    {"from", PARAM_CPU, NULL, "any", 0, 0, .list = false},
};
static const struct experiment_spec spec = {.name = "test", .params = params, .param_count = 2};

static uint32_t modules_of = 2; /* CPUs of a module; 2: each core is one of its own */

static void set_machine(uint32_t cpu_count, bool offsets_known)
{
    machine.cpu_count = cpu_count;
    machine.clock.offsets_known = offsets_known;
    for (uint32_t i = 0; i < CPUS; i++) {
        cpus[i].index = i;
        cpus[i].place = (struct cpu_place){
            .apic_id = i, .package = i / 4, .module = i / modules_of, .core = i / 2, .thread = i % 2};
        machine.cpus[i] = &cpus[i];
    }
}

/* The waker's number; -1: none, and *why says why. */
static int claim(uint32_t cpu, enum experiment_waker wanted, struct plan_cpu from, const char **why)
{
    struct plan_value values[] = {{.count = cpu}, {.cpu = from}};
    struct plan_step plan = {.spec = &spec, .values = values};
    struct experiment experiment = {.waker = wanted};
    struct step step = {.machine = &machine, .plan = &plan};

    *why = claim_cpus(&step, &experiment);
    if (!*why)
        TAP_OK(step.cpu == &cpus[cpu], "it measures on the CPU of cpu=");
    if (!*why)
        *why = step.no_waker;
    return step.waker ? (int)step.waker->index : -1;
}

static void test_relations(void)
{
    const struct plan_cpu any = {PLAN_CPU_ANY, 0};
    const char *why;

    set_machine(CPUS, true);
    TAP_INT(claim(0, WAKER_ANY, any, &why), 2, "the nearest is another core of the package");
    TAP_INT(claim(5, WAKER_ANY, any, &why), 4, "else the sibling");
    TAP_INT(claim(0, WAKER_FAR, any, &why), 4, "far: another package");
    TAP_INT(claim(4, WAKER_FAR, any, &why), 1, "far: CPU 0 only where no other is");
    TAP_INT(claim(2, WAKER_FROM, (struct plan_cpu){PLAN_CPU_SIBLING, 0}, &why), 3, "from=sibling");
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_PACKAGE, 0}, &why), 2, "from=package");
    TAP_INT(claim(1, WAKER_FROM, (struct plan_cpu){PLAN_CPU_REMOTE, 0}, &why), 4, "from=remote");
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_NUMBER, 5}, &why), 5, "from= a number");
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_MODULE, 0}, &why), -1, "from=module without modules");
    TAP_INT(claim(0, WAKER_FROM, any, &why), 2, "from=any is the nearest");
    TAP_OK(!why, "with a waker there is no reason");
    modules_of = 4;
    set_machine(CPUS, true);
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_MODULE, 0}, &why), 2, "from=module");
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_PACKAGE, 0}, &why), 2, "from=package in the only module");
    cpus[3].place.module = 7;
    TAP_INT(claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_PACKAGE, 0}, &why), 3, "from=package is another module");
    TAP_INT(claim(0, WAKER_ANY, any, &why), 3, "the nearest is not of the sleeper's module");
    modules_of = 2;
    set_machine(3, true);
    TAP_INT(claim(0, WAKER_FAR, any, &why), 2, "far: in a single package it is the nearest");
    TAP_INT(claim(2, WAKER_FAR, any, &why), 1, "far: not CPU 0, though it is as near");
    cpus[0].place.package = 9;
    TAP_INT(claim(1, WAKER_FAR, any, &why), 2, "far: not CPU 0, though it alone is of another package");
}

static void test_reasons(void)
{
    static const char leads[] = "CPU 0 leads the run and cannot be the waker of another CPU";
    static const char relation[] = "no CPU stands in that relation (from=)";
    static const char offset[] = "the TSC offset between the CPUs is not known";
    const struct plan_cpu any = {PLAN_CPU_ANY, 0};
    const char *why;

    set_machine(2, true);
    claim(2, WAKER_NONE, any, &why);
    TAP_STR(why, "that CPU does not run (cpu=)", "a CPU that is not there");
    TAP_OK(claim(1, WAKER_NONE, any, &why) == -1 && !why, "who wants no waker is told nothing");
    TAP_INT(claim(1, WAKER_ANY, any, &why), -1, "the only other one is CPU 0");
    TAP_STR(why, leads, "which leads the run");
    claim(1, WAKER_FAR, any, &why);
    TAP_STR(why, "no other CPU can send the wake", "far: neither can it");
    claim(1, WAKER_FROM, (struct plan_cpu){PLAN_CPU_NUMBER, 0}, &why);
    TAP_STR(why, leads, "from=0");
    claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_PACKAGE, 0}, &why);
    TAP_STR(why, relation, "no other core");
    claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_NUMBER, 2}, &why);
    TAP_STR(why, relation, "a number that is not there");
    claim(1, WAKER_FROM, (struct plan_cpu){PLAN_CPU_NUMBER, 1}, &why);
    TAP_STR(why, relation, "the CPU itself");
    set_machine(2, false);
    TAP_INT(claim(0, WAKER_ANY, any, &why), -1, "two CPUs whose stamps cannot be compared");
    TAP_STR(why, offset, "say so");
    set_machine(1, true);
    claim(0, WAKER_ANY, any, &why);
    TAP_STR(why, "needs another CPU, which sends the wake", "a single CPU");
    claim(0, WAKER_FROM, (struct plan_cpu){PLAN_CPU_PACKAGE, 0}, &why);
    TAP_STR(why, "needs another CPU, which sends the wake", "a single CPU, and another package asked for");
}

static void test_too_few(void)
{
    struct plan_value values[] = {{.count = 9}, {.count = 0}};
    struct plan_step plan = {.spec = &spec, .values = values};
    struct step step = {.machine = &machine, .plan = &plan};

    set_machine(2, true);
    TAP_STR(claim_cpus(&step, &(struct experiment){.cpus = 3}), "needs 3 CPUs", "too few CPUs");
    values[0].count = 1;
    TAP_OK(!claim_cpus(&step, &(struct experiment){.cpus = 2}), "as many as it needs");
}

int main(void)
{
    test_relations();
    test_reasons();
    test_too_few();
    return tap_done();
}
