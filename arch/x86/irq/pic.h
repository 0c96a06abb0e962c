/* SPDX-License-Identifier: MIT */
/* Silences the two 8259 interrupt controllers. Boot CPU, interrupts off. Source: Intel 8259A data sheet (231468). */
#ifndef LAB_ARCH_IRQ_PIC_H
#define LAB_ARCH_IRQ_PIC_H

#include <stdint.h>

/*
 * Moves their 16 vectors to first_vector (a multiple of 8, 32 or more), so that a spurious one cannot look like an
 * exception, and masks every input. Harmless where there are none. What the firmware left in service is ended; returns
 * how many that were.
 */
uint32_t pic_disable(uint8_t first_vector);

#endif /* LAB_ARCH_IRQ_PIC_H */
