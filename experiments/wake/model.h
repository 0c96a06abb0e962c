/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `wake` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_WAKE_MODEL_H
#define LAB_EXPERIMENTS_WAKE_MODEL_H

#include "arch/x86/power/evidence.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/sleepers.h"
#include "arch/x86/wake/wake.h"
#include "arch/x86/wake/waker.h"
#include "experiments/kit/calibrate.h"
#include "experiments/kit/gate.h"
#include "experiments/kit/experiment.h"
#include "lib/prng.h"

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

/* One step's working set. */
struct wake {
    const struct idle_method *method;
    const struct wake_source *source;
    void (*wait)(struct idle_call *call); /* the method's window, interrupts on or masked */
    bool masked;
    struct plan_interval interval; /* TSC ticks */
    struct prng prng;
    struct idle_call call;
    struct waker waker;
    struct spinners spinners;
    bool awake;
    struct sleepers sleepers; /* method NULL: the others stay parked in HLT */
    uint64_t delay_tsc;
    uint64_t lose; /* number of the wake, from 1, that is not sent: a planted failure; 0 = none */
    uint64_t cap_tsc;
    uint32_t warmup;
    uint64_t waits; /* windows entered to the end, the empty path's and the warm-up's included */
    bool unreal;    /* the instruction was there, but did not wait */
    struct kvm_steal_time *steal;
    struct evidence evidence;
    struct evidence_reading before, after; /* around the current sample */
    uint64_t evidence_sum[EVIDENCE_COUNT]; /* over the kept samples */
    uint64_t window_sum_tsc;               /* the same samples' time in the window */
    struct empty_path empty;
};

#endif /* LAB_EXPERIMENTS_WAKE_MODEL_H */
