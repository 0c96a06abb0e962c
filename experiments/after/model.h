/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `after` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_AFTER_MODEL_H
#define LAB_EXPERIMENTS_AFTER_MODEL_H

#include "arch/x86/power/evidence.h"
#include "experiments/kit/wait.h"
#include "lib/infer/after_loss.h"

enum after_key {
    KEY_IDLE,
    KEY_BY,
    KEY_INTERVAL,
    KEY_WORK,
    KEY_FIRST,
    KEY_SLICES,
    KEY_CPU,
    KEY_SAMPLES,
    KEY_BUDGET,
    KEY_EXTRA,
    KEY_INTO,
    KEY_FORCE,
    KEY_COUNT,
};

/* What is waited by before a pass: the method, and `spin` at the same distance of its event. */
enum after_way { WAY_SPIN, WAY_METHOD, WAYS };

/* One line of the memory that is chased through. */
struct after_line {
    const struct after_line *next;
} __attribute__((aligned(64)));

/* A work as this step runs it: the same steps in the same order behind each wake. */
struct after_job {
    enum after_work work;
    struct after_line *start;         /* of a chase; NULL: it touches no memory */
    uint32_t period;                  /* steps until it has been everywhere */
    uint32_t steps[AFTER_SLICES_MAX]; /* of each slice */
    uint32_t whole;                   /* slices until it has been everywhere */
    uint32_t kept;                    /* pairs of passes, behind spin and behind the method */
    int64_t *took_tsc[WAYS];          /* [slice][pair] */
    int64_t *cycles[WAYS];            /* the same by APERF, where it can be read */
    int64_t *lead_tsc;                /* [pair]: from the stamp behind the method's wait to its first slice */
};

/* What one pass over the slices took. */
struct after_pass {
    uint64_t begin_tsc; /* of the first slice */
    uint64_t took_tsc[AFTER_SLICES_MAX];
    uint64_t cycles[AFTER_SLICES_MAX]; /* by APERF, where that is wanted */
};

struct after {
    struct nap nap[WAYS];
    uint64_t interval_tsc;
    uint32_t slices, samples;
    uint32_t extra, into; /* planted: so many steps more in that slice (from 0) behind the method */
    uint32_t job_count;
    struct after_job job[AFTER_WORKS];
    const struct after_job *now; /* whose pass is taken */
    enum after_way way;
    struct after_pass pass;
    bool sized, unreal, counts_cycles;
    uint8_t want; /* the core's C-state that is asked for; 1: C1 or none; CSTATE_UNKNOWN */
    struct evidence evidence;
    uint64_t moved[EVIDENCE_COUNT], evidence_sum[EVIDENCE_COUNT], slept_sum_tsc; /* of the method's kept waits */
    uint32_t rejects[REJECT_COUNT];
};

#endif /* LAB_EXPERIMENTS_AFTER_MODEL_H */
