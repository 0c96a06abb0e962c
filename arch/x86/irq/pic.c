/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/pic.h"

#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/pic_regs.h"

/* Ends what is in service, one EOI for each; returns how many were. FFh: nobody is there. */
static uint32_t end_all(uint16_t command)
{
    uint32_t count = 0;
    uint8_t in_service;

    outb(command, PIC_OCW3_READ_ISR);
    in_service = inb(command);
    for (; in_service && in_service != UINT8_MAX; in_service &= (uint8_t)(in_service - 1)) {
        outb(command, PIC_OCW2_EOI);
        count++;
    }
    return count;
}

uint32_t pic_disable(uint8_t first_vector)
{
    uint32_t ended;

    outb(PIC_PORT_MASTER_DATA, PIC_MASK_ALL);
    outb(PIC_PORT_SLAVE_DATA, PIC_MASK_ALL);
    ended = end_all(PIC_PORT_SLAVE_COMMAND);
    ended += end_all(PIC_PORT_MASTER_COMMAND);

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
    return ended;
}
