// SPDX-License-Identifier: MIT
/* What the files of the experiment `wake` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_WAKE_H
#define LAB_EXPERIMENTS_WAKE_H

#include "arch/x86/hv/kvm.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/wake/wake.h"
#include "arch/x86/wake/waker.h"
#include "experiments/engine/calibrate.h"
#include "experiments/experiment.h"
#include "lib/prng.h"

enum wake_key {
    KEY_IDLE,
    KEY_BY,
    KEY_CPU,
    KEY_FROM,
    KEY_OTHERS,
    KEY_INTERVAL,
    KEY_SAMPLES,
    KEY_BUDGET,
    KEY_SEED,
    KEY_RAW,
    KEY_WARMUP,
    KEY_DIGITS,
    KEY_DELAY,
    KEY_COUNT,
};

enum { OTHERS_ASLEEP, OTHERS_AWAKE };

extern const struct param_spec wake_params[KEY_COUNT];

/* One step's working set. */
struct wake {
    const struct idle_method *method;
    const struct wake_source *source;
    struct plan_interval interval; /* TSC ticks */
    struct prng prng;
    struct idle_call call;
    struct waker waker;
    struct spinners spinners;
    bool awake;
    bool smi_readable;
    uint64_t delay_tsc;
    uint32_t warmup;
    struct kvm_steal_time *steal;
    struct empty_path empty;
};

/* Why a combination makes no sense; and what a step will cost, for the plan. Pure. */
const char *wake_check(const struct plan_step *step);
uint64_t wake_estimate_ns(const struct plan_step *step);
uint64_t wake_memory_bytes(const struct plan_step *step);

#endif /* LAB_EXPERIMENTS_WAKE_H */
