/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `wake` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_WAKE_MODEL_H
#define LAB_EXPERIMENTS_WAKE_MODEL_H

#include "arch/x86/power/evidence.h"
#include "arch/x86/hv/steal.h"
#include "experiments/kit/calibrate.h"
#include "experiments/kit/gate.h"
#include "experiments/kit/wait.h"
#include "lib/prng.h"
#include "lib/warmup.h"

enum wake_key {
    KEY_IDLE,
    KEY_BY,
    KEY_IRQ,
    KEY_CPU,
    KEY_FROM,
    KEY_OTHERS,
    KEY_ASLEEP,
    KEY_INTERVAL,
    KEY_SAMPLES,
    KEY_BUDGET,
    KEY_SEED,
    KEY_GAP,
    KEY_RAW,
    KEY_WARMUP,
    KEY_DIGITS,
    KEY_DELAY,
    KEY_LOSE,
    KEY_CAP,
    KEY_FORCE,
    KEY_COUNT,
};

enum { OTHERS_ASLEEP, OTHERS_AWAKE };
enum { IRQ_ON, IRQ_MASKED };

enum { WAKE_WARM_LEAST_NS = 250 * 1000 * 1000 }; /* of a warm-up until settled, where the budget has so much */

/* The longest random gap before an event, enough for a host's 4 ms tick (tests/statistics/phase.c). */
#define WAKE_GAP_DEFAULT "2ms"

/* One step's working set. */
struct wake {
    struct nap nap;
    struct plan_interval interval; /* TSC ticks */
    struct prng prng;
    uint64_t gap_tsc; /* longest random time before an event is armed; 0: none */
    uint64_t cap_tsc;
    uint32_t warmup; /* first samples that are not kept; while `warming` all that there will be at most */
    bool warming;    /* until they have settled */
    struct warmup warm;
    enum warmup_state warm_state; /* WARMUP_GOES_ON: the script gave the number */
    uint64_t warm_begin_tsc, warm_took_tsc;
    uint8_t want; /* the core's C-state that is asked for; 1: C1 or none; CSTATE_UNKNOWN */
    bool unreal;  /* the instruction was there, but did not wait */
    struct evidence evidence;
    uint64_t moved[EVIDENCE_COUNT];        /* by what, over the current sample */
    uint64_t evidence_sum[EVIDENCE_COUNT]; /* over the kept samples */
    uint64_t window_sum_tsc;               /* the same samples' time in the window */
    uint64_t silent_sum_tsc;               /* and until their event */
    struct empty_path empty;
};

#endif /* LAB_EXPERIMENTS_WAKE_MODEL_H */
