/* SPDX-License-Identifier: MIT */
/*
 * What the experiment haltpoll says of hosts whose parameters are known, of one that sleeps at once, of a step that is
 * no polling, and of poll control; and of 1,000 random hosts: does it find their polling, and is it ever wrong about
 * it?
 */
// UNIT_EXTRA: experiments/haltpoll/sweep.c experiments/haltpoll/curve.c experiments/haltpoll/history.c experiments/haltpoll/levels.c experiments/haltpoll/verdict.c experiments/haltpoll/words.c experiments/haltpoll/report.c experiments/kit/row.c tests/unit/synthetic_halt_host.c tests/unit/haltpoll_play.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
#include "tests/unit/haltpoll_play.h"
#include "tests/unit/tap.h"

enum { HOSTS = 1000, CEILING_LEAST_NS = 20000 };

struct score {
    unsigned shows, right, unknown, wrong;
};

/* Today's defaults of KVM on a quiet machine. */
static void take_host(uint64_t limit_ns, uint32_t grow, uint64_t start_ns, uint32_t shrink)
{
    synthetic_halt_host_draw(&play.host, 7);
    play.host.halt_poll_ns = limit_ns;
    play.host.grow = grow;
    play.host.grow_start_ns = start_ns;
    play.host.shrink = shrink;
    play.host.entry_ns = 800;
    play.host.empty_ns = 1500;
    play.host.poll_wake_ns = 2500;
    play.host.sleep_wake_ns = 8000;
    play.host.slack_ns = 500;
    play.host.preempt_ppm = 2000;
    play.host.crowd_ppm = 2000;
    play.step_at_ns = 0;
}

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static void check_ladder(void)
{
    take_host(200000, 2, 10000, 2);
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("defaults");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls, or learns from halts in another way, up to"),
           "defaults: the host polls, or learns");
    TAP_OK(play.knee_ns > 190000 && play.knee_ns < 210000, "up to 200 us");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "medium", "not for sure without poll control");
    TAP_OK(begins(haltpoll_play_said("halt_poll_rule"), "grow 2, shrink 2"), "grow 2, shrink 2");
    take_host(50000, 4, 8000, 0);
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("old kernel");
    TAP_OK(play.knee_ns > 45000 && play.knee_ns < 55000, "another limit: up to 50 us");
    TAP_OK(begins(haltpoll_play_said("halt_poll_rule"), "grow 4, shrink 0"), "grow 4, shrink 0");
}

/*
 * An event on the host's way to sleep makes each budget seem longer by that way, which halts without a budget show. By
 * 1 no budget grows beyond the first.
 */
static void check_way_to_sleep(void)
{
    unsigned shown = 0, held = 0;

    for (uint64_t start_ns = 12000; start_ns < 20000; start_ns += 200) {
        take_host(50000, 1, start_ns, 2);
        play.host.dozing_ns = 2000;
        haltpoll_play_run(TEST_LADDER);
        if (!strcmp(haltpoll_play_confidence("halt_poll"), "low"))
            continue;
        shown++;
        held += play.ceiling_low_ns <= start_ns && play.ceiling_high_ns >= start_ns;
    }
    printf("# budgets within what is said, with a way to sleep: %u of %u\n", held, shown);
    TAP_OK(shown >= 30, "such budgets are seen");
    TAP_INT(held, shown, "the way to sleep is no part of them");
}

/*
 * As kvm_intel in an emulator: HLT with its interrupt there costs far more than the way to the poll. The halts in which
 * a host that does not poll sleeps say how long that way is at most.
 */
static struct play_halt halt_dear(void *owner, uint64_t length_ns)
{
    struct synthetic_halt halt = synthetic_halt(&play.host, length_ns);

    (void)owner;
    if (length_ns < play.host.entry_ns)
        halt.latency_ns -= (int64_t)length_ns;
    return (struct play_halt){halt.silent_ns, halt.latency_ns, 0};
}

/* As kvm_amd in an emulator: the shortest halts end by an event that is there, the next one sleeps the longest. */
static struct play_halt halt_at_entry(void *owner, uint64_t length_ns)
{
    int64_t latency_ns = length_ns < 800 ? 5450 : length_ns < 2500 ? 5040 : length_ns < 4000 ? 8180 : 7790;

    (void)owner;
    return (struct play_halt){length_ns, latency_ns, 0};
}

/*
 * As kvm_intel in an emulator, without polling: events up to 8 us are there at the exit, up to 14.4 us at the look
 * before the sleep, and up to 25 us before the sleep has begun.
 */
