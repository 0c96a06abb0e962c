/* SPDX-License-Identifier: MIT */
/*
 * The serial port against a made-up 16550, with the place of the instruction wrappers taken by the functions below: it
 * is left as it was, what answers, the divisor, and that a port which takes nothing costs two seconds once.
 */
#define LAB_ARCH_INSN_H
#define LAB_ARCH_INSN_PRIVILEGED_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LOOK_TSC = 1000 };

static struct {
    bool there, deaf; /* it answers; its modem lines do not come back */
    uint8_t scratch, modem, line_control, fifo_control, interrupts;
    uint8_t divisor[2]; /* low, high */
    uint8_t identification, received;
    bool has_byte;
    uint32_t busy_looks; /* so many more looks until there is room; UINT32_MAX: never */
    uint64_t now_tsc, looks, tick_tsc;
    char sent[64];
    size_t sent_bytes, burst_max;
} chip;

static uint8_t inb(uint16_t port)
{
    if (!chip.there)
        return 0xff;
    switch (port & 7) {
    case 0:
        return chip.received;
    case 2:
        return chip.identification;
    case 4:
        return chip.modem;
    case 5:
        chip.looks++;
        if (chip.busy_looks && chip.busy_looks != UINT32_MAX)
            chip.busy_looks--;
        return (chip.busy_looks ? 0 : 0x60) | (chip.has_byte ? 1 : 0);
    case 6: /* in loopback OUT2 and RTS come back as DCD and CTS */
        if (chip.deaf || !(chip.modem & 0x10))
            return 0xb0;
        return (uint8_t)((chip.modem & 8 ? 0x80 : 0) | (chip.modem & 2 ? 0x10 : 0));
    case 7:
        return chip.scratch;
    default:
        return 0;
    }
}

static void outb(uint16_t port, uint8_t value)
{
    bool latch = chip.line_control & 0x80;

    switch (port & 7) {
    case 0:
        chip.divisor[0] = latch ? value : chip.divisor[0];
        break;
    case 1:
        *(latch ? &chip.divisor[1] : &chip.interrupts) = value;
        break;
    case 2:
        chip.fifo_control = value;
        break;
    case 3:
        chip.line_control = value;
        break;
    case 4:
        chip.modem = value;
        break;
    case 7:
        chip.scratch = value;
        break;
    default:
        break;
    }
}

static void outsb(uint16_t port, const void *from, uint64_t count)
{
    (void)port;
    memcpy(chip.sent + chip.sent_bytes, from, count);
    chip.sent_bytes += count;
    chip.burst_max = count > chip.burst_max ? count : chip.burst_max;
}

static uint64_t rdtsc(void)
{
    return chip.now_tsc += chip.tick_tsc;
}

static void pause(void)
{
}

#include "arch/x86/console/uart.c"
#include "tests/unit/tap.h"

static struct uart uart;
static const struct uart_place com1 = {.address = UART_COM1};

static bool open_at(uint32_t baud)
{
    memset(&chip, 0, sizeof(chip));
    chip.there = true;
    chip.tick_tsc = LOOK_TSC;
    chip.scratch = 0x5a;
    chip.modem = 0x0b;
    chip.identification = 0xc1;
    return uart_open(&uart, &com1, baud, false);
}

static void test_probe(void)
{
    TAP_OK(open_at(0) && uart.baud == 115200 && uart.fifo_bytes == 16 && uart.proven, "a 16550 is found");
    TAP_INT(chip.scratch, 0x5a, "its scratch register is as it was");
    TAP_INT(chip.line_control, 3, "8N1, the divisor's latch closed");
    TAP_INT(chip.interrupts, 0, "no interrupts");
    TAP_INT(chip.modem, 3, "DTR and RTS, no loop");
    TAP_INT(chip.fifo_control, 3, "the FIFO is on, and what is still to be sent stays in it");
    memset(&chip, 0, sizeof(chip));
    TAP_OK(!uart_open(&uart, &com1, 0, false) && uart.state == UART_ABSENT, "no UART");
    chip.there = chip.deaf = true;
    chip.modem = 0x0b;
    chip.scratch = 0x5a;
    TAP_OK(!uart_open(&uart, &com1, 0, false) && chip.modem == 0x0b && chip.scratch == 0x5a && chip.line_control == 0,
           "a register that keeps values is no UART, and stays as it was");
    TAP_OK(!uart_open(&uart, &(struct uart_place){0}, 0, false), "no port");
    TAP_OK(uart_open(&uart, &com1, 0, true) && !uart.proven, "a port that the firmware names need not pass the probe");
    chip.busy_looks = 300;
    chip.tick_tsc = 1 << 20;
    TAP_OK(uart_open(&uart, &com1, 0, true), "it may be busy for a while");
    chip.there = false;
    TAP_OK(!uart_open(&uart, &com1, 0, true), "but must be there");
    TAP_OK(uart_com_port(0) == 0x3f8 && uart_com_port(3) == 0x2e8 && uart_com_port(4) == 0, "COM1 to COM4");
}

static void test_divisor(void)
{
    static const struct {
        uint32_t baud, divisor;
    } rows[] = {{115200, 1}, {57600, 2}, {9600, 12}, {300, 384}, {1, 65535}, {230400, 1}, {80000, 1}, {70000, 2}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        open_at(rows[i].baud);
        TAP_INT(chip.divisor[0] | chip.divisor[1] << 8, rows[i].divisor, "the divisor");
        TAP_INT(uart.baud, 115200 / rows[i].divisor, "and the rate that it makes");
    }
}

