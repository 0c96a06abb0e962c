/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/console/claimed.c arch/x86/cpu/mem.c
/* Where no console is looked for: at the edges of each range of ports and memory, and in RAM. */
#include "arch/x86/console/claimed.h"

#include "arch/x86/cpu/mem.h"
#include "tests/unit/tap.h"

static void test_ports(void)
{
    static const struct {
        uint16_t port;
        bool claimed;
    } rows[] = {{0x20, true},   {0x40, true},   {0x60, true},   {0x70, true},   {0x80, true},   {0x92, true},
                {0xA0, true},   {0xB2, true},   {0xF9, true},   {0x100, false}, {0x168, false}, {0x169, true},
                {0x177, true},  {0x178, false}, {0x240, false}, {0x2E8, false}, {0x2F8, false}, {0x3E8, false},
                {0x3F8, false}, {0x3B8, false}, {0x3B9, true},  {0x4CA, true},  {0x4D2, false}, {0xCF0, false},
                {0xCF1, true},  {0xCF3, true},  {0xCF9, true},  {0xCFF, true},  {0xD00, false}, {0xE010, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        TAP_OK((claimed_ports(rows[i].port, rows[i].port + 7U) != NULL) == rows[i].claimed, "eight ports");
    TAP_STR(claimed_ports(0xCF9, 0xCF9), "the ports of PCI's configuration and of the reset", "by name");
    TAP_OK(claimed_ports(0xCE0, 0xCFF) != NULL, "registers that stand 32 bits apart");
}

static void test_memory(void)
{
    TAP_OK(!claimed_memory(0xFEDC9000, 0xFEDC901F), "AMD's ports");
    TAP_OK(!claimed_memory(0xFE034000, 0xFE03401F) && !claimed_memory(UINT64_C(0x4000000000), UINT64_C(0x4000000007)),
           "Intel's, and a card's above 4 GiB");
    TAP_STR(claimed_memory(0xFEE000F0, 0xFEE000F7), "the local APICs", "the local APIC");
    TAP_STR(claimed_memory(0xFEBFFFFF, 0xFEC00006), "the I/O APIC", "its first byte");
    TAP_STR(claimed_memory(0xE0000000, 0xFED00000), "the I/O APIC", "pixels that reach over both");
    TAP_STR(claimed_memory(0xFED003FF, 0xFED00406), "the HPET", "its last byte");
    TAP_OK(!claimed_memory(0xFED00400, 0xFED00407), "behind it");
    TAP_STR(claimed_memory(0xFFC00000, 0xFFC00007), "the firmware's flash", "the flash");
    TAP_OK(!claimed_memory(UINT64_C(0x100000000), UINT64_C(0x100000007)), "behind it, above 4 GiB");
    TAP_OK(claimed_memory(0xB8000, 0xB8007) && !claimed_memory(0x100000, 0x100007), "below 1 MiB");
}

static void test_ram(void)
{
    static const struct boot_info info = {.memory_count = 5,
                                          .memory = {{0x100000, 0x10000, BOOT_MEMORY_USABLE},
                                                     {0x200000, 0x10000, BOOT_MEMORY_RESERVED},
                                                     {0x300800, 0x800, BOOT_MEMORY_ACPI_RECLAIM},
                                                     {0x400000, 0x1000, BOOT_MEMORY_ACPI_NVS},
                                                     {0x500000, 0x1000, BOOT_MEMORY_BAD}}};

    TAP_OK(mem_is_ram(&info, 0x100000, 1) && mem_is_ram(&info, 0x10FFFF, 1) && mem_is_ram(&info, 0xFF000, 0x1001),
           "usable memory");
    TAP_OK(!mem_is_ram(&info, 0xFF000, 0x1000) && !mem_is_ram(&info, 0x110000, 8), "its edges");
    TAP_OK(!mem_is_ram(&info, 0x200000, 8) && !mem_is_ram(&info, 0x500000, 8),
           "reserved, and broken: registers may be");
    TAP_OK(mem_is_ram(&info, 0x300000, 8) && mem_is_ram(&info, 0x400FF8, 8), "tables, the page that they share too");
    TAP_OK(mem_is_ram(&info, 0, UINT64_C(1) << 40), "all of it");
}

int main(void)
{
    test_ports();
    test_memory();
    test_ram();
    return tap_done();
}