static struct play_halt halt_on_the_way(void *owner, uint64_t length_ns)
{
    uint64_t whole_ns = length_ns < 8000    ? 21300
                        : length_ns < 14400 ? 27700
                        : length_ns < 25000 ? 52400
                                            : length_ns + 27400;

    (void)owner;
    return (struct play_halt){length_ns, (int64_t)(whole_ns - length_ns), 0};
}

/*
 * The same host with a limit of 10 us, which is less than a sleep takes: only events that are there before the sleep
 * make a budget.
 */
struct short_poll {
    bool off;
    uint64_t budget_ns;
};

static struct play_halt halt_short_poll(void *owner, uint64_t length_ns)
{
    struct short_poll *host = owner;

    if (host->off)
        host->budget_ns = 0;
    if (length_ns >= 14400 && length_ns < host->budget_ns + 10800)
        return (struct play_halt){length_ns, 14300, 0};
    host->budget_ns = length_ns < 14400 && !host->off ? 10000 : 0;
    return halt_on_the_way(NULL, length_ns);
}

static void short_poll_set(void *owner, bool on)
{
    ((struct short_poll *)owner)->off = !on;
}

static void check_short_poll(void)
{
    struct short_poll host = {0};

    take_host(0, 2, 10000, 2);
    play.host.empty_ns = 23500;
    play.lead_ns = 7000;
    play.other = halt_short_poll;
    play.set_polling = short_poll_set;
    play.owner = &host;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a limit shorter than a sleep");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls, or learns") && play.ceiling_low_ns <= 10000 &&
               play.ceiling_high_ns >= 10000,
           "it is found by ever longer halts");
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("a limit shorter than a sleep");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control moves the knee"),
           "two points that nothing blurs are enough for poll control");
    play.lead_ns = 0;
    play.other = NULL;
    play.set_polling = NULL;
}

static void check_entry(void)
{
    take_host(0, 2, 10000, 2);
    play.host.empty_ns = 6582;
    play.other = halt_at_entry;
    for (uint64_t lead_ns = 3400; lead_ns <= 4900; lead_ns += 300) {
        play.lead_ns = lead_ns;
        haltpoll_play_run(TEST_LADDER);
        TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen"), "halts within the entry are no noise");
        haltpoll_play_run(TEST_CONTROL);
        TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen"), "nor with poll control");
    }
    take_host(0, 2, 10000, 2);
    play.host.empty_ns = 23500;
    play.other = halt_on_the_way;
    for (uint64_t lead_ns = 100; lead_ns <= 2500; lead_ns += 300) {
        play.lead_ns = lead_ns;
        haltpoll_play_run(TEST_LADDER);
        TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen"), "two ways on which events are there");
    }
    haltpoll_play_show("events on the way to the sleep");
    play.lead_ns = 0;
    play.other = NULL;
}

static void check_nothing(void)
{
    take_host(0, 2, 10000, 2);
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("never polls");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen, from"), "a host that sleeps at once");
    TAP_OK(!*haltpoll_play_said("halt_poll_rule"), "no rule of it");
    take_host(0, 2, 10000, 2);
    play.step_at_ns = 150000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("deeper state");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no polling that adapts seen; a step, of a fixed poll or"),
           "a step that does not care for what came before is no polling");
    take_host(50000, 2, 10000, 2);
    play.host.empty_ns = 26000; /* as kvm_intel inside an emulator */
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step below twice HLT's own time");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls, or learns"),
           "shorter halts that take longer and longer say that the poll begins long before");
    take_host(0, 2, 10000, 2);
    play.host.entry_ns = 30000; /* and HLT is said to take less: nothing shows where the sleeps begin */
    play.host.empty_ns = 16000;
    play.host.sleep_wake_ns = 25000;
    play.other = halt_dear;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step that may be HLT's own");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "don't know whether the host polls: the step lies"),
           "a step that is not judged is not called none");
    play.host.empty_ns = 26000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step of the entry");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen, from 5"), "but there is none behind it");
    take_host(0, 2, 10000, 2);
    play.host.entry_ns = 11000;
    play.host.empty_ns = 13500;
    play.host.poll_wake_ns = 16000;
    play.host.sleep_wake_ns = 27000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a dear HLT that sleeps at once");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen, from 6"),
           "where the sleeps begin is no knee");
    play.other = NULL;
    take_host(200000, 2, 10000, 2);
    play.host.crowd_ppm = 1000000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("crowded");
    TAP_OK(!begins(haltpoll_play_said("halt_poll"), "the host polls"), "polls that all end early are none");
}

