/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `cost` offer each other. */
#ifndef LAB_EXPERIMENTS_COST_PARTS_H
#define LAB_EXPERIMENTS_COST_PARTS_H

#include "experiments/cost/model.h"

/* eoi.c */

/* EOI of an interrupt that is in service, by the register and by KVM's word in memory. */
const char *cost_check_pv_eoi(const struct step *step);
void cost_begin_pv_eoi(struct step *step, struct cost *cost);
bool cost_sample_pv_eoi(struct step *step, struct cost *cost, int64_t *cost_tsc);

/* hlt.c */

/* A window of HLT with its interrupt pending. */
bool cost_sample_hlt(struct step *step, struct cost *cost, int64_t *cost_tsc);

/* insn.c */

extern const struct cost_insn cost_insns[];
/* The same code with no instruction in it: gives the floor. */
extern void (*const cost_nothing)(const struct cost *cost, unsigned count);
/* Writes of the register that `begin` has chosen, WRMSR or a store. */
extern void (*const cost_write_msr)(const struct cost *cost, unsigned count);
extern void (*const cost_write_mmio)(const struct cost *cost, unsigned count);
extern const char *const cost_words[]; /* ends in NULL */
extern const char cost_all[];          /* the words as a list, with a comma before the first one */

/* report.c */

/* What the samples say. CPU 0, the others parked. */
void cost_finish(struct step *step);

/* probe.c */

/* Tests under a timer whether an instruction waits that should fall through: its copies would wait for ever. */
void cost_probe_mwait(struct step *step, struct cost *cost);
void cost_probe_mwaitx(struct step *step, struct cost *cost);
void cost_probe_waitpkg(struct step *step, struct cost *cost);

#endif /* LAB_EXPERIMENTS_COST_PARTS_H */
