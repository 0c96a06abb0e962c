/* SPDX-License-Identifier: MIT */
/*
 * What a long halt leaves of a budget, where it tells the divisor and where it tells nothing: divisors that leave none,
 * divisors that no default has, and few trials.
 */
// UNIT_EXTRA: tests/unit/halt_ladder_play.c tests/unit/synthetic_halt_host.c
#include "tests/unit/halt_ladder_play.h"
#include "tests/unit/tap.h"

/*
 * A limit of one and a half first budgets, halved by a long halt: less than the first one, so none (Linux,
 * shrink_halt_poll_ns()). It looks like a host that shrinks to none at once, and is not called that.
 */
static void check_hidden_shrink(void)
{
    struct synthetic_halt_host host;
    struct halt_play answer;
    unsigned known = 0, explained = 0;

    for (unsigned seed = 0; seed < 20; seed++) {
        synthetic_halt_host_draw(&host, seed);
        host.halt_poll_ns = 150000;
        host.grow_start_ns = 100000;
        host.grow = host.shrink = 2;
        halt_play(&host, 0, HALT_PLAY_TRIALS, &answer);
        explained += !answer.rule.unknown;
        known += !answer.rule.unknown && answer.rule.shrink_known;
    }
    TAP_OK(explained >= 10, "the rule of such hosts is found");
    TAP_INT(known, 0, "and their shrink is not known");
}

/*
 * Divisors that no default has: 5 to 7 are named or not known, those above are not named, and one that leaves no budget
 * is among those that are named beside 0.
 */
static void check_unusual_shrinks(void)
{
    static const uint32_t limits_ns[] = {66697, 123457, 200000, 400000, 800000};
    unsigned named = 0, beside = 0, wrong = 0;

    for (uint32_t i = 0; i < 60; i++) {
        struct synthetic_halt_host host;
        struct halt_play answer;

        synthetic_halt_host_draw(&host, i);
        host.halt_poll_ns = limits_ns[i % 5];
        host.grow_start_ns = i & 1 ? 9083 : 13439;
        host.grow = 2 + i / 10 % 3;
        host.shrink = 5 + i / 5 % 6;
        host.preempt_ppm = host.crowd_ppm = 2000;
        halt_play(&host, 0, HALT_PLAY_TRIALS, &answer);
        if (answer.rule.unknown || !answer.rule.shrink_known)
            continue;
        named++;
        beside += !answer.rule.shrink;
        if (answer.rule.shrink == host.shrink || (!answer.rule.shrink && host.shrink >= answer.rule.shrink_same))
            continue;
        wrong++;
        printf("# limit %lu, start %lu, grow %u, shrink %u: %u\n", host.halt_poll_ns, host.grow_start_ns, host.grow,
               host.shrink, answer.rule.shrink);
    }
    printf("# unusual shrinks: %u of 60 known, %u of them as 0 or more, %u wrong\n", named, beside, wrong);
    TAP_OK(named - beside > 10 && beside > 5, "unusual shrinks are named");
    TAP_INT(wrong, 0, "and none wrong");
}

/* A third of the usual trials, and a shrink between two others: where these explain as many, none is called known. */
static void check_few_trials(void)
{
    unsigned hosts = 0, wrong = 0;

    for (unsigned seed = 0; seed < 150; seed++) {
        struct synthetic_halt_host host;
        struct halt_play answer;

        synthetic_halt_host_draw(&host, seed);
        if (!synthetic_halt_host_truth(&host).shrink_shows)
            continue;
        host.shrink = 4;
        hosts++;
        halt_play(&host, 0, 100, &answer);
        wrong += !answer.rule.unknown && answer.rule.shrink_known && answer.rule.shrink != host.shrink;
    }
    printf("# 100 trials: a wrong shrink on %u of %u hosts\n", wrong, hosts);
    TAP_OK(hosts > 50 && wrong * 10 <= hosts, "few trials tell few shrinks wrong");
}

int main(void)
{
    check_hidden_shrink();
    check_unusual_shrinks();
    check_few_trials();
    return tap_done();
}
