/* SPDX-License-Identifier: MIT */
#include "lib/infer/halt_ladder.h"

#include "lib/fixed.h"
#include "lib/infer/halt_fit.h"
#include "lib/stats.h"

enum {
    EDGE_OCTAVE_PARTS = 4, /* while the trials run: steps of 19 %, cheap where instructions are slow */
    RESET_LEAST_NS = 4000, /* a shorter budget counts as none */
    RESETS_MAX = 12,
    TRIALS_LEAST = 60,
    SHRINK_LEAST = 12,
    ASLEEP_LEAST = 6,
    AWAKE_LEAST = 3,
    SHRINK_OCTAVE_PARTS = 4 * HALT_OCTAVE_PARTS,
    MISFITS_PERCENT = 20, /* with more the rule is unknown */
    SURE_PERCENT = 6,
    LIKELY_PERCENT = 10, /* with more it may be another kind of host, which the rule resembles */
    ROUGH_SLACKS = 4, /* a rule so far from the best may be right: a step as long as a budget grows it now and then */
    START_STEP_PART = 23, /* of a start: HALT_OCTAVE_PARTS steps an octave */
    EXACT_PERCENT = 122,  /* high over low, so that the middle is within 10 % of both */
    START_PERCENT = 150,  /* the same of a start that is named at all, with its interval */
    LONG_KINDS = 3,       /* of KINDS trials end with a long halt */
    PARTS = 6,            /* of the trials; the edges are estimated anew before each */
    PARTS_BLIND = 2,      /* but not before the first ones */
    KINDS = HALT_STEPS_MAX + LONG_KINDS,
    EDGE_LOW_PERCENT = 80,
    EDGE_HIGH_PERCENT = 125,
};

static const uint8_t shrinks[] = {0, 2, 3, 4, 5, 6, 7, 8};

/* 4: no usual host divides by more. The last one stands for all that are larger, and is not named. */
enum { SHRINK_COUNT = sizeof(shrinks), SHRINK_USUAL = 4, SHRINK_LAST = SHRINK_COUNT - 1 };

void halt_ceiling_of(const struct knee *knee, uint64_t entry_ns, uint64_t early_ns, struct halt_ceiling *ceiling)
{
    ceiling->low_ns = knee->low > entry_ns ? knee->low - entry_ns : 1;
    ceiling->high_ns = knee->high + (knee->before > 0 ? (uint64_t)knee->before : 0);
    ceiling->at_ns = knee_middle(ceiling->low_ns, knee->high);
    ceiling->limit_ns = knee->high + (knee->after > 0 ? (uint64_t)knee->after : 0);
    ceiling->exact = knee->high * 100 <= ceiling->low_ns * EXACT_PERCENT;
    ceiling->low_ns = ceiling->low_ns > early_ns ? ceiling->low_ns - early_ns : 1;
}

const char *halt_ladder_begin(struct halt_ladder *ladder, const struct halt_ladder_setup *setup)
{
    /* The ceiling is the middle of places of which the earliest has the whole entry taken off. */
    uint64_t budget_ns = setup->ceiling_ns, longest_ns = setup->ceiling_ns + setup->entry_ns / 2;

    *ladder = (struct halt_ladder){.setup = *setup};
    if (ladder->setup.trial_count > HALT_TRIALS_MAX)
        ladder->setup.trial_count = HALT_TRIALS_MAX;
    ladder->long_ns = 2 * setup->ceiling_ns + 2 * setup->sleep_ns;
    for (ladder->resets = 2; budget_ns > RESET_LEAST_NS && ladder->resets < RESETS_MAX; ladder->resets++)
        budget_ns /= 2;
    ladder->step_ns = setup->shortest_ns;
    if (longest_ns <= setup->sleep_ns || (longest_ns - setup->sleep_ns) * 4 / 5 <= setup->shortest_ns)
        return "the ceiling is too low against the time that a sleep costs";
    ladder->step_ns = (longest_ns - setup->sleep_ns) * 4 / 5;
    return NULL;
}

void halt_ladder_probe_from(struct halt_ladder *ladder, uint64_t first_ns)
{
    struct halt_ladder_setup *setup = &ladder->setup;

    first_ns = first_ns < 2 * setup->entry_ns ? 2 * setup->entry_ns : first_ns;
    setup->shortest_ns = first_ns < setup->shortest_ns ? first_ns : setup->shortest_ns;
}

/* The budget that a shrink leaves and its misfits, by the guess with the fewest. */
struct shrunk {
    uint64_t budget_ns;
    uint32_t misfits;
};

static void try_shrink(const struct halt_ladder *ladder, const struct halt_guess *guess, uint32_t shrink,
                       struct shrunk *best)
{
    uint32_t misfits = halt_guess_misfits(ladder, guess, &shrink);

