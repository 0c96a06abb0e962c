/* SPDX-License-Identifier: MIT */
/* 16550 registers, as offsets from the port. Source: PC16550D data sheet, section 8, table 2. */
#ifndef LAB_ARCH_CONSOLE_UART_REGS_H
#define LAB_ARCH_CONSOLE_UART_REGS_H

#include <stdint.h>

#define UART_DATA           0
#define UART_DIVISOR_LOW    0 /* where LCR bit 7 is set */
#define UART_DIVISOR_HIGH   1
#define UART_INTERRUPTS     1
#define UART_FIFO_CONTROL   2
#define UART_IDENTIFICATION 2
#define UART_LINE_CONTROL   3
#define UART_MODEM_CONTROL  4
#define UART_LINE_STATUS    5
#define UART_MODEM_STATUS   6
#define UART_SCRATCH        7

#define UART_FCR_ENABLE      UINT8_C(0x01)
#define UART_FCR_CLEAR_RX    UINT8_C(0x02)
#define UART_IIR_FIFO_ON     UINT8_C(0xC0) /* both bits: a FIFO that works */
#define UART_LCR_8N1         UINT8_C(0x03)
#define UART_LCR_DIVISOR     UINT8_C(0x80)
#define UART_MCR_DTR         UINT8_C(0x01)
#define UART_MCR_RTS         UINT8_C(0x02)
#define UART_MCR_OUT2        UINT8_C(0x08)
#define UART_MCR_LOOP        UINT8_C(0x10)
#define UART_LSR_DATA        UINT8_C(0x01) /* DR: a byte has come */
#define UART_LSR_BROKEN      UINT8_C(0x1C) /* PE, FE, BI: the byte at hand is not what was sent */
#define UART_LSR_ROOM        UINT8_C(0x20) /* THRE: the FIFO is empty */
#define UART_LSR_IDLE        UINT8_C(0x40) /* TEMT: the shift register too */
#define UART_MSR_LINES       UINT8_C(0xF0)
#define UART_MSR_LOOP_ANSWER UINT8_C(0x90) /* DCD and CTS follow OUT2 and RTS in loopback */

#define UART_CLOCK_HZ    UINT32_C(1843200) /* of a PC's ports */
#define UART_CLOCK_PARTS 16                /* of one bit, at divisor 1 */
#define UART_FIFO_DEPTH  UINT32_C(16)

#endif /* LAB_ARCH_CONSOLE_UART_REGS_H */
