/* SPDX-License-Identifier: MIT */
/*
 * The host's polling ceiling, grow_start, grow and shrink, inferred from 1,000 seeded hosts by the same sweeps and
 * trials that the experiment plays. What the rule itself hides (a factor that never shows, a shrunk budget that is none
 * in any case) must be "don't know".
 */
// UNIT_EXTRA: tests/unit/halt_ladder_play.c tests/unit/synthetic_halt_host.c
#include "tests/unit/halt_ladder_play.h"
#include "tests/unit/tap.h"

enum {
    HOSTS = 1000,
    CEILING_LEAST_NS = 20000,
    SHOWS_LEAST = 50, /* fewer hosts that show a parameter would prove nothing */
};

static bool within_10(uint64_t got, uint64_t want)
{
    return got * 10 >= want * 9 && got * 10 <= want * 11;
}

/* One parameter over all hosts. */
struct score {
    const char *name;
    unsigned shows, right, wrong, unknown;
};

static void count(struct score *score, bool shows, bool known, bool right)
{
    score->shows += shows;
    score->right += shows && known && right;
    score->wrong += known && !right;
    score->unknown += shows && !known;
}

static void check(const struct score *score)
{
    char name[80];

    printf("# %s: shows on %u of %u hosts: %u right, %u don't know; wrong on %u\n", score->name, score->shows,
           (unsigned)HOSTS, score->right, score->unknown, score->wrong);
    snprintf(name, sizeof(name), "%s: 95 %% recovered", score->name);
    TAP_OK(score->shows >= SHOWS_LEAST && score->right * 100 >= score->shows * 95, name);
    snprintf(name, sizeof(name), "%s: at most 1 %% wrong", score->name);
    TAP_OK(score->wrong * 100 <= HOSTS, name);
}

static void check_hosts(void)
{
    struct score ceiling = {.name = "ceiling"}, limit = {.name = "limit"}, none = {.name = "no polling"},
                 start = {.name = "grow_start"}, grow = {.name = "grow"}, shrink = {.name = "shrink"};

    for (unsigned seed = 0; seed < HOSTS; seed++) {
        struct synthetic_halt_host host;
        struct halt_play answer;
        struct synthetic_halt_truth truth;

        synthetic_halt_host_draw(&host, seed);
        truth = synthetic_halt_host_truth(&host);
        halt_play(&host, 0, HALT_PLAY_TRIALS, &answer);
        count(&none, !host.halt_poll_ns, answer.knees.verdict == KNEES_NONE,
              truth.ceiling_ns < answer.knees.from || truth.ceiling_ns > answer.knees.upto);
        count(&ceiling, truth.ceiling_ns > CEILING_LEAST_NS, answer.ceiling.exact,
              within_10(answer.ceiling.at_ns, truth.ceiling_ns) ||
                  within_10(answer.ceiling.at_ns, truth.ceiling_top_ns) ||
                  within_10(answer.ceiling.at_ns, host.halt_poll_ns));
        if (answer.ceiling.exact)
            limit.wrong += truth.ceiling_ns && host.grow > 1 && host.grow_start_ns < truth.ceiling_ns &&
                           (host.halt_poll_ns > answer.ceiling.limit_ns + answer.ceiling.limit_ns / 10 ||
                            host.halt_poll_ns * 11 < answer.ceiling.low_ns * 10);
        count(&start, truth.start_shows, !answer.rule.unknown && answer.rule.grow_start_known,
              answer.rule.grow_start_low_ns <= host.grow_start_ns &&
                  answer.rule.grow_start_high_ns >= host.grow_start_ns);
        count(&grow, truth.grow_shows, !answer.rule.unknown && answer.rule.grow_known, answer.rule.grow == host.grow);
        count(&shrink, truth.shrink_shows, !answer.rule.unknown && answer.rule.shrink_known,
              answer.rule.shrink == host.shrink);
    }
    check(&none);
    check(&ceiling);
    printf("# limit: beyond its bounds on %u\n", limit.wrong);
    TAP_OK(limit.wrong * 100 <= HOSTS, "the host's limit is within its bounds");
    check(&start);
    check(&grow);
    check(&shrink);
}

