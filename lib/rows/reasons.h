/* SPDX-License-Identifier: MIT */
/*
 * The words by which the log says how a sample, a step and a machine ended, and what each means (docs/record-format.md,
 * "Reasons"). The image writes those of samples and steps, the launcher those of machines; the host tool explains them.
 */
#ifndef LAB_LIB_ROWS_REASONS_H
#define LAB_LIB_ROWS_REASONS_H

#include <stddef.h>

#include "lib/record/sample.h"

/* The metric of a step that kept not one sample: it ran to its end, and says nothing. */
#define METRIC_NO_SAMPLES "no_samples"

struct reason {
    const char *word;
    const char *meaning; /* a clause; the step or the sample is its subject, or `it` */
};

/* Why a sample does not count, by enum sample_reject. */
extern const struct reason sample_rejects[REJECT_COUNT];

/* How a step ends: member `end` of its `exp` record. The ends up to STEP_SKIP are the usual ones. */
enum step_end {
    STEP_DONE,
    STEP_SAMPLES,
    STEP_SKIP,
    STEP_BUDGET,
    STEP_LOST_WAKE, /* from here on a batch did not return */
    STEP_HANG,      /* or another CPU did not stop (finding not_parked) */
    STEP_FAULT,
    STEP_ENDS,
};
extern const struct reason step_ends[STEP_ENDS];

/* What a line of the preflight page says: `is` of its row; words for each line: preflight_words.h. */
enum preflight_state {
    PREFLIGHT_OK,
    PREFLIGHT_SPOILS,  /* will spoil figures */
    PREFLIGHT_UNKNOWN, /* cannot tell */
    PREFLIGHT_STATES,
};
extern const struct reason preflight_states[PREFLIGHT_STATES];

/* How a machine dies in the middle of a step: `why` of the launcher's `join` record. */
enum machine_death {
    DEATH_KVM_ERROR,
    DEATH_IO_ERROR,
    DEATH_GUEST_PANICKED,
    DEATH_WATCHDOG,
    DEATH_PAUSED,
    DEATH_TRIPLE_FAULT,
    DEATH_REBOOT,
    DEATH_RESET,
    DEATH_EMULATOR_PANIC,
    DEATH_EMULATOR_END,
    DEATH_SILENCE,
    MACHINE_DEATHS,
};
extern const struct reason machine_deaths[MACHINE_DEATHS];

/* Why a step is skipped, where more than one file says so. */
#define SKIP_NO_MEMORY  "memory does not suffice"
#define SKIP_NO_OFFSETS "the TSC offset between the CPUs is not known"
#define SKIP_NO_COUNT   "the timer's count register does not count"

/* The first reason of the list of `count` that has that word; `count` where none has. */
size_t reason_find(const struct reason *list, size_t count, const char *word);

#endif /* LAB_LIB_ROWS_REASONS_H */
