/* SPDX-License-Identifier: MIT */
#include "lib/infer/halt_fit.h"

#include "lib/fixed.h"

enum {
    STARTS_MAX = 16 * HALT_OCTAVE_PARTS,
    START_LEAST_NS = 2000,
    AWAKE_PARTS = 32, /* of the interval in which the way to sleep ends */
};

void halt_guess_climb(const struct halt_ladder *ladder, uint32_t i, struct halt_guess *guess)
{
    const struct halt_ladder_setup *setup = &ladder->setup;
    uint64_t budget_ns = 0, limit_ns = setup->ceiling_ns;
    uint64_t entry_ns = setup->entry_least_ns + (setup->entry_ns - setup->entry_least_ns) * i / (HALT_ENTRIES - 1);

    for (uint32_t steps = 0; steps <= HALT_STEPS_TOP; steps++) {
        guess->budget_ns[steps] = budget_ns;
        if (ladder->step_ns <= budget_ns + entry_ns)
            continue;
        budget_ns *= guess->grow;
        budget_ns = budget_ns < guess->start_ns ? guess->start_ns : budget_ns;
        budget_ns = budget_ns > limit_ns ? limit_ns : budget_ns;
    }
}

uint64_t halt_guess_shrunk_ns(const struct halt_guess *guess, uint32_t steps, uint32_t shrink)
{
    uint64_t budget_ns = shrink ? guess->budget_ns[steps] / shrink : 0;

    return budget_ns < guess->start_ns ? 0 : budget_ns;
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

uint32_t halt_guess_misfits(const struct halt_ladder *ladder, const struct halt_guess *guess, const uint32_t *shrink)
{
    uint64_t low_ns = ladder->awake_low_ns, part_ns = (ladder->awake_high_ns - low_ns) / AWAKE_PARTS + 1;
    int32_t more[AWAKE_PARTS] = {0}; /* misfits, where the way to sleep ends behind that part */
    int32_t misfits = 0, least;

    for (uint32_t i = 0; i < ladder->count; i++) {
        const struct halt_trial *trial = &ladder->trials[i];
        uint64_t budget_ns = guess->budget_ns[trial->steps];

        if ((trial->after_long && !shrink) || !halt_trial_is_judged(ladder, trial))
            continue;
        if (trial->after_long)
            budget_ns = halt_guess_shrunk_ns(guess, trial->steps, *shrink);
        if (budget_ns && trial->probe_ns <= budget_ns + low_ns) {
            misfits += !trial->fast;
            continue;
        }
        misfits += trial->fast;
        if (budget_ns && trial->probe_ns - budget_ns - low_ns < AWAKE_PARTS * part_ns)
            more[(trial->probe_ns - budget_ns - low_ns) / part_ns] += trial->fast ? -1 : 1;
    }
    least = misfits;
    for (uint32_t i = 0; i < AWAKE_PARTS; i++) {
        misfits += more[i];
        least = misfits < least ? misfits : least;
    }
    return (uint32_t)least;
}

/* Tries all guesses of one factor, from the shortest grow_start to one beyond the ceiling. */
static void fit_factor(const struct halt_ladder *ladder, uint32_t grow, uint32_t octave_parts, struct halt_fit *fit)
{
    uint16_t misfits[STARTS_MAX];
    uint64_t starts_ns[STARTS_MAX];
    uint32_t count = 0;
    uint64_t log = log2_q32(START_LEAST_NS);
    uint64_t end_ns = ladder->setup.ceiling_ns + ladder->setup.ceiling_ns / 16;

    *fit = (struct halt_fit){.misfits = UINT32_MAX};
    for (; count < STARTS_MAX; log += FIXED_Q32_ONE / octave_parts) {
        struct halt_guess guess = {.start_ns = exp2_q32(log), .grow = grow};
        uint32_t least = UINT32_MAX;

        if (guess.start_ns > end_ns)
            break;
        for (uint32_t i = 0; i < HALT_ENTRIES; i++) {
            uint32_t found;

            halt_guess_climb(ladder, i, &guess);
            found = halt_guess_misfits(ladder, &guess, NULL);
            least = found < least ? found : least;
            if (found < fit->misfits) {
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

void halt_fit_all(const struct halt_ladder *ladder, uint32_t octave_parts, struct halt_fit *best)
{
    struct halt_fit fits[HALT_GROW_MAX + 1];
    uint32_t grow = 1;

    for (uint32_t i = 1; i <= HALT_GROW_MAX; i++) {
        fit_factor(ladder, i, octave_parts, &fits[i]);
        if (fits[i].misfits < fits[grow].misfits)
            grow = i;
    }
    *best = fits[grow];
    for (uint32_t i = 1; i <= HALT_GROW_MAX; i++) {
        if (fits[i].misfits > best->misfits + halt_fit_slack(best->misfits))
            continue;
        best->grows |= 1u << i;
        best->low_ns = fits[i].low_ns < best->low_ns ? fits[i].low_ns : best->low_ns;
        best->high_ns = fits[i].high_ns > best->high_ns ? fits[i].high_ns : best->high_ns;
    }
}
