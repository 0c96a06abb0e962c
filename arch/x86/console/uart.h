/* SPDX-License-Identifier: MIT */
/*
 * A 16550 serial port, at I/O ports or in memory, written by polling, that can never hang the lab.
 *
 * One CPU writes, and never while another measures. A port that does not take a byte in time is left alone from then
 * on: its bytes are only counted, but one look before each write sees whether it takes bytes again. Bytes are sent
 * unchanged: LF stays LF. No flow control: neither the modem lines nor XOFF hold anything back. Source: National
 * Semiconductor PC16550D data sheet, section 8.
 */
#ifndef LAB_ARCH_CONSOLE_UART_H
#define LAB_ARCH_CONSOLE_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UART_COM1 = 0x3F8,
    UART_COM2 = 0x2F8,
    UART_COM3 = 0x3E8,
    UART_COM4 = 0x2E8,
    UART_DEFAULT_BAUD = 115200,
    UART_REGISTERS = 8,
};

#define UART_BAUD_KEEP UINT32_MAX /* the divisor stays as the firmware left it */

enum uart_state {
    UART_ABSENT, /* nothing answered the probe */
    UART_READY,
    UART_DEAD, /* it stopped taking bytes */
};

/* Where the registers are and how they are reached. Those in memory are mapped by the caller. */
struct uart_place {
    bool memory;       /* else I/O ports */
    uint8_t stride;    /* bytes from one register to the next: 1, 2 or 4; 0: 1 */
    uint8_t access;    /* bytes of one access in memory: 1, 2 or 4; 0: 1. I/O ports are accessed by bytes */
    uint32_t clock_hz; /* 0: that of a PC's ports, for 115200 baud at divisor 1 */
    uint64_t address;  /* of the first register; 0: no port */
};

struct uart {
    enum uart_state state;
    struct uart_place place;
    uint32_t baud;       /* what the divisor makes, rounded down */
    uint32_t fifo_bytes; /* 16, or 1 where there is no FIFO */
    uint64_t limit_tsc;  /* longest wait for room */
    bool proven;         /* its scratch register and its loopback work */
    bool died;           /* once at least */
    uint64_t sent_bytes;
    uint64_t dropped_bytes;
};

/* The I/O port of COM1 (0) to COM4 (3), 0 for any other number. */
uint16_t uart_com_port(uint32_t index);

/* COM1 and its like: I/O ports one byte apart. */
struct uart_place uart_at_port(uint16_t port);

/*
 * Probes the port and sets 8N1 at the nearest baud rate that the clock has (0: the default), FIFO on, interrupts off.
 * `trusted`: the firmware names the port, so that room for a byte within 2^29 ticks is enough of a probe; else scratch
 * register and loopback must work. False, with state UART_ABSENT, where nothing answers; writing then only counts.
 */
bool uart_open(struct uart *uart, const struct uart_place *place, uint32_t baud, bool trusted);

/* Computes the time limit from the TSC frequency. Before, it is 2^32 ticks. */
void uart_set_tsc_hz(struct uart *uart, uint64_t tsc_hz);

/* Sends the whole buffer, or counts what could not be sent. */
void uart_write(struct uart *uart, const char *text, size_t bytes);

/* Takes one received byte, without waiting; one that came broken is dropped. False: there is none. */
bool uart_read(struct uart *uart, uint8_t *byte);

/* Waits, within the same limit, until the last bit was sent: before a reset or power-off. */
void uart_drain(struct uart *uart);

#endif /* LAB_ARCH_CONSOLE_UART_H */
