/* SPDX-License-Identifier: MIT */
/* Selectors, interrupt stacks and the offsets in struct percpu that assembly uses. Safe to include from .S files. */
#ifndef LAB_ARCH_CPU_PERCPU_REGS_H
#define LAB_ARCH_CPU_PERCPU_REGS_H

/* Segment selectors of the per-CPU GDT (arch/x86/cpu/percpu.c). */
#define SELECTOR_CODE64 0x08
#define SELECTOR_DATA   0x10
#define SELECTOR_TSS    0x18

/* Interrupt stack table slots (SDM volume 3, 6.14.5). */
#define IST_NMI           1
#define IST_DOUBLE_FAULT  2
#define IST_MACHINE_CHECK 3
#define IST_COUNT         3

/* Offsets in struct percpu, asserted in percpu.h. */
#define PERCPU_SELF       0
#define PERCPU_STACK_TOP  8
#define PERCPU_APIC_EOI   16
#define PERCPU_GUARD      24
#define PERCPU_APIC_ID    44
#define PERCPU_WAKE_TSC   128
#define PERCPU_WAKE_COUNT 136
#define PERCPU_NMI_TSC    144
#define PERCPU_NMI_COUNT  152

#endif /* LAB_ARCH_CPU_PERCPU_REGS_H */
