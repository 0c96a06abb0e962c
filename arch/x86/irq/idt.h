/* SPDX-License-Identifier: MIT */
/*
 * The interrupt descriptor table: one for all CPUs, 256 gates, filled once by the boot CPU.
 *
 * NMI, #DF and #MC have stacks of their own; everything else runs on the interrupted stack.
 */
#ifndef LAB_ARCH_IRQ_IDT_H
#define LAB_ARCH_IRQ_IDT_H

#include <stdbool.h>

/*
 * Fills the table. Call again with the APIC's mode once it is known: the measured vectors' EOI depends on it. Boot CPU
 * only.
 */
void idt_init(bool x2apic);

/* Loads the table on the running CPU. */
void idt_load(void);

#endif /* LAB_ARCH_IRQ_IDT_H */
