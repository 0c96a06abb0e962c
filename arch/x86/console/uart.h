/* SPDX-License-Identifier: MIT */
/*
 * A 16550 serial port, written by polling, that can never hang the lab.
 *
 * One CPU writes, and never while another measures. A port that does not take a byte in time is marked dead for good;
 * its later bytes are only counted. Bytes are sent unchanged: LF stays LF. Source: National Semiconductor PC16550D data
 * sheet, section 8.
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
};

enum uart_state {
    UART_ABSENT, /* nothing answered the probe */
    UART_READY,
    UART_DEAD, /* it stopped taking bytes */
};

struct uart {
    enum uart_state state;
    uint16_t port;
    uint32_t baud;
    uint32_t fifo_bytes; /* 16, or 1 where there is no FIFO */
    uint64_t limit_tsc;  /* longest wait for room */
    uint64_t sent_bytes;
    uint64_t dropped_bytes;
};

/* The I/O port of COM1 (0) to COM4 (3), 0 for any other number. */
uint16_t uart_com_port(uint32_t index);

/*
 * Probes the port and sets 8N1 at a baud rate that divides 115200 (others are rounded to the nearest divisor; baud 0 =
 * the default), FIFO on, interrupts off. False, with state UART_ABSENT, where nothing answers; writing to it then only
 * counts.
 */
bool uart_open(struct uart *uart, uint16_t port, uint32_t baud);

/* Computes the time limit from the TSC frequency. Before, it is 2^32 ticks. */
void uart_set_tsc_hz(struct uart *uart, uint64_t tsc_hz);

/* Sends the whole buffer, or counts what could not be sent. */
void uart_write(struct uart *uart, const char *text, size_t bytes);

/* Takes one received byte, without waiting. False: there is none, or the port is absent or dead. */
bool uart_read(struct uart *uart, uint8_t *byte);

/* Waits, within the same limit, until the last bit was sent: before a reset or power-off. */
void uart_drain(struct uart *uart);

#endif /* LAB_ARCH_CONSOLE_UART_H */
