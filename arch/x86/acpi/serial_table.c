/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/serial_table.h"

#include "arch/x86/acpi/fadt.h"
#include "lib/cstring.h"

enum {
    /* Generic address. */
    GAS_WIDTH = 1, /* bits from one register to the next */
    GAS_ACCESS = 3,
    GAS_ADDRESS = 4,
    GAS_BYTES = 12,

    SPCR_KIND = 36,
    SPCR_REGISTERS = 40,
    SPCR_BAUD = 58,
    SPCR_PCI_ID = 64,
    SPCR_PCI_VENDOR = 66,
    SPCR_BUS = 68,
    SPCR_DEVICE = 69,
    SPCR_FUNCTION = 70,
    SPCR_SEGMENT = 75,
    SPCR_CLOCK = 76,   /* since revision 3 */
    SPCR_PRECISE = 80, /* since revision 4 */
    SPCR_BYTES = 76,
    TABLE_REVISION = 8,

    DBG2_FIRST = 36,
    DBG2_COUNT = 40,
    DBG2_BYTES = 44,
    DBG2_DEVICES_MAX = 64, /* more than any machine has; a larger number is damage */
    DEVICE_LENGTH = 1,
    DEVICE_REGISTERS = 3, /* how many addresses */
    DEVICE_TYPE = 12,
    DEVICE_KIND = 14,
    DEVICE_ADDRESS = 18,
    DEVICE_BYTES = 22,
    DEVICE_TYPE_SERIAL = 0x8000,

    KIND_16550 = 0x00,
    KIND_16550_SUBSET = 0x01,
    KIND_16550_NVIDIA = 0x05,
    KIND_16550_GAS = 0x12,
    KIND_LPSS = 0x14,
    KINDS = 0x16,
    NO_PCI = 0xFFFF,
    CLOCK_MIN_HZ = 16 * 50,
};

/* NULL: a 16550, or a number that no table has. */
static const char *const FOREIGN[KINDS] = {
    [0x02] = "MAX311xE",       [0x03] = "ARM PL011",  [0x04] = "MSM8x60",
    [0x06] = "TI OMAP",        [0x08] = "APM88xxxx",  [0x09] = "MSM8974",
    [0x0A] = "SAM5250",        [0x0B] = "Intel USIF", [0x0C] = "i.MX 6",
    [0x0D] = "ARM SBSA (2.x)", [0x0E] = "ARM SBSA",   [0x0F] = "ARM DCC",
    [0x10] = "BCM2835",        [0x11] = "SDM845",     [0x13] = "SDM845 (7.372 MHz)",
    [0x15] = "RISC-V SBI",
};

static const char *refused(uint16_t kind)
{
    switch (kind) {
    case KIND_16550:
    case KIND_16550_SUBSET:
    case KIND_16550_NVIDIA:
    case KIND_16550_GAS:
    case KIND_LPSS:
        return NULL;
    default:
        return kind < KINDS && FOREIGN[kind] ? FOREIGN[kind] : "unknown kind";
    }
}

/* The largest power of two up to 4 that `bits` are wide. */
static uint8_t bytes_of(uint32_t bits)
{
    return bits >= 32 ? 4 : bits >= 16 ? 2 : 1;
}

/*
 * Registers lie as far apart as one is wide, and at least as far as one access reaches: tables say 32 bits by one of
 * the two words or by both. I/O ports of the plain kinds are one byte apart, whatever the table says.
 */
static void read_address(struct acpi_serial *port, const uint8_t *gas)
{
    uint8_t access = gas[GAS_ACCESS];

    port->place.address = acpi_u64(gas + GAS_ADDRESS);
    port->place.memory = gas[0] == ACPI_SPACE_MEMORY;
    port->place.access = access ? bytes_of(UINT32_C(4) << (access & 7)) : bytes_of(gas[GAS_WIDTH]);
    port->place.stride = bytes_of(gas[GAS_WIDTH]);
    if (port->place.stride < port->place.access)
        port->place.stride = port->place.access;
    if (!port->place.memory) {
        port->place.access = 1;
        if (port->kind != KIND_16550_GAS)
            port->place.stride = 1;
    } else if (port->kind == KIND_16550_NVIDIA || port->kind == KIND_LPSS) {
        port->place.access = port->place.stride = 4;
    }
    if (port->refused == NULL && gas[0] != ACPI_SPACE_MEMORY && gas[0] != ACPI_SPACE_IO)
        port->refused = "not in memory or ports";
    else if (port->refused == NULL && !port->place.memory &&
             port->place.address > UINT16_MAX - (uint64_t)port->place.stride * UART_REGISTERS)
        port->refused = "ports above FFFFh";
}

