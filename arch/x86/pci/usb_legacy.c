/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/usb_legacy.h"

#include "arch/x86/time/delay.h"

enum {
    CLASS_EHCI = 0x0C0320,
    CLASS_XHCI = 0x0C0330,
    ID_LEGACY = 1, /* of either list of extended capabilities */
    LIST_MAX = 48,
    STEP_US = 1000,
    HANDOFF_STEPS = 1000,
    HALT_STEPS = 40,
    READY_STEPS = 100,
    RUN = 1 << 0, /* command register of both */

    EHCI_BYTES = 0x100,
    EHCI_PARAMETERS = 0x08, /* bits 15:8: the first capability, in configuration space */
    EHCI_LIST_FIRST = 0x40,
    EHCI_STATUS = 0x04,
    EHCI_HALTED = 1 << 12,

    XHCI_BYTES = 0x10000,
    XHCI_PARAMETERS = 0x10, /* bits 31:16: the first capability, in units of 4 bytes from the base */
    XHCI_STATUS = 0x04,
    XHCI_HALTED = 1 << 0,
    XHCI_NOT_READY = 1 << 11,
};

/* USBLEGSUP, of both; and USBLEGCTLSTS behind it. */
#define LEGACY_BIOS     (UINT32_C(1) << 16)
#define LEGACY_SYSTEM   (UINT32_C(1) << 24)
#define EHCI_SMI        UINT32_C(0x0000E03F)
#define XHCI_SMI        UINT32_C(0x0000E011)
#define XHCI_SMI_KEPT   UINT32_C(0x000E1FEE) /* reserved: written as read */
#define XHCI_SMI_EVENTS UINT32_C(0xE0000000) /* cleared by a 1 */

static bool makes_no_sense(uint32_t capability, uint32_t parameters)
{
    return capability == UINT32_MAX || (capability & 0xFF) < EHCI_PARAMETERS || parameters == UINT32_MAX;
}

/* Waits until the bits of a memory register are all set, or all clear. */
static bool wait_memory(const struct machine *machine, uint64_t address, uint32_t bits, bool set, unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        uint32_t value = pci_memory_read(address) & bits;

        if (set ? value == bits : value == 0)
            return true;
        delay_us(machine, STEP_US);
    }
    return false;
}

/* Where the list has the legacy capability; 0: it has none. */
static uint32_t find_ehci(const struct pci_device *device, uint32_t parameters)
{
    uint32_t at = (parameters >> 8) & 0xFC;

    for (unsigned i = 0; i < LIST_MAX && at >= EHCI_LIST_FIRST; i++) {
        uint32_t value = pci_read(device->at, at);

        if ((value & 0xFF) == ID_LEGACY)
            return at;
        at = (value >> 8) & 0xFC;
    }
    return 0;
}

/* The two semaphores are bytes of their own: a wider write would give the firmware's back its old value. */
static enum usb_handoff hand_off_ehci(const struct machine *machine, const struct pci_device *device, uint32_t at)
{
    if (!(pci_read(device->at, at) & LEGACY_BIOS))
        return USB_NOT_OWNED;
    pci_write8(device->at, at + 3, LEGACY_SYSTEM >> 24);
    for (unsigned i = 0; i < HANDOFF_STEPS; i++) {
        if (!(pci_read(device->at, at) & LEGACY_BIOS))
            return USB_TAKEN;
        delay_us(machine, STEP_US);
    }
    pci_write8(device->at, at + 2, 0);
    return USB_FORCED;
}

static struct usb_takeover take_ehci(const struct machine *machine, const struct pci_device *device, uint64_t base)
{
    struct usb_takeover takeover = {.how = USB_NO_REGISTERS};
    uint32_t capability, parameters, at;
    uint64_t registers;

