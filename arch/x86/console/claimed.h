/* SPDX-License-Identifier: MIT */
/*
 * Ports and memory that every PC has for something else: no console is looked for there, whoever names it, for the
 * first byte written may restart the machine.
 *
 * Pure. Sources: Intel 100 Series PCH datasheet, volume 1, "Fixed I/O Address Ranges" and "Memory Map"; SDM volume 3A,
 * section 11.4.1; AMD64 APM volume 2, section 16.3.1.
 */
#ifndef LAB_ARCH_CONSOLE_CLAIMED_H
#define LAB_ARCH_CONSOLE_CLAIMED_H

#include <stdint.h>

/* NULL, or what has one of the I/O ports from `first` to `last`, last included. */
const char *claimed_ports(uint64_t first, uint64_t last);

/* NULL, or what has one of the bytes of memory from `first` to `last`, last included. */
const char *claimed_memory(uint64_t first, uint64_t last);

#endif /* LAB_ARCH_CONSOLE_CLAIMED_H */
