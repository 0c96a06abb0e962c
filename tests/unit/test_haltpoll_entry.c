/* SPDX-License-Identifier: MIT */
/*
 * What the experiment haltpoll says where HLT's own time, or events on the host's way to sleep, look like polling: of
 * hosts that sleep at once, of a step that is no polling, and of limits as short as that time.
 */
// UNIT_EXTRA: experiments/haltpoll/sweep.c experiments/haltpoll/curve.c experiments/haltpoll/history.c experiments/haltpoll/levels.c experiments/haltpoll/verdict.c experiments/haltpoll/words.c experiments/haltpoll/report.c experiments/kit/row.c tests/unit/synthetic_halt_host.c tests/unit/haltpoll_play.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
#include "tests/unit/haltpoll_play.h"
#include "tests/unit/tap.h"

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

/* The same host; now and then an event is there before HLT itself has left the guest. Owner counts the halts. */
static struct play_halt halt_seldom_early(void *owner, uint64_t length_ns)
{
    unsigned *halts = owner;

    if (++*halts % 25 || length_ns >= 8000)
        return halt_on_the_way(NULL, length_ns);
    return (struct play_halt){length_ns, (int64_t)(13000 - length_ns), 0};
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

    haltpoll_play_take(0, 2, 10000, 2);
    play.host.empty_ns = 23500;
    play.lead_ns = 7000;
    play.other = halt_short_poll;
    play.set_polling = short_poll_set;
    play.owner = &host;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a limit shorter than a sleep");
    TAP_OK(haltpoll_play_begins("halt_poll", "the host polls, or learns") && play.ceiling_low_ns <= 10000 &&
               play.ceiling_high_ns >= 10000,
           "it is found by ever longer halts");
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("a limit shorter than a sleep");
    TAP_OK(haltpoll_play_begins("poll_control", "poll control moves the knee"),
           "two points that nothing blurs are enough for poll control");
    play.lead_ns = 0;
    play.other = NULL;
    play.set_polling = NULL;
}

static void check_entry(void)
{
    unsigned halts = 0;

    haltpoll_play_take(0, 2, 10000, 2);
    play.host.empty_ns = 6582;
    play.other = halt_at_entry;
    for (uint64_t lead_ns = 3400; lead_ns <= 4900; lead_ns += 300) {
        play.lead_ns = lead_ns;
        haltpoll_play_run(TEST_LADDER);
        TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen"), "halts within the entry are no noise");
        haltpoll_play_run(TEST_CONTROL);
        TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen"), "nor with poll control");
    }
    haltpoll_play_take(0, 2, 10000, 2);
    play.host.empty_ns = 23500;
    play.other = halt_on_the_way;
    for (uint64_t lead_ns = 100; lead_ns <= 2500; lead_ns += 300) {
        play.lead_ns = lead_ns;
        haltpoll_play_run(TEST_LADDER);
        TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen"), "two ways on which events are there");
    }
    haltpoll_play_show("events on the way to the sleep");
    play.other = halt_seldom_early;
    play.owner = &halts;
    for (uint64_t lead_ns = 100; lead_ns <= 2500; lead_ns += 300) {
        play.lead_ns = lead_ns;
        haltpoll_play_run(TEST_LADDER);
        TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen"), "a single early wake moves no plateau");
    }
    haltpoll_play_show("an early wake on the way to the sleep");
    play.lead_ns = 0;
    play.other = NULL;
}

static void check_nothing(void)
{
    haltpoll_play_take(0, 2, 10000, 2);
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("never polls");
    TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen, from"), "a host that sleeps at once");
    TAP_OK(!*haltpoll_play_said("halt_poll_rule"), "no rule of it");
    haltpoll_play_take(0, 2, 10000, 2);
    play.step_at_ns = 150000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("deeper state");
    TAP_OK(haltpoll_play_begins("halt_poll", "no polling that adapts seen; a step, of a fixed poll or"),
           "a step that does not care for what came before is no polling");
    haltpoll_play_take(50000, 2, 10000, 2);
    play.host.empty_ns = 26000; /* as kvm_intel inside an emulator */
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step below twice HLT's own time");
    TAP_OK(haltpoll_play_begins("halt_poll", "the host polls, or learns"),
           "shorter halts that take longer and longer say that the poll begins long before");
    haltpoll_play_take(0, 2, 10000, 2);
    play.host.entry_ns = 30000; /* and HLT is said to take less: nothing shows where the sleeps begin */
    play.host.empty_ns = 16000;
    play.host.sleep_wake_ns = 25000;
    play.other = halt_dear;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step that may be HLT's own");
    TAP_OK(haltpoll_play_begins("halt_poll", "don't know whether the host polls: the step lies"),
           "a step that is not judged is not called none");
    play.host.empty_ns = 26000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a step of the entry");
    TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen, from 5"), "but there is none behind it");
    haltpoll_play_take(0, 2, 10000, 2);
    play.host.entry_ns = 11000;
    play.host.empty_ns = 13500;
    play.host.poll_wake_ns = 16000;
    play.host.sleep_wake_ns = 27000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("a dear HLT that sleeps at once");
    TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen, from 6"), "where the sleeps begin is no knee");
    play.other = NULL;
    haltpoll_play_take(200000, 2, 10000, 2);
    play.host.crowd_ppm = 1000000;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("crowded");
    TAP_OK(!haltpoll_play_begins("halt_poll", "the host polls"), "polls that all end early are none");
}

static void check_dear_hlt(void)
{
    haltpoll_play_take(50000, 2, 10000, 0);
    play.host.entry_ns = 11000;
    play.host.empty_ns = 30000;
    play.host.poll_wake_ns = 10000;
    play.host.sleep_wake_ns = 25000;
    play.other = halt_dear;
    haltpoll_play_run(TEST_CURVE);
    haltpoll_play_show("a dear HLT, without poll control");
    TAP_OK(haltpoll_play_begins("halt_poll", "the host polls, or learns") && play.ceiling_high_ns >= 50000 &&
               play.ceiling_low_ns * 122 < 50000 * 100,
           "a wide interval is an answer, too");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "low", "but a weak one");
    haltpoll_play_run(TEST_CONTROL);
    play.other = NULL;
    haltpoll_play_show("a dear HLT");
    TAP_OK(haltpoll_play_begins("halt_poll", "the host polls up to"), "a knee within twice HLT's own time");
    TAP_OK(play.ceiling_low_ns > 36000 && play.ceiling_low_ns <= 50000 && play.ceiling_high_ns >= 50000,
           "and its place is known better than that time");
    TAP_OK(haltpoll_play_begins("poll_control", "poll control moves the knee"), "poll control moves it");
}

int main(void)
{
    check_entry();
    check_short_poll();
    check_nothing();
    check_dear_hlt();
    TAP_INT(play.cut_rows, 0, "every row fits its record");
    return tap_done();
}