static void check_control(void)
{
    take_host(200000, 2, 10000, 2);
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("control");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls up to"), "by poll control: the host polls");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "high", "for sure");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control moves the knee"), "and it moves the knee");
    TAP_STR(haltpoll_play_confidence("poll_control"), "high", "for sure");
    take_host(0, 2, 10000, 2);
    play.step_at_ns = 150000;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("control of another step");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control does not move"), "another step stays");
    TAP_OK(!begins(haltpoll_play_said("halt_poll"), "the host polls"), "and is not called polling");
    take_host(100000, 2, 10000, 2);
    play.step_at_ns = 300000;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("control of polling beside another step");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control moves the knee"), "of two steps one moves");
    TAP_STR(haltpoll_play_confidence("poll_control"), "medium", "less surely where the other stays");
}

/* A step for another reason on a host that has other work in every tenth short halt. */
static struct play_halt halt_on_busy(void *owner, uint64_t length_ns)
{
    static unsigned halts;

    (void)owner;
    return (struct play_halt){length_ns, length_ns < 150000 ? 9000 : 18000, ++halts % 10 ? 0 : 20000};
}

static struct play_halt halt_without_a_step(void *owner, uint64_t length_ns)
{
    struct play_halt halt = halt_on_busy(owner, length_ns);

    halt.latency_ns = 18000;
    return halt;
}

/* One that polls, and has other work as well. */
static struct play_halt halt_polled_on_busy(void *owner, uint64_t length_ns)
{
    struct synthetic_halt halt = synthetic_halt(&play.host, length_ns);

    return (struct play_halt){halt.silent_ns, halt.latency_ns, halt_on_busy(owner, length_ns).steal_ns};
}

/* As kvm_intel at halt_poll_ns=0: halts of milliseconds, which timers end, have steal; of 100 short ones one. */
static struct play_halt halt_on_idle(void *owner, uint64_t length_ns)
{
    static unsigned halts;
    bool stolen = length_ns > HALTPOLL_SHORT_NS || ++halts % 100 == 0;

    (void)owner;
    return (struct play_halt){length_ns, 30500, stolen ? 16000 : 0};
}

static void check_busy(void)
{
    take_host(0, 2, 10000, 2);
    play.other = halt_on_busy;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("another step, a busy host");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control cannot be judged, the host is busy"),
           "no absence where it could not have shown");
    TAP_STR(haltpoll_play_confidence("poll_control"), "low", "and nothing is sure of it");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "don't know"), "nor is polling said to be absent");
    play.other = halt_without_a_step;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("no step, a busy host");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "don't know whether the host polls: it is busy"),
           "nor where no step shows");
    take_host(200000, 2, 10000, 2);
    play.other = halt_polled_on_busy;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("polling, a busy host");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls up to"), "what is there is seen");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "low", "but a busy host may poll for longer");
    TAP_STR(haltpoll_play_confidence("poll_control"), "low", "and its poll control is judged as weakly");
    play.other = halt_on_idle;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("steal in long halts, and in few short ones");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen"),
           "steal of long halts is no other work, nor that of one short halt in 100");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "no halt polling seen, from 61.0 us"),
           "a limit as short as a wake would not show");
    play.other = NULL;
}

static void check_dear_hlt(void)
{
    take_host(50000, 2, 10000, 0);
    play.host.entry_ns = 11000;
    play.host.empty_ns = 30000;
    play.host.poll_wake_ns = 10000;
    play.host.sleep_wake_ns = 25000;
    play.other = halt_dear;
    haltpoll_play_run(TEST_CURVE);
    haltpoll_play_show("a dear HLT, without poll control");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls, or learns") && play.ceiling_high_ns >= 50000 &&
               play.ceiling_low_ns * 122 < 50000 * 100,
           "a wide interval is an answer, too");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "low", "but a weak one");
    haltpoll_play_run(TEST_CONTROL);
    play.other = NULL;
    haltpoll_play_show("a dear HLT");
    TAP_OK(begins(haltpoll_play_said("halt_poll"), "the host polls up to"), "a knee within twice HLT's own time");
    TAP_OK(play.ceiling_low_ns > 36000 && play.ceiling_low_ns <= 50000 && play.ceiling_high_ns >= 50000,
           "and its place is known better than that time");
    TAP_OK(begins(haltpoll_play_said("poll_control"), "poll control moves the knee"), "poll control moves it");
}

