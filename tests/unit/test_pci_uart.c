/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/pci/pci.c arch/x86/pci/pci_uart.c
/*
 * Serial ports of PCI functions that are not there: cards with ports behind one register or several, registers that are
 * off, memory, LPSS in and out of reset; and which buses are walked.
 */
#include <stdio.h>
#include <string.h>

#include "arch/x86/pci/pci_uart.h"
#include "tests/unit/tap.h"

enum {
    BASE = 0x20000000,
    FUNCTIONS = 3,
    RESETS = 0x204 / 4,
    CAPABILITIES = 0x2FC / 4,
};

/* A card on bus 2 behind a bridge on bus 0, and what is on bus 5, which no bridge leads to. */
static struct {
    struct pci_function at[FUNCTIONS];
    uint32_t config[FUNCTIONS][64];
    uint32_t io_bytes; /* that BAR 0 of the card decodes */
    uint32_t memory[0x400 / 4];
    uint32_t reads;
} pci;

static struct uart_place at_port(uint16_t port)
{
    return (struct uart_place){.address = port};
}

struct uart_place uart_at_port(uint16_t port)
{
    return at_port(port);
}

static int find(struct pci_function at)
{
    for (int i = 0; i < FUNCTIONS; i++)
        if (memcmp(&at, &pci.at[i], sizeof(at)) == 0)
            return i;
    return -1;
}

uint32_t pci_read(struct pci_function at, uint32_t offset)
{
    int i = find(at);

    pci.reads++;
    return i < 0 ? UINT32_MAX : pci.config[i][offset / 4];
}

void pci_write16(struct pci_function at, uint32_t offset, uint16_t value)
{
    int i = find(at);

    pci.config[i][offset / 4] = (pci.config[i][offset / 4] & 0xFFFF0000) | value;
}

void pci_write32(struct pci_function at, uint32_t offset, uint32_t value)
{
    int i = find(at);

    TAP_OK((pci.config[i][1] & 3) == 0 || value != UINT32_MAX, "it decodes nothing while it is sized");
    pci.config[i][offset / 4] = (value & ~(pci.io_bytes - 1)) | 1;
}

bool pci_map(uint64_t address, uint32_t bytes)
{
    return address == BASE && bytes <= sizeof(pci.memory);
}

uint32_t pci_memory_read(uint64_t address)
{
    return pci.memory[(address - BASE) / 4];
}

static void make(uint32_t vendor, uint32_t class)
{
    memset(&pci, 0, sizeof(pci));
    pci.at[0] = (struct pci_function){0, 28, 0};
    pci.config[0][0] = 0x12348086;
    pci.config[0][2] = 0x060400u << 8;
    pci.config[0][3] = 1 << 16;
    pci.config[0][6] = 0x020200;
    pci.at[1] = (struct pci_function){2, 0, 0};
    pci.config[1][0] = 0x1000 << 16 | vendor;
    pci.config[1][2] = class << 8;
    pci.at[2] = (struct pci_function){5, 0, 0};
    pci.config[2][0] = 0x10001D3D;
    pci.io_bytes = 8;
}

/* "port/stride ..." of the card, memory with an m. */
static const char *places(void)
{
    static char text[256];
    struct pci_walk walk = {0};
    struct pci_device device;
    struct pci_uart ports;
    int used = 0;

    text[0] = '\0';
    while (pci_walk_next(&walk, &device)) {
        pci_uart_places(&device, &ports);
        for (uint32_t i = 0; i < ports.count; i++)
            used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s%llx/%u%s", used ? " " : "",
                             ports.places[i].memory ? "m" : "", (unsigned long long)ports.places[i].address,
                             ports.places[i].stride, ports.keep_baud ? "k" : "");
    }
    return text;
}

static void test_cards(void)
{
    make(0x1D3D, 0x070002);
    pci.config[1][4] = 0xE001;
    TAP_STR(places(), "e000/0", "one port");
    TAP_OK((pci.config[1][1] & 3) == 1 && pci.config[1][4] == 0xE001, "its ports are on, its register as it was");
    TAP_OK(pci.reads < 300, "two buses are walked, not all");
    make(0x1D3D, 0x070002);
    pci.config[1][4] = 0xE001;
    pci.config[1][5] = 0xE101;
    pci.io_bytes = 16;
    TAP_STR(places(), "e000/0 e008/0 e100/0 e108/0", "two registers with two ports each");
    make(0x1D3D, 0x070002);
    pci.config[1][4] = 1;
    TAP_STR(places(), "", "a register without an address");
    make(0x1D3D, 0x070002);
    pci.config[1][4] = BASE | 4;
    pci.config[1][5] = 0x12;
    TAP_STR(places(), "m1220000000/1 m1220000000/4", "memory above 4 GiB: two ways to reach it");
    TAP_INT(pci.config[1][1] & 3, 2, "is on");
    make(0x1D3D, 0x078000);
    pci.config[1][4] = 0xE001;
    TAP_STR(places(), "", "no serial port");
}

static void test_lpss(void)
{
    make(0x8086, 0x118000);
    pci.config[1][1] = PCI_COMMAND_MEMORY;
    pci.config[1][4] = BASE;
    pci.memory[CAPABILITIES] = 1 << 4;
    pci.memory[RESETS] = 7;
    TAP_STR(places(), "m20000000/4k", "a port that the firmware uses");
    pci.memory[RESETS] = 4;
    TAP_STR(places(), "", "one in reset");
    pci.memory[RESETS] = 7;
    pci.memory[CAPABILITIES] = 2 << 4;
    TAP_STR(places(), "", "an SPI controller");
    pci.memory[CAPABILITIES] = UINT32_MAX;
    TAP_STR(places(), "", "one without power");
    pci.memory[CAPABILITIES] = 1 << 4;
    pci.config[1][1] = 0;
    TAP_STR(places(), "", "one that is off");
    make(0x1022, 0x118000);
    pci.config[1][1] = PCI_COMMAND_MEMORY;
    pci.config[1][4] = BASE;
    pci.memory[CAPABILITIES] = 1 << 4;
    pci.memory[RESETS] = 7;
    TAP_STR(places(), "", "another maker's");
}

int main(void)
{
    test_cards();
    test_lpss();
    return tap_done();
}
