/* SPDX-License-Identifier: MIT */
/*
 * The last phases of `haltpoll`: halts for which the host has learnt, or has not; for test=ladder then the trials that
 * tell how the budget grows and shrinks (lib/infer/halt_ladder.h).
 */
#include "experiments/haltpoll/parts.h"

enum {
    ROUNDS = 24,
    ENTERS_PERCENT = 75, /* the host's clock for a poll starts a little before it first looks for an event */
};

/*
 * From here on up to the knee the median wakes of all intervals are fast, so that a slow one means a sleep. A knee
 * could be seen only a few points further on, but it is known already where that one is.
 */
static uint64_t first_fast_ns(const struct step *step, const struct haltpoll *hp)
{
    const struct haltpoll_sweep *sweep = &hp->coarse.sweep_list[0];
    uint64_t first_ns = hp->knee->low;

    for (uint32_t i = hp->coarse.point_count; i-- > 0;) {
        const struct haltpoll_point *point = &sweep->points[i];
        uint64_t at_ns;

        if (!point->count)
            continue;
        at_ns = haltpoll_ns(step, point->silent_tsc[point->count / 2]);
        if (at_ns > hp->knee->low)
            continue;
        if ((int64_t)haltpoll_ns(step, point->latency_tsc[point->count / 2]) >= haltpoll_slow_ns(hp->knee))
            break;
        first_ns = at_ns;
    }
    return first_ns;
}

/* Uses the ladder's own lengths: its resets bring any budget to 0. */
void haltpoll_begin_history(struct step *step)
{
    struct haltpoll *hp = step->state;
    const struct knee *knee = hp->knee;
    struct halt_ladder_setup setup = {
        .ceiling_ns = hp->ceiling.at_ns,
        .shortest_ns = 2 * haltpoll_entry_ns(step),
        .sleep_ns = (uint64_t)(knee->after - knee->before),
        .entry_ns = haltpoll_entry_ns(step),
        .entry_least_ns = hp->sleeps_from_ns ? hp->enters_after_ns * ENTERS_PERCENT / 100 : 0,
        .cold_from_ns = hp->sleeps_from_ns ? hp->enters_after_ns : 0,
        .late_ns = step->machine->timer.one_shot == APIC_TIMER_DEADLINE ? 0 : (uint64_t)knee->before,
        .trial_count = (uint32_t)step->plan->values[KEY_TRIALS].count,
    };

    if (setup.shortest_ns < hp->coarse_knees[0].from)
        setup.shortest_ns = hp->coarse_knees[0].from;
    hp->ladder_refused = halt_ladder_begin(hp->ladder, &setup);
    /* Too near to the entry for a ladder: the halts of the history lie between. */
    if (hp->ladder_refused && hp->ladder->step_ns >= knee->low && setup.entry_ns && setup.entry_ns < knee->low)
        hp->ladder->step_ns = knee_middle(setup.entry_ns, knee->low);
    halt_ladder_probe_from(hp->ladder, first_fast_ns(step, hp));
    step->total += ROUNDS;
    hp->phase = PHASE_HISTORY;
}

static bool is_fast(struct step *step, const struct haltpoll *hp, const struct sample *halt)
{
    return (int64_t)haltpoll_ns(step, sample_wake_latency(halt)) < haltpoll_slow_ns(hp->knee);
}

/* One halt of that length. */
static struct sample take_ns(struct step *step, uint64_t length_ns)
{
    const struct haltpoll *hp = step->state;

    return haltpoll_take(step, step_tsc(step, length_ns + hp->lead_ns), NULL);
}

static void halts(struct step *step, uint64_t length_ns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        take_ns(step, length_ns);
}

/*
 * Halts after long ones were fast: the long ones may have been too short for the host, whose limit may be above its
 * budget. True: once more.
 */
