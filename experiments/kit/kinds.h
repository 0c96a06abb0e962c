/* SPDX-License-Identifier: MIT */
/* Where CPUs are not alike (arch/x86/cpu/kind.h). In finish(). */
#ifndef LAB_EXPERIMENTS_KIT_KINDS_H
#define LAB_EXPERIMENTS_KIT_KINDS_H

struct step;

/* The findings cpu_kind: how many there are of each kind, and in which features they differ from CPU 0. */
void kinds_report(struct step *step);

#endif /* LAB_EXPERIMENTS_KIT_KINDS_H */
