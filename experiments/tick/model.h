/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `tick` share: its keys, one CPU's ticks, and one step's working set. */
#ifndef LAB_EXPERIMENTS_TICK_MODEL_H
#define LAB_EXPERIMENTS_TICK_MODEL_H

#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"

enum tick_key {
    KEY_HZ,
    KEY_MODE,
    KEY_CPUS,
    KEY_EVENT,
    KEY_TIME,
    KEY_TRAINING,
    KEY_DIGITS,
    KEY_COUNT,
};

enum tick_mode {
    TICK_PERIODIC, /* armed once: the timer repeats itself */
    TICK_ONESHOT,  /* armed again at each tick, as a kernel with nohz=off does */
    TICK_TICKLESS, /* armed for the next event alone */
};

enum tick_count {
    TICK_WAKES,
    TICK_ARMS,
    TICK_HLTS,
    TICK_RETURNS, /* HLT ended without a tick */
    TICK_MISSED,  /* due, and no tick of its own */
    TICK_MERGED,  /* of these, those between the first and the last that came */
    TICK_DOUBLED, /* ticks taken right behind another: their stamps are lost */
    TICK_SPAN,    /* from the beginning to the last tick, in ticks of the TSC */
    TICK_STOLEN,  /* of it not in HLT */
    TICK_COUNTS,
};

/* One tick as it arrived; ticks of the CPU's own TSC. */
struct tick_wake {
    uint64_t isr_tsc;
    uint64_t gap_tsc; /* since the last one; 0: the first of a stretch */
    int64_t late_tsc; /* since it was due; 0 where the timer repeats itself */
};

/* One CPU's ticks, on lines of its own. A stretch is what one batch takes of them. */
struct tick_lane {
    struct machine *machine;
    struct percpu *cpu;
    struct step *step; /* CPU 0's: it tells the watchdog that all is well; NULL: another CPU */
    const struct idle_method *hlt;
    enum tick_mode mode;
    uint64_t period_tsc;
    uint32_t count; /* periodic: of the timer's register for a period */
    uint64_t begin_tsc;
    uint32_t due; /* ticks of this stretch */
    struct tick_wake *wakes;
    uint32_t kept, kept_max;
    uint64_t asleep_tsc;          /* in HLT, in this stretch */
    uint64_t counts[TICK_COUNTS]; /* over all stretches */
    int64_t drift_tsc;
    struct idle_call call;
} __attribute__((aligned(128)));

/* What exits to a hypervisor, by its cost against CPUID's, which always does. Medians in ticks, less the stamps. */
struct tick_exits {
    bool asked; /* false: an emulator, or no hypervisor is seen */
    bool arm, eoi;
    bool sure; /* both costs fit an exit, or an instruction that stays inside */
    int64_t cpuid_tsc, arm_tsc, eoi_tsc;
};

struct tick {
    enum tick_mode mode;
    uint32_t hz;
    uint64_t event_ns;
    uint64_t period_tsc;
    uint32_t due, taken; /* ticks of each CPU: of the step, and those taken so far */
    uint32_t lane_count;
    struct tick_lane *lanes; /* [0] is CPU 0 */
    struct tick_exits exits;
    int64_t floor_tsc; /* HLT with a tick that is pending already, on CPU 0: the smallest */
    uint32_t floor_count;
    uint32_t floor_hlts;       /* HLTs of the floor, also those that gave no value */
    int64_t *values, *scratch; /* of one series over all CPUs */
    uint64_t *at_tsc;
};

#endif /* LAB_EXPERIMENTS_TICK_MODEL_H */
