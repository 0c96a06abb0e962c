/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/uart.h"

#include "arch/x86/console/uart_regs.h"
#include "arch/x86/insn_privileged.h"

/*
 * How long a port may refuse bytes. A full FIFO takes 1.4 ms to leave at 115200 baud and 0.5 s at 300; a host that
 * reads the other end of an emulated port may fall behind for longer than either. The limit: two seconds, once in the
 * life of the port, and 20 ms for each later time.
 */
static const uint64_t limit_seconds = 2;
static const uint64_t limit_tsc_unknown = UINT64_C(1) << 32;

/*
 * A wait ends by time only after this many polls: a CPU that the host did not run during the limit has hardly polled.
 */
static const uint32_t looks_min = 64;
/* A port that is busy with the firmware's last output has room before this: 16 bytes take 17 ms at 9600 baud. */
static const uint64_t busy_tsc = UINT64_C(1) << 29;
/* Where the TSC stands still, this many polls alone end a wait. */
static const uint32_t looks_max = UINT32_C(1) << 24;

static uint64_t address_of(const struct uart_place *place, uint32_t offset)
{
    return place->address + (uint64_t)offset * (place->stride ? place->stride : 1);
}

static uint8_t get(const struct uart_place *place, uint32_t offset)
{
    uint64_t at = address_of(place, offset);

    if (!place->memory)
        return inb((uint16_t)at);
    if (place->access == 4)
        return (uint8_t) * (const volatile uint32_t *)(uintptr_t)at;
    if (place->access == 2)
        return (uint8_t) * (const volatile uint16_t *)(uintptr_t)at;
    return *(const volatile uint8_t *)(uintptr_t)at;
}

static void put(const struct uart_place *place, uint32_t offset, uint8_t value)
{
    uint64_t at = address_of(place, offset);

    if (!place->memory)
        outb((uint16_t)at, value);
    else if (place->access == 4)
        *(volatile uint32_t *)(uintptr_t)at = value;
    else if (place->access == 2)
        *(volatile uint16_t *)(uintptr_t)at = value;
    else
        *(volatile uint8_t *)(uintptr_t)at = value;
}

uint16_t uart_com_port(uint32_t index)
{
    static const uint16_t ports[] = {UART_COM1, UART_COM2, UART_COM3, UART_COM4};
    return index < sizeof(ports) / sizeof(ports[0]) ? ports[index] : 0;
}

struct uart_place uart_at_port(uint16_t port)
{
    return (struct uart_place){.address = port};
}

static bool scratch_keeps(const struct uart_place *port, uint8_t value)
{
    put(port, UART_SCRATCH, value);
    return get(port, UART_SCRATCH) == value;
}

/*
 * True when a UART is there: its scratch register keeps values and its loopback works. The port is left as it was.
 * In loopback the modem outputs come back as modem inputs: no byte is sent, so there is nothing to wait for.
 */
static bool answers(const struct uart_place *port)
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

/*
 * The firmware names the port. Memory or ports without a device read as FFh, or as 0, which would be a port that never
 * has room: such a one must pass the probe.
 */
static bool named_answers(const struct uart_place *place)
{
    uint64_t start_tsc = rdtsc();
    uint8_t status = get(place, UART_LINE_STATUS);

    for (uint32_t left = looks_max; left > 0 && !(status & UART_LSR_ROOM); left--) {
        if (left <= looks_max - looks_min && rdtsc() - start_tsc > busy_tsc)
            break;
        pause();
        status = get(place, UART_LINE_STATUS);
    }
    return status & UART_LSR_ROOM ? status != 0xFF : answers(place);
}

/* Baud at divisor 1. */
static uint32_t fastest(const struct uart_place *place)
{
    return (place->clock_hz ? place->clock_hz : UART_CLOCK_HZ) / UART_CLOCK_PARTS;
}

static uint32_t divisor_for(uint32_t fastest_baud, uint32_t baud)
{
    uint32_t divisor;

    if (baud == 0)
        baud = UART_DEFAULT_BAUD;
    divisor = baud >= fastest_baud ? 1 : (uint32_t)(((uint64_t)fastest_baud + baud / 2) / baud);
    return divisor > UINT16_MAX ? UINT16_MAX : divisor;
}

static uint32_t read_divisor(const struct uart_place *place)
{
    uint32_t divisor;

    put(place, UART_LINE_CONTROL, UART_LCR_DIVISOR | UART_LCR_8N1);
    divisor = (uint32_t)get(place, UART_DIVISOR_HIGH) << 8 | get(place, UART_DIVISOR_LOW);
    put(place, UART_LINE_CONTROL, UART_LCR_8N1);
    return divisor ? divisor : 1;
}

