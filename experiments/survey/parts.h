/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `survey` offer each other. */
#ifndef LAB_EXPERIMENTS_SURVEY_PARTS_H
#define LAB_EXPERIMENTS_SURVEY_PARTS_H

#include "experiments/survey/model.h"

/* clock.c */

/* The report, in finish(). */
void survey_report_clocks(struct step *step);

/* cstates.c */

/* The report, in finish(). */
void survey_report_cstates(struct step *step);

/* deadline.c */

/* The report, in finish(). */
void survey_report_deadline(struct step *step);

/* gap.c */

/* The measurements, in batch(): boot CPU, interrupts off. Each takes some ms. */
void survey_measure_gaps(const struct step *step, struct survey_gaps *gaps);

/* hypervisor.c */

/* The measurements, in batch(): boot CPU, interrupts off. Each takes some ms. */
void survey_begin_paravirtual(const struct step *step, struct survey_paravirtual *paravirtual);
void survey_end_paravirtual(const struct step *step, struct survey_paravirtual *paravirtual);

/* The report, in finish(). */
void survey_report_hypervisor(struct step *step, const struct survey *survey);

/* identity.c */

/* The report, in finish(). */
void survey_report_identity(struct step *step);

/* intercept.c */

/* The report, in finish(). */
void survey_report_costs(struct step *step, const struct survey *survey);

/* probe.c */

/* The measurements, in batch(): boot CPU, interrupts off. Each takes some ms. */
void survey_measure_costs(struct step *step, struct intercept_host *costs);

/* qualify.c */

/* The report, in finish(). */
void survey_report_qualities(struct step *step);

/* watchdog.c */

/* The report, in finish(). */
void survey_report_watchdog(struct step *step);

#endif /* LAB_EXPERIMENTS_SURVEY_PARTS_H */
