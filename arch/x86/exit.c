/* SPDX-License-Identifier: MIT */
#include "arch/x86/exit.h"

#include <stddef.h>

#include "arch/x86/cpu/paging.h"
#include "arch/x86/hv/xen.h"
#include "arch/x86/hv/xen_regs.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/pci/pci.h"

/* PM1 control, ACPI 6.5, section 4.8.3.2.1. */
#define PM1_SCI_ENABLE       UINT16_C(0x0001)
#define PM1_SLEEP_TYPE_SHIFT 10
#define PM1_SLEEP_TYPE_MASK  UINT16_C(0x1C00)
#define PM1_SLEEP_ENABLE     UINT16_C(0x2000)
/* Sleep control of reduced hardware, section 4.8.3.7. */
#define SLEEP_CONTROL_SHIFT  2
#define SLEEP_CONTROL_ENABLE UINT8_C(0x20)

/*
 * Reset control of PC chip sets at CF9h: system reset, then also the CPU's; the keyboard controller pulses its output
 * 0.
 */
#define RESET_CONTROL_PORT    UINT16_C(0xCF9)
#define RESET_CONTROL_SYSTEM  UINT8_C(0x02)
#define RESET_CONTROL_FULL    UINT8_C(0x06)
#define KEYBOARD_COMMAND_PORT UINT16_C(0x64)
#define KEYBOARD_PULSE_RESET  UINT8_C(0xFE)
#define KEYBOARD_BUSY         UINT8_C(0x02)

/* PM1a control of QEMU's q35 and of its older i440FX, Bochs' likewise; S5 is sleep type 0 there. */
#define QEMU_PM1A_Q35       UINT16_C(0x604)
#define QEMU_PM1A_I440FX    UINT16_C(0xB004)
/* Bochs' shutdown port, which takes this word letter by letter (iodev/unmapped.cc). */
#define BOCHS_SHUTDOWN_PORT UINT16_C(0x8900)

/* About a millisecond of port reads on a PC: long enough for a machine that obeys to be gone. */
static const uint32_t settle_reads = 1000;
/* Turning ACPI mode on goes through firmware; real machines take up to a few hundred ms. */
static const uint32_t acpi_mode_reads = 1000000;

static void settle(void)
{
    for (uint32_t i = 0; i < settle_reads; i++)
        inb(KEYBOARD_COMMAND_PORT);
}

_Noreturn void exit_halt(void)
{
    for (;;) {
        cli();
        hlt();
    }
}

static bool virtual_machine(enum hypervisor hypervisor)
{
    return hypervisor != HYPERVISOR_NONE;
}

static bool qemu_like(enum hypervisor hypervisor)
{
    return hypervisor == HYPERVISOR_TCG || hypervisor == HYPERVISOR_QEMU || hypervisor == HYPERVISOR_KVM ||
           hypervisor == HYPERVISOR_BOCHS;
}

/* Replaces EXIT_AUTO by this machine's way; leaves any other value unchanged. */
static enum exit_how resolve(const struct exit_machine *machine, enum exit_how how)
{
    if (how != EXIT_AUTO)
        return how;
    return virtual_machine(machine->hypervisor) ? EXIT_POWEROFF : EXIT_HALT;
}

/* Writes a byte to a register by generic address; in PCI space that is device, function and offset on bus 0. */
static void write_register(const struct acpi_register *where, uint8_t value)
{
    if (where->space == ACPI_SPACE_IO && where->address <= UINT16_MAX) {
        outb((uint16_t)where->address, value);
    } else if (where->space == ACPI_SPACE_MEMORY) {
        volatile uint8_t *byte = paging_map_mmio(where->address, 1);
        if (byte != NULL)
            *byte = value;
    } else if (where->space == ACPI_SPACE_PCI && (where->address & 0xFFFF) < PCI_CONFIG_BYTES) {
        struct pci_function at = {0, where->address >> 32 & 0x1F, where->address >> 16 & 7};

        pci_write8(at, where->address & 0xFF, value);
    }
}