/*
 * Budgets of 10, 20, 40 and 80 us, and a limit of 122: a sleep behind 80 us ends beyond it in most cases, so that the
 * knee is at 80 in most passes, and not exact.
 */
static void check_inexact(void)
{
    unsigned medium = 0, held = 0;

    for (uint64_t wake_ns = 36000; wake_ns < 46000; wake_ns += 500) {
        take_host(122300, 2, 10000, 0);
        play.host.poll_wake_ns = 9000;
        play.host.sleep_wake_ns = wake_ns;
        play.host.slack_ns = 6000;
        haltpoll_play_run(TEST_CONTROL);
        haltpoll_play_show("inexact");
        if (strcmp(haltpoll_play_confidence("halt_poll"), "medium") != 0)
            continue;
        medium++;
        held += play.ceiling_low_ns <= 122300 && play.ceiling_high_ns >= 122300;
    }
    printf("# a knee below the limit: %u are not exact\n", medium);
    TAP_OK(medium > 0 && held == medium, "the interval of a knee that is not exact goes up to the limit");
}

/*
 * As kvm_amd in an emulator: arming takes so long that the closer sweep, which asks for its intervals, must ask for
 * more. Else it ends a few points behind the knee, and does not know.
 */
static void check_lead(void)
{
    unsigned exact = 0;

    play.lead_ns = 4600;
    for (uint64_t limit_ns = 40000; limit_ns < 60000; limit_ns += 1000) {
        take_host(limit_ns, 2, 10000, 0);
        play.host.preempt_ppm = play.host.crowd_ppm = 0;
        haltpoll_play_run(TEST_CURVE);
        exact += begins(haltpoll_play_said("halt_poll"), "the host polls, or learns");
    }
    play.lead_ns = 0;
    printf("# an event that is armed long before: %u of 20 limits are found\n", exact);
    TAP_INT(exact, 20, "an event that is armed long before the wait");
}

static bool within_10(uint64_t got, uint64_t want)
{
    return got * 10 >= want * 9 && got * 10 <= want * 11;
}

/* The experiment's words on one host, against what a guest can see of it. */
static void judge(const struct synthetic_halt_truth *truth, uint64_t limit_ns, struct score *score)
{
    bool polls = begins(haltpoll_play_said("halt_poll"), "the host polls");
    bool none = begins(haltpoll_play_said("halt_poll"), "no ");
    bool right = within_10((uint64_t)play.knee_ns, truth->ceiling_ns) ||
                 within_10((uint64_t)play.knee_ns, truth->ceiling_top_ns) ||
                 within_10((uint64_t)play.knee_ns, limit_ns) ||
                 (strcmp(haltpoll_play_confidence("halt_poll"), "low") == 0 && play.ceiling_low_ns <= limit_ns &&
                  play.ceiling_high_ns >= truth->ceiling_ns);
    bool shows = truth->ceiling_ns > CEILING_LEAST_NS;

    score->shows += shows;
    score->right += shows && polls && right;
    score->unknown += shows && !polls && !none;
    score->wrong += polls ? !right : none && shows;
}

/* Any host; a few of them do not poll at all. */
static void check_many(void)
{
    struct score score = {0};

    for (unsigned seed = 0; seed < HOSTS; seed++) {
        struct synthetic_halt_truth truth;
        uint64_t limit_ns;

        synthetic_halt_host_draw(&play.host, seed);
        play.step_at_ns = 0;
        truth = synthetic_halt_host_truth(&play.host);
        limit_ns = play.host.halt_poll_ns;
        haltpoll_play_run(TEST_CURVE);
        judge(&truth, limit_ns, &score);
    }
    printf("# polling shows on %u of %u hosts: %u right, %u don't know; wrong on %u\n", score.shows, (unsigned)HOSTS,
           score.right, score.unknown, score.wrong);
    TAP_OK(score.shows >= HOSTS / 2, "polling shows on half of the hosts");
    TAP_OK(score.right * 100 >= score.shows * 95, "it is found on 95 % of these, within 10 %, or with a weak word");
    TAP_OK(score.wrong * 100 <= HOSTS, "at most 1 % are told something wrong");
}

int main(void)
{
    check_ladder();
    check_way_to_sleep();
    check_entry();
    check_short_poll();
    check_nothing();
    check_control();
    check_busy();
    check_dear_hlt();
    check_inexact();
    check_lead();
    check_many();
    TAP_INT(play.cut_rows, 0, "every row fits its record");
    return tap_done();
}
