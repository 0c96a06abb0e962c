/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/ple/contest.c experiments/ple/handed.c experiments/ple/lock.c
/*
 * When a slice of `ple test=overcommit` ends: by its goal, or by its time, and not because a CPU's stamp, turned into
 * CPU 0's TSC by an offset that is known to a bound alone, is before the slice's begin. One CPU, which wants its own
 * lock. And what is kept of two that want one.
 */
#include <pthread.h>

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/cpu/smp.h"
#include "experiments/ple/contest.h"
#include "experiments/kit/experiment.h"
#include "tests/unit/tap.h"

#include <string.h>

enum { KEPT_MAX = 200 };

static const uint64_t far_tsc = UINT64_C(1) << 50;

/* The other CPU: a thread, where a test wants one; else no other takes part. */
static struct {
    bool wanted;
    pthread_t thread;
    void (*fn)(void *argument);
    void *argument;
} other_cpu;

static void *run_other(void *unused)
{
    (void)unused;
    other_cpu.fn(other_cpu.argument);
    return NULL;
}

bool smp_run(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)machine, (void)cpu;
    other_cpu.fn = fn;
    other_cpu.argument = argument;
    return other_cpu.wanted && pthread_create(&other_cpu.thread, NULL, run_other, NULL) == 0;
}

bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc)
{
    (void)cpu, (void)limit_tsc;
    return !other_cpu.wanted || pthread_join(other_cpu.thread, NULL) == 0;
}

int64_t ple_rest(struct step *step, struct idle_call *call, uint64_t length_tsc)
{
    (void)step, (void)call, (void)length_tsc;
    return 0;
}

/* How often the lock is taken in a slice so long, on a CPU whose TSC is said to be ahead by so much. */
static uint64_t taken(enum contest_kind kind, int64_t offset_tsc, uint64_t slice_tsc)
{
    static struct contest contest;
    static struct percpu cpu;
    static int64_t handed_tsc[KEPT_MAX];
    struct contest_tally tally = {.kind = kind, .pause = true, .limit = KEPT_MAX, .handed_tsc = handed_tsc};

    cpu.tsc_offset = offset_tsc;
    contest = (struct contest){.party_count = 1, .limit_tsc = far_tsc, .slice_tsc = slice_tsc};
    contest.parties[0] = (struct contest_party){.contest = &contest, .cpu = &cpu};
    contest_run(&contest, &tally);
    return tally.taken;
}

/* The poller does not come: every setting of the flag was missed, and the wait for it ends. */
static void test_no_poller(void)
{
    static struct contest contest;
    static struct percpu cpu, other;
    static int64_t handed_tsc[KEPT_MAX], late_tsc[KEPT_MAX];
    struct step step = {.machine = NULL};
    struct contest_tally tally = {.kind = CONTEST_FLAG, .limit = 4, .handed_tsc = handed_tsc, .late_tsc = late_tsc};

    contest = (struct contest){.step = &step, .party_count = 1, .limit_tsc = 1000};
    contest.parties[0] = (struct contest_party){.contest = &contest, .cpu = &cpu};
    contest.parties[1] = (struct contest_party){.contest = &contest, .cpu = &other, .index = 1};
    contest_run(&contest, &tally);
    TAP_INT(tally.missed, CONTEST_FLAGS, "a flag that is not seen is missed");
    TAP_INT(step.rejected, CONTEST_FLAGS, "and is no sample");
    TAP_INT(tally.kept, 0, "so none is kept");
    TAP_INT(tally.abandoned, 1, "the slice was abandoned");
    TAP_INT(contest.party_count, 1, "two poll a flag, whatever the lock has");
}

