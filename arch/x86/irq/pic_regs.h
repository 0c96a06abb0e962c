/* SPDX-License-Identifier: MIT */
/*
 * The two 8259 interrupt controllers. Source: Intel 8259A data sheet (231468), "Initialization Command Words" and
 * "Operation Command Words"; ports of
 * the PC/AT.
 */
#ifndef LAB_ARCH_IRQ_PIC_REGS_H
#define LAB_ARCH_IRQ_PIC_REGS_H

#include <stdint.h>

#define PIC_PORT_MASTER_COMMAND UINT16_C(0x20)
#define PIC_PORT_MASTER_DATA    UINT16_C(0x21)
#define PIC_PORT_SLAVE_COMMAND  UINT16_C(0xA0)
#define PIC_PORT_SLAVE_DATA     UINT16_C(0xA1)

#define PIC_ICW1_INIT          UINT8_C(0x10)
#define PIC_ICW1_ICW4          UINT8_C(0x01)
#define PIC_ICW3_MASTER_SLAVE2 UINT8_C(0x04) /* bit 2: a slave sits on input 2 */
#define PIC_ICW3_SLAVE_ID      UINT8_C(0x02)
#define PIC_ICW4_8086          UINT8_C(0x01)
#define PIC_OCW2_EOI           UINT8_C(0x20) /* of the highest priority in service */
#define PIC_OCW3_READ_ISR      UINT8_C(0x0B) /* the next read of the command port gives what is in service */
#define PIC_MASK_ALL           UINT8_C(0xFF)
#define PIC_SLAVE_VECTORS      UINT8_C(8) /* above the master's */

#endif /* LAB_ARCH_IRQ_PIC_REGS_H */