static void write_divisor(const struct uart_place *place, uint32_t divisor)
{
    put(place, UART_LINE_CONTROL, UART_LCR_DIVISOR);
    put(place, UART_DIVISOR_LOW, (uint8_t)divisor);
    put(place, UART_DIVISOR_HIGH, (uint8_t)(divisor >> 8));
    put(place, UART_LINE_CONTROL, UART_LCR_8N1);
}

bool uart_open(struct uart *uart, const struct uart_place *place, uint32_t baud, bool trusted)
{
    bool fifo;
    uint32_t divisor;

    *uart = (struct uart){.state = UART_ABSENT, .place = *place, .limit_tsc = limit_tsc_unknown};
    if (place->address == 0 || (trusted && !named_answers(place)))
        return false;
    uart->proven = answers(place);
    if (!trusted && !uart->proven)
        return false;

    put(place, UART_INTERRUPTS, 0);
    if (baud == UART_BAUD_KEEP) {
        divisor = read_divisor(place);
    } else {
        divisor = divisor_for(fastest(place), baud);
        write_divisor(place, divisor);
    }
    uart->baud = fastest(place) / divisor;
    /* The transmit FIFO is not cleared: it may still hold the last output of the firmware or the loader. */
    put(place, UART_FIFO_CONTROL, UART_FCR_ENABLE | UART_FCR_CLEAR_RX);
    put(place, UART_MODEM_CONTROL, UART_MCR_DTR | UART_MCR_RTS);
    fifo = (get(place, UART_IDENTIFICATION) & UART_IIR_FIFO_ON) == UART_IIR_FIFO_ON;
    uart->fifo_bytes = fifo ? UART_FIFO_DEPTH : 1;
    uart->state = UART_READY;
    return true;
}

void uart_set_tsc_hz(struct uart *uart, uint64_t tsc_hz)
{
    if (tsc_hz != 0 && !uart->died)
        uart->limit_tsc = tsc_hz * limit_seconds;
}

/*
 * A port that died takes bytes again where it has room: the reader is back. The limit is then a hundredth, so that a
 * port which comes and goes costs little.
 */
static void revive(struct uart *uart)
{
    if (uart->state == UART_DEAD && (get(&uart->place, UART_LINE_STATUS) & UART_LSR_ROOM))
        uart->state = UART_READY;
}

/* Waits until all bits of mask are set in the line status. False at the limit; the port is then dead. */
static bool wait_for(struct uart *uart, uint8_t mask)
{
    uint64_t start_tsc = rdtsc();
    for (uint32_t looks = 0; looks < looks_max; looks++) {
        if ((get(&uart->place, UART_LINE_STATUS) & mask) == mask)
            return true;
        if (looks >= looks_min && rdtsc() - start_tsc > uart->limit_tsc)
            break;
        pause();
    }
    uart->state = UART_DEAD;
    if (!uart->died)
        uart->limit_tsc /= 100;
    uart->died = true;
    return false;
}

static void send(const struct uart_place *place, const char *bytes, size_t count)
{
    if (!place->memory)
        outsb((uint16_t)(place->address + UART_DATA), bytes, count);
    else
        for (size_t i = 0; i < count; i++)
            put(place, UART_DATA, (uint8_t)bytes[i]);
}

void uart_write(struct uart *uart, const char *text, size_t bytes)
{
    size_t sent = 0;

    revive(uart);
    while (sent < bytes && uart->state == UART_READY && wait_for(uart, UART_LSR_ROOM)) {
        /* Room means that the whole FIFO is empty, so that many bytes fit without another poll. */
        size_t count = bytes - sent < uart->fifo_bytes ? bytes - sent : uart->fifo_bytes;
        send(&uart->place, text + sent, count);
        sent += count;
    }
    uart->sent_bytes += sent;
    uart->dropped_bytes += bytes - sent;
}

bool uart_read(struct uart *uart, uint8_t *byte)
{
    uint8_t status;

    if (uart->state != UART_READY)
        return false;
    status = get(&uart->place, UART_LINE_STATUS);
    if (!(status & UART_LSR_DATA))
        return false;
    *byte = get(&uart->place, UART_DATA);
    return (status & UART_LSR_BROKEN) == 0;
}

void uart_drain(struct uart *uart)
{
    if (uart->state == UART_READY)
        wait_for(uart, UART_LSR_ROOM | UART_LSR_IDLE);
}
