/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `ipi` offer each other. */
#ifndef LAB_EXPERIMENTS_IPI_PARTS_H
#define LAB_EXPERIMENTS_IPI_PARTS_H

#include "experiments/ipi/model.h"

/* pairs.c */

/* Fills ipi->pairs by the keys matrix, cpus, from and to. NULL, or why this machine has no such pair. In prepare(). */
const char *ipi_choose_pairs(struct step *step, struct ipi *ipi);

/* report.c */

/* Writes all results. Boot CPU, nothing measuring. */
void ipi_finish(struct step *step);

/* via.c */

extern const char *const ipi_via_words[];

/* NULL, or why this machine cannot send that way. In prepare(). */
const char *ipi_check_via(const struct step *step, const struct ipi_link *link);

/* Puts link->form together for link->from and link->to. Before a visit. */
void ipi_form(struct ipi_link *link);

/*
 * One hypercall on another CPU, in bounded time: some hosts never return from it. False: it must not be used, and
 * ipi->no_call says why. In a batch, CPU 0, all others parked.
 */
bool ipi_try_call(struct step *step, struct ipi *ipi);

/* visit.c */

/*
 * The two sides of a visit; argument: the link. Each on its CPU, interrupts off; both end in bounded time while
 * interrupts arrive.
 */
void ipi_send_visit(void *argument);
void ipi_target_visit(void *argument);

#endif /* LAB_EXPERIMENTS_IPI_PARTS_H */