    if (misfits >= best->misfits)
        return;
    best->misfits = misfits;
    best->budget_ns = halt_guess_shrunk_ns(guess, HALT_STEPS_TOP, shrink);
}

/*
 * With each rule of the fit: the number of steps to a budget may depend on which one is the host's. Fills in the least
 * divisor that leaves no budget, too.
 */
static void try_shrinks(const struct halt_ladder *ladder, const struct halt_fit *fit, struct shrunk *tried,
                        uint64_t *same)
{
    *same = UINT64_MAX;
    for (uint32_t i = 0; i < SHRINK_COUNT; i++)
        tried[i] = (struct shrunk){.misfits = HALT_TRIALS_MAX};
    /* The truth may lie between two starts that were tried, and a step from the first to the limit makes much of it. */
    for (uint64_t log = log2_q32(fit->low_ns - fit->low_ns / START_STEP_PART);
         exp2_q32(log) <= fit->high_ns + fit->high_ns / START_STEP_PART; log += FIXED_Q32_ONE / SHRINK_OCTAVE_PARTS) {
        for (uint32_t i = 0; i < HALT_ENTRIES * (HALT_GROW_MAX + 1); i++) {
            struct halt_guess guess = {.start_ns = exp2_q32(log), .grow = i / HALT_ENTRIES};
            uint64_t none; /* divisors from here on leave none */

            if (!(fit->grows >> guess.grow & 1))
                continue;
            halt_guess_climb(ladder, i % HALT_ENTRIES, &guess);
            if (halt_guess_misfits(ladder, &guess, NULL) > fit->misfits + ROUGH_SLACKS * halt_fit_slack(fit->misfits))
                continue;
            none = guess.budget_ns[HALT_STEPS_TOP] / guess.start_ns + 1;
            *same = none < *same ? none : *same;
            for (uint32_t k = 0; k < SHRINK_COUNT; k++)
                try_shrink(ladder, &guess, shrinks[k], &tried[k]);
        }
    }
}

static void infer_shrink(const struct halt_ladder *ladder, const struct halt_fit *fit, struct halt_rule *rule)
{
    struct shrunk tried[SHRINK_COUNT];
    uint32_t best = 0, judged = 0;

    for (uint32_t i = 0; i < ladder->count; i++)
        judged += ladder->trials[i].after_long && halt_trial_is_judged(ladder, &ladder->trials[i]);
    try_shrinks(ladder, fit, tried, &rule->shrink_same);
    for (uint32_t i = 1; i < SHRINK_COUNT; i++)
        best = tried[i].misfits < tried[best].misfits ? i : best;
    rule->shrink = shrinks[best];
    rule->shrink_known = judged >= SHRINK_LEAST && best != SHRINK_LAST &&
                         tried[best].misfits * 100 <= fit->misfits * 100 + judged * MISFITS_PERCENT;
    /* Those that leave no budget are all the same. */
    for (uint32_t i = 0; i < SHRINK_COUNT; i++) {
        bool differs = i != best && (tried[i].budget_ns || tried[best].budget_ns);

        if (differs && tried[i].misfits <= tried[best].misfits + halt_fit_slack(tried[best].misfits))
            rule->shrink_known = false;
    }
    /* Where a usual divisor would leave a budget that counts as none, a budget of none tells nothing. */
    if (!tried[best].budget_ns && rule->shrink_same <= SHRINK_USUAL)
        rule->shrink_known = false;
}

void halt_ladder_infer(const struct halt_ladder *ladder, struct halt_rule *rule)
{
    uint32_t judged = 0;
    struct halt_fit fit;

    *rule = (struct halt_rule){.confidence = CONFIDENCE_LOW};
    for (uint32_t i = 0; i < ladder->count; i++)
        judged += !ladder->trials[i].after_long && halt_trial_is_judged(ladder, &ladder->trials[i]);
    rule->trials = judged;
    if (ladder->cold_over && !ladder->awake_high_ns) {
        rule->unknown = "halts without a budget do not show when the host sleeps";
        return;
    }
    if (judged < TRIALS_LEAST) {
        rule->unknown = "too few trials";
        return;
    }
    halt_fit_all(ladder, HALT_OCTAVE_PARTS, &fit);
    rule->grow = fit.best.grow;
    rule->misfits = fit.misfits;
    if (fit.misfits * 100 > judged * MISFITS_PERCENT) {
        rule->unknown = "no rule like KVM's explains the trials";
        return;
    }
    rule->grow_known = fit.grows == 1u << rule->grow;
    /* The truth may lie between two starts that were tried. */
    rule->grow_start_low_ns = fit.low_ns - fit.low_ns / START_STEP_PART;
    rule->grow_start_high_ns = fit.high_ns + fit.high_ns / START_STEP_PART + ladder->setup.late_ns;
    rule->grow_start_ns = knee_middle(fit.low_ns, fit.high_ns);
    rule->grow_start_known = fit.high_ns * 100 <= fit.low_ns * START_PERCENT &&
                             fit.high_ns <= ladder->setup.ceiling_ns * HALT_CEILING_PERCENT / 100;
    /* Where the first budget does not show, nothing tells KVM's rule from a host that looks at the last halt alone. */
    rule->confidence = !rule->grow_start_known || fit.misfits * 100 > judged * LIKELY_PERCENT ? CONFIDENCE_LOW
                       : fit.misfits * 100 <= judged * SURE_PERCENT && fit.high_ns * 100 <= fit.low_ns * EXACT_PERCENT
                           ? CONFIDENCE_HIGH
                           : CONFIDENCE_MEDIUM;
    infer_shrink(ladder, &fit, rule);
}

