/* SPDX-License-Identifier: MIT */
/*
 * The verdicts of `monitor`: what the wait is, what an exit does to it, whose interrupts end it, and which hints are
 * proven.
 */
#include "arch/x86/hv/detect.h"
#include "arch/x86/irq/fault.h"
#include "experiments/kit/siblings.h"
#include "experiments/monitor/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/infer/cstate_entered.h"
#include "lib/infer/exit_disarms.h"
#include "lib/infer/host_tick.h"
#include "lib/infer/mwait_is.h"

enum {
    TEXT_BYTES = 256,
    STAMP_EXITS_TSC = 500, /* no processor takes so long for RDTSC itself */
    MTSC = 1000,
};

/* The case of that kind; NULL: it was not tried. */
static const struct monitor_case *find_case(const struct monitor *monitor, bool store, enum monitor_between between)
{
    for (uint32_t i = 0; i < monitor->case_count; i++) {
        const struct monitor_case *one = &monitor->cases[i];

        if (one->store == store && one->between == between)
            return one;
    }
    return NULL;
}

static struct mwait_tries tries_of(const struct monitor *monitor, bool store, enum monitor_between between)
{
    const struct monitor_case *one = find_case(monitor, store, between);

    if (!one || !one->tries)
        return (struct mwait_tries){0};
    return (struct mwait_tries){.tries = one->tries,
                                .at_once = one->outcomes[OUTCOME_AT_ONCE],
                                .guard = one->outcomes[OUTCOME_GUARD],
                                .store = one->outcomes[OUTCOME_STORE],
                                .limited = one->outcomes[OUTCOME_LIMITED],
                                .floor_tsc = one->slept_min_tsc,
                                .most_tsc = one->slept_max_tsc,
                                .slept_tsc = one->slept_tsc};
}

/* The word in KTAP, which says no more than was seen: without a store it is unknown what would end a sleep. */
static const char *seen_word(const struct mwait_seen *seen, enum mwait_is is)
{
    static const char *const words[] = {
        [MWAIT_REAL] = "real_sleep", [MWAIT_NOP] = "at_once",     [MWAIT_HLT_LIKE] = "hlt_like",
        [MWAIT_AT_ONCE] = "at_once", [MWAIT_LIMITED] = "limited", [MWAIT_UNKNOWN] = "disturbed",
    };

    return !seen->stored.tries && seen->quiet.guard * 2 > seen->quiet.tries ? "sleeps" : words[is];
}

void monitor_report_kind(struct step *step, const struct monitor *monitor)
{
    struct fault fault = fault_from_code(monitor->fault_code);
    struct intercept_answer leaves[INTERCEPT_COUNT];
    struct mwait_seen seen = {.faulted = fault.valid,
                              .vector = fault.vector,
                              .quiet = tries_of(monitor, false, BETWEEN_NOTHING),
                              .stored = tries_of(monitor, true, BETWEEN_NOTHING),
                              .unarmed = tries_of(monitor, false, BETWEEN_UNARMED),
                              .stamps_leave = step->machine->clock.read_min_tsc > STAMP_EXITS_TSC,
                              .cpuid = monitor->costs.insns[INTERCEPT_CPUID]};
    struct mwait_answer answer;
    char id[24];

    intercept_decide(&monitor->costs, leaves);
    seen.leaves = leaves[INTERCEPT_CPUID].verdict;
    answer = mwait_decide(&seen);
    fmt(id, sizeof(id), "%s_is", monitor->method->name);
    if (seen.faulted)
        result_say(step, id, answer.confidence, "%s: exception %u", mwait_is_word(answer.is), seen.vector);
    else
        result_say(step, id, answer.confidence,
                   "%s: the shortest wait is %ld ticks armed, %ld unarmed; CPUID takes %ld, leaves: %s",
                   mwait_is_word(answer.is), seen.quiet.floor_tsc, seen.unarmed.floor_tsc, seen.cpuid.floor_mtsc / MTSC,
                   intercept_verdict_word(seen.leaves));
    if (seen.faulted)
        result_metric(step, "fault_vector", seen.vector, "count");
    else
        result_metric(step, seen_word(&seen, answer.is), seen.quiet.tries, "count");
}

static struct disarm_tries disarm_tries_of(const struct monitor *monitor, bool store, enum monitor_between between)
{
    const struct monitor_case *one = find_case(monitor, store, between);

    if (!one)
        return (struct disarm_tries){0};
    return (struct disarm_tries){one->tries, one->outcomes[OUTCOME_AT_ONCE], one->outcomes[OUTCOME_GUARD],
                                 one->outcomes[OUTCOME_STORE]};
}

