/* SPDX-License-Identifier: MIT */
/*
 * The state that a nap asks for, the threads beside it, and whether the core was in it: a figure under another state's
 * name is worse than none.
 */
#ifndef LAB_EXPERIMENTS_KIT_ASKED_H
#define LAB_EXPERIMENTS_KIT_ASKED_H

#include <stdint.h>

#include "arch/x86/power/evidence.h"

struct nap;
struct step;

/*
 * Has the threads beside the sleeper sleep as it does where it asks for more than C1 and the script says nothing else:
 * their core would not reach it. Returns the core's C-state that is asked for; 1: C1 or none; CSTATE_UNKNOWN. In
 * prepare(), behind nap_choose().
 */
uint8_t asked_choose(const struct step *step, struct nap *nap);

/*
 * Says where the state was not entered, by the counters that moved while it slept for slept_tsc ticks in all, and who
 * kept the core from it. In finish().
 */
void asked_report(struct step *step, const struct nap *nap, uint8_t want, const struct evidence *evidence,
                  const uint64_t moved[EVIDENCE_COUNT], uint64_t slept_tsc);

#endif /* LAB_EXPERIMENTS_KIT_ASKED_H */
