/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `monitor` offer each other. */
#ifndef LAB_EXPERIMENTS_MONITOR_PARTS_H
#define LAB_EXPERIMENTS_MONITOR_PARTS_H

#include "experiments/monitor/model.h"

/* True where most waits of the case ended so. */
static inline bool monitor_mostly(const struct monitor_case *one, enum monitor_outcome outcome)
{
    return one->outcomes[outcome] * 2 > one->tries;
}

/* keys.c */

extern const struct param_spec monitor_params[KEY_COUNT];
extern const char *const monitor_method_names[]; /* by kind */
uint64_t monitor_estimate_ns(const struct plan_step *plan);
uint64_t monitor_memory_bytes(const struct plan_step *plan);

/* The cases of the test. Pure, except for *monitor. */
void monitor_set_cases(struct monitor *monitor, const struct cpu_snapshot *snapshot, uint32_t line_bytes);

/* report.c */

/* The rows of all cases, then the report of the test at hand (verdict.c). Boot CPU, nothing measuring. */
void monitor_report(struct step *step, const struct monitor *monitor);

/* shorten.c */

/*
 * Where something else ends waits before their guard, as a host's tick does: makes interval and guard shorter, to a
 * 16th at most, until most waits last. In a batch, before the first try; not for waits that shall be long.
 */
void monitor_shorten(struct step *step, struct monitor *monitor);

/* try.c */

/* One guarded wait, counted in its case. On step->cpu, interrupts off. */
void monitor_try(struct step *step, struct monitor *monitor, struct monitor_case *one);

/* verdict.c */

/*
 * The verdicts: what MONITOR/MWAIT is, whether it exits to the host, what ends it for no reason, what each hint does.
 * Boot CPU, nothing measuring.
 */
void monitor_report_kind(struct step *step, const struct monitor *monitor);
void monitor_report_exit(struct step *step, const struct monitor *monitor);
void monitor_report_spurious(struct step *step, const struct monitor *monitor);
void monitor_report_hints(struct step *step, const struct monitor *monitor);

#endif /* LAB_EXPERIMENTS_MONITOR_PARTS_H */
