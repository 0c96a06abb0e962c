/* SPDX-License-Identifier: MIT */
/* Whether a core's clock, as counters found it, is the one that a register was asked for. Pure. */
#ifndef LAB_LIB_INFER_CLOCK_OBEYS_H
#define LAB_LIB_INFER_CLOCK_OBEYS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Both in parts per million of the base clock. Within a twentieth, or 2 % of the base clock, is as asked; a slow clock
 * may come as near to the base clock as half way, because hardware holds its own least. at_least: a faster one is
 * right, too.
 */
bool clock_obeys(uint64_t asked_ppm, uint64_t found_ppm, bool at_least);

#endif /* LAB_LIB_INFER_CLOCK_OBEYS_H */
