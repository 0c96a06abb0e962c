/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/ple/lock.c
/*
 * experiments/ple/lock.c between threads of a program: one holder at a time, no thread is passed over twice, and a
 * holder that never lets go blocks none for ever.
 */
#include "tests/unit/tap.h"

#include <pthread.h>

#include "arch/x86/time/tsc.h"
#include "experiments/ple/lock.h"

enum { THREADS = 3, TURNS = 100, HOLD = 300, LIMIT_TSC = 50000000 };

struct shared {
    struct ple_lock lock;
    bool mcs;
    uint32_t stop;
    pthread_barrier_t start;
    uint64_t turns; /* not atomic: the lock's to protect */
    uint32_t inside;
    bool overlapped;
    struct ple_node nodes[THREADS];
};

struct part {
    struct shared *shared;
    unsigned index;
    struct ple_wait wait;
    enum ple_got last;
};

static enum ple_got take(struct part *part)
{
    struct shared *shared = part->shared;

    return shared->mcs ? ple_mcs_lock(&shared->lock, &shared->nodes[part->index], &part->wait)
                       : ple_ticket_lock(&shared->lock, &part->wait);
}

static void let_go(struct part *part)
{
    struct shared *shared = part->shared;

    if (shared->mcs)
        ple_mcs_unlock(&shared->lock, &shared->nodes[part->index], &part->wait);
    else
        ple_ticket_unlock(&shared->lock);
}

static void *take_turns(void *argument)
{
    struct part *part = argument;
    struct shared *shared = part->shared;
    uint64_t turns;

    pthread_barrier_wait(&shared->start);
    for (unsigned i = 0; i < TURNS; i++) {
        part->last = take(part);
        if (part->last == PLE_SENT_AWAY)
            break;
        if (__atomic_add_fetch(&shared->inside, 1, __ATOMIC_SEQ_CST) != 1)
            shared->overlapped = true;
        turns = shared->turns;
        for (unsigned k = 0; k < HOLD; k++)
            pause();
        shared->turns = turns + 1;
        __atomic_sub_fetch(&shared->inside, 1, __ATOMIC_SEQ_CST);
        let_go(part);
    }
    return NULL;
}

static struct part part_of(struct shared *shared, unsigned index, bool pause, uint64_t limit_tsc)
{
    return (struct part){
        .shared = shared, .index = index, .wait = {.pause = pause, .stop = &shared->stop, .limit_tsc = limit_tsc}};
}

static void check_exclusion(bool mcs, bool pause)
{
    static struct shared shared;
    struct part parts[THREADS];
    pthread_t threads[THREADS];
    bool sent_away = false;

    shared = (struct shared){.mcs = mcs};
    pthread_barrier_init(&shared.start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        parts[i] = part_of(&shared, i, pause, UINT64_C(500) * LIMIT_TSC);
        pthread_create(&threads[i], NULL, take_turns, &parts[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sent_away = sent_away || parts[i].last == PLE_SENT_AWAY;
    }
    pthread_barrier_destroy(&shared.start);
    TAP_INT(shared.turns, THREADS * TURNS, mcs ? "mcs_loses_no_turn" : "ticket_loses_no_turn");
    TAP_OK(!shared.overlapped, mcs ? "mcs_holds_alone" : "ticket_holds_alone");
    TAP_OK(!sent_away, "nobody_is_sent_away");
}

/* The holder does not let go: the waiter's limit sends it away, and says whose limit it was. */
static void check_stuck(bool mcs)
{
    static struct shared shared;
    struct part holder, waiter;
    uint64_t begin_tsc;

    shared = (struct shared){.mcs = mcs};
    holder = part_of(&shared, 0, true, LIMIT_TSC);
    waiter = part_of(&shared, 1, true, LIMIT_TSC);
    TAP_INT(take(&holder), PLE_GOT_AT_ONCE, "a_free_lock_is_got_at_once");
    begin_tsc = tsc_now();
    TAP_INT(take(&waiter), PLE_SENT_AWAY, "a_waiter_is_sent_away");
    TAP_OK(tsc_now() - begin_tsc >= LIMIT_TSC, "not_before_its_limit");
    TAP_OK(waiter.wait.expired && !holder.wait.expired, "and_says_whose_limit_it_was");
    TAP_INT(shared.stop, 1, "all_others_are_told");
}

/* A CPU that was queued but never says so holds up the one that lets go no longer than the limit. */
static void check_half_queued(void)
{
    static struct shared shared;
    struct part holder;

    shared = (struct shared){.mcs = true};
    holder = part_of(&shared, 0, false, LIMIT_TSC);
    TAP_INT(take(&holder), PLE_GOT_AT_ONCE, "holder_in");
    shared.lock.tail = &shared.nodes[1];
    let_go(&holder);
    TAP_OK(holder.wait.expired, "letting_go_is_bounded");
}

/* One word, until it is that value, and until it is another one. */
static void check_words(void)
{
    static struct shared shared;
    struct ple_wait wait = {.stop = &shared.stop, .limit_tsc = 1000};
    uint32_t word = 5;
    bool waited;

    TAP_OK(ple_wait_until(&wait, &word, 5, true, &waited) && !waited, "the_value_is_there");
    TAP_OK(ple_wait_until(&wait, &word, 4, false, &waited) && !waited, "another_value_is_there");
    TAP_OK(!ple_wait_until(&wait, &word, 5, false, &waited) && waited, "no_other_value_comes");
    shared.stop = 0;
    TAP_OK(!ple_wait_until(&wait, &word, 4, true, &waited) && waited, "nor_does_that_value");
}

static void check_order(bool mcs)
{
    static struct shared shared;
    struct part first, second;

    shared = (struct shared){.mcs = mcs};
    first = part_of(&shared, 0, true, LIMIT_TSC);
    second = part_of(&shared, 1, true, LIMIT_TSC);
    TAP_INT(take(&first), PLE_GOT_AT_ONCE, "first_in");
    let_go(&first);
    TAP_INT(take(&second), PLE_GOT_AT_ONCE, "second_in_after_it");
    let_go(&second);
    TAP_INT(take(&first), PLE_GOT_AT_ONCE, "and_the_first_again");
    TAP_OK(!shared.stop, "nobody_waited_too_long");
}

int main(void)
{
    for (unsigned way = 0; way < 4; way++)
        check_exclusion(way & 1, way & 2);
    for (unsigned mcs = 0; mcs < 2; mcs++) {
        check_stuck(mcs);
        check_order(mcs);
    }
    check_half_queued();
    check_words();
    return tap_done();
}
