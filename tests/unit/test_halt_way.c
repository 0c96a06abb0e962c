/* SPDX-License-Identifier: MIT */
/*
 * Events on the host's way to sleep, which end a halt as fast as a poll does: halts without a budget show where that
 * way ends, and no rule is wrong by it.
 */
// UNIT_EXTRA: tests/unit/halt_ladder_play.c tests/unit/synthetic_halt_host.c
#include "tests/unit/halt_ladder_play.h"
#include "tests/unit/tap.h"

enum { HOSTS = 240 };

/* Hosts whose events on the way to sleep keep them awake, as kvm_intel in an emulator. */
static const struct synthetic_halt_host dozing_kinds[] = {
    {.entry_ns = 9500, .empty_ns = 11655, .poll_wake_ns = 12000, .sleep_wake_ns = 27000, .slack_ns = 600},
    {.entry_ns = 5000, .empty_ns = 6000, .poll_wake_ns = 6000, .sleep_wake_ns = 20000, .slack_ns = 500},
    {.entry_ns = 2500, .empty_ns = 6500, .poll_wake_ns = 4600, .sleep_wake_ns = 7800, .slack_ns = 100},
    {.entry_ns = 1000, .empty_ns = 1500, .poll_wake_ns = 2000, .sleep_wake_ns = 8000, .slack_ns = 100},
};

struct dozing {
    unsigned asked, known, wrong, seen;
};

/* Each budget seems longer by the way to sleep, of which halts without a budget show the end. */
static void try_dozing(struct synthetic_halt_host *host, uint64_t entry_least_ns, struct dozing *dozing)
{
    uint64_t awake_ns = host->entry_ns + host->dozing_ns;
    struct halt_play answer;
    const struct halt_rule *rule = &answer.rule;

    halt_play(host, entry_least_ns, HALT_PLAY_TRIALS, &answer);
    dozing->asked += 3;
    if (rule->unknown)
        return;
    dozing->seen += answer.ladder.awake_low_ns <= awake_ns + host->blur_ns &&
                    answer.ladder.awake_high_ns + host->slack_ns >= awake_ns;
    dozing->known += rule->grow_known + rule->shrink_known + rule->grow_start_known;
    dozing->wrong += halt_play_wrong(rule, host);
}

static void check_kept_awake(void)
{
    static const uint64_t starts_ns[] = {10000, 20000, 50000};
    static const uint32_t shrinks[] = {0, 2, 4};
    struct dozing dozing = {0};

    for (unsigned seed = 0; seed < HOSTS; seed++) {
        struct synthetic_halt_host host = dozing_kinds[seed % 4];

        prng_seed(&host.prng, seed);
        host.dozing_ns = prng_range(&host.prng, 1000, 12000);
        host.blur_ns = seed % 3 * 600;
        host.halt_poll_ns = prng_log_range(&host.prng, 50000, 800000);
        host.grow_start_ns = starts_ns[prng_below(&host.prng, 3)];
        host.grow = (uint32_t)prng_range(&host.prng, 2, 4);
        host.shrink = shrinks[prng_below(&host.prng, 3)];
        try_dozing(&host, seed % 8 < 4 ? host.entry_ns * 3 / 4 : 0, &dozing);
    }
    printf("# events on the way to sleep: %u of %u parameters known, %u wrong; its end seen on %u hosts\n",
           dozing.known, dozing.asked, dozing.wrong, dozing.seen);
    TAP_INT(dozing.wrong, 0, "events on the way to sleep make no other rule");
    TAP_OK(dozing.known * 100 >= dozing.asked * 82, "and so much of it is known");
    TAP_OK(dozing.seen * 100 >= HOSTS * 97, "halts without a budget show where that way ends");
}

/*
 * Few rungs, and a way whose end is blurred: half of it lies before the shortest halt that is tried, or a shrink by the
 * factor of the growth leaves the first budget again, whatever the two are.
 */
static void check_blurred(void)
{
    struct dozing before = {0}, again = {0};

    for (unsigned i = 0; i < 36; i++) {
        struct synthetic_halt_host host = dozing_kinds[2];

        prng_seed(&host.prng, 2000 + i);
        host.dozing_ns = 2000;
        host.blur_ns = 2500;
        host.halt_poll_ns = i % 2 ? 50000 : 90000;
        host.grow_start_ns = i / 2 % 2 ? 10000 : 20000;
        host.grow = 2 + i / 4 % 3;
        host.shrink = i / 12 * 2;
        try_dozing(&host, 0, &before);
    }
    for (unsigned i = 0; i < 36; i++) {
        struct synthetic_halt_host host = dozing_kinds[0];

        prng_seed(&host.prng, 1000 * (i / 3 + 1) + 22);
        host.dozing_ns = 1000 * (i / 3 + 1);
        host.blur_ns = i % 3 * 1250;
        host.halt_poll_ns = 50000;
        host.grow_start_ns = 10000;
        host.grow = host.shrink = 4;
        try_dozing(&host, 7100, &again);
    }
    printf("# a blurred end: %u and %u parameters known\n", before.known, again.known);
    TAP_INT(before.wrong, 0, "an end before the shortest halt makes no other rule");
    TAP_INT(again.wrong, 0, "two shrinks that leave the same are told apart by nothing");
}

/* Halts without a budget are so many at most, whatever becomes of them; where they show no way, nothing is known. */
static void check_cold(void)
{
    static struct halt_ladder ladder;
    struct halt_ladder_setup setup = {.ceiling_ns = 200000,
                                      .shortest_ns = 6000,
                                      .sleep_ns = 10000,
                                      .entry_ns = 3000,
                                      .trial_count = HALT_PLAY_TRIALS};
    static const char *const names[] = {"none counts", "all are fast", "they are fast by chance"};
    struct halt_trial trial;
    struct halt_rule rule;
    struct prng prng;

    prng_seed(&prng, 1);
    for (unsigned kind = 0; kind < 3; kind++) {
        unsigned taken = 0, cold = 0;

        halt_ladder_begin(&ladder, &setup);
        while (taken <= HALT_COLD && halt_ladder_next(&ladder, &prng, &trial)) {
            trial.fast = kind == 1 || taken % 2;
            if (kind)
                halt_ladder_add(&ladder, &trial);
            taken++;
            cold += !trial.steps && trial.probe_ns >= setup.entry_ns;
        }
        halt_ladder_infer(&ladder, &rule);
        TAP_OK(taken == HALT_COLD && cold == HALT_COLD && !ladder.count, names[kind]);
        TAP_OK(rule.unknown && strstr(rule.unknown, "do not show when"), "and nothing is known");
    }
}

int main(void)
{
    check_cold();
    check_kept_awake();
    check_blurred();
    return tap_done();
}
