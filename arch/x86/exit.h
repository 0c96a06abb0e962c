/* SPDX-License-Identifier: MIT */
/*
 * Ways out: halt, reboot, power-off, and the debug exit of emulators.
 *
 * Boot CPU, after the end record has left the serial port (uart_drain). Interrupts are turned off. None of them
 * returns: each tries its ways in turn, waiting a bounded time after each, and ends in HLT with interrupts off.
 */
#ifndef LAB_ARCH_EXIT_H
#define LAB_ARCH_EXIT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/acpi.h"
#include "arch/x86/hv/detect.h"

enum {
    EXIT_DEBUG_PORT = 0xF4, /* QEMU's isa-debug-exit as the launchers place it */
};

enum exit_how {
    EXIT_AUTO, /* power-off under a hypervisor or emulator, else halt */
    EXIT_HALT,
    EXIT_REBOOT,
    EXIT_POWEROFF,
    EXIT_DEBUG, /* then as EXIT_AUTO, where the device is missing */
};

struct exit_machine {
    const struct acpi_info *acpi; /* may be NULL */
    enum hypervisor hypervisor;
    uint16_t debug_port; /* 0 = EXIT_DEBUG_PORT */
};

/*
 * Leaves by the way asked for. code, 0 to 127, reaches the host only through the debug exit: QEMU ends with (code << 1)
 * | 1.
 */
_Noreturn void exit_machine(const struct exit_machine *machine, enum exit_how how, uint8_t code);

_Noreturn void exit_halt(void);

#endif /* LAB_ARCH_EXIT_H */
