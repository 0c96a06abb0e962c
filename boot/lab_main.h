/* SPDX-License-Identifier: MIT */
/* The one function that boot/ calls; experiments/engine/ defines it. */
#ifndef LAB_BOOT_LAB_MAIN_H
#define LAB_BOOT_LAB_MAIN_H

#include "lib/boot_info.h"

/*
 * Runs the lab and ends the machine; does not return. Boot CPU, interrupts off, identity map of the first 4 GiB, no
 * IDT.
 */
void lab_main(const struct boot_info *info);

#endif /* LAB_BOOT_LAB_MAIN_H */
