// SPDX-License-Identifier: MIT
/* What the files of the experiment `survey` share: what it measures, and the parts of its report. */
#ifndef LAB_EXPERIMENTS_SURVEY_H
#define LAB_EXPERIMENTS_SURVEY_H

#include "arch/x86/hv/kvm.h"
#include "arch/x86/idle/waitpkg.h"
#include "experiments/experiment.h"
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

/* What KVM offers, tried on the boot CPU. */
struct survey_paravirtual {
    struct pvclock_time clock_area;
    struct kvm_steal_time steal_area;
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

/* The measurements, in batch(): boot CPU, interrupts off. Each takes some ms. */
void survey_measure_costs(struct run *run, struct intercept_host *costs);
void survey_measure_gaps(const struct run *run, struct survey_gaps *gaps);
void survey_begin_paravirtual(const struct run *run, struct survey_paravirtual *paravirtual);
void survey_end_paravirtual(const struct run *run, struct survey_paravirtual *paravirtual);

/* The report, in finish(). */
void survey_report_identity(struct run *run);
void survey_report_hypervisor(struct run *run, const struct survey *survey);
void survey_report_clocks(struct run *run);
void survey_report_qualities(struct run *run);
void survey_report_costs(struct run *run, const struct survey *survey);

enum { SURVEY_WORDS_BYTES = 1024 };

/* Appends a word to a list with blanks between; what does not fit is left out whole. */
void survey_append_word(char *list, size_t bytes, const char *word);

#endif /* LAB_EXPERIMENTS_SURVEY_H */
