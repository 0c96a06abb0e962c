/* SPDX-License-Identifier: MIT */
/*
 * Question: does the host poll before it lets a halted virtual CPU sleep, how long, by which rule, and what would
 *   polling in the guest give?
 * Method: pending: HLT with its interrupt already there, beside CPUID, which always exits. curve: wake latency of HLT
 *   over the time to the event, in ascending passes, each sample after a halt that the host may learn from; a knee is
 *   where the host stops polling and sleeps. ladder: trials of halts after quiet ones, from which the rule is inferred
 *   (lib/infer/halt_ladder.h). control: the curve with KVM's poll control (MSR 4B564D05h) 1 and 0, in turns. guest: the
 *   same wakes by HLT and by the guest's own polling, haltpoll's rule.
 * Expected: default KVM: low and tight up to 200 us, then the wake of a host thread and of its CPU. Bare metal,
 *   emulators: no knee of this kind.
 * Confounders: a host that is busy ends a poll early, and then there is no knee; deeper idle states of the host make
 *   knees of their own further out; a budget that was shrunk by an outlier stays low until shorter halts bring it up;
 *   steal is counted apart where KVM reports it.
 * Sources: Linux Documentation/virt/kvm/halt-polling.rst, virt/guest-halt-polling.rst, virt/kvm/x86/msr.rst; SDM volume
 *   2, HLT, STI.
 */
#include "experiments/haltpoll/parts.h"

#include "lib/fmt.h"

/* A guest's two states, as Linux's haltpoll driver has them. */
static void fill_guest_table(struct idle_table *table)
{
    *table = (struct idle_table){.count = 2, .poll_mask = 1};
    table->exit_latency_ns[1] = 1000;
    table->target_residency_ns[1] = 1000;
    fmt(table->name[0], IDLE_NAME_BYTES, "poll");
    fmt(table->name[1], IDLE_NAME_BYTES, "haltpoll");
}

static struct idle_distance no_distance(const struct idle_loop *loop)
{
    (void)loop;
    return (struct idle_distance){IDLE_NEVER_NS, IDLE_NEVER_NS};
}

static int64_t no_clock(const struct idle_loop *loop)
{
    (void)loop;
    return 0;
}

/* haltpoll asks none of them. */
static const struct idle_answers no_answers = {no_distance, no_clock, NULL};

static const char *prepare_guest(struct step *step, struct haltpoll *hp)
{
    struct haltpoll_sweep *sweep = &hp->coarse.sweep_list[1];
    const char *argument;
    const struct governor *governor = governor_find("haltpoll", &argument);
    struct idle_loop loop = {
        .table = &hp->guest_table, .answers = &no_answers, .tick_period_ns = 4000000, .limit_ns = IDLE_LIMIT_NONE_NS};

    fill_guest_table(&hp->guest_table);
    for (uint32_t i = 0; i < hp->coarse.point_count; i++) {
        struct haltpoll_guest *guest = step_alloc(step, sizeof(*guest));
        const char *problem;

        if (!guest)
            return step_no_memory;
        problem = governor_start(&guest->governor, governor, argument, &loop);
        if (problem)
            return problem;
        sweep->points[i].guest = guest;
    }
    return NULL;
}

static const char *prepare_pending(struct step *step, struct haltpoll *hp)
{
    uint64_t bytes = step->plan->values[KEY_SAMPLES].count * sizeof(int64_t);

    hp->pending.cpuid_tsc = step_alloc(step, bytes);
    hp->pending.hlt_tsc = step_alloc(step, bytes);
    hp->pending.nop_tsc = step_alloc(step, bytes);
    step->total = (uint32_t)step->plan->values[KEY_SAMPLES].count;
    return hp->pending.cpuid_tsc && hp->pending.hlt_tsc && hp->pending.nop_tsc ? NULL : step_no_memory;
}

/* While the guest polls, the host's polling is switched off where it can be, as Linux does. */
static void name_sweeps(struct step *step, struct haltpoll *hp)
{
    struct haltpoll_sweep *first = &hp->coarse.sweep_list[0], *second = &hp->coarse.sweep_list[1];
    bool off = step->plan->values[KEY_HOST].choice != 0;

    first->name = off ? "off" : "host";
    first->host_off = off;
    hp->coarse.count = 1;
    if (hp->test != TEST_CONTROL && hp->test != TEST_GUEST)
        return;
    hp->coarse.count = 2;
    second->name = hp->test == TEST_GUEST ? "guest" : "off";
    second->host_off = hp->test == TEST_CONTROL || kvm_has(&step->machine->hv, KVM_FEATURE_POLL_CONTROL);
}

