/* SPDX-License-Identifier: MIT */
/*
 * `haltpoll` except test=pending, in phases: a coarse sweep; where it has a knee (test=control: one that goes with poll
 * control), a closer one around it; then, but for test=control, what history.c does.
 */
#include "experiments/haltpoll/parts.h"

enum { FINE_POINTS = 24, FINE_PASSES = 24 };

/*
 * First knee later than twice the time that HLT takes to enter; earlier events are already pending. Where the host was
 * seen to sleep in halts from there on, they are not.
 */
static const struct knee *first_knee(const struct step *step, const struct haltpoll *hp, const struct knees *knees)
{
    uint64_t least_ns = hp->sleeps_from_ns ? hp->sleeps_from_ns : 2 * haltpoll_entry_ns(step);

    for (uint32_t i = 0; i < knees->count; i++)
        if (knees->knee[i].low > least_ns)
            return &knees->knee[i];
    return NULL;
}

/* KVM fires deadlines early by up to 5 us (lapic_timer_advance); what the count register times it does not. */
static uint64_t early_ns(const struct step *step, const struct haltpoll *hp)
{
    bool deadline = hp->nap.source && hp->nap.source->arm && step->machine->timer.one_shot == APIC_TIMER_DEADLINE;

    return deadline && step->machine->hv.kind == HYPERVISOR_KVM ? ADVANCE_MOST_NS : 0;
}

/* True where one of these is the knee from now on. */
static bool note_ceiling(struct step *step, struct haltpoll *hp, const struct knees *knees)
{
    const struct knee *knee = first_knee(step, hp, knees);

    if (!knee)
        return false;
    hp->knee = knee;
    halt_ceiling_of(knee, haltpoll_entry_ns(step), early_ns(step, hp), &hp->ceiling);
    return true;
}

static void begin_fine(struct step *step, struct haltpoll *hp)
{
    struct haltpoll_sweep *sweep = &hp->fine.sweep_list[0];
    uint64_t at_ns[FINE_POINTS];

    hp->fine.count = 1;
    sweep->name = "fine";
    sweep->host_off = hp->coarse.sweep_list[0].host_off;
    if (!haltpoll_sweeps_begin(step, &hp->fine, FINE_POINTS, FINE_PASSES)) {
        hp->phase = PHASE_DONE;
        return;
    }
    knee_zoom(hp->knee, at_ns, FINE_POINTS);
    for (uint32_t i = 0; i < FINE_POINTS; i++)
        sweep->points[i].at_tsc = step_tsc(step, at_ns[i] + hp->lead_ns);
    step->total += FINE_POINTS * FINE_PASSES;
    hp->phase = PHASE_FINE;
}

/* How much shorter the waits are than asked for. One point's median suffices: the difference is the same at each. */
static uint64_t find_lead_ns(const struct step *step, const struct haltpoll_sweeps *sweeps)
{
    for (uint32_t i = sweeps->point_count; i-- > 0;) {
        const struct haltpoll_point *point = &sweeps->sweep_list[0].points[i];

        if (point->count)
            return haltpoll_ns(step, (int64_t)point->at_tsc - point->silent_tsc[point->count / 2]);
    }
    return 0;
}

/*
 * An event that is there before the host comes to its poll or its sleep makes the shortest halts a noise, or a step, of
 * their own: what the others say counts, where that is all that the curve has.
 */
static void look_behind_entry(struct step *step, struct haltpoll *hp)
{
    struct knees knees;

    haltpoll_find_knees(step, &hp->coarse, 0, haltpoll_empty_ns(step), &knees);
    if (knees.verdict == KNEES_UNKNOWN)
        return;
    for (uint32_t i = 0; i < hp->coarse_knees[0].count; i++)
        knees.from = knees.from < hp->coarse_knees[0].knee[i].high ? hp->coarse_knees[0].knee[i].high : knees.from;
    hp->coarse_knees[0] = knees;
    note_ceiling(step, hp, &hp->coarse_knees[0]);
}

static void look_coarse(struct step *step, struct haltpoll *hp)
{
    hp->phase = PHASE_DONE;
    for (uint32_t i = 0; i < hp->coarse.count; i++)
        haltpoll_find_knees(step, &hp->coarse, i, 0, &hp->coarse_knees[i]);
    if (hp->test == TEST_CONTROL && !hp->host_refused)
        hp->sleeps_from_ns = haltpoll_sleeps_from_ns(step, &hp->coarse, haltpoll_empty_ns(step));
    if (!hp->sleeps_from_ns)
        hp->sleeps_from_ns = haltpoll_enters_by_ns(step, &hp->coarse, haltpoll_empty_ns(step), &hp->enters_after_ns);
    if (!note_ceiling(step, hp, &hp->coarse_knees[0]))
        look_behind_entry(step, hp);
    hp->coarse_low_ns = hp->knee ? hp->knee->low : 0;
    hp->lead_ns = find_lead_ns(step, &hp->coarse);
}

static void end_coarse(struct step *step, struct haltpoll *hp)
{
    look_coarse(step, hp);
    if (hp->test == TEST_GUEST || !hp->knee || step->machine->hv.emulator)
        return;
    if (hp->test != TEST_CONTROL || haltpoll_judge_knee(step) == KNEE_IS_POLLING)
        begin_fine(step, hp);
}

static void end_fine(struct step *step, struct haltpoll *hp)
{
    hp->phase = PHASE_DONE;
    haltpoll_find_knees(step, &hp->fine, 0, 0, &hp->fine_knees);
    hp->closer = note_ceiling(step, hp, &hp->fine_knees);
    if (hp->test != TEST_CONTROL)
        haltpoll_begin_history(step);
}

bool haltpoll_knee_is_exact(const struct haltpoll *hp)
{
    return hp->ceiling.exact && hp->knee->confidence > CONFIDENCE_LOW;
}

void haltpoll_curve_conclude(struct step *step)
{
    struct haltpoll *hp = step->state;

    if (hp->phase == PHASE_COARSE)
        look_coarse(step, hp);
    halt_ladder_infer(hp->ladder, &hp->rule);
    if (hp->ladder_refused)
        hp->rule.unknown = hp->ladder_refused;
    /* A knee that is not exact is where the budget stops growing in most passes; in the others it got to the limit. */
    if (hp->knee && hp->test == TEST_CONTROL && !haltpoll_knee_is_exact(hp))
        hp->ceiling.high_ns = hp->ceiling.limit_ns;
}

void haltpoll_curve_go(struct step *step)
{
    struct haltpoll *hp = step->state;

    if (!hp->empty.waits) {
        calibrate_empty(step, hp->nap.method, hp->nap.masked, &hp->nap.call, &hp->empty);
        hp->nap.waits += hp->empty.waits;
    }
    if (hp->phase == PHASE_COARSE && haltpoll_sweeps_go(step, &hp->coarse))
        end_coarse(step, hp);
    if (hp->phase == PHASE_FINE && haltpoll_sweeps_go(step, &hp->fine))
        end_fine(step, hp);
    haltpoll_history_go(step);
    step->complete = hp->phase == PHASE_DONE;
}
