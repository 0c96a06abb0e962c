/* SPDX-License-Identifier: MIT */
#include "tests/unit/halt_ladder_play.h"

#include "lib/stats.h"

enum { TRAINING = 10, PASSES = 15, COARSE = 30, FINE = 24 };

static const struct knee_limits limits = {
    .least_ratio_percent = 125, .least_value = 100, .least_count = 8, .most = KNEES_MAX};

/* Pass by pass, ascending: at each length one halt that the budget may grow by, and one that counts. */
static void sweep(struct synthetic_halt_host *host, const uint64_t *at_ns, unsigned count, struct knees *knees)
{
    static int64_t latencies[KNEE_POINTS_MAX][PASSES];
    struct knee_point points[KNEE_POINTS_MAX];

    for (unsigned pass = 0; pass < PASSES; pass++) {
        for (unsigned i = 0; i < TRAINING; i++)
            synthetic_halt(host, at_ns[0] * 3 / 4);
        for (unsigned i = 0; i < count; i++) {
            synthetic_halt(host, at_ns[i]);
            latencies[i][pass] = synthetic_halt(host, at_ns[i]).latency_ns;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        stats_sort(latencies[i], PASSES);
        points[i] = (struct knee_point){.at = at_ns[i], .value = latencies[i][PASSES / 2], .count = PASSES};
    }
    knees_find(points, count, &limits, knees);
}

/* Coarse by factors from 5 us to 5 ms, then closely about the knee. */
static void find_ceiling(struct synthetic_halt_host *host, struct knees *knees)
{
    uint64_t at_ns[COARSE];
    struct knees fine;

    at_ns[0] = 5000;
    for (unsigned i = 1; i < COARSE; i++)
        at_ns[i] = at_ns[i - 1] * 127 / 100;
    sweep(host, at_ns, COARSE, knees);
    if (knees->verdict != KNEES_FOUND)
        return;
    knee_zoom(&knees->knee[0], at_ns, FINE);
    sweep(host, at_ns, FINE, &fine);
    if (fine.verdict == KNEES_FOUND)
        *knees = fine;
}

static void climb(struct synthetic_halt_host *host, struct halt_ladder *ladder, int64_t edge_ns)
{
    struct halt_trial trial;
    struct prng prng;

    prng_seed(&prng, 1);
    while (halt_ladder_next(ladder, &prng, &trial)) {
        for (uint32_t i = 0; i < ladder->resets; i++)
            synthetic_halt(host, ladder->long_ns);
        for (uint32_t i = 0; i < trial.steps; i++)
            synthetic_halt(host, ladder->step_ns);
        if (trial.after_long)
            synthetic_halt(host, ladder->long_ns);
        trial.fast = synthetic_halt(host, trial.probe_ns).latency_ns < edge_ns;
        halt_ladder_add(ladder, &trial);
    }
}

void halt_play(struct synthetic_halt_host *host, uint64_t known_entry_ns, uint32_t trial_count, struct halt_play *play)
{
    const struct knee *knee = &play->knees.knee[0];
    struct halt_ladder_setup setup = {.trial_count = trial_count,
                                      .shortest_ns = 2 * host->empty_ns > 4000 ? 2 * host->empty_ns : 4000};

    *play = (struct halt_play){.rule.unknown = "no ceiling"};
    find_ceiling(host, &play->knees);
    if (play->knees.verdict != KNEES_FOUND)
        return;
    setup.entry_ns = host->empty_ns;
    setup.entry_least_ns = known_entry_ns;
    setup.cold_from_ns = known_entry_ns * 4 / 3;
    halt_ceiling_of(knee, host->empty_ns, 0, &play->ceiling);
    setup.ceiling_ns = play->ceiling.at_ns;
    setup.sleep_ns = (uint64_t)(knee->after - knee->before);
    play->refused = halt_ladder_begin(&play->ladder, &setup);
    if (play->refused)
        return;
    climb(host, &play->ladder, (knee->before + knee->after) / 2);
    halt_ladder_infer(&play->ladder, &play->rule);
}

unsigned halt_play_wrong(const struct halt_rule *rule, const struct synthetic_halt_host *host)
{
    unsigned wrong = rule->grow_known && rule->grow != host->grow;

    wrong += rule->shrink_known && rule->shrink != host->shrink;
    wrong += rule->grow_start_known &&
             (rule->grow_start_low_ns > host->grow_start_ns || rule->grow_start_high_ns < host->grow_start_ns);
    return wrong;
}
