/* SPDX-License-Identifier: MIT */
#include "lib/infer/halt_fit.h"

#include "lib/fixed.h"

enum {
    GROW_MAX = 6,
    STARTS_MAX = 16 * HALT_OCTAVE_PARTS,
    START_LEAST_NS = 2000,
    RUNGS_SURE = 3,    /* so many below the ceiling hold each other in place */
    SLEEPY_STARTS = 4, /* a first budget so many times as long as what a host's way to sleep adds does not show it */
};

uint64_t halt_entry_ns(const struct halt_ladder *ladder, uint32_t i)
{
    const struct halt_ladder_setup *setup = &ladder->setup;

    return setup->entry_least_ns + (setup->entry_ns - setup->entry_least_ns) * i / (HALT_ENTRIES - 1);
}

void halt_guess_climb(const struct halt_ladder *ladder, struct halt_guess *guess)
{
    uint64_t budget_ns = 0, limit_ns = ladder->setup.ceiling_ns;

    for (uint32_t i = 0; i <= HALT_STEPS_TOP; i++) {
        guess->budget_ns[i] = budget_ns;
        if (ladder->step_ns <= budget_ns + guess->entry_ns)
            continue;
        budget_ns *= guess->grow;
        budget_ns = budget_ns < guess->start_ns ? guess->start_ns : budget_ns;
        budget_ns = budget_ns > limit_ns ? limit_ns : budget_ns;
    }
}

bool halt_trial_is_judged(const struct halt_ladder *ladder, const struct halt_trial *trial)
{
    return trial->probe_ns >= ladder->setup.shortest_ns &&
           trial->probe_ns * 100 < ladder->setup.ceiling_ns * HALT_CEILING_PERCENT;
}

uint32_t halt_fit_slack(uint32_t misfits)
{
    return 2 + misfits / 6;
}

/* Counts the trials that a guess does not explain; stops above `enough`. */
static uint32_t count_misfits(const struct halt_ladder *ladder, const struct halt_guess *guess, uint32_t enough)
{
    uint32_t misfits = 0;

    for (uint32_t i = 0; i < ladder->count && misfits <= enough; i++) {
        const struct halt_trial *trial = &ladder->trials[i];
        uint64_t budget_ns = guess->budget_ns[trial->steps];

        if (trial->after_long || !halt_trial_is_judged(ladder, trial))
            continue;
        misfits += trial->fast != (budget_ns && trial->probe_ns <= budget_ns + guess->entry_ns);
    }
    return misfits;
}

/* Tries all guesses of one factor, from the shortest grow_start to one beyond the ceiling. */
static void fit_factor(const struct halt_ladder *ladder, uint32_t grow, uint32_t octave_parts, struct halt_fit *fit)
{
    uint16_t misfits[STARTS_MAX];
    uint64_t starts_ns[STARTS_MAX];
    uint32_t count = 0;
    uint64_t log = log2_q32(START_LEAST_NS);
    uint64_t end_ns = ladder->setup.ceiling_ns + ladder->setup.ceiling_ns / 16;

    *fit = (struct halt_fit){.misfits = ladder->count};
    for (; count < STARTS_MAX; log += FIXED_Q32_ONE / octave_parts) {
        struct halt_guess guess = {.start_ns = exp2_q32(log), .grow = grow};
        uint32_t least = UINT32_MAX;

        if (guess.start_ns > end_ns)
            break;
        for (uint32_t i = 0; i < HALT_ENTRIES; i++) {
            uint32_t found;

            guess.entry_ns = halt_entry_ns(ladder, i);
            halt_guess_climb(ladder, &guess);
            found = count_misfits(ladder, &guess, fit->misfits + halt_fit_slack(fit->misfits));
            least = found < least ? found : least;
            if (found < fit->misfits || !fit->best.grow) {
                fit->misfits = found;
                fit->best = guess;
            }
        }
        misfits[count] = (uint16_t)least;
        starts_ns[count++] = guess.start_ns;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (misfits[i] > fit->misfits + halt_fit_slack(fit->misfits))
            continue;
        fit->low_ns = fit->low_ns ? fit->low_ns : starts_ns[i];
        fit->high_ns = starts_ns[i];
    }
}

/* Budgets of the guess that end where probes are judged. */
static uint32_t count_rungs(const struct halt_ladder *ladder, const struct halt_guess *guess)
{
    uint64_t most_ns = ladder->setup.ceiling_ns * HALT_CEILING_PERCENT / 100;
    uint32_t rungs = 0;

    for (uint32_t i = 1; i <= HALT_STEPS_TOP && guess->budget_ns[i] < most_ns; i++)
        rungs += guess->budget_ns[i] > guess->budget_ns[i - 1];
    return rungs;
}

/*
 * An event that comes while the host goes to sleep still ends the halt as soon as a poll does: each budget seems longer
 * by up to that, about what the way to the poll takes, and less than half of what a sleep costs. Where that is much
 * against the first budget, few rungs do not show it: the first may be as much shorter, and where another factor then
 * makes the same second rung, the factor is not known. More rungs differ by the budgets alone.
 */
static void allow_for_sleep(const struct halt_ladder *ladder, uint32_t grow, struct halt_fit *best, bool *single)
{
    uint64_t more_ns = ladder->setup.sleep_ns / 2;

    more_ns = more_ns < ladder->setup.entry_ns ? more_ns : ladder->setup.entry_ns;
    if (best->best.start_ns >= SLEEPY_STARTS * more_ns)
        return;
    best->is_sleepy = true;
    if (count_rungs(ladder, &best->best) >= RUNGS_SURE)
        return;
    best->low_ns = best->low_ns > START_LEAST_NS + more_ns ? best->low_ns - more_ns : START_LEAST_NS;
    for (uint32_t i = 1; i <= GROW_MAX; i++) {
        uint64_t start_ns = best->best.start_ns * grow / i;

        if (i != grow && start_ns >= best->low_ns && start_ns <= best->high_ns)
            *single = false;
    }
}

uint32_t halt_fit_all(const struct halt_ladder *ladder, uint32_t octave_parts, struct halt_fit *best, bool *single)
{
    struct halt_fit fits[GROW_MAX + 1];
    uint32_t grow = 1;

    for (uint32_t i = 1; i <= GROW_MAX; i++) {
        fit_factor(ladder, i, octave_parts, &fits[i]);
        if (fits[i].misfits < fits[grow].misfits)
            grow = i;
    }
    *best = fits[grow];
    *single = true;
    for (uint32_t i = 1; i <= GROW_MAX; i++) {
        if (i == grow || fits[i].misfits > best->misfits + halt_fit_slack(best->misfits))
            continue;
        *single = false;
        best->low_ns = fits[i].low_ns < best->low_ns ? fits[i].low_ns : best->low_ns;
        best->high_ns = fits[i].high_ns > best->high_ns ? fits[i].high_ns : best->high_ns;
    }
    allow_for_sleep(ladder, grow, best, single);
    return grow;
}
