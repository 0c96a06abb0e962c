/* SPDX-License-Identifier: MIT */
/*
 * The UART of vmm: no interrupts, never busy. Source: National Semiconductor, PC16550D data sheet (1995), section 8.
 */
#include "run/host/vmm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    REG_DATA = 0, /* the divisor's low byte while DLAB is set */
    REG_IER = 1,  /* and its high byte */
    REG_IIR_FCR = 2,
    REG_LCR = 3,
    REG_MCR = 4,
    REG_LSR = 5,
    REG_MSR = 6,
    REGS = 8,
    LCR_DLAB = 0x80,
    FCR_ENABLE = 0x01,
    IIR_NONE = 0x01,
    IIR_FIFO = 0xc0,
    MCR_LOOP = 0x10,
    LSR_DATA = 0x01,
    LSR_EMPTY = 0x60,
    MSR_CONNECTED = 0xb0, /* CTS, DSR, DCD */
};

static uint8_t regs[REGS];
static uint8_t divisor[2];
static uint8_t sent[256];
static size_t sent_bytes;

void uart_write(unsigned reg, uint8_t value)
{
    if (reg <= REG_IER && (regs[REG_LCR] & LCR_DLAB) != 0)
        divisor[reg] = value;
    else if (reg != REG_DATA)
        regs[reg] = value;
    else if ((regs[REG_MCR] & MCR_LOOP) == 0)
        sent[sent_bytes++] = value;
    if (sent_bytes == sizeof(sent))
        uart_flush();
}

void uart_flush(void)
{
    for (size_t i = 0; i < sent_bytes;) {
        ssize_t bytes = write(STDOUT_FILENO, sent + i, sent_bytes - i);

        if (bytes > 0)
            i += (size_t)bytes;
        else if (bytes == 0 || errno != EINTR) /* the alarm of vmm_ports.c comes while a full pipe waits */
            vmm_die("stdout");
    }
    sent_bytes = 0;
}

static bool input_waits(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&in, 1, 0) == 1 && (in.revents & POLLIN) != 0;
}

/* In loop mode the modem's outputs come back as its inputs: RTS as CTS, DTR as DSR, OUT1 as RI, OUT2 as DCD. */
static uint8_t modem_status(void)
{
    static const uint8_t back[] = {0x20, 0x10, 0x40, 0x80};
    uint8_t status = 0;

    if ((regs[REG_MCR] & MCR_LOOP) == 0)
        return MSR_CONNECTED;
    for (unsigned i = 0; i < sizeof(back); i++)
        if ((regs[REG_MCR] >> i & 1) != 0)
            status |= back[i];
    return status;
}

uint8_t uart_read(unsigned reg)
{
    uint8_t byte = 0;

    if (reg <= REG_IER && (regs[REG_LCR] & LCR_DLAB) != 0)
        return divisor[reg];
    switch (reg) {
    case REG_DATA:
        if (input_waits() && read(STDIN_FILENO, &byte, 1) != 1)
            byte = 0;
        return byte;
    case REG_IIR_FCR:
        return IIR_NONE | ((regs[REG_IIR_FCR] & FCR_ENABLE) != 0 ? IIR_FIFO : 0);
    case REG_LSR:
        return LSR_EMPTY | (input_waits() ? LSR_DATA : 0);
    case REG_MSR:
        return modem_status();
    default:
        return regs[reg];
    }
}