static void test_write(void)
{
    open_at(0);
    uart_write(&uart, "a line that is longer than a FIFO", 33);
    TAP_OK(chip.sent_bytes == 33 && memcmp(chip.sent, "a line that is longer than a FIFO", 33) == 0, "all is sent");
    TAP_INT(chip.burst_max, 16, "in FIFOs");
    TAP_OK(uart.sent_bytes == 33 && uart.dropped_bytes == 0, "and counted");
    chip.has_byte = true;
    chip.received = 'x';
    TAP_OK(uart_read(&uart, &chip.interrupts) && chip.interrupts == 'x', "a byte has come");
    chip.has_byte = false;
    TAP_OK(!uart_read(&uart, &chip.interrupts), "no other");
}

/* Hz, ticks from one look to the next, looks that it is busy: whether the port is dead afterwards. */
static bool dies(uint64_t tsc_hz, uint64_t tick_tsc, uint32_t busy_looks)
{
    open_at(0);
    uart_set_tsc_hz(&uart, tsc_hz);
    chip.tick_tsc = tick_tsc;
    chip.busy_looks = busy_looks;
    chip.now_tsc = chip.looks = 0;
    uart_write(&uart, "abc", 3);
    return uart.state == UART_DEAD;
}

static void test_limit(void)
{
    const uint64_t hz = 1000 * 1000;

    TAP_OK(!dies(hz, LOOK_TSC, 1990), "1.99 s are borne");
    TAP_OK(dies(hz, LOOK_TSC, UINT32_MAX), "a port that takes nothing is dead");
    TAP_OK(chip.now_tsc > 2 * hz && chip.now_tsc < 2 * hz + 4 * LOOK_TSC, "after two seconds");
    TAP_OK(uart.dropped_bytes == 3 && uart.sent_bytes == 0, "what was to be sent is counted");
    chip.looks = 0;
    uart_write(&uart, "abc", 3);
    uart_drain(&uart);
    TAP_OK(chip.looks == 1 && uart.dropped_bytes == 6, "and it costs one look more");
    chip.busy_looks = 0;
    uart_write(&uart, "abc", 3);
    TAP_OK(uart.state == UART_READY && uart.sent_bytes == 3 && uart.dropped_bytes == 6, "until it takes bytes again");
    chip.busy_looks = UINT32_MAX;
    chip.now_tsc = 0;
    uart_write(&uart, "abc", 3);
    TAP_OK(uart.state == UART_DEAD && chip.now_tsc < hz / 10, "the second death costs a hundredth");
    uart_set_tsc_hz(&uart, 100 * hz);
    TAP_OK(uart.limit_tsc == hz / 50, "for good");
    TAP_OK(!dies(hz, 3 * hz, 60), "one look a limit: the host did not run this CPU");
    TAP_OK(dies(hz, 3 * hz, UINT32_MAX) && chip.looks < 100, "many of them are enough");
    TAP_OK(dies(hz, 0, UINT32_MAX), "it ends where the TSC stands still");
    TAP_OK(!dies(0, 1 << 20, 4000), "before the frequency is known it is 2^32 ticks");
    TAP_OK(dies(0, 1 << 20, 5000), "and not more");
}

/* Registers in memory, 4 bytes apart, accessed by 4; the chip is a piece of memory that keeps what is written. */
static void test_memory(void)
{
    static _Alignas(8) uint32_t registers[UART_REGISTERS];
    struct uart_place place = {.memory = true, .stride = 4, .access = 4, .clock_hz = 14745600};

    place.address = (uintptr_t)registers;
    registers[UART_IDENTIFICATION] = 0xc1;
    registers[UART_LINE_STATUS] = UART_LSR_ROOM | UART_LSR_IDLE;
    TAP_OK(uart_open(&uart, &place, 921600, true), "a port in memory");
    TAP_OK(uart.baud == 921600 && registers[UART_DIVISOR_LOW] == 1, "at eight times a PC's clock");
    TAP_INT(registers[UART_LINE_CONTROL], 3, "8N1");
    uart_write(&uart, "ab", 2);
    TAP_OK(registers[UART_DATA] == 'b' && uart.sent_bytes == 2, "takes bytes");
    registers[UART_LINE_STATUS] |= UART_LSR_DATA;
    registers[UART_DATA] = 'x';
    TAP_OK(uart_read(&uart, &chip.interrupts) && chip.interrupts == 'x', "and gives them");
    registers[UART_LINE_STATUS] |= UART_LSR_BROKEN;
    TAP_OK(!uart_read(&uart, &chip.interrupts), "but none that came broken");
    place.access = place.stride = 1;
    place.address = (uintptr_t)&chip.sent;
    memset(chip.sent, 0, sizeof(chip.sent));
    chip.tick_tsc = 1 << 20;
    TAP_OK(!uart_open(&uart, &place, UART_BAUD_KEEP, true) && chip.now_tsc < UINT64_C(1) << 30,
           "memory that reads as 0 is no port, whoever names it");
    memset(chip.sent, 0, sizeof(chip.sent));
    chip.sent[UART_LINE_STATUS] = UART_LSR_ROOM;
    chip.sent[UART_DIVISOR_LOW] = 16;
    TAP_OK(uart_open(&uart, &place, UART_BAUD_KEEP, true) && uart.baud == 57600 && chip.sent[0] == 16,
           "the firmware's divisor may stay");
}

int main(void)
{
    test_memory();
    test_probe();
    test_divisor();
    test_write();
    test_limit();
    return tap_done();
}
