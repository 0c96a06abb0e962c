/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `deadline` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_DEADLINE_MODEL_H
#define LAB_EXPERIMENTS_DEADLINE_MODEL_H

#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/waitpkg.h"
#include "arch/x86/time/clock.h"
#include "experiments/kit/calibrate.h"
#include "experiments/kit/experiment.h"
#include "lib/prng.h"
#include "lib/infer/quantum.h"

enum deadline_key {
    KEY_IDLE,
    KEY_RANGE,
    KEY_POINTS,
    KEY_SAMPLES,
    KEY_CPU,
    KEY_CAP,
    KEY_SEED,
    KEY_BUDGET,
    KEY_FORCE,
    KEY_COUNT,
};

enum {
    POINTS_MAX = 200,
    PROBES = 512,      /* waits with limits at random, per state: enough for a grid and for a median */
    STATES = 2,        /* of UMWAIT and TPAUSE: C0.1 and C0.2, in the order of their words */
    PROBE_SPAN = 16384 /* ticks over which these limits are spread */
};

/* Waits in a row between two readings of a clock that is not the TSC. */
struct deadline_clock {
    enum tsc_source source; /* TSC_SOURCE_NONE: there is no such clock */
    uint64_t passed_tsc;    /* between the readings */
    uint64_t passed_ticks;  /* of that clock */
    uint64_t hz;            /* its frequency */
    uint64_t bound_tsc;     /* both readings' width */
    uint64_t asleep_tsc;
    uint32_t waits;
};

/*
 * One step's working set. Waits alternate between the rows, so that an early end of the budget leaves all rows with as
 * many.
 */
struct deadline {
    const struct idle_method *method;
    void (*wait)(struct idle_call *call);
    struct idle_call call;
    uint64_t cap_tsc;
    bool has_states; /* the method has C0.1 and C0.2, to be compared: it is of WAITPKG */
    struct waitpkg_proof proof;
    bool limit_known;
    uint64_t limit_tsc; /* IA32_UMWAIT_CONTROL's, as read back after it was written */
    struct deadline_clock clock;
    bool ready;       /* empty path and lead are measured */
    int64_t lead_tsc; /* from reading the clock for an absolute limit to the stamp before the wait */
    struct empty_path empty;
    uint32_t points, samples;
    struct steps_row *rows;
    int64_t *slept_tsc;     /* samples of each row, row by row */
    uint32_t wait_count;    /* in the rows, so far */
    int64_t *overshoot_tsc; /* of all waits that were not cut short; with at_tsc */
    uint64_t *at_tsc;
    uint32_t overshoot_count;
    /* The probe: limits at random between two lengths; a wait in each state by turns. */
    struct prng prng;
    bool probing;
    uint64_t probe_low_tsc, probe_high_tsc; /* both 0: no room between floor and cap */
    uint32_t probe_count;                   /* waits so far, all states together */
    int64_t probe_slept_tsc[STATES][PROBES];
    int64_t probe_overshoot_tsc[STATES][PROBES];
    uint32_t probe_kept[STATES]; /* probes that were not cut short */
};

#endif /* LAB_EXPERIMENTS_DEADLINE_MODEL_H */
