/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/pci/pci.c arch/x86/pci/quiet.c arch/x86/pci/usb_legacy.c
/*
 * PCI functions that are not there: USB controllers whose firmware gives them back, late or never, lists of
 * capabilities without end, devices that keep bus mastering; and which ones are left alone.
 */
#include "arch/x86/machine.h"
#include "arch/x86/pci/quiet.h"
#include "arch/x86/time/delay.h"
#include "tests/unit/tap.h"

enum {
    BASE = 0x20000000,
    EECP = 0x68,
    XECP = 0x500,
    REGISTERS = 0x20, /* CAPLENGTH */
    MEMORY_BYTES = 0x10000,
    NEVER_MS = 1 << 30,
    CLASS_EHCI = 0x0C0320,
    CLASS_XHCI = 0x0C0330,
};

/* One function, 00:03.0, and its memory registers. */
static struct {
    struct machine machine;
    uint32_t config[64];
    uint32_t memory[MEMORY_BYTES / 4];
    uint32_t now_ms, release_ms, halt_ms;
    bool master_sticks, absent;
} at;

static void firmware(void)
{
    uint32_t *legacy = at.config[2] >> 8 == CLASS_EHCI ? &at.config[EECP / 4] : &at.memory[XECP / 4];

    if ((*legacy >> 24 & 1) && at.now_ms >= at.release_ms)
        *legacy &= ~(UINT32_C(1) << 16);
    if (!(at.memory[REGISTERS / 4] & 1) && at.now_ms >= at.halt_ms)
        at.memory[REGISTERS / 4 + 1] |= at.config[2] >> 8 == CLASS_EHCI ? 1 << 12 : 1;
}

void delay_us(const struct machine *machine, uint64_t us)
{
    (void)machine;
    at.now_ms += (uint32_t)(us / 1000);
    firmware();
}

static bool is_ours(struct pci_function function)
{
    return !at.absent && function.bus == 0 && function.device == 3 && function.function == 0;
}

uint32_t pci_read(struct pci_function function, uint32_t offset)
{
    return is_ours(function) ? at.config[offset / 4] : UINT32_MAX;
}

static void write_part(uint32_t offset, uint32_t value, uint32_t mask)
{
    uint32_t shift = offset % 4 * 8;

    at.config[offset / 4] = (at.config[offset / 4] & ~(mask << shift)) | value << shift;
    if (at.master_sticks)
        at.config[1] |= PCI_COMMAND_MASTER;
}

void pci_write8(struct pci_function function, uint32_t offset, uint8_t value)
{
    (void)function;
    write_part(offset, value, 0xFF);
}

void pci_write16(struct pci_function function, uint32_t offset, uint16_t value)
{
    (void)function;
    write_part(offset, value, 0xFFFF);
}

void pci_write32(struct pci_function function, uint32_t offset, uint32_t value)
{
    (void)function;
    write_part(offset, value, UINT32_MAX);
}

bool pci_map(uint64_t address, uint32_t bytes)
{
    return address == BASE && bytes <= MEMORY_BYTES;
}

uint32_t pci_memory_read(uint64_t address)
{
    return at.memory[(address - BASE) / 4];
}

void pci_memory_write(uint64_t address, uint32_t value)
{
    at.memory[(address - BASE) / 4] = value;
}

/* A function of that class with registers, and of both controllers all that the firmware has switched on. */
static void make(uint32_t class)
{
    memset(&at, 0, sizeof(at));
    at.machine.consoles[0] = 0x3f8;
    at.config[0] = 0x1C268086;
    at.config[1] = 0x02900000 | PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY | 1;
    at.config[2] = class << 8;
    at.config[4] = BASE;
    at.config[EECP / 4] = 0x00010000 | 1;
    at.config[EECP / 4 + 1] = 0x0000C001;
    at.memory[0] = REGISTERS;
    at.memory[0x08 / 4] = class == CLASS_EHCI ? EECP << 8 : 0;
    at.memory[0x10 / 4] = 0x100 << 16; /* XECP: a capability of another kind, then the one wanted */
    at.memory[0x400 / 4] = 0x4000 | 2;
    at.memory[XECP / 4] = 0x00010000 | 1;
    at.memory[XECP / 4 + 1] = 0x0000E011 | 0x40;
    at.memory[REGISTERS / 4] = 1;
}

/* "is usb smi halted command" of what quiet_stop() made of it. */
static const char *stop(void)
{
    static char text[64];
    struct quiet_device device = {0};
    struct pci_scan scan = {0};

    if (!pci_scan_next(&scan, &device.pci))
        return "nothing there";
    quiet_stop(&at.machine, &device);
    snprintf(text, sizeof(text), "%s %s %x %u %x", quiet_end_name(device.end), usb_handoff_name(device.usb.how),
             device.usb.smi, device.usb.halted, device.after);
    return pci_scan_next(&scan, &device.pci) ? "a second one" : text;
}

