/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/pic.h"

#include "arch/x86/insn.h"
#include "arch/x86/irq/pic_regs.h"

void pic_disable(uint8_t first_vector)
{
    outb(PIC_PORT_MASTER_DATA, PIC_MASK_ALL);
    outb(PIC_PORT_SLAVE_DATA, PIC_MASK_ALL);

    outb(PIC_PORT_MASTER_COMMAND, PIC_ICW1_INIT | PIC_ICW1_ICW4);
    outb(PIC_PORT_SLAVE_COMMAND, PIC_ICW1_INIT | PIC_ICW1_ICW4);
    outb(PIC_PORT_MASTER_DATA, first_vector);
    outb(PIC_PORT_SLAVE_DATA, (uint8_t)(first_vector + PIC_SLAVE_VECTORS));
    outb(PIC_PORT_MASTER_DATA, PIC_ICW3_MASTER_SLAVE2);
    outb(PIC_PORT_SLAVE_DATA, PIC_ICW3_SLAVE_ID);
    outb(PIC_PORT_MASTER_DATA, PIC_ICW4_8086);
    outb(PIC_PORT_SLAVE_DATA, PIC_ICW4_8086);

    /* The initialisation cleared the masks. */
    outb(PIC_PORT_MASTER_DATA, PIC_MASK_ALL);
    outb(PIC_PORT_SLAVE_DATA, PIC_MASK_ALL);
}
