/* SPDX-License-Identifier: MIT */
/*
 * Whether an instruction leaves to a hypervisor, by what it costs beside CPUID, which always does. Pure; any context.
 *
 * From half of CPUID's cost on it does. Far below, it does not, if it is also as cheap as an instruction of its kind
 * that stays inside: in a hypervisor within another CPUID goes to the inner one, and what the outer one handles costs a
 * tenth of that, yet leaves.
 */
#ifndef LAB_LIB_INFER_EXIT_COST_H
#define LAB_LIB_INFER_EXIT_COST_H

#include <stdbool.h>
#include <stdint.h>

/* Costs in ticks, without those of the stamps. *sure is cleared where the cost fits neither. */
bool exit_by_cost(int64_t cost_tsc, int64_t cpuid_tsc, bool *sure);

#endif /* LAB_LIB_INFER_EXIT_COST_H */
