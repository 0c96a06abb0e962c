// SPDX-License-Identifier: MIT
/* What the files of the experiment `haltpoll` share: its keys, one halt, sweeps over intervals, and one step's working set. */
#ifndef LAB_EXPERIMENTS_HALTPOLL_H
#define LAB_EXPERIMENTS_HALTPOLL_H

#include "arch/x86/hv/kvm.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/wake/wake.h"
#include "arch/x86/wake/waker.h"
#include "experiments/engine/calibrate.h"
#include "experiments/experiment.h"
#include "lib/fixed.h"
#include "lib/governor/governor.h"
#include "lib/infer/halt_ladder.h"
#include "lib/infer/knee.h"
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
};

enum haltpoll_test { TEST_PENDING, TEST_CURVE, TEST_LADDER, TEST_CONTROL, TEST_GUEST };

extern const struct param_spec haltpoll_params[KEY_COUNT];

/* Pure, for the plan. */
const char *haltpoll_check(const struct plan_step *step);
uint64_t haltpoll_estimate_ns(const struct plan_step *step);
uint64_t haltpoll_memory_bytes(const struct plan_step *step);

/* What became of one halt; all but the first are counted and not kept. */
enum haltpoll_outcome {
    HALT_KEPT,
    HALT_EARLY,    /* the event came before the CPU could halt */
    HALT_SPURIOUS, /* something else ended the wait */
    HALT_SKEW,     /* an older interrupt was taken for it */
    HALT_STOLEN,   /* the host ran something else meanwhile */
    HALT_OUTCOMES,
};

/* Ticks of the TSC. */
struct haltpoll_halt {
    enum haltpoll_outcome outcome;
    uint64_t silent_tsc; /* the last stamp before the wait to the event */
    int64_t latency_tsc; /* the event to the first stamp after it */
};

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
    uint32_t outcomes[HALT_OUTCOMES];
    int64_t *latency_tsc; /* kept samples */
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
    struct haltpoll_sweep sweep_list[2];
};

enum haltpoll_phase { PHASE_COARSE, PHASE_FINE, PHASE_HISTORY, PHASE_LADDER, PHASE_DONE };

/*
 * Halts within the ceiling, cold (after long ones) and warm (after halts like them). A host that polls adapts: cold ones are slow, warm ones
 * fast. A step for another reason does not care for what came before.
 */
struct haltpoll_history {
    uint32_t rounds, cold_count, cold_slow, warm_count, warm_fast;
};

enum haltpoll_evidence { EVIDENCE_NONE, EVIDENCE_POLLS, EVIDENCE_OTHER, EVIDENCE_UNCLEAR };

struct haltpoll_pending {
    uint32_t count, missed;
    int64_t *cpuid_tsc, *hlt_tsc, *nop_tsc;
};

struct haltpoll {
    enum haltpoll_test test;
    const struct idle_method *hlt;
    const struct wake_source *source;
    struct idle_call call;
    struct waker waker;
    struct kvm_steal_time *steal; /* NULL: the host gives none */
    struct prng prng;
    enum haltpoll_phase phase;
    bool host_refused; /* poll control could not be written */
    uint64_t hlts;     /* HLT instructions that this CPU executed in the step */
    uint64_t steal_samples, steal_ns;
    struct empty_path empty;
    struct haltpoll_sweeps coarse, fine;
    struct knees coarse_knees[2]; /* of each sweep */
    struct knees fine_knees;
    struct halt_ceiling ceiling; /* of the sweep that knows best; at_ns 0: none */
    const struct knee *knee;     /* behind it */
    struct haltpoll_history history;
    struct halt_ladder *ladder;
    const char *ladder_refused;
    struct halt_rule rule; /* what the ladder's trials say */
    uint64_t
        lead_ns; /* from asking for an event to the stamp before the wait: what an interval lacks */
    struct idle_table guest_table;
    struct haltpoll_pending pending;
};

/* One wait for an event after so many ticks, by HLT, or by the guest's polling where there is a state of it. On run->cpu, in a batch. */
struct haltpoll_halt haltpoll_take(struct run *run, uint64_t ticks_tsc,
                                   struct haltpoll_guest *guest);

/* Waits by haltpoll's rule until the watched word has changed. Returns the stamp after it; *before_tsc is the first one. */
uint64_t haltpoll_guest_wait(struct run *run, struct haltpoll_guest *guest, uint64_t *before_tsc);

/* False: no memory. Points by factors from low to high, or as they stand in at_ns. In prepare() and in a batch. */
bool haltpoll_sweeps_begin(struct run *run, struct haltpoll_sweeps *sweeps, uint32_t point_count,
                           uint32_t passes);
void haltpoll_spread(struct run *run, struct haltpoll_sweeps *sweeps, uint64_t low_ns,
                     uint64_t high_ns);

/* Goes on with the sweeps until they are complete (true) or the batch should return. */
bool haltpoll_sweeps_go(struct run *run, struct haltpoll_sweeps *sweeps);

/* The knees of one sweep's medians, in ns. Sorts its samples. */
void haltpoll_find_knees(struct run *run, const struct haltpoll_sweeps *sweeps, uint32_t sweep,
                         struct knees *knees);

/* One test's share of a batch; each sets run->complete. */
void haltpoll_pending_go(struct run *run);
void haltpoll_curve_go(struct run *run);

/* After the batches: what the last one has left to be looked at, where the budget ended the step; then the results. */
void haltpoll_curve_conclude(struct run *run);
void haltpoll_report_pending(struct run *run);
void haltpoll_report_curve(struct run *run);
void haltpoll_find_words(struct run *run);

/* Is the knee that of polling? By poll control's two sweeps, or by the history; EVIDENCE_NONE: not looked at. */
enum haltpoll_evidence haltpoll_judge_knee(const struct run *run);

/* The median over the points up to limit_ns of their medians; 0: none. */
uint64_t haltpoll_level_ns(const struct run *run, const struct haltpoll_sweeps *sweeps,
                           uint32_t sweep, uint64_t limit_ns);

/* The median of one point's kept latencies in ns, which are sorted; 0 where there are none. */
uint64_t haltpoll_median_ns(const struct run *run, const struct haltpoll_point *point);

static inline uint64_t haltpoll_ns(const struct run *run, int64_t ticks_tsc)
{
    int64_t time_ns = tsc_to_ns(ticks_tsc, run->machine->clock.tsc_hz);

    return time_ns > 0 ? (uint64_t)time_ns : 0;
}

#endif /* LAB_EXPERIMENTS_HALTPOLL_H */
