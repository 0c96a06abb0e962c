/* SPDX-License-Identifier: MIT */
/* What a step says of the CPUs beside the one that sleeps (arch/x86/wake/beside.h). In finish(). */
#ifndef LAB_EXPERIMENTS_KIT_SIBLINGS_H
#define LAB_EXPERIMENTS_KIT_SIBLINGS_H

#include "arch/x86/wake/beside.h"

struct step;

/*
 * Says `sibling_shallow` where a thread of the core keeps it from a state deeper than C1. True: it does. Nothing is
 * said of a guest, whose threads are the host's to place.
 */
bool siblings_note(struct step *step, const struct beside *beside);

/*
 * The same of the package, `package_partial`: not all its CPUs took part, so that its counters and its energy say
 * nothing about what they would do together. Of a guest nothing is said of this either.
 */
bool siblings_note_package(struct step *step, const struct beside *beside);

#endif /* LAB_EXPERIMENTS_KIT_SIBLINGS_H */