static bool lengthen(struct step *step, struct haltpoll *hp)
{
    uint64_t *long_ns = &hp->ladder->long_ns;

    if (haltpoll_judge_knee(step) != KNEE_IS_OTHER || *long_ns >= HALTPOLL_LONG_NS)
        return false;
    *long_ns *= 4;
    hp->history = (struct haltpoll_history){0};
    step->total += ROUNDS;
    return true;
}

/*
 * The halts that a budget grows by: of one length; where no ladder can be climbed, ever longer ones: a sleep may
 * take longer than the whole limit, and then only events that come before it make a budget.
 */
static void warm_up(struct step *step, const struct haltpoll *hp)
{
    for (uint32_t i = 1; i <= HALT_STEPS_TOP; i++)
        take_ns(step, hp->ladder_refused ? hp->ladder->step_ns * i / HALT_STEPS_TOP : hp->ladder->step_ns);
}

static void recall(struct step *step, struct haltpoll *hp)
{
    struct haltpoll_history *history = &hp->history;
    uint64_t step_ns = hp->ladder->step_ns;

    while (history->rounds < ROUNDS) {
        struct sample cold, warm;

        halts(step, hp->ladder->long_ns, hp->ladder->resets);
        cold = take_ns(step, step_ns);
        warm_up(step, hp);
        warm = take_ns(step, step_ns);
        history->cold_count += cold.reject == REJECT_NONE;
        history->cold_slow += cold.reject == REJECT_NONE && !is_fast(step, hp, &cold);
        history->warm_count += warm.reject == REJECT_NONE;
        history->warm_fast += warm.reject == REJECT_NONE && is_fast(step, hp, &warm);
        history->rounds++;
        step->rejected += cold.reject != REJECT_NONE || warm.reject != REJECT_NONE;
        step->done++;
        if (step_should_return(step))
            return;
    }
    if (lengthen(step, hp))
        return;
    hp->phase = PHASE_DONE;
    if (hp->test == TEST_LADDER && !hp->ladder_refused && haltpoll_judge_knee(step) == KNEE_IS_POLLING) {
        step->total += HALT_COLD + hp->ladder->setup.trial_count;
        hp->phase = PHASE_LADDER;
    }
}

/* False: the probe was disturbed, and does not count. */
static bool play(struct step *step, struct haltpoll *hp, struct halt_trial *trial)
{
    const struct halt_ladder *ladder = hp->ladder;
    struct sample halt;

    halts(step, ladder->long_ns, ladder->resets);
    halts(step, ladder->step_ns, trial->steps);
    halts(step, ladder->long_ns, trial->after_long);
    halt = take_ns(step, trial->probe_ns);
    trial->probe_ns = haltpoll_ns(step, sample_silent_time(&halt));
    trial->fast = is_fast(step, hp, &halt);
    return halt.reject == REJECT_NONE;
}

/* Halts within the limit end before it by what an event may be on the host's way to sleep. */
static void lower_ceiling(struct haltpoll *hp)
{
    const struct halt_ladder *ladder = hp->ladder;
    uint64_t *low_ns = &hp->ceiling.low_ns, way_ns = 0;

    if (ladder->awake_high_ns > ladder->setup.entry_ns)
        way_ns = ladder->awake_high_ns - ladder->setup.entry_ns;
    *low_ns = *low_ns > way_ns ? *low_ns - way_ns : 1;
}

static void climb(struct step *step, struct haltpoll *hp)
{
    struct halt_trial trial;

    while (halt_ladder_next(hp->ladder, &hp->prng, &trial)) {
        if (play(step, hp, &trial))
            halt_ladder_add(hp->ladder, &trial);
        else
            step->rejected++;
        step->done++;
        if (step_should_return(step))
            return;
    }
    lower_ceiling(hp);
    hp->phase = PHASE_DONE;
}

void haltpoll_history_go(struct step *step)
{
    struct haltpoll *hp = step->state;

    if (hp->phase == PHASE_HISTORY)
        recall(step, hp);
    if (hp->phase == PHASE_LADDER)
        climb(step, hp);
}