    if (!base || !pci_map(base, EHCI_BYTES))
        return takeover;
    capability = pci_memory_read(base);
    parameters = pci_memory_read(base + EHCI_PARAMETERS);
    if (makes_no_sense(capability, parameters))
        return takeover;
    at = find_ehci(device, parameters);
    takeover.how = at ? hand_off_ehci(machine, device, at) : USB_NO_CAPABILITY;
    if (at) {
        takeover.smi = pci_read(device->at, at + 4) & EHCI_SMI;
        pci_write32(device->at, at + 4, 0);
    }
    registers = base + (capability & 0xFF);
    pci_memory_write(registers, pci_memory_read(registers) & ~(uint32_t)RUN);
    takeover.halted = wait_memory(machine, registers + EHCI_STATUS, EHCI_HALTED, true, HALT_STEPS);
    return takeover;
}

static uint64_t find_xhci(uint64_t base, uint32_t parameters)
{
    uint64_t at = base + (parameters >> 16) * 4;
    uint32_t next = parameters >> 16;

    for (unsigned i = 0; i < LIST_MAX && next && at + 8 <= base + XHCI_BYTES; i++) {
        uint32_t value = pci_memory_read(at);

        if ((value & 0xFF) == ID_LEGACY)
            return at;
        next = (value >> 8) & 0xFF;
        at += (uint64_t)next * 4;
    }
    return 0;
}

static enum usb_handoff hand_off_xhci(const struct machine *machine, uint64_t at)
{
    uint32_t value = pci_memory_read(at);

    if (!(value & LEGACY_BIOS))
        return USB_NOT_OWNED;
    pci_memory_write(at, value | LEGACY_SYSTEM);
    if (wait_memory(machine, at, LEGACY_BIOS, false, HANDOFF_STEPS))
        return USB_TAKEN;
    pci_memory_write(at, pci_memory_read(at) & ~LEGACY_BIOS);
    return USB_FORCED;
}

static struct usb_takeover take_xhci(const struct machine *machine, uint64_t base)
{
    struct usb_takeover takeover = {.how = USB_NO_REGISTERS};
    uint32_t capability, parameters;
    uint64_t at, registers;

    if (!base || !pci_map(base, XHCI_BYTES))
        return takeover;
    capability = pci_memory_read(base);
    parameters = pci_memory_read(base + XHCI_PARAMETERS);
    if (makes_no_sense(capability, parameters))
        return takeover;
    at = find_xhci(base, parameters);
    takeover.how = at ? hand_off_xhci(machine, at) : USB_NO_CAPABILITY;
    if (at) {
        uint32_t control = pci_memory_read(at + 4);

        takeover.smi = control & XHCI_SMI;
        pci_memory_write(at + 4, (control & XHCI_SMI_KEPT) | XHCI_SMI_EVENTS);
    }
    registers = base + (capability & 0xFF);
    if (!wait_memory(machine, registers + XHCI_STATUS, XHCI_NOT_READY, false, READY_STEPS))
        return takeover;
    pci_memory_write(registers, pci_memory_read(registers) & ~(uint32_t)RUN);
    takeover.halted = wait_memory(machine, registers + XHCI_STATUS, XHCI_HALTED, true, HALT_STEPS);
    return takeover;
}

struct usb_takeover usb_take(const struct machine *machine, const struct pci_device *device)
{
    if (device->class == CLASS_EHCI)
        return take_ehci(machine, device, pci_memory_base(device));
    if (device->class == CLASS_XHCI)
        return take_xhci(machine, pci_memory_base(device));
    return (struct usb_takeover){.how = USB_NONE};
}

const char *usb_handoff_name(enum usb_handoff how)
{
    static const char *const names[USB_HANDOFFS] = {
        [USB_NONE] = "none",
        [USB_NO_REGISTERS] = "no_registers",
        [USB_NO_CAPABILITY] = "no_capability",
        [USB_NOT_OWNED] = "not_owned",
        [USB_TAKEN] = "taken",
        [USB_FORCED] = "forced",
    };

    return names[how];
}
