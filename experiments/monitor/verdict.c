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
#include "lib/infer/host_tick.h"
#include "lib/infer/mwait_is.h"

enum {
    TEXT_BYTES = 256,
    STAMP_EXITS_TSC = 500, /* no processor takes so long for RDTSC itself */
    PROVEN_PERCENT = 50,   /* of the time slept, in the deepest state that a counter shows */
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

/*
 * Where CPUID exits, entering the guest again clears the monitor: what follows for both. A wait that sleeps on may be
 * armed or not; only a store tells.
 */
void monitor_report_exit(struct step *step, const struct monitor *monitor)
{
    const struct monitor_case *treated = find_case(monitor, false, BETWEEN_CPUID);
    const struct monitor_case *store = find_case(monitor, true, BETWEEN_CPUID);
    const struct hv_info *hv = &step->machine->hv;
    bool alone = !hv_is_guest(hv) || hv->emulator;
    const char *text = "can't tell";
    enum confidence confidence = CONFIDENCE_LOW;

    if (!monitor_mostly(find_case(monitor, false, BETWEEN_NOTHING), OUTCOME_GUARD)) {
        text = "can't tell: the wait does not sleep";
    } else if (monitor_mostly(treated, OUTCOME_AT_ONCE)) {
        text = "yes: CPUID leaves to a hypervisor, whose return clears the monitor; so does each interrupt of the host";
        confidence = alone ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH;
    } else if (store && monitor_mostly(store, OUTCOME_STORE)) {
        text = alone ? "no: CPUID does not leave here, and the monitor stays armed"
                     : "no: CPUID does not leave, or the hypervisor keeps the monitor";
        confidence = alone ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
    }
    result_finding(step, "exit_disarms", confidence, text);
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

/* The deepest state that holds half of the time slept; EVIDENCE_COUNT: no counter shows one. */
static enum evidence_counter proven_state(const struct monitor_case *one, uint64_t *percent)
{
    for (unsigned i = EVIDENCE_CC7; i >= EVIDENCE_CC1; i--) {
        *percent = muldiv_u64(one->residency[i], 100, one->slept_tsc ? one->slept_tsc : 1);
        if (*percent >= PROVEN_PERCENT)
            return i;
    }
    return EVIDENCE_COUNT;
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
        uint64_t percent;
        enum evidence_counter state = proven_state(one, &percent);

        used += (uint32_t)fmt(text + used, sizeof(text) - used, "%s0x%x ", used ? ", " : "", one->argument);
        if (state == EVIDENCE_COUNT)
            used += (uint32_t)fmt(text + used, sizeof(text) - used, "unverified");
        else
            used +=
                (uint32_t)fmt(text + used, sizeof(text) - used, "%s %u %%", evidence_name(state), (unsigned)percent);
        proven += state != EVIDENCE_COUNT;
    }
    note_siblings(step, monitor);
    result_scalar(step, "hints", monitor->case_count, "count");
    result_scalar(step, "hints_proven", proven, "count");
    result_finding(step, "hints", proven ? CONFIDENCE_MEASURED : CONFIDENCE_LOW, text);
    result_metric(step, "hints_proven", proven, "count");
}
