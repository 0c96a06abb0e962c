/* SPDX-License-Identifier: MIT */
/*
 * Ways out on a machine that obeys none of them, with functions of the test in the place of the instruction wrappers:
 * which registers are written, in which order, and that each way ends in HLT.
 */
#define LAB_ARCH_INSN_H
#define LAB_ARCH_INSN_PRIVILEGED_H
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
};

static struct {
    char text[512];
    jmp_buf end;
    uint8_t memory;
} out;

static void note(const char *what, uint64_t where, uint64_t value)
{
    size_t used = strlen(out.text);

    snprintf(out.text + used, sizeof(out.text) - used, "%s%s%llx=%llx", used ? " " : "", what,
             (unsigned long long)where, (unsigned long long)value);
}

static uint8_t inb(uint16_t port)
{
    (void)port;
    return 0;
}

static uint16_t inw(uint16_t port)
{
    (void)port;
    return 0;
}

static void outb(uint16_t port, uint8_t value)
{
    note("", port, value);
}

static void outw(uint16_t port, uint16_t value)
{
    note("w", port, value);
}

static void lidt(const void *pointer)
{
    (void)pointer;
    note("idt", 0, 0);
}

static void ud2(void)
{
    note("ud", 0, 0);
}

static void cli(void)
{
}

static void hlt(void)
{
    longjmp(out.end, 1);
}

#include "arch/x86/exit.c"
#include "tests/unit/tap.h"

void *paging_map_mmio(uint64_t address, uint64_t bytes)
{
    note("map", address, bytes);
    return &out.memory;
}

void pci_write8(struct pci_function at, uint32_t offset, uint8_t value)
{
    note("pci", (uint64_t)at.bus << 16 | (uint64_t)at.device << 11 | (uint64_t)at.function << 8 | offset, value);
}

/* Xen refuses here, so that what comes behind it is seen, too. */
void xen_shutdown(uint32_t reason)
{
    note("xen", 0, reason);
}

static struct acpi_info acpi;

static const char *leave(enum exit_how how, enum hypervisor hypervisor)
{
    struct exit_machine machine = {.acpi = &acpi, .hypervisor = hypervisor};

    memset(&out, 0, sizeof(out));
    if (setjmp(out.end) == 0)
        exit_machine(&machine, how, 0x10);
    return out.text;
}

int main(void)
{
    TAP_STR(leave(EXIT_POWEROFF, HYPERVISOR_XEN), "xen0=0", "a guest of Xen's without ACPI asks Xen");
    TAP_STR(leave(EXIT_AUTO, HYPERVISOR_XEN), "xen0=0", "also when left to the lab");
    TAP_STR(leave(EXIT_DEBUG, HYPERVISOR_XEN), "f4=10 xen0=0", "and behind a debug exit that nobody has");
    TAP_STR(leave(EXIT_HALT, HYPERVISOR_XEN), "", "not where it shall halt");
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_XEN), "cf9=2 cf9=6 64=fe xen0=1 idt0=0 ud0=0",
            "a restart asks Xen before the triple fault");
    acpi.fadt.present = true;
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_NONE), "cf9=2 cf9=6 64=fe idt0=0 ud0=0", "chip set, keyboard, triple fault");
    acpi.fadt.reset_supported = true;
    acpi.fadt.reset = (struct acpi_register){ACPI_SPACE_IO, 0x92};
    acpi.fadt.reset_value = 1;
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_NONE), "92=1 cf9=2 cf9=6 64=fe idt0=0 ud0=0", "the FADT's port first");
    acpi.fadt.reset = (struct acpi_register){ACPI_SPACE_PCI, UINT64_C(0x0014000200F0)};
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_NONE), "pcia2f0=1 cf9=2 cf9=6 64=fe idt0=0 ud0=0", "or in PCI space");
    acpi.fadt.reset.address = 0x100;
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_NONE), "cf9=2 cf9=6 64=fe idt0=0 ud0=0", "as far as it reaches");
    acpi.fadt.reset = (struct acpi_register){ACPI_SPACE_MEMORY, 0xFED00000};
    TAP_STR(leave(EXIT_REBOOT, HYPERVISOR_NONE), "mapfed00000=1 cf9=2 cf9=6 64=fe idt0=0 ud0=0", "or in memory");
    TAP_INT(out.memory, 1, "written");
    TAP_STR(leave(EXIT_POWEROFF, HYPERVISOR_NONE), "", "no S5: halted");
    acpi.fadt.s5_known = true;
    acpi.fadt.s5_type_a = 5;
    acpi.fadt.pm1a_control_port = 0x404;
    TAP_STR(leave(EXIT_POWEROFF, HYPERVISOR_NONE), "w404=3400", "S5");
    acpi.fadt.smi_command_port = 0xb2;
    acpi.fadt.acpi_enable = 0xa0;
    TAP_STR(leave(EXIT_POWEROFF, HYPERVISOR_NONE), "b2=a0 w404=3400", "in ACPI mode, which it waits for with an end");
    TAP_STR(leave(EXIT_POWEROFF, HYPERVISOR_XEN), "b2=a0 w404=3400 xen0=0", "on Xen, too, where there is S5");
    TAP_STR(leave(EXIT_AUTO, HYPERVISOR_NONE), "", "left to the lab a real machine halts");
    return tap_done();
}
