/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `ple` offer each other. */
#ifndef LAB_EXPERIMENTS_PLE_PARTS_H
#define LAB_EXPERIMENTS_PLE_PARTS_H

#include "experiments/ple/model.h"

/* looper.c */

void ple_looper_init(struct step *step, struct ple_looper *looper);

/*
 * Rests, then runs the loop and fills in what was seen. On step->cpu, interrupts off. Bounded by the loop's wish and
 * the watchdog.
 */
void ple_looper_run(struct step *step, struct ple_looper *looper, struct ple_loop *loop);

/* HLT until the local timer ends it. On step->cpu, interrupts off. Returns its end less its due time, in ticks. */
int64_t ple_rest(struct step *step, struct idle_call *call, uint64_t length_tsc);

/* overcommit.c */

extern const struct ple_test_steps ple_overcommit_test;

/* pause.c */

extern const struct ple_test_steps ple_pause_test;

/* report.c */

/* Reports of gap and window; boot CPU. */
void ple_report_gap(struct step *step, const struct ple_loop *loops, uint32_t count);
void ple_report_window(struct step *step, const struct ple_loop *loops, uint32_t count);

/* search.c */

extern const struct ple_test_steps ple_search_test; /* gap and window */

#endif /* LAB_EXPERIMENTS_PLE_PARTS_H */
