/* SPDX-License-Identifier: MIT */
/*
 * Question: what does a CPU that idles by this method leave to the CPUs that work?
 * Method: CPU 0 idles, woken by its timer once a period, while one CPU of each class (its SMT sibling, another core of
 *   the package, another package) runs a fixed integer loop and counts units by its own TSC. A round has three parts:
 *   HLT, the method, HLT again. The ratio is the method's rate against the mean of both HLT parts, so that a slow drift
 *   cancels; the two HLT parts against each other are the floor. idlers=all lets every CPU that does not work idle the
 *   same way; else they are parked in HLT.
 * Expected: a sibling gets about half a core beside a spin, more beside PAUSE and C0.1, nearly all beside HLT, MWAIT
 *   and C0.2; other cores differ by what frequency and power limits give them (many pollers have cost others a factor
 *   of four to six in a field report).
 * Confounders: frequency (TSC ticks are not core cycles), the host's scheduler, the other thread of the working core
 *   (parked).
 * Sources: SDM volume 3, 9.10 (idle and blocked threads); volume 2, PAUSE, TPAUSE.
 */
#include "experiments/neighbour/parts.h"

#include "arch/x86/cpu/placement.h"
#include "arch/x86/idle/errata.h"
#include "experiments/kit/gate.h"

enum { ROUNDS_MAX = 100000 };

static const char *const idlers_words[] = {"one", "all", NULL};

