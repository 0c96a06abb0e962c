/* SPDX-License-Identifier: MIT */
/*
 * The two locks that `ple` hands from CPU to CPU, first come first served: a ticket lock (all poll one word) and an MCS
 * lock (each polls a word of its own). Every wait ends when `stop` is set, so that a holder that does not run blocks no
 * CPU for ever; a CPU that was sent away has lost its place in the queue, and the lock must be made anew before its
 * next use.
 */
#ifndef LAB_EXPERIMENTS_PLE_LOCK_H
#define LAB_EXPERIMENTS_PLE_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A CPU's node in an MCS lock; on lines of its own. */
struct ple_node {
    struct ple_node *next __attribute__((aligned(128))); /* atomic */
    uint32_t wait;                                       /* atomic; polled by its owner only */
};

struct ple_lock {
    uint32_t ticket __attribute__((aligned(128))); /* atomic; the next one to be drawn */
    uint32_t serving __attribute__((aligned(128)));
    struct ple_node *tail __attribute__((aligned(128))); /* atomic; NULL: free */
};

enum ple_got {
    PLE_GOT_AT_ONCE, /* it was free */
    PLE_GOT_IN_TURN, /* after a wait */
    PLE_SENT_AWAY,   /* stop was set */
};

/* How a CPU waits. limit_tsc bounds a single wait: it sets *stop when it has passed. */
struct ple_wait {
    bool pause;
    uint32_t *stop; /* atomic */
    uint64_t limit_tsc;
    bool expired; /* out: this CPU's limit set stop */
};

/*
 * Waits until *word is `value`, or (`equal` false) is not; false when it was sent away. *waited: it did not hold at
 * once.
 */
bool ple_wait_until(struct ple_wait *wait, const uint32_t *word, uint32_t value, bool equal, bool *waited);

/* Take and release each lock. PLE_SENT_AWAY: the CPU does not hold it. */
enum ple_got ple_ticket_lock(struct ple_lock *lock, struct ple_wait *wait);
void ple_ticket_unlock(struct ple_lock *lock);
enum ple_got ple_mcs_lock(struct ple_lock *lock, struct ple_node *node, struct ple_wait *wait);
void ple_mcs_unlock(struct ple_lock *lock, struct ple_node *node, struct ple_wait *wait);

#endif /* LAB_EXPERIMENTS_PLE_LOCK_H */