static const char *prepare_curve(struct step *step, struct haltpoll *hp)
{
    const struct plan_value *values = step->plan->values;

    name_sweeps(step, hp);
    if (!haltpoll_sweeps_begin(step, &hp->coarse, (uint32_t)values[KEY_POINTS].count,
                               (uint32_t)values[KEY_SAMPLES].count))
        return step_no_memory;
    haltpoll_spread(step, &hp->coarse, values[KEY_SHORTEST].time.value, values[KEY_LONGEST].time.value);
    step->total = hp->coarse.count * hp->coarse.point_count * hp->coarse.passes;
    hp->phase = haltpoll_may_be_advanced(step) ? PHASE_LOOK : PHASE_COARSE;
    step->timer_tsc = hp->nap.source->arm ? step_time_tsc(step, KEY_LONGEST) : 0;
    /* A trial is a dozen halts of twice the ceiling. */
    step->silence_tsc = 40 * step_time_tsc(step, KEY_LONGEST);
    hp->ladder = step_alloc(step, sizeof(*hp->ladder));
    if (!hp->ladder)
        return step_no_memory;
    return hp->test == TEST_GUEST ? prepare_guest(step, hp) : NULL;
}

static const char *haltpoll_prepare(struct step *step)
{
    struct haltpoll *hp = step->state;
    const struct plan_value *values = step->plan->values;

    hp->test = (enum haltpoll_test)values[KEY_TEST].choice;
    if ((hp->test == TEST_CONTROL || values[KEY_HOST].choice) && !kvm_has(&step->machine->hv, KVM_FEATURE_POLL_CONTROL))
        return "needs KVM's poll control (feature bit 12 of CPUID.40000001H:EAX)";
    wait_prepare(step, &hp->nap);
    nap_choose(&hp->nap, idle_find("hlt"), 0, false, __lab_sources_start[values[KEY_BY].choice]);
    prng_seed(&hp->prng, step->seed);
    if (steal_is_told(&step->machine->hv))
        hp->nap.steal = step_alloc(step, sizeof(*hp->nap.steal));
    if (hp->nap.source->remote && !step->waker)
        return step->no_waker;
    return hp->test == TEST_PENDING ? prepare_pending(step, hp) : prepare_curve(step, hp);
}

static void haltpoll_batch(struct step *step)
{
    struct haltpoll *hp = step->state;

    nap_open(&hp->nap);
    if (hp->test == TEST_PENDING)
        haltpoll_pending_go(step);
    else if (hp->phase >= PHASE_LOOK)
        haltpoll_look_for_advance(step);
    else
        haltpoll_curve_go(step);
    if (!nap_close(&hp->nap))
        return; /* the engine finds the CPU that does not stop */
    haltpoll_leave_deadlines(step);
    hp->host_refused |= msr_restore(&step->cpu->msr_saves) != 0;
}

static void haltpoll_finish(struct step *step)
{
    struct haltpoll *hp = step->state;

    if (hp->test == TEST_PENDING) {
        haltpoll_report_pending(step);
    } else {
        haltpoll_curve_conclude(step);
        haltpoll_report_curve(step);
        haltpoll_find_words(step);
        haltpoll_report_advance(step);
    }
    result_scalar(step, "hlts", (int64_t)hp->nap.waits, "count");
    if (hp->nap.steal) {
        result_scalar(step, "steal_samples", (int64_t)hp->steal_samples, "count");
        result_scalar(step, "steal_total", (int64_t)hp->steal_ns, "ns");
    }
    if (hp->host_refused)
        result_finding(step, "poll_control_refused", CONFIDENCE_NONE,
                       "the host does not let its poll control be written: both settings are the same");
}

static const struct experiment haltpoll = {
    .spec = {.name = "haltpoll",
             .params = haltpoll_params,
             .param_count = KEY_COUNT,
             .check = haltpoll_check,
             .estimate_ns = haltpoll_estimate_ns,
             .memory_bytes = haltpoll_memory_bytes},
    .waker = WAKER_ANY,
    .state_bytes = sizeof(struct haltpoll),
    .prepare = haltpoll_prepare,
    .batch = haltpoll_batch,
    .finish = haltpoll_finish,
};
LAB_EXPERIMENT(haltpoll);
