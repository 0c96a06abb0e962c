/* SPDX-License-Identifier: MIT */
/*
 * What the files of the experiment `neighbour` share: its keys, the CPUs that work, the CPUs that idle, and one step's
 * working set.
 */
#ifndef LAB_EXPERIMENTS_NEIGHBOUR_MODEL_H
#define LAB_EXPERIMENTS_NEIGHBOUR_MODEL_H

#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"

enum neighbour_key {
    KEY_IDLE,
    KEY_IDLERS,
    KEY_PERIOD,
    KEY_SLICE,
    KEY_ROUNDS,
    KEY_BUDGET,
    KEY_FORCE,
    KEY_COUNT,
};

enum { IDLERS_ONE, IDLERS_ALL };
enum { NEIGHBOUR_LEAD_US = 200 }; /* from handing out the work to its beginning */

/* A working CPU's place relative to CPU 0, which idles. */
enum neighbour_class {
    NEIGHBOUR_SIBLING,
    NEIGHBOUR_PACKAGE,
    NEIGHBOUR_REMOTE,
    NEIGHBOUR_CLASSES,
};

/* The parts of a round: HLT, the method, HLT again. */
enum neighbour_part { PART_HLT, PART_METHOD, PART_HLT_AGAIN, PART_COUNT };

/* One CPU's share of a part, on lines of its own. Times are of that CPU's own TSC. */
struct worker {
    struct percpu *cpu; /* NULL: the machine has none of that class */
    uint64_t begin_tsc, end_tsc;
    uint64_t units;
    uint64_t spent_tsc;
    uint64_t sink; /* keeps the work from being optimised away */
} __attribute__((aligned(128)));

struct idler {
    struct machine *machine;
    struct percpu *cpu;
    const struct idle_method *method;
    uint32_t argument;
    bool flush_line;
    uint64_t period_tsc;
    uint64_t end_tsc;
    uint64_t returns; /* how often the wait ended */
    struct idle_call call;
} __attribute__((aligned(128)));

struct neighbour {
    const struct idle_method *method, *hlt;
    uint32_t argument;
    bool believed;
    bool unreal; /* the instruction was there, but did not wait */
    uint64_t slice_tsc, period_tsc;
    uint32_t idler_count;
    struct idler *idlers; /* [0] is CPU 0 */
    struct worker workers[NEIGHBOUR_CLASSES];
    uint32_t kept[NEIGHBOUR_CLASSES];
    uint32_t missed;                       /* parts in which a worker did not start in time */
    int64_t *ratio_ppm[NEIGHBOUR_CLASSES]; /* the method against both HLT parts */
    int64_t *again_ppm[NEIGHBOUR_CLASSES]; /* the two HLT parts: distance from 1 */
    int64_t *hlt_rate[NEIGHBOUR_CLASSES];  /* units in a second of the TSC */
    int64_t *method_rate[NEIGHBOUR_CLASSES];
    uint64_t returns[PART_COUNT];
};

#endif /* LAB_EXPERIMENTS_NEIGHBOUR_MODEL_H */
