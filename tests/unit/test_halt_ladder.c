/* SPDX-License-Identifier: MIT */
/*
 * The host's polling ceiling, grow_start, grow and shrink, inferred from 1,000 seeded hosts by the same sweeps and
 * trials that the experiment plays. What the rule itself hides (a factor that never shows, a shrunk budget that is none
 * in any case) must be "don't know". The same of every setting of tests/nested/grid.
 */
// UNIT_EXTRA: tests/unit/synthetic_halt_host.c
#include "lib/infer/halt_ladder.h"
#include "lib/stats.h"
#include "tests/unit/synthetic_halt_host.h"
#include "tests/unit/tap.h"

enum {
    HOSTS = 1000,
    TRAINING = 10,
    PASSES = 15,
    COARSE = 30,
    FINE = 24,
    TRIALS = 320,
    DOZING_HOSTS = 240,
    CEILING_LEAST_NS = 20000,
    SHOWS_LEAST = 50, /* fewer hosts that show a parameter would prove nothing */
};

static const struct knee_limits limits = {
    .least_ratio_percent = 125, .least_value = 100, .least_count = 8, .most = KNEES_MAX};

struct answer {
    struct knees knees;
    struct halt_ceiling ceiling;
    const char *refused; /* the ladder's reason */
    struct halt_rule rule;
};

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

static void play(struct synthetic_halt_host *host, struct halt_ladder *ladder, int64_t edge_ns)
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

static struct halt_ladder ladder;
static uint64_t known_entry_ns; /* the host's poll does not begin before that */

static void infer(struct synthetic_halt_host *host, struct answer *answer, uint32_t trial_count)
{
    const struct knee *knee = &answer->knees.knee[0];
    struct halt_ladder_setup setup = {.trial_count = trial_count,
                                      .shortest_ns = 2 * host->empty_ns > 4000 ? 2 * host->empty_ns : 4000};

    answer->rule = (struct halt_rule){.unknown = "no ceiling"};
    answer->refused = NULL;
    answer->ceiling = (struct halt_ceiling){0};
    find_ceiling(host, &answer->knees);
    if (answer->knees.verdict != KNEES_FOUND)
        return;
    setup.entry_ns = host->empty_ns;
    setup.entry_least_ns = known_entry_ns;
    setup.cold_from_ns = known_entry_ns * 4 / 3;
    halt_ceiling_of(knee, host->empty_ns, 0, &answer->ceiling);
    setup.ceiling_ns = answer->ceiling.at_ns;
    setup.sleep_ns = (uint64_t)(knee->after - knee->before);
    answer->refused = halt_ladder_begin(&ladder, &setup);
    if (answer->refused)
        return;
    play(host, &ladder, (knee->before + knee->after) / 2);
    halt_ladder_infer(&ladder, &answer->rule);
}

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
        struct answer answer;
        struct synthetic_halt_truth truth;

        synthetic_halt_host_draw(&host, seed);
        truth = synthetic_halt_host_truth(&host);
        infer(&host, &answer, TRIALS);
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
    struct answer answer;
    unsigned seed = 0;
    struct halt_trial trial = {0};
    struct halt_rule rule;

    do
        synthetic_halt_host_draw(&host, seed++);
    while (!synthetic_halt_host_truth(&host).start_shows);
    infer(&host, &answer, 130);
    TAP_OK(!answer.rule.unknown && answer.rule.trials >= 60 && answer.rule.trials < 120, "60 trials are enough");
    infer(&host, &answer, 60);
    TAP_OK(answer.rule.unknown && strstr(answer.rule.unknown, "too few"), "50 are not");
    synthetic_halt_host_draw(&host, seed - 1);
    infer(&host, &answer, TRIALS);
    for (uint32_t i = 0; i < ladder.count; i++)
        ladder.trials[i].fast = i % 3 == 0;
    halt_ladder_infer(&ladder, &rule);
    TAP_OK(rule.unknown && strstr(rule.unknown, "no rule"), "no rule explains answers by chance");
    while (ladder.count < HALT_TRIALS_MAX)
        halt_ladder_add(&ladder, &trial);
    halt_ladder_add(&ladder, &trial);
    TAP_INT(ladder.count, HALT_TRIALS_MAX, "no more trials than there is room for");
}

