/* SPDX-License-Identifier: MIT */
/*
 * `haltpoll` except test=pending, in phases: a coarse sweep; where it has a knee, a closer one around it, and halts for
 * which the host has learnt, or has not; for test=ladder then the trials that tell how the budget grows and shrinks
 * (lib/infer/halt_ladder.h).
 */
#include "experiments/haltpoll/parts.h"

enum {
    FINE_POINTS = 24,
    FINE_PASSES = 24,
    ROUNDS = 24, /* of the history */
};

/* First knee later than twice the time that HLT takes to enter; earlier events are already pending. */
static const struct knee *first_knee(const struct knees *knees, uint64_t entry_ns)
{
    for (uint32_t i = 0; i < knees->count; i++)
        if (knees->knee[i].low > 2 * entry_ns)
            return &knees->knee[i];
    return NULL;
}

static uint64_t entry_ns(const struct run *run, const struct haltpoll *hp)
{
    return hp->empty.count ? haltpoll_ns(run, hp->empty.min_tsc) : 0;
}

static void note_ceiling(struct run *run, struct haltpoll *hp, const struct knees *knees)
{
    const struct knee *knee = first_knee(knees, entry_ns(run, hp));

    if (!knee)
        return;
    hp->knee = knee;
    halt_ceiling_of(knee, entry_ns(run, hp), &hp->ceiling);
}

static void begin_fine(struct run *run, struct haltpoll *hp)
{
    struct haltpoll_sweep *sweep = &hp->fine.sweep_list[0];
    uint64_t at_ns[FINE_POINTS];

    hp->fine.count = 1;
    sweep->name = "fine";
    sweep->host_off = hp->coarse.sweep_list[0].host_off;
    if (!haltpoll_sweeps_begin(run, &hp->fine, FINE_POINTS, FINE_PASSES)) {
        hp->phase = PHASE_DONE;
        return;
    }
    knee_zoom(hp->knee, at_ns, FINE_POINTS);
    for (uint32_t i = 0; i < FINE_POINTS; i++)
        sweep->points[i].at_tsc = run_tsc(run, at_ns[i]);
    run->total += FINE_POINTS * FINE_PASSES;
    hp->phase = PHASE_FINE;
}

/* Uses the ladder's own lengths: its resets bring any budget to 0. */
static void begin_history(struct run *run, struct haltpoll *hp)
{
    const struct knee *knee = hp->knee;
    struct halt_ladder_setup setup = {
        .ceiling_ns = hp->ceiling.at_ns,
        .shortest_ns = 2 * entry_ns(run, hp),
        .sleep_ns = (uint64_t)(knee->after - knee->before),
        .entry_ns = entry_ns(run, hp),
        .trial_count = (uint32_t)run->step->values[KEY_TRIALS].count,
    };

    if (setup.shortest_ns < hp->coarse_knees[0].from)
        setup.shortest_ns = hp->coarse_knees[0].from;
    hp->ladder_refused = halt_ladder_begin(hp->ladder, &setup);
    run->total += ROUNDS;
    hp->phase = PHASE_HISTORY;
}

/* A wake is fast below the middle of the two levels. */
static bool is_fast(struct run *run, const struct haltpoll *hp, const struct sample *halt)
{
    return 2 * (int64_t)haltpoll_ns(run, sample_wake_latency(halt)) < hp->knee->before + hp->knee->after;
}

/* One halt of that length. */
static struct sample take_ns(struct run *run, uint64_t length_ns)
{
    const struct haltpoll *hp = run->state;

    return haltpoll_take(run, run_tsc(run, length_ns + hp->lead_ns), NULL);
}

static void halts(struct run *run, uint64_t length_ns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        take_ns(run, length_ns);
}

/*
 * Halts after long ones were fast: the long ones may have been too short for the host, whose limit may be above its
 * budget. True: once more.
 */
static bool lengthen(struct run *run, struct haltpoll *hp)
{
    uint64_t *long_ns = &hp->ladder->long_ns;

    if (haltpoll_judge_knee(run) != KNEE_IS_OTHER || *long_ns >= HALTPOLL_LONG_NS)
        return false;
    *long_ns *= 4;
    hp->history = (struct haltpoll_history){0};
    run->total += ROUNDS;
    return true;
}

