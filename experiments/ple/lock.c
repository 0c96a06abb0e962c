/* SPDX-License-Identifier: MIT */
#include "experiments/ple/lock.h"

#include "arch/x86/time/tsc.h"

enum { LOOK_POLLS = 256 }; /* between two reads of the clock */

static bool over(const uint32_t *word, uint32_t value, bool equal)
{
    return (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) == equal;
}

static void expire(struct ple_wait *wait)
{
    wait->expired = true;
    __atomic_store_n(wait->stop, 1, __ATOMIC_RELEASE);
}

bool ple_wait_until(struct ple_wait *wait, const uint32_t *word, uint32_t value, bool equal, bool *waited)
{
    uint64_t begin_tsc = tsc_now();
    uint32_t polls = 0;

    *waited = false;
    while (!over(word, value, equal)) {
        *waited = true;
        if (wait->pause)
            pause();
        if (__atomic_load_n(wait->stop, __ATOMIC_RELAXED))
            return false;
        if (++polls % LOOK_POLLS == 0 && tsc_now() - begin_tsc > wait->limit_tsc)
            expire(wait);
    }
    return true;
}

static enum ple_got got(bool in_time, bool waited)
{
    if (!in_time)
        return PLE_SENT_AWAY;
    return waited ? PLE_GOT_IN_TURN : PLE_GOT_AT_ONCE;
}

enum ple_got ple_ticket_lock(struct ple_lock *lock, struct ple_wait *wait)
{
    uint32_t mine = __atomic_fetch_add(&lock->ticket, 1, __ATOMIC_RELAXED);
    bool waited, in_time = ple_wait_until(wait, &lock->serving, mine, true, &waited);

    return got(in_time, waited);
}

void ple_ticket_unlock(struct ple_lock *lock)
{
    __atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

enum ple_got ple_mcs_lock(struct ple_lock *lock, struct ple_node *node, struct ple_wait *wait)
{
    struct ple_node *before;
    bool waited, in_time;

    node->next = NULL;
    node->wait = 1;
    before = __atomic_exchange_n(&lock->tail, node, __ATOMIC_ACQ_REL);
    if (!before)
        return PLE_GOT_AT_ONCE;
    __atomic_store_n(&before->next, node, __ATOMIC_RELEASE);
    in_time = ple_wait_until(wait, &node->wait, 0, true, &waited);
    return got(in_time, waited);
}

/* Waits for a CPU that has its place but is not linked yet: it is between two instructions, or does not run. */
static struct ple_node *next_of(const struct ple_node *node, struct ple_wait *wait)
{
    uint64_t begin_tsc = tsc_now();
    struct ple_node *next;

    while (!(next = __atomic_load_n(&node->next, __ATOMIC_ACQUIRE))) {
        if (__atomic_load_n(wait->stop, __ATOMIC_RELAXED))
            return NULL;
        if (wait->pause)
            pause();
        if (tsc_now() - begin_tsc > wait->limit_tsc)
            expire(wait);
    }
    return next;
}

void ple_mcs_unlock(struct ple_lock *lock, struct ple_node *node, struct ple_wait *wait)
{
    struct ple_node *expected = node, *next;

    if (__atomic_compare_exchange_n(&lock->tail, &expected, NULL, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    next = next_of(node, wait);
    if (next)
        __atomic_store_n(&next->wait, 0, __ATOMIC_RELEASE);
}