/* kvm_amd at grow_start 10000, its events counted: 9.10 to 9.92 us, because they came later than they were due. */
static void check_counted(void)
{
    struct synthetic_halt_host host;
    struct halt_rule counted;
    struct answer answer;

    synthetic_halt_host_draw(&host, 1);
    host.halt_poll_ns = 200000;
    host.grow_start_ns = 10000;
    host.grow = 2;
    infer(&host, &answer, 224);
    ladder.setup.late_ns = 3800;
    halt_ladder_infer(&ladder, &counted);
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

/*
 * A limit of one and a half first budgets, halved by a long halt: less than the first one, so none (Linux,
 * shrink_halt_poll_ns()). It looks like a host that shrinks to none at once, and is not called that.
 */
static void check_hidden_shrink(void)
{
    struct synthetic_halt_host host;
    struct answer answer;
    unsigned known = 0, explained = 0;

    for (unsigned seed = 0; seed < 20; seed++) {
        synthetic_halt_host_draw(&host, seed);
        host.halt_poll_ns = 150000;
        host.grow_start_ns = 100000;
        host.grow = host.shrink = 2;
        infer(&host, &answer, TRIALS);
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
        struct answer answer;

        synthetic_halt_host_draw(&host, i);
        host.halt_poll_ns = limits_ns[i % 5];
        host.grow_start_ns = i & 1 ? 9083 : 13439;
        host.grow = 2 + i / 10 % 3;
        host.shrink = 5 + i / 5 % 6;
        host.preempt_ppm = host.crowd_ppm = 2000;
        infer(&host, &answer, TRIALS);
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
        struct answer answer;

        synthetic_halt_host_draw(&host, seed);
        if (!synthetic_halt_host_truth(&host).shrink_shows)
            continue;
        host.shrink = 4;
        hosts++;
        infer(&host, &answer, 100);
        wrong += !answer.rule.unknown && answer.rule.shrink_known && answer.rule.shrink != host.shrink;
    }
    printf("# 100 trials: a wrong shrink on %u of %u hosts\n", wrong, hosts);
    TAP_OK(hosts > 50 && wrong * 10 <= hosts, "few trials tell few shrinks wrong");
}

/* Parameters that the rule names and that are others. */
static unsigned count_wrong(const struct halt_rule *rule, const struct synthetic_halt_host *host)
{
    unsigned wrong = rule->grow_known && rule->grow != host->grow;

    wrong += rule->shrink_known && rule->shrink != host->shrink;
    wrong += rule->grow_start_known &&
             (rule->grow_start_low_ns > host->grow_start_ns || rule->grow_start_high_ns < host->grow_start_ns);
    return wrong;
}

/* The settings of tests/nested/grid on a host without noise: how much of the rules is known, and nothing is wrong. */
static void check_grid(const char *name, const struct synthetic_halt_host *kind, uint64_t entry_least_ns,
                       unsigned least_percent)
{
    static const uint64_t limits_ns[] = {50000, 200000, 1000000}, starts_ns[] = {10000, 20000};
    static const uint32_t shrinks[] = {0, 2, 4};
    unsigned asked = 0, known = 0, wrong = 0;

    for (unsigned i = 0; i < 3 * 3 * 3 * 2; i++) {
        struct synthetic_halt_host host = *kind;
        struct answer answer;
        const struct halt_rule *rule = &answer.rule;

        host.halt_poll_ns = limits_ns[i / 18];
        host.grow = 2 + i / 6 % 3;
        host.shrink = shrinks[i / 2 % 3];
        host.grow_start_ns = starts_ns[i % 2];
        prng_seed(&host.prng, i);
        known_entry_ns = entry_least_ns;
        infer(&host, &answer, TRIALS);
        known_entry_ns = 0;
        asked += 3;
        if (rule->unknown)
            continue;
        known += rule->grow_known + rule->shrink_known + rule->grow_start_known;
        wrong += count_wrong(rule, &host);
    }
    printf("# %s: %u of %u parameters known, %u wrong\n", name, known, asked, wrong);
    TAP_INT(wrong, 0, name);
    TAP_OK(known * 100 >= asked * least_percent, "and so much of it is known");
}

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
    struct answer answer;
    const struct halt_rule *rule = &answer.rule;

    known_entry_ns = entry_least_ns;
    infer(host, &answer, TRIALS);
    known_entry_ns = 0;
    dozing->asked += 3;
    if (rule->unknown)
        return;
    dozing->seen +=
        ladder.awake_low_ns <= awake_ns + host->blur_ns && ladder.awake_high_ns + host->slack_ns >= awake_ns;
    dozing->known += rule->grow_known + rule->shrink_known + rule->grow_start_known;
    dozing->wrong += count_wrong(rule, host);
}

static void check_kept_awake(void)
{
    static const uint64_t starts_ns[] = {10000, 20000, 50000};
    static const uint32_t shrinks[] = {0, 2, 4};
    struct dozing dozing = {0};

    for (unsigned seed = 0; seed < DOZING_HOSTS; seed++) {
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
    TAP_OK(dozing.seen * 100 >= DOZING_HOSTS * 97, "halts without a budget show where that way ends");
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
    struct halt_ladder_setup setup = {
        .ceiling_ns = 200000, .shortest_ns = 6000, .sleep_ns = 10000, .entry_ns = 3000, .trial_count = TRIALS};
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
    check_ceiling();
    check_counted();
    check_hidden_shrink();
    check_unusual_shrinks();
    check_few_trials();
    check_grids();
    check_kept_awake();
    check_blurred();
    check_cold();
    check_trials();
    check_hosts();
    return tap_done();
}