static void try_controller(uint32_t class, const uint32_t *legacy, const char *smi)
{
    char want[64];

    make(class);
    at.release_ms = 50;
    snprintf(want, sizeof(want), "stopped taken %s 1 3", smi);
    TAP_STR(stop(), want, "the firmware gives it back");
    TAP_OK(!(legacy[1] & 0xE03F) && (legacy[0] >> 16 & 0x101) == 0x100, "no SMI is left on");
    TAP_INT(legacy[1] & 0x40, class == CLASS_XHCI ? 0x40 : 0, "reserved bits of xHCI stay");
    TAP_OK(at.now_ms < 200, "as soon as it can");
    make(class);
    at.release_ms = NEVER_MS;
    snprintf(want, sizeof(want), "stopped forced %s 1 3", smi);
    TAP_STR(stop(), want, "it never does");
    TAP_OK(!(legacy[1] & 0xE03F) && !(legacy[0] >> 16 & 1) && at.now_ms <= 1100, "taken within a limit");
    make(class);
    at.halt_ms = NEVER_MS;
    snprintf(want, sizeof(want), "stopped taken %s 0 3", smi);
    TAP_STR(stop(), want, "it does not halt");
    make(class);
    at.config[EECP / 4] = at.memory[XECP / 4] = 1;
    snprintf(want, sizeof(want), "stopped not_owned %s 1 3", smi);
    TAP_STR(stop(), want, "it was nobody's, with SMIs left on");
    TAP_OK(!(legacy[1] & 0xE03F), "they are off");
    make(class);
    at.config[EECP / 4] = EECP << 8 | 9;
    at.memory[0x400 / 4] = at.memory[XECP / 4] = 0x0100 | 2;
    TAP_STR(stop(), "stopped no_capability 0 1 3", "a list without end");
    make(class);
    at.memory[0] = at.memory[2] = at.memory[4] = UINT32_MAX;
    TAP_STR(stop(), "stopped no_registers 0 0 3", "it does not answer");
    make(class);
    at.config[1] &= ~UINT32_C(2);
    TAP_STR(stop(), "stopped no_registers 0 0 1", "its memory is switched off");
}

static void try_others(void)
{
    make(0x020000);
    TAP_STR(stop(), "stopped none 0 0 3", "a network card");
    TAP_INT(at.config[1] >> 16, 0x0290, "its status is not written");
    at.master_sticks = true;
    at.config[1] |= PCI_COMMAND_MASTER;
    TAP_STR(stop(), "refused none 0 0 7", "one that keeps bus mastering");
    make(0x010802);
    at.config[1] &= ~UINT32_C(4);
    TAP_STR(stop(), "was_off none 0 0 3", "a disk that never had it");
    make(0x030000);
    TAP_STR(stop(), "display none 0 0 7", "a display");
    make(0x060400);
    at.config[3] = 0x00010000;
    TAP_STR(stop(), "bridge none 0 0 7", "a bridge");
    make(0x020000);
    at.config[3] = 0x00010000;
    TAP_STR(stop(), "bridge none 0 0 7", "one that is a bridge by its header");
    make(0x060100);
    TAP_STR(stop(), "bridge none 0 0 7", "the bridge to the old devices");
    make(0x080600);
    TAP_STR(stop(), "system none 0 0 7", "an IOMMU");
    make(0x080501);
    TAP_STR(stop(), "stopped none 0 0 3", "an SD host controller");
    make(0x080300);
    TAP_STR(stop(), "system none 0 0 7", "a real time clock");
    make(0x070002);
    at.config[5] = 0xE001;
    TAP_STR(stop(), "stopped none 0 0 3", "a serial card that is not the console");
    make(0x070002);
    at.config[5] = 0xE001;
    at.machine.consoles[0] = 0xE008;
    TAP_STR(stop(), "console none 0 0 7", "the second port of the card that is");
    make(0x070002);
    at.config[5] = 4;
    at.config[6] = 0x12;
    at.machine.consoles[0] = 0;
    at.machine.consoles[1] = UINT64_C(0x1200000040);
    TAP_STR(stop(), "console none 0 0 7", "one with its registers above 4 GiB");
    make(0x070002);
    at.config[5] = 4;
    at.config[6] = 0x13;
    at.machine.consoles[1] = UINT64_C(0x1200000040);
    TAP_STR(stop(), "stopped none 0 0 3", "not one that is elsewhere");
    make(0x020000);
    at.absent = true;
    TAP_STR(stop(), "nothing there", "an empty machine");
}

int main(void)
{
    try_controller(CLASS_EHCI, &at.config[EECP / 4], "c001");
    try_controller(CLASS_XHCI, &at.memory[XECP / 4], "e011");
    try_others();
    return tap_done();
}
