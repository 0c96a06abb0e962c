/* SPDX-License-Identifier: MIT */
/* Where the vector stubs come together. Called from vectors.S only, interrupts off, on the interrupted CPU. */
#ifndef LAB_ARCH_IRQ_IRQ_H
#define LAB_ARCH_IRQ_IRQ_H

struct irq_frame;

void irq_dispatch(struct irq_frame *frame);

#endif /* LAB_ARCH_IRQ_IRQ_H */
