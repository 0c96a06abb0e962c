/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `survey` share: what it measures, and the parts of its report. */
#ifndef LAB_EXPERIMENTS_SURVEY_MODEL_H
#define LAB_EXPERIMENTS_SURVEY_MODEL_H

#include "arch/x86/hv/kvm.h"
#include "arch/x86/hv/steal.h"
#include "arch/x86/idle/waitpkg.h"
#include "experiments/kit/experiment.h"
#include "lib/infer/intercept.h"

/* A short look at what takes the CPU away; the experiment `noise` looks longer. */
struct survey_gaps {
    uint64_t watched_tsc;
    uint64_t threshold_tsc; /* steps of the loop that are longer are gaps */
    uint64_t step_min_tsc;  /* the loop's resolution */
    uint64_t steps;
    uint64_t count;
    uint64_t taken_tsc; /* in all gaps */
    uint64_t worst_tsc;
};

/* What KVM offers, and Xen of it, tried on the boot CPU. */
struct survey_paravirtual {
    struct pvclock_time clock_area;
    struct steal_area steal_area;
    struct pvclock_time clock;
    uint64_t clock_tsc_hz; /* by its multiplier; 0: not offered, or not written */
    bool steal_offered, steal_counts;
    uint64_t steal_ns; /* during the other measurements */
};

struct survey {
    struct intercept_host costs;
    struct survey_gaps gaps;
    struct survey_paravirtual paravirtual;
    struct waitpkg_proof waitpkg;
};

enum { SURVEY_WORDS_BYTES = 1024 };

#endif /* LAB_EXPERIMENTS_SURVEY_MODEL_H */
