/* SPDX-License-Identifier: MIT */
/*
 * What each CPU does in a slice. All stamps are turned into CPU 0's TSC by the measured offsets; a hand-over lasts from
 * the holder's stamp before its release to the first stamp of the CPU that waited, which records it under the lock.
 */
#include "experiments/ple/contest.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/tsc.h"
#include "lib/cstring.h"

enum {
    HOLD_ROUNDS = 100, /* some hundred cycles of work under the lock */
};

static uint64_t common_tsc(const struct contest_party *party)
{
    return tsc_now() - (uint64_t)party->cpu->tsc_offset;
}

static void hold(void)
{
    for (unsigned i = 0; i < HOLD_ROUNDS; i++)
        __asm__ volatile("" : : : "memory");
}

static bool arrive(struct contest_party *party)
{
    struct contest *contest = party->contest;
    bool waited;

    __atomic_fetch_add(&contest->arrived, 1, __ATOMIC_ACQ_REL);
    return ple_wait_until(&party->wait, &contest->arrived, contest->party_count, true, &waited);
}

/* Takes a turn, under the lock. */
static void take_turn(struct contest_party *party, enum ple_got got, uint64_t now_tsc)
{
    struct contest *contest = party->contest;
    struct contest_tally *tally = contest->tally;

    tally->taken++;
    tally->taken_by[party->index]++;
    if (got == PLE_GOT_IN_TURN) {
        tally->handed++;
        if (tally->kept < tally->limit)
            tally->handed_tsc[tally->kept++] = (int64_t)(now_tsc - contest->released_tsc);
    }
    /* Signed: an offset is known only to its bound, so now may be before the beginning. */
    if (++contest->taken >= CONTEST_GOAL || (int64_t)(now_tsc - contest->begin_tsc) > (int64_t)contest->slice_tsc)
        __atomic_store_n(&contest->stop, 1, __ATOMIC_RELEASE);
    hold();
}

static void contend(void *argument)
{
    struct contest_party *party = argument;
    struct contest *contest = party->contest;
    bool mcs = contest->tally->kind == CONTEST_MCS;

    if (!arrive(party))
        return;
    while (!__atomic_load_n(&contest->stop, __ATOMIC_ACQUIRE)) {
        enum ple_got got = mcs ? ple_mcs_lock(&contest->lock, &party->node, &party->wait)
                               : ple_ticket_lock(&contest->lock, &party->wait);

        if (got == PLE_SENT_AWAY)
            return;
        take_turn(party, got, common_tsc(party));
        contest->released_tsc = common_tsc(party);
        if (mcs)
            ple_mcs_unlock(&contest->lock, &party->node, &party->wait);
        else
            ple_ticket_unlock(&contest->lock);
    }
}

/* The poller: records which setting it saw, and when. */
static void poll_flag(void *argument)
{
    struct contest_party *party = argument;
    struct contest *contest = party->contest;
    uint32_t last = 0;
    bool waited;

    if (!arrive(party))
        return;
    while (last < CONTEST_FLAGS && ple_wait_until(&party->wait, &contest->flag, last, false, &waited)) {
        uint64_t now_tsc = common_tsc(party);

        last = __atomic_load_n(&contest->flag, __ATOMIC_ACQUIRE);
        contest->seen_tsc[last - 1] = now_tsc;
        __atomic_store_n(&contest->seen, last, __ATOMIC_RELEASE);
    }
}

/* CPU 0: out of HLT, set the flag, back into HLT. */
static void set_flags(struct contest *contest)
{
    struct contest_party *party = &contest->parties[0];
    struct contest_tally *tally = contest->tally;
    bool waited;

    if (!arrive(party))
        return;
    for (uint32_t i = 0; i < CONTEST_FLAGS; i++) {
        int64_t late_tsc = ple_rest(contest->step, &contest->call, contest->rest_tsc);

        if (tally->late_kept < tally->limit)
            tally->late_tsc[tally->late_kept++] = late_tsc;
        contest->set_tsc[i] = common_tsc(party);
        __atomic_store_n(&contest->flag, i + 1, __ATOMIC_RELEASE);
    }
    (void)ple_wait_until(&party->wait, &contest->seen, CONTEST_FLAGS, true, &waited);
    __atomic_store_n(&contest->stop, 1, __ATOMIC_RELEASE);
}

static void keep_flags(struct contest *contest)
{
    struct contest_tally *tally = contest->tally;

    for (uint32_t i = 0; i < CONTEST_FLAGS; i++) {
        tally->missed += !contest->seen_tsc[i];
        contest->step->rejected += !contest->seen_tsc[i];
        if (contest->seen_tsc[i] && tally->kept < tally->limit)
            tally->handed_tsc[tally->kept++] = (int64_t)(contest->seen_tsc[i] - contest->set_tsc[i]);
    }
}

static void reset(struct contest *contest, struct contest_tally *tally)
{
    contest->tally = tally;
    contest->stop = 0;
    contest->arrived = 0;
    contest->lock = (struct ple_lock){0};
    contest->taken = 0;
    contest->flag = 0;
    contest->seen = 0;
    memset(contest->seen_tsc, 0, sizeof(contest->seen_tsc));
    for (uint32_t i = 0; i < CONTEST_CPUS_MAX; i++) {
        struct contest_party *party = &contest->parties[i];

        party->wait = (struct ple_wait){tally->pause, &contest->stop, contest->limit_tsc, false};
    }
    contest->begin_tsc = tsc_now();
}

void contest_run(struct contest *contest, struct contest_tally *tally)
{
    bool flag = tally->kind == CONTEST_FLAG;
    uint32_t all = contest->party_count;
    bool abandoned = false;

    contest->party_count = flag ? 2 : all;
    reset(contest, tally);
    for (uint32_t i = 1; i < contest->party_count; i++)
        smp_run(contest->step->machine, contest->parties[i].cpu, flag ? poll_flag : contend, &contest->parties[i]);
    if (flag)
        set_flags(contest);
    else
        contend(&contest->parties[0]);
    for (uint32_t i = 1; i < contest->party_count; i++)
        smp_join(contest->parties[i].cpu);
    for (uint32_t i = 0; i < contest->party_count; i++)
        abandoned = abandoned || contest->parties[i].wait.expired;
    contest->party_count = all;
    tally->slices++;
    tally->abandoned += abandoned;
    tally->spent_tsc += tsc_now() - contest->begin_tsc;
    if (flag)
        keep_flags(contest);
}
