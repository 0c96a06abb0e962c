/* SPDX-License-Identifier: MIT */
/*
 * The experiment haltpoll itself, its sweeps, trials, verdicts and words, played against a synthetic host in the place
 * of one halt: one step of it, and what it said. Single-threaded; one play at a time.
 */
#ifndef LAB_TESTS_UNIT_HALTPOLL_PLAY_H
#define LAB_TESTS_UNIT_HALTPOLL_PLAY_H

#include "experiments/haltpoll/parts.h"
#include "tests/unit/synthetic_halt_host.h"

enum { PLAY_SAYINGS = 4, PLAY_SAYING_BYTES = 256, PLAY_BLOCKS_MAX = 512, PLAY_LONGEST_NS = 1000000000 };

/* One halt of another kind of host than `host`. */
struct play_halt {
    uint64_t silent_ns;
    int64_t latency_ns;
    uint64_t steal_ns; /* as the host tells it */
};

struct haltpoll_play {
    struct synthetic_halt_host host;
    struct play_halt (*other)(void *owner, uint64_t length_ns); /* NULL: `host` */
    void (*set_polling)(void *owner, bool on);                  /* by poll control, of `other` */
    void *owner;
    bool tells_no_steal;
    uint64_t limit_ns;   /* of the host, while poll control is 1 */
    uint64_t lead_ns;    /* from asking for an event to the stamp before the wait */
    uint64_t step_at_ns; /* from here on a wake costs more, whatever came before; 0: nowhere */
    char id[PLAY_SAYINGS][32], confidence[PLAY_SAYINGS][16], text[PLAY_SAYINGS][PLAY_SAYING_BYTES];
    unsigned said;
    int64_t knee_ns;
    uint64_t ceiling_low_ns, ceiling_high_ns; /* as said, or as judged where it was not said */
    uint64_t halts;
    uint64_t longest_ns; /* halt asked for, ever */
    void *blocks[PLAY_BLOCKS_MAX];
    unsigned block_count;
    unsigned cut_rows; /* records that did not fit */
};

/* Set host and step_at_ns, or `other` and its owner; the rest is what the last run left. */
extern struct haltpoll_play play;

/* Today's defaults of KVM on a quiet machine, with these parameters, for the next runs. */
void haltpoll_play_take(uint64_t limit_ns, uint32_t grow, uint64_t start_ns, uint32_t shrink);

void haltpoll_play_run(enum haltpoll_test test);

/* The words of one finding and its confidence; "" where it was not made. */
const char *haltpoll_play_said(const char *id);
bool haltpoll_play_begins(const char *id, const char *with);
const char *haltpoll_play_confidence(const char *id);

/* All findings, as diagnostics. */
void haltpoll_play_show(const char *name);

#endif /* LAB_TESTS_UNIT_HALTPOLL_PLAY_H */
