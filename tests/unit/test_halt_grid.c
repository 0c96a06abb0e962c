/* SPDX-License-Identifier: MIT */
/*
 * All settings of tests/nested/grid on hosts without noise: how much of KVM's rule is known, and nothing is wrong.
 */
// UNIT_EXTRA: tests/unit/halt_ladder_play.c tests/unit/synthetic_halt_host.c
#include "tests/unit/halt_ladder_play.h"
#include "tests/unit/tap.h"

/* The settings of tests/nested/grid on a host without noise: how much of the rules is known, and nothing is wrong. */
static void check_grid(const char *name, const struct synthetic_halt_host *kind, uint64_t entry_least_ns,
                       unsigned least_percent)
{
    static const uint64_t limits_ns[] = {50000, 200000, 1000000}, starts_ns[] = {10000, 20000};
    static const uint32_t shrinks[] = {0, 2, 4};
    unsigned asked = 0, known = 0, wrong = 0;

    for (unsigned i = 0; i < 3 * 3 * 3 * 2; i++) {
        struct synthetic_halt_host host = *kind;
        struct halt_play answer;
        const struct halt_rule *rule = &answer.rule;

        host.halt_poll_ns = limits_ns[i / 18];
        host.grow = 2 + i / 6 % 3;
        host.shrink = shrinks[i / 2 % 3];
        host.grow_start_ns = starts_ns[i % 2];
        prng_seed(&host.prng, i);
        halt_play(&host, entry_least_ns, HALT_PLAY_TRIALS, &answer);
        asked += 3;
        if (rule->unknown)
            continue;
        known += rule->grow_known + rule->shrink_known + rule->grow_start_known;
        wrong += halt_play_wrong(rule, &host);
    }
    TAP_INT(wrong, 0, name);
    printf("# %s: %u of %u parameters known, %u wrong\n", name, known, asked, wrong);
    TAP_OK(known * 100 >= asked * least_percent, "and so much of it is known");
}

/*
 * kvm_amd in an emulator, where HLT's own time is large against the shortest budgets, the same where it shows by when
 * the host polls, kvm_intel in one, whose sleeps last as long as the shortest limit, and a quick host.
 */
static void check_grids(void)
{
    static const struct synthetic_halt_host amd = {
        .entry_ns = 2500, .empty_ns = 6500, .poll_wake_ns = 4600, .sleep_wake_ns = 7800, .slack_ns = 100};
    static const struct synthetic_halt_host seen = {
        .entry_ns = 2500, .empty_ns = 2900, .poll_wake_ns = 4600, .sleep_wake_ns = 7800, .slack_ns = 100};
    static const struct synthetic_halt_host intel = {
        .entry_ns = 9500, .empty_ns = 11655, .poll_wake_ns = 10000, .sleep_wake_ns = 27000, .slack_ns = 600};
    static const struct synthetic_halt_host quick = {
        .entry_ns = 1000, .empty_ns = 1500, .poll_wake_ns = 2000, .sleep_wake_ns = 8000, .slack_ns = 100};

    check_grid("the grid on a kvm_amd", &amd, 0, 72);
    check_grid("the grid on a kvm_amd whose entry shows", &seen, 1800, 90);
    check_grid("the grid on a kvm_intel whose entry shows", &intel, 7100, 70);
    check_grid("the grid on a quick host", &quick, 0, 90);
}

int main(void)
{
    check_grids();
    return tap_done();
}
