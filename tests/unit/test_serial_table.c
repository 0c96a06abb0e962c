/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/serial_table.c arch/x86/acpi/table.c
/* SPCR and DBG2: where the port is, how it is reached, how fast it is, and what is refused by its name. */
#include <stdlib.h>
#include <string.h>

#include "arch/x86/acpi/serial_table.h"
#include "tests/unit/tap.h"

enum { SPCR_FULL = 90 };

static struct acpi_problems problems;
static struct acpi_serial port;
static struct acpi_dbg2 dbg2;

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

/* Space, register width, access size, address. */
static void put_gas(uint8_t *at, uint8_t space, uint8_t width, uint8_t access, uint32_t address)
{
    memset(at, 0, 12);
    at[0] = space;
    at[1] = width;
    at[3] = access;
    put32(at + 4, address);
}

/* Reads the bytes from a block of just their size. */
static void read_spcr(const uint8_t *bytes, uint32_t count)
{
    uint8_t *block = malloc(count);
    struct acpi_table table = {.bytes = block, .length_bytes = count, .address = 0x1000};

    memcpy(block, bytes, count);
    problems = (struct acpi_problems){0};
    acpi_spcr_read(&port, &table, &problems);
    free(block);
}

static void spcr(uint8_t revision, uint8_t kind, const uint8_t *gas, uint8_t baud)
{
    uint8_t bytes[SPCR_FULL] = {[8] = revision, [36] = kind, [58] = baud};

    memcpy(bytes + 40, gas, 12);
    put16(bytes + 64, 0xFFFF);
    put16(bytes + 66, 0xFFFF);
    put32(bytes + 76, 48000000);
    put32(bytes + 80, 921600);
    read_spcr(bytes, sizeof(bytes));
}

static void check_places(void)
{
    static const struct {
        uint8_t kind, space, width, access;
        uint32_t address;
        bool memory;
        uint8_t stride, wide;
    } rows[] = {
        {0x00, 1, 8, 0, 0x2F8, false, 1, 1},     /* SuperMicro and Dell: COM2 */
        {0x00, 1, 32, 0, 0x3F8, false, 1, 1},    /* ports of the plain kind are one byte apart */
        {0x12, 1, 32, 1, 0x3F8, false, 4, 1},    /* but of the kind with an address of its own */
        {0x00, 0, 8, 1, 0xFE034000, true, 1, 1}, /* memory, byte by byte */
        {0x00, 0, 32, 3, 0xFE034000, true, 4, 4},
        {0x12, 0, 32, 1, 0xFE034000, true, 4, 1}, /* far apart, accessed by bytes */
        {0x12, 0, 8, 3, 0xFE034000, true, 4, 4},  /* no nearer than one access */
        {0x12, 0, 16, 2, 0xFE034000, true, 2, 2},
        {0x12, 0, 32, 0, 0xFE034000, true, 4, 4}, /* access left open: that of the register */
        {0x12, 0, 64, 4, 0xFE034000, true, 4, 4},
        {0x05, 0, 8, 1, 0xFE034000, true, 4, 4},
        {0x14, 0, 8, 1, 0xFE034000, true, 4, 4},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t gas[12];

        put_gas(gas, rows[i].space, rows[i].width, rows[i].access, rows[i].address);
        spcr(2, rows[i].kind, gas, 7);
        TAP_OK(port.present && !port.refused && !port.pci && port.place.address == rows[i].address, "a port");
        TAP_OK(port.place.memory == rows[i].memory && port.place.stride == rows[i].stride &&
                   port.place.access == rows[i].wide,
               "its registers");
    }
}

static void check_speed(void)
{
    uint8_t gas[12];

    put_gas(gas, 1, 8, 1, 0x3F8);
    spcr(2, 0, gas, 3);
    TAP_OK(port.baud == 9600 && port.place.clock_hz == 0, "9600; revision 2 has no clock");
    spcr(3, 0, gas, 0);
    TAP_OK(port.baud == UART_BAUD_KEEP && port.place.clock_hz == 48000000, "as it is; revision 3 has a clock");
    spcr(2, 0, gas, 5);
    TAP_OK(port.baud == UART_BAUD_KEEP, "a code that no table has");
    spcr(4, 0, gas, 7);
    TAP_INT(port.baud, 921600, "revision 4 says it exactly");
    put_gas(gas, 0, 32, 3, 0xFE034000);
    spcr(2, 0, gas, 7);
    TAP_OK(port.baud == UART_BAUD_KEEP, "registers in memory, no clock: a rate is no divisor");
    spcr(4, 0, gas, 7);
    TAP_INT(port.baud, 921600, "with a clock it is");
}