/* SLP_TYP works in ACPI mode only: the SMI command turns it on where the firmware left it off (section 16.3.2). */
static void enter_acpi_mode(const struct acpi_fadt *fadt)
{
    if ((inw(fadt->pm1a_control_port) & PM1_SCI_ENABLE) != 0 || fadt->smi_command_port == 0 || fadt->acpi_enable == 0)
        return;
    outb(fadt->smi_command_port, fadt->acpi_enable);
    for (uint32_t i = 0; i < acpi_mode_reads; i++)
        if ((inw(fadt->pm1a_control_port) & PM1_SCI_ENABLE) != 0)
            return;
}

static void set_sleep_type(uint16_t port, uint8_t type)
{
    uint16_t keep = inw(port) & (uint16_t) ~(PM1_SLEEP_TYPE_MASK | PM1_SLEEP_ENABLE);
    outw(port, (uint16_t)(keep | (type << PM1_SLEEP_TYPE_SHIFT) | PM1_SLEEP_ENABLE));
}

static void acpi_poweroff(const struct acpi_fadt *fadt)
{
    if (!fadt->present || !fadt->s5_known)
        return;
    if (fadt->reduced_hardware) {
        write_register(&fadt->sleep_control,
                       (uint8_t)((fadt->s5_type_a << SLEEP_CONTROL_SHIFT) | SLEEP_CONTROL_ENABLE));
    } else if (fadt->pm1a_control_port != 0) {
        enter_acpi_mode(fadt);
        set_sleep_type(fadt->pm1a_control_port, fadt->s5_type_a);
        if (fadt->pm1b_control_port != 0)
            set_sleep_type(fadt->pm1b_control_port, fadt->s5_type_b);
    }
    settle();
}

/*
 * For emulators whose loader gave no ACPI. Elsewhere other devices may use the ports, so only where one of these was
 * detected.
 */
static void emulator_poweroff(enum hypervisor hypervisor)
{
    static const char word[] = "Shutdown";

    if (!qemu_like(hypervisor))
        return;
    outw(QEMU_PM1A_Q35, PM1_SLEEP_ENABLE);
    outw(QEMU_PM1A_I440FX, PM1_SLEEP_ENABLE);
    if (hypervisor == HYPERVISOR_BOCHS)
        for (size_t i = 0; i < sizeof(word) - 1; i++)
            outb(BOCHS_SHUTDOWN_PORT, (uint8_t)word[i]);
    settle();
}

static void reboot(const struct exit_machine *machine)
{
    static const struct descriptor_pointer no_idt = {.limit = 0, .base = 0};
    const struct acpi_info *acpi = machine->acpi;
    if (acpi != NULL && acpi->fadt.reset_supported) {
        write_register(&acpi->fadt.reset, acpi->fadt.reset_value);
        settle();
    }
    outb(RESET_CONTROL_PORT, RESET_CONTROL_SYSTEM);
    outb(RESET_CONTROL_PORT, RESET_CONTROL_FULL);
    settle();
    for (uint32_t i = 0; i < settle_reads; i++)
        if ((inb(KEYBOARD_COMMAND_PORT) & KEYBOARD_BUSY) == 0)
            break;
    outb(KEYBOARD_COMMAND_PORT, KEYBOARD_PULSE_RESET);
    settle();
    if (machine->hypervisor == HYPERVISOR_XEN)
        xen_shutdown(XEN_SHUTDOWN_REBOOT);

    /* No table, no handler: the exception becomes a triple fault, which resets. */
    lidt(&no_idt);
    ud2();
}

static void debug_exit(const struct exit_machine *machine, uint8_t code)
{
    outb(machine->debug_port != 0 ? machine->debug_port : EXIT_DEBUG_PORT, code);
    settle();
}

_Noreturn void exit_machine(const struct exit_machine *machine, enum exit_how how, uint8_t code)
{
    cli();
    how = resolve(machine, how);
    if (how == EXIT_DEBUG) {
        debug_exit(machine, code);
        how = resolve(machine, EXIT_AUTO);
    }
    if (how == EXIT_REBOOT)
        reboot(machine);
    if (how == EXIT_POWEROFF) {
        if (machine->acpi != NULL)
            acpi_poweroff(&machine->acpi->fadt);
        emulator_poweroff(machine->hypervisor);
        if (machine->hypervisor == HYPERVISOR_XEN) /* a PVH guest has no S5 */
            xen_shutdown(XEN_SHUTDOWN_POWEROFF);
    }
    exit_halt();
}
