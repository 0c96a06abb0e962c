/* SPDX-License-Identifier: MIT */
/*
 * Model-specific registers; each access may fail. Power management reads and writes them only through this file.
 *
 * The native half executes RDMSR and WRMSR under the exception table; a host test links a model of a machine instead.
 * Acts on the running CPU; any context. Writes go through msr_gate.h, which knows what may be written.
 */
#ifndef LAB_ARCH_CPU_MSR_H
#define LAB_ARCH_CPU_MSR_H

#include <stdbool.h>
#include <stdint.h>

/* False, and *value is 0: the register is not there (#GP). */
bool msr_read(uint32_t msr, uint64_t *value);

/* False: the register, or that value in it, is refused (#GP). */
bool msr_write(uint32_t msr, uint64_t value);

#endif /* LAB_ARCH_CPU_MSR_H */