static uint64_t clip(const struct halt_ladder *ladder, uint64_t probe_ns)
{
    uint64_t most_ns = ladder->setup.ceiling_ns * HALT_CEILING_PERCENT / 100;

    probe_ns = probe_ns > most_ns ? most_ns : probe_ns;
    return probe_ns < ladder->setup.shortest_ns ? ladder->setup.shortest_ns : probe_ns;
}

/* The most steps whose budget seems to be still below the ceiling; 0: not known. More steps tell nothing. */
static uint32_t most_telling(const struct halt_ladder *ladder)
{
    uint64_t most_ns = ladder->setup.ceiling_ns * HALT_CEILING_PERCENT / 100;
    uint32_t telling = 0;

    while (telling < HALT_STEPS_MAX && ladder->edges_ns[telling + 1] && ladder->edges_ns[telling + 1] < most_ns &&
           ladder->edges_ns[telling + 1] > ladder->edges_ns[telling])
        telling++;
    return telling;
}

/*
 * The kind's steps: one to the most that tell; before a long halt any number, which ends at the limit or at a rung just
 * below it, and for one kind of these so many as tell, whose rung is known.
 */
static uint32_t steps_of(const struct halt_ladder *ladder, uint32_t kind)
{
    uint32_t telling = most_telling(ladder);

    if (kind < HALT_STEPS_MAX)
        return telling ? 1 + kind % telling : kind + 1;
    return kind == KINDS - 1 && telling ? telling : HALT_STEPS_TOP;
}

/*
 * After a long halt: two of three between the longest probe that was fast and the shortest that was slow, where the
 * budget that is left must end; the rest anywhere, for one of these may have been disturbed.
 */
static uint64_t choose_left(const struct halt_ladder *ladder, struct prng *prng, uint32_t steps, uint64_t shortest_ns,
                            uint64_t longest_ns)
{
    uint64_t fast_ns = shortest_ns, slow_ns = longest_ns;

    for (uint32_t i = 0; i < ladder->count; i++) {
        const struct halt_trial *trial = &ladder->trials[i];

        if (!trial->after_long || trial->steps != steps)
            continue;
        if (trial->fast && trial->probe_ns > fast_ns)
            fast_ns = trial->probe_ns;
        else if (!trial->fast && trial->probe_ns < slow_ns)
            slow_ns = trial->probe_ns;
    }
    if (prng_below(prng, 3) == 0)
        return prng_log_range(prng, shortest_ns, longest_ns);
    if (fast_ns > slow_ns)
        return prng_log_range(prng, slow_ns * EDGE_LOW_PERCENT / 100, fast_ns * EDGE_HIGH_PERCENT / 100);
    return prng_log_range(prng, fast_ns * EDGE_LOW_PERCENT / 100, slow_ns * EDGE_HIGH_PERCENT / 100);
}

/* Near the estimated edge once there is an estimate; now and then anywhere. */
static uint64_t choose_probe(const struct halt_ladder *ladder, struct prng *prng, const struct halt_trial *trial)
{
    uint64_t longest_ns = clip(ladder, ladder->setup.ceiling_ns);

    if (trial->after_long)
        return choose_left(ladder, prng, trial->steps, ladder->setup.shortest_ns, longest_ns);
    if (!ladder->edges_ns[trial->steps] || prng_below(prng, 4) == 0)
        return prng_log_range(prng, ladder->setup.shortest_ns, longest_ns);
    return prng_range(prng, ladder->awake_low_ns + ladder->edges_low_ns[trial->steps] * EDGE_LOW_PERCENT / 100,
                      ladder->awake_high_ns + ladder->edges_high_ns[trial->steps] * EDGE_HIGH_PERCENT / 100);
}

