/* SPDX-License-Identifier: MIT */
/* Interrupt vectors, asm-safe. Higher vectors have higher priority (SDM volume 3, 10.8.3). */
#ifndef LAB_ARCH_IRQ_VECTORS_REGS_H
#define LAB_ARCH_IRQ_VECTORS_REGS_H

/* Exceptions, SDM volume 3, table 6-1. */
#define VECTOR_NMI       2
#define VECTOR_UD        6
#define VECTOR_DF        8
#define VECTOR_TS        10
#define VECTOR_PF        14
#define VECTOR_AC        17
#define VECTOR_MC        18
#define VECTOR_CP        21
#define VECTOR_VC        29
#define VECTOR_SX        30
#define VECTOR_FIRST_IRQ 32

/* The 8259s are remapped to 32..47 and masked: what still comes from there is spurious. */
#define VECTOR_PIC_BASE   0x20
/* A parked CPU is given work. */
#define VECTOR_WORK       0x40
/* Does nothing but return: pending interrupts for the calibration of the empty path. */
#define VECTOR_NOTHING    0x41
/* The same, and leaves the EOI to the code that it interrupted. */
#define VECTOR_HELD       0x42
/* The measured wakes: stamp, count, EOI, return (vectors.S, wake_stub). */
#define VECTOR_WAKE_TIMER 0xE0
#define VECTOR_WAKE_IPI   0xE1
#define VECTOR_SPURIOUS   0xFF

#endif /* LAB_ARCH_IRQ_VECTORS_REGS_H */
