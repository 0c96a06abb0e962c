/* SPDX-License-Identifier: MIT */
/*
 * Does the CPU's own timer hide what leaving a state takes: the processor knew when it was due, and began before.
 * Pure; any context.
 */
#ifndef LAB_LIB_INFER_PREWAKE_H
#define LAB_LIB_INFER_PREWAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

/*
 * True where a wake by the timer takes less than half of one by another CPU's interrupt. Latencies of both, each in
 * ascending order, at least one, in TSC ticks; clear_tsc: what counts as a difference; on: the register says that
 * pre-wake is on. Sure only where it holds for the timer's median and the faster quarter of the interrupts, with their
 * intervals: the sender of an interrupt may be late.
 */
bool prewake_hides(const int64_t *timer_tsc, const int64_t *ipi_tsc, size_t timer_n, size_t ipi_n, int64_t clear_tsc,
                   bool on, enum confidence *confidence);

#endif /* LAB_LIB_INFER_PREWAKE_H */