static const struct param_spec neighbour_params[KEY_COUNT] = {
    /* how the CPU idles */
    [KEY_IDLE] = {"idle", PARAM_METHOD, __lab_method_words, "spin,pause,hlt", 0, 0, .list = true},
    /* who idles so: CPU 0, or every CPU that does not work */
    [KEY_IDLERS] = {"idlers", PARAM_CHOICE, idlers_words, "one", 0, 0, .list = true},
    /* the timer ends the wait so often */
    [KEY_PERIOD] = {"period", PARAM_TIME, NULL, "1ms", 10000, 1000000000, .list = true, .ticks = true, .unnamed = true},
    /* length of a part */
    [KEY_SLICE] = {"slice", PARAM_TIME, NULL, "5ms", 100000, 1000000000, .ticks = true, .unnamed = true},
    /* rounds of HLT, method, HLT */
    [KEY_ROUNDS] = {"rounds", PARAM_COUNT, NULL, "100", 2, ROUNDS_MAX, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* run a wait instruction whose CPUID bit is clear: its fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

static const char *neighbour_check(const struct plan_step *plan)
{
    const struct idle_method *method = __lab_methods_start[plan->values[KEY_IDLE].method.word];

    if (!(method->wait && (method->ends & IDLE_ENDS_INTERRUPT)) &&
        !(method->wait_masked && (method->ends & IDLE_ENDS_MASKED)))
        return "no timer can end this method";
    return NULL;
}

static uint64_t neighbour_estimate_ns(const struct plan_step *plan)
{
    uint64_t part_ns = plan_time_ns(plan, "slice", 0) + NEIGHBOUR_LEAD_US * 1000;

    return plan->values[KEY_ROUNDS].count * PART_COUNT * part_ns;
}

static uint64_t neighbour_memory_bytes(const struct plan_step *plan)
{
    uint64_t series = plan->values[KEY_ROUNDS].count * NEIGHBOUR_CLASSES * 4 * sizeof(int64_t);

    return sizeof(struct neighbour) + CPU_MAX * sizeof(struct idler) + series;
}

static const char *choose_workers(struct step *step, struct neighbour *n)
{
    static const enum cpu_relation relations[NEIGHBOUR_CLASSES] = {CPU_RELATION_SIBLING, CPU_RELATION_PACKAGE,
                                                                   CPU_RELATION_OTHER};
    uint64_t rounds = step->plan->values[KEY_ROUNDS].count;

    for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++) {
        n->workers[i].cpu = placement_find(step->machine, step->machine->cpus[0], relations[i]);
        if (!n->workers[i].cpu)
            continue;
        n->ratio_ppm[i] = step_alloc(step, rounds * sizeof(*n->ratio_ppm[i]));
        n->again_ppm[i] = step_alloc(step, rounds * sizeof(*n->again_ppm[i]));
        n->hlt_rate[i] = step_alloc(step, rounds * sizeof(*n->hlt_rate[i]));
        n->method_rate[i] = step_alloc(step, rounds * sizeof(*n->method_rate[i]));
        if (!n->ratio_ppm[i] || !n->again_ppm[i] || !n->hlt_rate[i] || !n->method_rate[i])
            return step_no_memory;
    }
    return NULL;
}

static bool works(const struct neighbour *n, const struct percpu *cpu)
{
    for (unsigned i = 0; i < NEIGHBOUR_CLASSES; i++)
        if (n->workers[i].cpu == cpu)
            return true;
    return false;
}

static const char *choose_idlers(struct step *step, struct neighbour *n)
{
    const struct machine *machine = step->machine;
    bool all = step->plan->values[KEY_IDLERS].choice == IDLERS_ALL;
    uint32_t limit = all ? machine->cpu_count : 1;

    n->idlers = step_alloc(step, limit * sizeof(*n->idlers));
    if (!n->idlers)
        return step_no_memory;
    for (uint32_t i = 0; i < limit; i++) {
        struct idler *idler = &n->idlers[n->idler_count];

        if (works(n, machine->cpus[i]))
            continue;
        idler->machine = step->machine;
        idler->cpu = machine->cpus[i];
        idler->period_tsc = n->period_tsc;
        idler->flush_line = errata_flush_before_monitor(machine_cpuid(machine, idler->cpu));
        n->idler_count++;
    }
    return NULL;
}

static const char *neighbour_prepare(struct step *step)
{
    struct neighbour *n = step->state;
    const char *problem;

    /* Inside Linux the reference is the sleep in which the kernel halts the CPU. */
    n->hlt = idle_find(machine_is_ring3(step->machine) ? "sigsuspend" : "hlt");
    n->method = __lab_methods_start[step->plan->values[KEY_IDLE].method.word];
    n->argument = (uint32_t)step->plan->values[KEY_IDLE].method.argument;
    n->period_tsc = step_time_tsc(step, KEY_PERIOD);
    n->slice_tsc = step_time_tsc(step, KEY_SLICE);
    step->silence_tsc = n->slice_tsc + n->period_tsc;
    step->total = (uint32_t)step->plan->values[KEY_ROUNDS].count;
    problem = gate_refuse(step, n->hlt, 0, false);
    if (!problem)
        problem = gate_refuse(step, n->method, n->argument, !n->method->wait);
    if (!problem)
        problem = choose_workers(step, n);
    if (!problem)
        problem = choose_idlers(step, n);
    for (uint32_t i = 0; !problem && i < n->idler_count; i++)
        problem = gate_refuse_on(step, n->idlers[i].cpu, n->method, n->argument);
    return problem;
}

static void neighbour_batch(struct step *step)
{
    struct neighbour *n = step->state;

    if (!n->believed && !gate_believed(step, n->method)) {
        n->unreal = true;
        step->complete = true;
        return;
    }
    n->believed = true;
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    do {
        neighbour_round(step, n);
    } while (step->done < step->total && !step_should_return(step));
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    step->complete = step->done == step->total;
}

static const struct experiment neighbour = {
    .spec = {.name = "neighbour",
             .params = neighbour_params,
             .param_count = KEY_COUNT,
             .check = neighbour_check,
             .estimate_ns = neighbour_estimate_ns,
             .memory_bytes = neighbour_memory_bytes},
    .cpus = 2,
    .ring3 = true,
    .state_bytes = sizeof(struct neighbour),
    .prepare = neighbour_prepare,
    .batch = neighbour_batch,
    .finish = neighbour_finish,
};
LAB_EXPERIMENT(neighbour);