static void check_refused(void)
{
    uint8_t gas[12], pci[SPCR_FULL] = {[8] = 2};

    put_gas(gas, 0, 32, 3, 0x9000000);
    spcr(2, 3, gas, 7);
    TAP_STR(port.refused, "ARM PL011", "PL011");
    spcr(2, 0x0E, gas, 7);
    TAP_STR(port.refused, "ARM SBSA", "SBSA");
    spcr(2, 0x7F, gas, 7);
    TAP_STR(port.refused, "unknown kind", "a kind of tomorrow");
    put_gas(gas, 3, 8, 1, 0x2F8);
    spcr(2, 0, gas, 7);
    TAP_STR(port.refused, "not in memory or ports", "a port behind SMBus");
    put_gas(gas, 1, 8, 1, 0xFFFC);
    spcr(2, 0, gas, 7);
    TAP_STR(port.refused, "ports above FFFFh", "its registers end behind the last port");
    put_gas(gas, 0, 0, 0, 0);
    spcr(2, 0, gas, 0);
    TAP_OK(!port.present && problems.count == 0, "address 0: no console");
    put16(pci + 64, 0x1D3D);
    put16(pci + 66, 0x8086);
    pci[68] = 2;
    pci[69] = 0x16;
    pci[70] = 3;
    read_spcr(pci, sizeof(pci));
    TAP_OK(port.present && port.pci && port.bus == 2 && port.device == 0x16 && port.function == 3, "a PCI function");
    read_spcr(pci, 76);
    TAP_OK(port.present && port.pci, "the shortest table");
    read_spcr(pci, 75);
    TAP_OK(!port.present && problems.list[0].reason == ACPI_REASON_LENGTH, "a cut one");
}

/* A table of `count` devices with room for `bytes`. */
static void read_dbg2(const uint8_t *bytes, uint32_t count)
{
    uint8_t *block = malloc(count);
    struct acpi_table table = {.bytes = block, .length_bytes = count, .address = 0x1000};

    memcpy(block, bytes, count);
    problems = (struct acpi_problems){0};
    acpi_dbg2_read(&dbg2, &table, &problems);
    free(block);
}

static void put_device(uint8_t *at, uint16_t type, uint16_t kind, uint32_t address)
{
    memset(at, 0, 38);
    put16(at + 1, 38);
    at[3] = 1;
    put16(at + 12, type);
    put16(at + 14, kind);
    put16(at + 18, 22);
    put_gas(at + 22, address > 0xFFFF ? 0 : 1, 8, 1, address);
}

static void check_dbg2(void)
{
    uint8_t bytes[44 + 3 * 38] = {0};

    put32(bytes + 36, 44);
    put32(bytes + 40, 3);
    put_device(bytes + 44, 0x8002, 0, 0xFE000000); /* USB */
    put_device(bytes + 82, 0x8000, 0, 0x2F8);
    put_device(bytes + 120, 0x8000, 3, 0x9000000);
    read_dbg2(bytes, sizeof(bytes));
    TAP_OK(dbg2.count == 2 && problems.count == 0, "two serial ports of three");
    TAP_OK(dbg2.ports[0].place.address == 0x2F8 && !dbg2.ports[0].refused && dbg2.ports[0].baud == 0, "COM2");
    TAP_STR(dbg2.ports[1].refused, "ARM PL011", "an ARM one");
    TAP_OK(dbg2.ports[1].baud == UART_BAUD_KEEP, "in memory, without a clock: as the firmware left it");
    put16(bytes + 120 + 18, 27);
    read_dbg2(bytes, sizeof(bytes));
    TAP_OK(dbg2.count == 1, "an address that ends behind its device");
    put16(bytes + 120 + 18, 22);
    put16(bytes + 120 + 1, 39);
    read_dbg2(bytes, sizeof(bytes));
    TAP_OK(dbg2.count == 1 && problems.list[0].effect == ACPI_TAIL_IGNORED, "a device that ends behind the table");
    put16(bytes + 120 + 1, 0);
    read_dbg2(bytes, sizeof(bytes));
    TAP_OK(dbg2.count == 1 && problems.count == 1, "one without a length");
    put32(bytes + 36, 0xFFFFFFF0);
    read_dbg2(bytes, sizeof(bytes));
    TAP_OK(dbg2.count == 0 && problems.count == 1, "devices out of reach");
    read_dbg2(bytes, 43);
    TAP_OK(dbg2.count == 0 && problems.list[0].reason == ACPI_REASON_LENGTH, "a cut table");
}

int main(void)
{
    check_places();
    check_speed();
    check_refused();
    check_dbg2();
    return tap_done();
}
