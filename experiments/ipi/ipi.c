/* SPDX-License-Identifier: MIT */
/*
 * Question: what does it cost to interrupt another CPU, and how long until that CPU is in its handler, and runs on?
 * Method: the target waits, in HLT (also after a long sleep) or MWAIT, or in a loop with interrupts on, with PAUSE or
 *   without; the sender stamps, writes the ICR, stamps, and waits for the answer. send = the write; deliver = from the
 *   stamp before it to the first instructions of the target's stub; wake = to the target's next instruction; round = to
 *   the answer, on the sender's clock alone; last (broadcast) = to the stub of the last of all other CPUs, which are
 *   parked in HLT. deliver, wake and last compare two CPUs' stamps by the measured TSC offset, whose bound is recorded.
 *   via= selects the way: the ICR with physical destination (a broadcast: by its shorthand), the ICR with logical
 *     destination, or KVM's hypercall, which takes a bitmap of targets. Whether the ICR is a register in memory (xAPIC)
 *     or an MSR (x2APIC) is a boot's choice.
 *   matrix=yes takes every ordered pair of up to cpus= CPUs, spread evenly over the numbers with their SMT siblings, a
 *     few samples of each in turn, so that drift affects all alike; one record for each pair and metric.
 * Expected: send some 50 to 100 ticks with x2APIC or posted interrupts, over 1000 where the write exits to a
 *   hypervisor; deliver under 1 us within a package; a halted target adds the exit of C1, or a wake-up by the host's
 *   scheduler.
 * Confounders: TSC offset; the target's cache lines, which the answer needs (round); the mode of the APIC (in the log).
 *   A sample that another interrupt disturbed is counted by its reason. An NMI may come just before HLT and be missed
 *   by it: the target is then called back, and the sample is counted as nudged. An interrupt that never came is `lost`,
 *   and the step fails.
 * Sources: SDM volume 3, 10.6 (ICR), 10.6.2 (logical destinations), 10.12.9 and 10.12.10 (x2APIC); Linux
 *   Documentation/virt/kvm/x86/hypercalls.rst (KVM_HC_SEND_IPI).
 */
#include "experiments/ipi/parts.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/delay.h"
#include "experiments/kit/gate.h"

enum {
    NUDGE_US = 200 * 1000,
    LOST_US = 2000 * 1000, /* a host may take a virtual CPU away for long */
    LOOK_US = 5 * 1000,
    VISIT_US = 500 * 1000,
    SLEPT_US = 20 * 1000,    /* longer than hosts poll for a wake, or menu governors wait for one */
    OVERHEAD_NS = 20 * 1000, /* a guess: what a sample costs beside its gap */
};

static const char *const mode_words[] = {"fixed", "nmi", "broadcast", NULL};
static const char *const target_words[] = {"halted", "spinning", "pause", "slept", "mwait", NULL};
static const char *const from_words[] = {"any", NULL};
static const char *const to_words[] = {"any", "sibling", "module", "package", "remote", NULL};