static void recall(struct run *run, struct haltpoll *hp)
{
    struct haltpoll_history *history = &hp->history;
    uint64_t step_ns = hp->ladder->step_ns;

    while (history->rounds < ROUNDS) {
        struct sample cold, warm;

        halts(run, hp->ladder->long_ns, hp->ladder->resets);
        cold = take_ns(run, step_ns);
        halts(run, step_ns, HALT_STEPS_TOP);
        warm = take_ns(run, step_ns);
        history->cold_count += cold.reject == REJECT_NONE;
        history->cold_slow += cold.reject == REJECT_NONE && !is_fast(run, hp, &cold);
        history->warm_count += warm.reject == REJECT_NONE;
        history->warm_fast += warm.reject == REJECT_NONE && is_fast(run, hp, &warm);
        history->rounds++;
        run->rejected += cold.reject != REJECT_NONE || warm.reject != REJECT_NONE;
        run->done++;
        if (run_should_return(run))
            return;
    }
    if (lengthen(run, hp))
        return;
    hp->phase = PHASE_DONE;
    if (hp->test == TEST_LADDER && !hp->ladder_refused && haltpoll_judge_knee(run) == KNEE_IS_POLLING) {
        run->total += hp->ladder->setup.trial_count;
        hp->phase = PHASE_LADDER;
    }
}

/* False: the probe was disturbed, and does not count. */
static bool play(struct run *run, struct haltpoll *hp, struct halt_trial *trial)
{
    const struct halt_ladder *ladder = hp->ladder;
    struct sample halt;

    halts(run, ladder->long_ns, ladder->resets);
    halts(run, ladder->step_ns, trial->steps);
    halts(run, ladder->long_ns, trial->after_long);
    halt = take_ns(run, trial->probe_ns);
    trial->probe_ns = haltpoll_ns(run, sample_silent_time(&halt));
    trial->fast = is_fast(run, hp, &halt);
    return halt.reject == REJECT_NONE;
}

static void climb(struct run *run, struct haltpoll *hp)
{
    struct halt_trial trial;

    while (halt_ladder_next(hp->ladder, &hp->prng, &trial)) {
        if (play(run, hp, &trial))
            halt_ladder_add(hp->ladder, &trial);
        else
            run->rejected++;
        run->done++;
        if (run_should_return(run))
            return;
    }
    hp->phase = PHASE_DONE;
}

/* How much shorter the waits are than asked for. One point's median suffices: the difference is the same at each. */
static uint64_t find_lead_ns(const struct run *run, const struct haltpoll_sweeps *sweeps)
{
    for (uint32_t i = sweeps->point_count; i-- > 0;) {
        const struct haltpoll_point *point = &sweeps->sweep_list[0].points[i];

        if (point->count)
            return haltpoll_ns(run, (int64_t)point->at_tsc - point->silent_tsc[point->count / 2]);
    }
    return 0;
}

static void look_coarse(struct run *run, struct haltpoll *hp)
{
    hp->phase = PHASE_DONE;
    for (uint32_t i = 0; i < hp->coarse.count; i++)
        haltpoll_find_knees(run, &hp->coarse, i, &hp->coarse_knees[i]);
    note_ceiling(run, hp, &hp->coarse_knees[0]);
    hp->lead_ns = find_lead_ns(run, &hp->coarse);
}

static void end_coarse(struct run *run, struct haltpoll *hp)
{
    look_coarse(run, hp);
    if (hp->test == TEST_GUEST)
        return;
    if (hp->knee && !run->machine->hv.emulator && hp->test != TEST_CONTROL)
        begin_fine(run, hp);
}

static void end_fine(struct run *run, struct haltpoll *hp)
{
    hp->phase = PHASE_DONE;
    haltpoll_find_knees(run, &hp->fine, 0, &hp->fine_knees);
    note_ceiling(run, hp, &hp->fine_knees);
    begin_history(run, hp);
}

void haltpoll_curve_conclude(struct run *run)
{
    struct haltpoll *hp = run->state;

    if (hp->phase == PHASE_COARSE)
        look_coarse(run, hp);
    halt_ladder_infer(hp->ladder, &hp->rule);
    if (hp->ladder_refused)
        hp->rule.unknown = hp->ladder_refused;
}

void haltpoll_curve_go(struct run *run)
{
    struct haltpoll *hp = run->state;

    if (!hp->empty.count && !hp->empty.missed) {
        calibrate_empty(run, hp->nap.wait, &hp->nap.call, &hp->empty);
        hp->nap.waits += hp->empty.waits;
    }
    if (hp->phase == PHASE_COARSE && haltpoll_sweeps_go(run, &hp->coarse))
        end_coarse(run, hp);
    if (hp->phase == PHASE_FINE && haltpoll_sweeps_go(run, &hp->fine))
        end_fine(run, hp);
    if (hp->phase == PHASE_HISTORY)
        recall(run, hp);
    if (hp->phase == PHASE_LADDER)
        climb(run, hp);
    run->complete = hp->phase == PHASE_DONE;
}
