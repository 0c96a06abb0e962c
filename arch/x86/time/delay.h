/* SPDX-License-Identifier: MIT */
/* Short waits by the TSC, with PAUSE. Any CPU; valid once clock_calibrate() has run. */
#ifndef LAB_ARCH_TIME_DELAY_H
#define LAB_ARCH_TIME_DELAY_H

#include <stdint.h>

struct machine;

/* Ticks of the TSC in that many microseconds. */
uint64_t delay_tsc(const struct machine *machine, uint64_t us);

/* Waits at least that long. */
void delay_us(const struct machine *machine, uint64_t us);

#endif /* LAB_ARCH_TIME_DELAY_H */