static const struct param_spec ipi_params[KEY_COUNT] = {
    /* what is sent: a fixed interrupt, an NMI, one to all others at once */
    [KEY_MODE] = {"mode", PARAM_CHOICE, mode_words, "fixed", 0, 0, .list = true},
    /* what the target does meanwhile */
    [KEY_TARGET] = {"target", PARAM_CHOICE, target_words, "halted,spinning", 0, 0, .list = true},
    /* how it is sent: ICR, ICR with logical destination, KVM's hypercall */
    [KEY_VIA] = {"via", PARAM_CHOICE, ipi_via_words, "icr", 0, 0, .list = true},
    /* all pairs of CPUs */
    [KEY_MATRIX] = {"matrix", PARAM_FLAG, NULL, "no", 0, 0, .list = false},
    /* the sender; any: CPU 0 */
    [KEY_FROM] = {"from", PARAM_CPU, from_words, "any", 0, CPU_MAX - 1, .list = true},
    /* the target, a number or where it stands from the sender */
    [KEY_TO] = {"to", PARAM_CPU, to_words, "any", 0, CPU_MAX - 1, .list = true},
    /* how many CPUs the matrix takes at most */
    [KEY_CPUS] = {"cpus", PARAM_COUNT, NULL, "8", 2, IPI_MATRIX_CPUS, .unnamed = true},
    /* how long the target has waited when the interrupt is sent; target=slept has its own time */
    [KEY_GAP] = {"gap", PARAM_TIME, NULL, "50us", 1000, 10000000, .ticks = true, .unnamed = true, .decider = KEY_TARGET,
                 .with = ~(1u << IPI_SLEPT)},
    /* tries of each pair */
    [KEY_SAMPLES] = {"samples", PARAM_COUNT, NULL, "200", 1, 100000, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* significant digits of the histograms */
    [KEY_DIGITS] = {"digits", PARAM_COUNT, NULL, "2", 2, 3, .unnamed = true},
};

static const char *ipi_check(const struct plan_step *plan)
{
    bool matrix = plan->values[KEY_MATRIX].flag;

    if (matrix && (plan->values[KEY_FROM].given || plan->values[KEY_TO].given))
        return "matrix=yes takes all pairs: from= and to= name one";
    if (!matrix && plan->values[KEY_CPUS].given)
        return "cpus= needs matrix=yes";
    if (plan->values[KEY_MODE].choice == IPI_BROADCAST && plan->values[KEY_VIA].choice == IPI_BY_LOGICAL)
        return "a broadcast has no logical destination (via=)";
    return NULL;
}

/* At most: the machine may have fewer CPUs. */
static uint64_t pairs_at_most(const struct plan_step *plan)
{
    uint64_t cpus = plan->values[KEY_CPUS].count;

    return plan->values[KEY_MATRIX].flag ? cpus * (cpus - 1) : 1;
}

static uint64_t ipi_estimate_ns(const struct plan_step *plan)
{
    uint64_t gap_ns = plan->values[KEY_TARGET].choice == IPI_SLEPT ? SLEPT_US * 1000 : plan_time_ns(plan, "gap", 0);

    return pairs_at_most(plan) * plan->values[KEY_SAMPLES].count * (gap_ns + OVERHEAD_NS);
}

static uint64_t pair_bytes(uint64_t samples)
{
    return sizeof(struct ipi_pair) + samples * (sizeof(struct ipi_values) + sizeof(int64_t) + sizeof(uint64_t));
}

static uint64_t ipi_memory_bytes(const struct plan_step *plan)
{
    return sizeof(struct ipi) + pairs_at_most(plan) * pair_bytes(plan->values[KEY_SAMPLES].count);
}

static void set_up_link(struct step *step, struct ipi_link *link)
{
    const struct plan_value *values = step->plan->values;

    link->machine = step->machine;
    link->mode = (enum ipi_mode)values[KEY_MODE].choice;
    link->target = (enum ipi_target)values[KEY_TARGET].choice;
    link->trace = link->mode == IPI_NMI ? WAKE_TRACE_NMI : WAKE_TRACE_IRQ;
    link->via = (enum ipi_via)values[KEY_VIA].choice;
    link->method = idle_find(link->target == IPI_MWAIT ? "mwait" : "hlt");
    link->gap_tsc = step_time_tsc(step, KEY_GAP);
    if (link->target == IPI_SLEPT)
        link->gap_tsc = delay_tsc(step->machine, SLEPT_US);
    link->nudge_tsc = delay_tsc(step->machine, NUDGE_US);
    link->limit_tsc = delay_tsc(step->machine, LOST_US);
    link->look_tsc = delay_tsc(step->machine, LOOK_US);
    link->visit_tsc = delay_tsc(step->machine, VISIT_US);
}

static const char *ipi_prepare(struct step *step)
{
    struct ipi *ipi = step->state;
    const char *problem;
    uint64_t all;

    ipi->samples = (uint32_t)step->plan->values[KEY_SAMPLES].count;
    set_up_link(step, &ipi->link);
    problem = ipi_check_via(step, &ipi->link);
    if (!problem)
        problem = gate_refuse(step, ipi->link.method, 0, false);
    if (!problem)
        problem = ipi_choose_pairs(step, ipi);
    for (uint32_t i = 0; !problem && i < ipi->pair_count; i++)
        problem = gate_refuse_on(step, ipi->pairs[i].to, ipi->link.method, 0);
    if (problem)
        return problem;
    all = (uint64_t)ipi->pair_count * ipi->samples;
    ipi->scratch = step_alloc(step, all * sizeof(*ipi->scratch));
    ipi->at_tsc = step_alloc(step, all * sizeof(*ipi->at_tsc));
    step->total = (uint32_t)all;
    step->silence_tsc = 2 * ipi->link.limit_tsc;
    return ipi->scratch && ipi->at_tsc ? NULL : step_no_memory;
}

/* CPU 0 runs its own side where it is one of the two, and sleeps where it is not. */
static void visit(struct step *step, struct ipi_link *link, const struct ipi_pair *pair, uint32_t count)
{
    struct machine *machine = step->machine;

    link->from = pair->from;
    link->to = pair->to;
    link->count = count;
    link->ready = 0;
    link->done = 0;
    link->left = 0;
    link->stop = 0;
    link->taken = 0;
    ipi_form(link);
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    if (link->to->index)
        smp_run(machine, link->to, ipi_target_visit, link);
    if (link->from->index)
        smp_run(machine, link->from, ipi_send_visit, link);
    if (!link->from->index)
        ipi_send_visit(link);
    else if (!link->to->index)
        ipi_target_visit(link);
    else
        smp_sleep_until_parked(machine, link->from);
    smp_join(link->from);
    smp_join(link->to);
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
}

static void keep_visit(struct step *step, struct ipi *ipi, struct ipi_pair *pair)
{
    const struct ipi_link *link = &ipi->link;

    for (uint32_t i = 0; i < link->taken; i++) {
        enum ipi_outcome outcome = link->outcomes[i];

        ipi->outcomes[outcome]++;
        pair->lost += outcome == IPI_LOST;
        if (outcome == IPI_KEPT)
            pair->values[pair->kept++] = link->values[i];
        if (outcome != IPI_WARMUP) {
            pair->tried++;
            step->done++;
            step->rejected += outcome != IPI_KEPT;
        }
    }
}

static void ipi_batch(struct step *step)
{
    struct ipi *ipi = step->state;

    if (ipi->link.via == IPI_BY_PV && !ipi->call_tried && !ipi_try_call(step, ipi)) {
        step->complete = true;
        return;
    }
    do {
        struct ipi_pair *pair = &ipi->pairs[ipi->next];
        uint32_t left = ipi->samples - pair->tried;

        if (left) {
            visit(step, &ipi->link, pair, left < IPI_VISIT ? left + 1 : IPI_VISIT);
            keep_visit(step, ipi, pair);
        }
        ipi->next = (ipi->next + 1) % ipi->pair_count;
    } while (step->done < step->total && !step_should_return(step));
    step->complete = step->done >= step->total;
}

static const struct experiment ipi = {
    .spec = {.name = "ipi",
             .params = ipi_params,
             .param_count = KEY_COUNT,
             .check = ipi_check,
             .estimate_ns = ipi_estimate_ns,
             .memory_bytes = ipi_memory_bytes},
    .cpus = 2,
    .state_bytes = sizeof(struct ipi),
    .prepare = ipi_prepare,
    .batch = ipi_batch,
    .finish = ipi_finish,
};
LAB_EXPERIMENT(ipi);
