/* SPDX-License-Identifier: MIT */
/* Whether counters prove that a core was not in the state that was asked for (lib/infer/cstate_entered.h). Pure. */
#ifndef LAB_EXPERIMENTS_KIT_ENTERED_H
#define LAB_EXPERIMENTS_KIT_ENTERED_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/power/evidence.h"
#include "lib/infer/confidence.h"

struct entered_share {
    uint32_t percent;
    enum confidence confidence; /* low: the counters did not move, and may have stopped */
};

/*
 * True where the residencies, which moved by `moved` while the core slept for slept_tsc ticks in all, prove that
 * C-state `want` was not entered. *share: of the time, in that state or a deeper one. False for C1, for
 * CSTATE_UNKNOWN, and where no counter says anything.
 */
bool entered_refuted(const struct evidence *evidence, const uint64_t moved[EVIDENCE_COUNT], uint64_t slept_tsc,
                     uint8_t want, struct entered_share *share);

#endif /* LAB_EXPERIMENTS_KIT_ENTERED_H */
