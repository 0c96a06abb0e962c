/* SPDX-License-Identifier: MIT */
/*
 * What the files of the experiment `haltpoll` share: its keys, one halt, sweeps over intervals, and one step's working
 * set.
 */
#ifndef LAB_EXPERIMENTS_HALTPOLL_MODEL_H
#define LAB_EXPERIMENTS_HALTPOLL_MODEL_H

#include "arch/x86/hv/kvm.h"
#include "arch/x86/hv/steal.h"
#include "experiments/kit/calibrate.h"
#include "experiments/kit/wait.h"
#include "lib/fixed.h"
#include "lib/governor/governor.h"
#include "lib/infer/halt_ladder.h"
#include "lib/infer/knee.h"
#include "lib/infer/timer_advance.h"
#include "lib/prng.h"

enum haltpoll_key {
    KEY_TEST,
    KEY_BY,
    KEY_HOST,
    KEY_CPU,
    KEY_SHORTEST,
    KEY_LONGEST,
    KEY_POINTS,
    KEY_SAMPLES,
    KEY_TRIALS,
    KEY_BUDGET,
    KEY_SEED,
    KEY_COUNT,
};

enum {
    HALTPOLL_LONG_NS = 4000000, /* beyond, no host polls: no training, and fewer samples */
    HALTPOLL_SHORT_NS = 1000000,
};

enum haltpoll_test { TEST_PENDING, TEST_CURVE, TEST_LADDER, TEST_CONTROL, TEST_GUEST };

/* A guest's own polling: haltpoll's state, and what it did for the samples that count. */
struct haltpoll_guest {
    struct governor_run governor;
    uint32_t trained; /* waits that only taught it */
    uint32_t polled;  /* waits that its poll ended */
    uint32_t halts;
    uint64_t burned_tsc; /* in polls */
};

/* One interval of a sweep. */
struct haltpoll_point {
    uint64_t at_tsc;
    uint32_t count, training_count;
    uint32_t rejects[REJECT_COUNT]; /* [REJECT_NONE]: kept */
    int64_t *latency_tsc;           /* kept samples */
    int64_t *silent_tsc;
    int64_t *training_tsc;        /* latencies of the halts before them */
    struct haltpoll_guest *guest; /* NULL: every wait is a halt */
};

struct haltpoll_sweep {
    const char *name; /* in rows */
    bool host_off;    /* poll control 0: the host shall not poll */
    struct haltpoll_point points[KNEE_POINTS_MAX];
};

/* Sweeps that take turns, pass by pass. */
struct haltpoll_sweeps {
    uint32_t count;
    uint32_t point_count;
    uint32_t passes;
    uint32_t pass, sweep, point; /* where it stands */
    uint32_t first;              /* of two sweeps, the one that this pass begins with */
    struct haltpoll_sweep sweep_list[2];
};

enum haltpoll_phase { PHASE_COARSE, PHASE_FINE, PHASE_HISTORY, PHASE_LADDER, PHASE_DONE, PHASE_LOOK, PHASE_LOOK_AGAIN };

/*
 * Halts within the ceiling, cold (after long ones) and warm (after halts like them). A host that polls adapts: cold
 * ones are slow, warm ones fast. A step of the latency for another reason does not depend on the halts before.
 */
struct haltpoll_history {
    uint32_t rounds, cold_count, cold_slow, warm_count, warm_fast;
};

enum haltpoll_knee { KNEE_NOT_JUDGED, KNEE_IS_POLLING, KNEE_IS_OTHER, KNEE_IS_UNCLEAR };

struct haltpoll_pending {
    uint32_t count;
    int64_t *cpuid_tsc, *hlt_tsc, *nop_tsc;
};

struct haltpoll {
    enum haltpoll_test test;
    struct nap nap;               /* its `waits` are the HLT instructions that this CPU executed in the step */
    struct haltpoll_guest *guest; /* guest-side poll under test; NULL: the wait is a halt */
    struct prng prng;
    enum haltpoll_phase phase;
    bool host_refused;      /* poll control could not be written */
    struct advance advance; /* of the host's timer; period 0: none that is learnt and lost again */
    uint64_t steal_samples, steal_ns;
    uint64_t short_halts, short_stolen; /* of up to HALTPOLL_SHORT_NS: those that a host may poll through */
    struct empty_path empty;
    uint64_t sleeps_from_ns;  /* by this time the host polls, or sleeps where it does not poll; 0: not seen */
    uint64_t enters_after_ns; /* and not before this one; 0: not known */
    struct haltpoll_sweeps coarse, fine;
    struct knees coarse_knees[2]; /* knees of each coarse sweep */
    struct knees fine_knees;
    struct halt_ceiling ceiling; /* of the most exact sweep; at_ns 0: none */
    const struct knee *knee;     /* the knee that gave it */
    bool closer;                 /* which is one of the closer sweep */
    uint64_t coarse_low_ns;      /* the coarse sweep's last interval before its knee */
    struct haltpoll_history history;
    struct halt_ladder *ladder;
    const char *ladder_refused;
    struct halt_rule rule; /* what the ladder's trials say */
    uint64_t lead_ns;      /* from asking for an event to the stamp before the wait; an interval is shorter by this */
    struct idle_table guest_table;
    struct haltpoll_pending pending;
};

#endif /* LAB_EXPERIMENTS_HALTPOLL_MODEL_H */