/* Where CPUID exits, entering the guest again clears the monitor: what follows for both. */
void monitor_report_exit(struct step *step, const struct monitor *monitor)
{
    struct mwait_tries nothing = tries_of(monitor, false, BETWEEN_NOTHING);
    static const char *const words[] = {
        [DISARMS_UNKNOWN] = "can't tell",
        [DISARMS_NO_SLEEP] = "can't tell: the wait does not sleep",
        [DISARMS_ENDED] = "can't tell: it sleeps, but other interrupts end most waits before the guard",
        [DISARMS_YES] = "yes: CPUID leaves to a hypervisor, whose return clears the monitor; so do host interrupts",
        [DISARMS_NO] = "no: CPUID does not leave, or the hypervisor keeps the monitor",
    };
    struct disarm_seen seen = {
        .nothing = disarm_tries_of(monitor, false, BETWEEN_NOTHING),
        .cpuid = disarm_tries_of(monitor, false, BETWEEN_CPUID),
        .cpuid_store = disarm_tries_of(monitor, true, BETWEEN_CPUID),
        .alone = !hv_is_guest(&step->machine->hv) || step->machine->hv.emulator,
        /* A busy machine beneath an emulator makes waits long that nothing ends. */
        .alike = nothing.tries && (step->machine->hv.emulator ? !nothing.guard : mwait_tries_alike(&nothing)),
    };
    enum confidence confidence;
    enum disarms is = disarms_judge(&seen, &confidence);

    result_finding(step, "exit_disarms", confidence,
                   is == DISARMS_NO && seen.alone ? "no: CPUID does not leave here, and the monitor stays armed"
                                                  : words[is]);
}

static void report_tick(struct step *step, const struct monitor *monitor)
{
    struct host_tick tick = host_tick_find(monitor->spurious_tsc, monitor->spurious_count, monitor->spurious_inside_tsc,
                                           step->machine->clock.tsc_hz);
    const char *whose = hv_is_guest(&step->machine->hv) ? "a host" : "something";

    if (tick.is == HOST_TICK_PERIODIC)
        result_say(step, "host_tick", tick.confidence,
                   "%s ticks, or a device interrupts, at %u Hz: %u %% of the wakes have one a period later", whose,
                   tick.hz, tick.share_percent);
    else if (tick.is == HOST_TICK_NONE)
        result_say(step, "host_tick", tick.confidence, "no tick: %lu wakes in 1000 s of sleep (nohz, or no host)",
                   tick.per_1000s);
    else
        result_say(step, "host_tick", tick.confidence, "can't tell: %u wakes in %lu ticks of sleep fit no rate",
                   monitor->spurious_count, monitor->spurious_inside_tsc);
}

void monitor_report_spurious(struct step *step, const struct monitor *monitor)
{
    const struct monitor_case *one = &monitor->cases[0];
    uint32_t spurious = one->tries - one->outcomes[OUTCOME_GUARD];

    result_scalar(step, "until_guard", one->outcomes[OUTCOME_GUARD], "count");
    result_scalar(step, "spurious", spurious, "count");
    result_scalar(step, "inside", (int64_t)monitor->inside_tsc, "tsc");
    result_scalar(step, "spurious_per_1000s",
                  (int64_t)muldiv_u64((uint64_t)spurious * 1000, step->machine->clock.tsc_hz,
                                      monitor->inside_tsc ? monitor->inside_tsc : 1),
                  "count");
    report_tick(step, monitor);
    result_metric(step, "spurious", spurious, "count");
}

/* By the first hint whose core cannot be deep. */
static void note_siblings(struct step *step, const struct monitor *monitor)
{
    struct beside beside = {.machine = step->machine, .cpu = step->cpu, .others = NAP_OTHERS_HLT};

    if (monitor->kind != KIND_MWAIT)
        return;
    for (uint32_t i = 0; i < monitor->case_count; i++) {
        beside.state = (struct nap_state){NAP_MWAIT, monitor->cases[i].argument};
        if (siblings_note(step, &beside))
            return;
    }
}

void monitor_report_hints(struct step *step, const struct monitor *monitor)
{
    uint32_t proven = 0, used = 0;
    char text[TEXT_BYTES * 4];

    for (uint32_t i = 0; i < monitor->case_count && used + 24 < sizeof(text); i++) {
        const struct monitor_case *one = &monitor->cases[i];
        uint32_t percent;
        enum residency state = cstate_proven(&one->residency[EVIDENCE_CC1], one->slept_tsc, &percent);

        used += (uint32_t)fmt(text + used, sizeof(text) - used, "%s0x%x ", used ? ", " : "", one->argument);
        if (state == RESIDENCY_COUNT)
            used += (uint32_t)fmt(text + used, sizeof(text) - used, "unverified");
        else
            used += (uint32_t)fmt(text + used, sizeof(text) - used, "%s %u %%", evidence_name(EVIDENCE_CC1 + state),
                                  percent);
        proven += state != RESIDENCY_COUNT;
    }
    note_siblings(step, monitor);
    result_scalar(step, "hints", monitor->case_count, "count");
    result_scalar(step, "hints_proven", proven, "count");
    result_finding(step, "hints", proven ? CONFIDENCE_MEASURED : CONFIDENCE_LOW, text);
    result_metric(step, "hints_proven", proven, "count");
}