/* As on kvm_intel in Bochs, two virtual CPUs on one: a median of -199874 ticks, the offset known to 755045. */
static void test_words(void)
{
    int64_t before_tsc[] = {-210000, -199874, -150000}, after_tsc[] = {900000, 1000000, 1100000};
    int64_t near_tsc[] = {700000, 700000, 700000};
    struct contest_tally tallies[2] = {{.handed_tsc = after_tsc, .kept = 3},
                                       {.pause = true, .handed_tsc = before_tsc, .kept = 3}};
    char text[200];

    contest_describe("mcs", tallies, 755045, text, sizeof(text));
    TAP_OK(!strstr(text, "-1") && strstr(text, "at most 555171 ticks with PAUSE, 1755045 without"), text);
    TAP_OK(strstr(text, "of 3 and 3; the clocks' offset is known to 755045)"), "no part of a time is longer than that");
    contest_describe("mcs", tallies, 10, text, sizeof(text));
    TAP_OK(strstr(text, "at most -") == NULL, "what a wrong bound leaves is not shown as a bound");
    tallies[1].handed_tsc = after_tsc;
    contest_describe("mcs", tallies, 755045, text, sizeof(text));
    TAP_OK(strstr(text, "at most 1755045 ticks with PAUSE"), "an offset that may be most of it is said");
    contest_describe("mcs", tallies, 50001, text, sizeof(text));
    TAP_OK(strstr(text, "at most 1050001 ticks with PAUSE"), "and one that may be over a twentieth");
    contest_describe("mcs", tallies, 40000, text, sizeof(text));
    TAP_OK(strstr(text, "in 1000000 ticks with PAUSE, 1000000 without"), text);
    tallies[1].handed_tsc = near_tsc;
    contest_describe("mcs", tallies, 40000, text, sizeof(text));
    TAP_OK(strstr(text, "at most 740000 ticks with PAUSE, 1040000 without"), "of either of them");
    tallies[1].kept = 0;
    tallies[1].slices = 4;
    contest_describe("ticket", tallies, 755045, text, sizeof(text));
    TAP_OK(strstr(text, "no hand-over seen with PAUSE") && strstr(text, "4 slices"), text);
    tallies[0].kept = 0;
    contest_describe("ticket", tallies, -1, text, sizeof(text));
    TAP_OK(strstr(text, "no hand-over seen: "), "whatever is known of the clocks");
}

/* The metric and the distribution of the same. */
static void test_figure(void)
{
    int64_t tsc[] = {-210000, -199874, 150000};
    struct contest_tally tally = {.handed_tsc = tsc, .kept = 3, .handed = 7};

    TAP_OK(contest_figure(&tally, true, 755045).value == 555171, "a median within the bound is what it is at most");
    TAP_STR(contest_figure(&tally, true, 755045).word, "ticket_pause_at_most", "and called so");
    TAP_OK(contest_figure(&tally, true, 10).value == 7, "below the bound it is no time: how often");
    TAP_OK(contest_figure(&tally, false, 755045).value == 7, "nor where the offset is not known");
    TAP_OK(!contest_is_time(&tally), "a distribution of negative times is none");
    tsc[1] = 140000;
    TAP_OK(contest_is_time(&tally), "where most are behind the release it is one");
    TAP_STR(contest_figure(&tally, true, 139999).word, "ticket_pause_p50", "a median above the bound");
    tally.handed = tally.kept = 0;
    TAP_OK(!contest_figure(&tally, true, 10).word && !contest_figure(&tally, false, 10).word, "none seen: no figure");
    TAP_OK(contest_is_time(&tally), "an empty distribution");
}

/* Two CPUs that hand the lock to each other more often than there is room: in one slice, or in the next ones. */
static void test_room(enum contest_kind kind)
{
    enum { ROOM = 4, SLICES_MAX = 1000 };
    static struct contest contest;
    static struct percpu cpu, other;
    int64_t handed_tsc[ROOM + 1] = {[ROOM] = -1};
    struct step step = {.machine = NULL};
    struct contest_tally tally = {.kind = kind, .pause = true, .limit = ROOM, .handed_tsc = handed_tsc};

    contest = (struct contest){.step = &step, .party_count = 2, .limit_tsc = far_tsc, .slice_tsc = far_tsc};
    contest.parties[0] = (struct contest_party){.contest = &contest, .cpu = &cpu};
    contest.parties[1] = (struct contest_party){.contest = &contest, .cpu = &other, .index = 1};
    other_cpu.wanted = true;
    while (tally.handed <= ROOM && tally.slices < SLICES_MAX)
        contest_run(&contest, &tally);
    other_cpu.wanted = false;
    TAP_OK(tally.handed > ROOM, "the lock is handed over");
    TAP_INT(tally.kept, ROOM, "no more is kept than there is room for");
    TAP_INT(handed_tsc[ROOM], -1, "and nothing is written behind it");
    TAP_INT(tally.taken, tally.taken_by[0] + tally.taken_by[1], "each taking is one CPU's");
}

int main(void)
{
    test_words();
    test_figure();
    test_no_poller();
    for (enum contest_kind kind = CONTEST_TICKET; kind <= CONTEST_MCS; kind++) {
        TAP_INT(taken(kind, 0, far_tsc), CONTEST_GOAL, "a slice ends by its goal");
        TAP_INT(taken(kind, 1 << 30, far_tsc), CONTEST_GOAL, "on a stamp before its begin as well");
        TAP_INT(taken(kind, -(1 << 30), 1 << 20), 1, "or by its time");
        test_room(kind);
    }
    return tap_done();
}
