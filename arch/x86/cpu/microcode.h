/* SPDX-License-Identifier: MIT */
/*
 * The microcode revision of the CPU it runs on. Boot CPU or any CPU, with the exception table in place; not in a
 * measurement.
 */
#ifndef LAB_ARCH_CPU_MICROCODE_H
#define LAB_ARCH_CPU_MICROCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

/*
 * Puts the revision into *revision. False, with 0, where the CPU does not say. A hypervisor may answer with a number of
 * its own choice. Source: SDM volume 3A, section 10.11.7 "Update Signature and Verification"; AMD APM volume 2,
 * MSR0000_008B.
 */
bool microcode_read(enum cpu_vendor vendor, uint32_t *revision);

#endif /* LAB_ARCH_CPU_MICROCODE_H */