/* A host whose first budget shows: how few trials are enough, and what answers by chance say. */
static void check_trials(void)
{
    struct synthetic_halt_host host;
    struct halt_play answer;
    unsigned seed = 0;
    struct halt_trial trial = {0};
    struct halt_rule rule;

    do
        synthetic_halt_host_draw(&host, seed++);
    while (!synthetic_halt_host_truth(&host).start_shows);
    halt_play(&host, 0, 130, &answer);
    TAP_OK(!answer.rule.unknown && answer.rule.trials >= 60 && answer.rule.trials < 120, "60 trials are enough");
    halt_play(&host, 0, 60, &answer);
    TAP_OK(answer.rule.unknown && strstr(answer.rule.unknown, "too few"), "50 are not");
    synthetic_halt_host_draw(&host, seed - 1);
    halt_play(&host, 0, HALT_PLAY_TRIALS, &answer);
    for (uint32_t i = 0; i < answer.ladder.count; i++)
        answer.ladder.trials[i].fast = i % 3 == 0;
    halt_ladder_infer(&answer.ladder, &rule);
    TAP_OK(rule.unknown && strstr(rule.unknown, "no rule"), "no rule explains answers by chance");
    while (answer.ladder.count < HALT_TRIALS_MAX)
        halt_ladder_add(&answer.ladder, &trial);
    halt_ladder_add(&answer.ladder, &trial);
    TAP_INT(answer.ladder.count, HALT_TRIALS_MAX, "no more trials than there is room for");
}

/* kvm_amd at grow_start 10000, its events counted: 9.10 to 9.92 us, because they came later than they were due. */
static void check_counted(void)
{
    struct synthetic_halt_host host;
    struct halt_rule counted;
    struct halt_play answer;

    synthetic_halt_host_draw(&host, 1);
    host.halt_poll_ns = 200000;
    host.grow_start_ns = 10000;
    host.grow = 2;
    halt_play(&host, 0, 224, &answer);
    answer.ladder.setup.late_ns = 3800;
    halt_ladder_infer(&answer.ladder, &counted);
    TAP_OK(answer.rule.grow_start_ns && counted.grow_start_high_ns == answer.rule.grow_start_high_ns + 3800,
           "a late event leaves room for a later start");
    TAP_INT(counted.grow_start_ns, answer.rule.grow_start_ns, "the best guess is the same");
}

/* A knee between 50 and 52 us; what a halt costs beside its polling lies before the polling's end, not behind it. */
static void check_ceiling(void)
{
    struct knee knee = {.low = 50000, .high = 52000, .before = 1500, .after = 9000};
    struct halt_ceiling ceiling;

    halt_ceiling_of(&knee, 3000, 0, &ceiling);
    TAP_INT(ceiling.low_ns, 47000, "the least is without the entry");
    TAP_INT(ceiling.high_ns, 53500, "the most has the latency of a halt that was polled to its end");
    TAP_INT(ceiling.limit_ns, 61000, "the limit has that of one that slept");
    TAP_OK(ceiling.exact, "a narrow knee is exact");
    halt_ceiling_of(&knee, 3000, 5000, &ceiling);
    TAP_INT(ceiling.low_ns, 42000, "a timer that fires early polls as much further");
    TAP_OK(ceiling.exact && ceiling.high_ns == 53500, "and the knee is as narrow");
    halt_ceiling_of(&knee, 60000, 0, &ceiling);
    TAP_INT(ceiling.low_ns, 1, "never below one");
}

int main(void)
{
    check_ceiling();
    check_counted();
    check_trials();
    check_hosts();
    return tap_done();
}