/* Section "Baud rate": 0 and what no table has leave the port as it is. */
static uint32_t baud_of(uint8_t code)
{
    static const uint32_t bauds[] = {[3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200};

    return code < sizeof(bauds) / sizeof(bauds[0]) && bauds[code] ? bauds[code] : UART_BAUD_KEEP;
}

void acpi_spcr_read(struct acpi_serial *port, const struct acpi_table *table, struct acpi_problems *problems)
{
    const uint8_t *spcr = table->bytes;

    memset(port, 0, sizeof(*port));
    if (spcr == NULL)
        return;
    if (table->length_bytes < SPCR_BYTES) {
        acpi_problem_add(problems, "SPCR", ACPI_REASON_LENGTH, table->address);
        return;
    }
    port->kind = spcr[SPCR_KIND];
    port->refused = refused(port->kind);
    read_address(port, spcr + SPCR_REGISTERS);
    port->baud = baud_of(spcr[SPCR_BAUD]);
    port->pci = acpi_u16(spcr + SPCR_PCI_ID) != NO_PCI && acpi_u16(spcr + SPCR_PCI_VENDOR) != NO_PCI &&
                acpi_u16(spcr + SPCR_PCI_VENDOR) != 0 && spcr[SPCR_SEGMENT] == 0;
    port->bus = spcr[SPCR_BUS];
    port->device = spcr[SPCR_DEVICE] & 0x1F;
    port->function = spcr[SPCR_FUNCTION] & 7;
    if (spcr[TABLE_REVISION] >= 3 && table->length_bytes >= SPCR_CLOCK + 4 &&
        acpi_u32(spcr + SPCR_CLOCK) >= CLOCK_MIN_HZ)
        port->place.clock_hz = acpi_u32(spcr + SPCR_CLOCK);
    if (spcr[TABLE_REVISION] >= 4 && table->length_bytes >= SPCR_PRECISE + 4 && acpi_u32(spcr + SPCR_PRECISE) != 0)
        port->baud = acpi_u32(spcr + SPCR_PRECISE);
    if (port->place.memory && port->place.clock_hz == 0)
        port->baud = UART_BAUD_KEEP; /* nothing says what a divisor makes */
    port->present = port->place.address != 0 || port->pci;
}

static void add_device(struct acpi_dbg2 *ports, const uint8_t *device, uint32_t length)
{
    uint32_t at = acpi_u16(device + DEVICE_ADDRESS);
    struct acpi_serial *port = &ports->ports[ports->count];

    if (acpi_u16(device + DEVICE_TYPE) != DEVICE_TYPE_SERIAL || device[DEVICE_REGISTERS] == 0 ||
        ports->count == ACPI_DBG2_MAX || at > length || length - at < GAS_BYTES)
        return;
    port->kind = acpi_u16(device + DEVICE_KIND);
    port->refused = refused(port->kind);
    read_address(port, device + at);
    port->baud = port->place.memory ? UART_BAUD_KEEP : 0;
    port->present = port->place.address != 0;
    ports->count += port->present;
}

void acpi_dbg2_read(struct acpi_dbg2 *ports, const struct acpi_table *table, struct acpi_problems *problems)
{
    uint32_t at, count;

    memset(ports, 0, sizeof(*ports));
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < DBG2_BYTES) {
        acpi_problem_add(problems, "DBG2", ACPI_REASON_LENGTH, table->address);
        return;
    }
    at = acpi_u32(table->bytes + DBG2_FIRST);
    count = acpi_u32(table->bytes + DBG2_COUNT);
    for (uint32_t i = 0; i < count && i < DBG2_DEVICES_MAX; i++) {
        uint32_t left = at < table->length_bytes ? table->length_bytes - at : 0;
        uint32_t length = left >= DEVICE_BYTES ? acpi_u16(table->bytes + at + DEVICE_LENGTH) : 0;

        if (length < DEVICE_BYTES || length > left) {
            acpi_problem_note(problems, "DBG2", ACPI_TAIL_IGNORED, ACPI_REASON_ENTRY, table->address, at);
            return;
        }
        add_device(ports, table->bytes + at, length);
        at += length;
    }
}
