/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/quiet.h"

#include "arch/x86/machine.h"

enum {
    CLASS_SHIFT = 16,
    SUBCLASS_SHIFT = 8,
    CLASS_DISPLAY = 0x03,
    CLASS_BRIDGE = 0x06,
    CLASS_SYSTEM = 0x08,
    CLASS_SD_HOST = 0x0805,  /* with its subclass: an endpoint with a card behind it, as a disk's controller */
    BAR_IO_BYTES = 256,      /* at most: PCI Local Bus specification 3.0, section 6.2.5.1 */
    BAR_MEMORY_BYTES = 4096, /* of a card with ports in memory: as far as their registers reach */
};

static bool holds(const struct machine *machine, uint64_t base, uint64_t bytes)
{
    for (uint32_t i = 0; base && i < MACHINE_CONSOLES; i++)
        if (machine->consoles[i] && machine->consoles[i] - base < bytes)
            return true;
    return false;
}

/* A UART that the log goes to may be a card. */
static bool has_console(const struct pci_device *device, const struct machine *machine)
{
    struct pci_bar bar;

    for (uint32_t i = 0; pci_bar_next(device, &i, &bar);)
        if (holds(machine, bar.base, bar.io ? BAR_IO_BYTES : BAR_MEMORY_BYTES))
            return true;
    return false;
}

static enum quiet_end judge(const struct machine *machine, const struct pci_device *device)
{
    uint32_t class = device->class >> CLASS_SHIFT;

    if (device->header != 0 || class == CLASS_BRIDGE)
        return QUIET_BRIDGE;
    if (class == CLASS_DISPLAY)
        return QUIET_DISPLAY;
    if (class == CLASS_SYSTEM && device->class >> SUBCLASS_SHIFT != CLASS_SD_HOST)
        return QUIET_SYSTEM;
    if (has_console(device, machine))
        return QUIET_CONSOLE;
    return device->command & PCI_COMMAND_MASTER ? QUIET_STOPPED : QUIET_WAS_OFF;
}

void quiet_stop(const struct machine *machine, struct quiet_device *device)
{
    const struct pci_device *pci = &device->pci;

    device->end = judge(machine, pci);
    if (device->end < QUIET_BRIDGE)
        device->usb = usb_take(machine, pci);
    if (device->end == QUIET_STOPPED)
        pci_write16(pci->at, PCI_COMMAND, pci->command & (uint16_t)~PCI_COMMAND_MASTER);
    device->after = (uint16_t)pci_read(pci->at, PCI_COMMAND);
    if (device->end == QUIET_STOPPED && (device->after & PCI_COMMAND_MASTER))
        device->end = QUIET_REFUSED;
}

const char *quiet_end_name(enum quiet_end end)
{
    static const char *const names[QUIET_ENDS] = {
        [QUIET_STOPPED] = "stopped", [QUIET_WAS_OFF] = "was_off", [QUIET_REFUSED] = "refused",
        [QUIET_BRIDGE] = "bridge",   [QUIET_DISPLAY] = "display", [QUIET_SYSTEM] = "system",
        [QUIET_CONSOLE] = "console",
    };

    return names[end];
}