/* Estimates the edges from the trials so far: the rules that explain them equally well give a range for each. */
static void find_edges(struct halt_ladder *ladder)
{
    struct halt_fit fit;

    halt_fit_all(ladder, EDGE_OCTAVE_PARTS, &fit);
    for (uint32_t i = 1; i <= HALT_STEPS_TOP; i++) {
        uint64_t edge_ns = fit.best.budget_ns[i];

        ladder->edges_ns[i] = edge_ns;
        ladder->edges_low_ns[i] = muldiv_u64(edge_ns, fit.low_ns, fit.best.start_ns);
        ladder->edges_high_ns[i] = muldiv_u64(edge_ns, fit.high_ns, fit.best.start_ns);
    }
}

/*
 * Where the way to sleep ends, by the halts without a budget: where they become slow or are mixed, and half as much to
 * both sides, for one may have been disturbed. Unknown where too few longer ones are slow.
 */
static void find_awake(struct halt_ladder *ladder)
{
    enum { SLOW, FAST };
    struct halt_ladder_setup *setup = &ladder->setup;
    uint32_t counts[2] = {0};
    int64_t at_ns[2][HALT_COLD], *slow_ns = at_ns[SLOW], *fast_ns = at_ns[FAST], low_ns, high_ns, more_ns;

    for (uint32_t i = 0; i < ladder->count && i < HALT_COLD; i++) {
        uint32_t side = ladder->trials[i].fast ? FAST : SLOW;

        at_ns[side][counts[side]++] = (int64_t)ladder->trials[i].probe_ns;
    }
    if (counts[SLOW] < ASLEEP_LEAST)
        return;
    stats_sort(slow_ns, counts[SLOW]);
    stats_sort(fast_ns, counts[FAST]);
    high_ns = counts[FAST] && fast_ns[counts[FAST] - 1] > slow_ns[1] ? fast_ns[counts[FAST] - 1] : slow_ns[1];
    if (slow_ns[counts[SLOW] - ASLEEP_LEAST] < high_ns)
        return;
    low_ns = (int64_t)setup->entry_least_ns;
    if (counts[FAST] >= AWAKE_LEAST && fast_ns[AWAKE_LEAST - 1] < slow_ns[1]) {
        low_ns = fast_ns[counts[FAST] - 2] < slow_ns[0] ? fast_ns[counts[FAST] - 2] : slow_ns[0];
        more_ns = (high_ns - low_ns) / 2;
        low_ns -= more_ns;
        high_ns += more_ns;
    }
    ladder->awake_low_ns = (uint64_t)low_ns;
    ladder->awake_high_ns = (uint64_t)high_ns;
    if (ladder->awake_low_ns < setup->entry_least_ns)
        ladder->awake_low_ns = setup->entry_least_ns;
    if (ladder->awake_high_ns < setup->entry_ns)
        ladder->awake_high_ns = setup->entry_ns;
    if (setup->shortest_ns < ladder->awake_high_ns)
        setup->shortest_ns = ladder->awake_high_ns;
}

/*
 * Without a budget, from where the host may be on its way to sleep: a shorter halt's event may have to wait for that.
 * False: so many were asked for, whether or not they counted, and only what they show is kept.
 */
static bool next_cold(struct halt_ladder *ladder, struct prng *prng, struct halt_trial *trial)
{
    uint64_t from_ns = ladder->setup.cold_from_ns ? ladder->setup.cold_from_ns : ladder->setup.entry_ns;

    if (ladder->cold_asked < HALT_COLD) {
        ladder->cold_asked++;
        *trial = (struct halt_trial){.after_long = true};
        trial->probe_ns = choose_left(ladder, prng, 0, from_ns, clip(ladder, ladder->setup.ceiling_ns));
        if (trial->probe_ns < from_ns)
            trial->probe_ns = from_ns;
        return true;
    }
    if (!ladder->cold_over) {
        find_awake(ladder);
        ladder->cold_over = true;
        ladder->count = 0;
    }
    return false;
}

bool halt_ladder_next(struct halt_ladder *ladder, struct prng *prng, struct halt_trial *trial)
{
    uint32_t part = ladder->setup.trial_count / PARTS, kind;

    if (next_cold(ladder, prng, trial))
        return true;
    kind = ladder->count % KINDS;
    if (!ladder->awake_high_ns || ladder->count >= ladder->setup.trial_count)
        return false;
    if (part && ladder->count / part > ladder->parts_seen) {
        ladder->parts_seen = ladder->count / part;
        if (ladder->parts_seen >= PARTS_BLIND)
            find_edges(ladder);
    }
    *trial = (struct halt_trial){
        .steps = steps_of(ladder, kind),
        .after_long = kind >= HALT_STEPS_MAX,
    };
    trial->probe_ns = clip(ladder, choose_probe(ladder, prng, trial));
    return true;
}

void halt_ladder_add(struct halt_ladder *ladder, const struct halt_trial *trial)
{
    if (ladder->count < HALT_TRIALS_MAX)
        ladder->trials[ladder->count++] = *trial;
}
