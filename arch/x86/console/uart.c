/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/uart.h"

#include "arch/x86/console/uart_regs.h"
#include "arch/x86/insn_privileged.h"

/*
 * How long a port may refuse bytes. A full FIFO takes 1.4 ms to leave at 115200 baud and 0.5 s at 300; a host that
 * reads the other end of an emulated port may fall behind for longer than either. The limit: two seconds, once in the
 * life of the port.
 */
static const uint64_t limit_seconds = 2;
static const uint64_t limit_tsc_unknown = UINT64_C(1) << 32;

/*
 * A wait ends by time only after this many polls: a CPU that the host did not run during the limit has hardly polled.
 */
static const uint32_t looks_min = 64;
/* Where the TSC stands still, this many polls alone end a wait. */
static const uint32_t looks_max = UINT32_C(1) << 24;

static uint8_t get(uint16_t port, uint16_t offset)
{
    return inb((uint16_t)(port + offset));
}

static void put(uint16_t port, uint16_t offset, uint8_t value)
{
    outb((uint16_t)(port + offset), value);
}

uint16_t uart_com_port(uint32_t index)
{
    static const uint16_t ports[] = {UART_COM1, UART_COM2, UART_COM3, UART_COM4};
    return index < sizeof(ports) / sizeof(ports[0]) ? ports[index] : 0;
}

static bool scratch_keeps(uint16_t port, uint8_t value)
{
    put(port, UART_SCRATCH, value);
    return get(port, UART_SCRATCH) == value;
}

/*
 * True when a UART is there: its scratch register keeps values and its loopback works. The port is left as it was.
 * In loopback the modem outputs come back as modem inputs: no byte is sent, so there is nothing to wait for.
 */
static bool answers(uint16_t port)
{
    uint8_t scratch = get(port, UART_SCRATCH), lines, modem;
    bool answers = scratch_keeps(port, 0x55) && scratch_keeps(port, 0xAA);
    if (!answers)
        return false;
    put(port, UART_SCRATCH, scratch);

    modem = get(port, UART_MODEM_CONTROL);
    put(port, UART_MODEM_CONTROL, UART_MCR_LOOP | UART_MCR_OUT2 | UART_MCR_RTS);
    lines = get(port, UART_MODEM_STATUS) & UART_MSR_LINES;
    put(port, UART_MODEM_CONTROL, modem);
    return lines == UART_MSR_LOOP_ANSWER;
}

static uint32_t divisor_for(uint32_t baud)
{
    uint32_t divisor;

    if (baud == 0)
        baud = UART_DEFAULT_BAUD;
    divisor = baud >= UART_CLOCK_BAUD ? 1 : (UART_CLOCK_BAUD + baud / 2) / baud;
    return divisor > UINT16_MAX ? UINT16_MAX : divisor;
}

bool uart_open(struct uart *uart, uint16_t port, uint32_t baud)
{
    bool fifo;
    uint32_t divisor;

    *uart = (struct uart){.state = UART_ABSENT, .port = port, .limit_tsc = limit_tsc_unknown};
    if (port == 0 || !answers(port))
        return false;

    divisor = divisor_for(baud);
    uart->baud = UART_CLOCK_BAUD / divisor;
    put(port, UART_INTERRUPTS, 0);
    put(port, UART_LINE_CONTROL, UART_LCR_DIVISOR);
    put(port, UART_DIVISOR_LOW, (uint8_t)divisor);
    put(port, UART_DIVISOR_HIGH, (uint8_t)(divisor >> 8));
    put(port, UART_LINE_CONTROL, UART_LCR_8N1);
    /* The transmit FIFO is not cleared: it may still hold the last output of the firmware or the loader. */
    put(port, UART_FIFO_CONTROL, UART_FCR_ENABLE | UART_FCR_CLEAR_RX);
    put(port, UART_MODEM_CONTROL, UART_MCR_DTR | UART_MCR_RTS);
    fifo = (get(port, UART_IDENTIFICATION) & UART_IIR_FIFO_ON) == UART_IIR_FIFO_ON;
    uart->fifo_bytes = fifo ? UART_FIFO_DEPTH : 1;
    uart->state = UART_READY;
    return true;
}

void uart_set_tsc_hz(struct uart *uart, uint64_t tsc_hz)
{
    if (tsc_hz != 0)
        uart->limit_tsc = tsc_hz * limit_seconds;
}

/* Waits until all bits of mask are set in the line status. False at the limit; the port is then dead. */
static bool wait_for(struct uart *uart, uint8_t mask)
{
    uint64_t start_tsc = rdtsc();
    for (uint32_t looks = 0; looks < looks_max; looks++) {
        if ((get(uart->port, UART_LINE_STATUS) & mask) == mask)
            return true;
        if (looks >= looks_min && rdtsc() - start_tsc > uart->limit_tsc)
            break;
        pause();
    }
    uart->state = UART_DEAD;
    return false;
}

void uart_write(struct uart *uart, const char *text, size_t bytes)
{
    size_t sent = 0;
    while (sent < bytes && uart->state == UART_READY && wait_for(uart, UART_LSR_ROOM)) {
        /* Room means that the whole FIFO is empty, so that many bytes fit without another poll. */
        size_t count = bytes - sent < uart->fifo_bytes ? bytes - sent : uart->fifo_bytes;
        outsb((uint16_t)(uart->port + UART_DATA), text + sent, count);
        sent += count;
    }
    uart->sent_bytes += sent;
    uart->dropped_bytes += bytes - sent;
}

bool uart_read(struct uart *uart, uint8_t *byte)
{
    if (uart->state != UART_READY || !(get(uart->port, UART_LINE_STATUS) & UART_LSR_DATA))
        return false;
    *byte = get(uart->port, UART_DATA);
    return true;
}

void uart_drain(struct uart *uart)
{
    if (uart->state == UART_READY)
        wait_for(uart, UART_LSR_ROOM | UART_LSR_IDLE);
}
