/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/claimed.h"

#include <stddef.h>

struct claim {
    uint32_t first, last;
    const char *by;
};

static const struct claim ports[] = {
    {0x000, 0x0FF, "the mainboard's own ports"}, /* DMA, interrupts, timers, keyboard, CMOS, POST, SMI */
    {0x170, 0x177, "a disk's ports"},
    {0x1F0, 0x1F7, "a disk's ports"},
    {0x3C0, 0x3DF, "the screen's ports"},
    {0x4D0, 0x4D1, "the interrupt controllers' ports"},
    {0xCF8, 0xCFF, "the ports of PCI's configuration and of the reset"},
};

static const struct claim memory[] = {
    {0x00000000, 0x000FFFFF, "memory below 1 MiB"},
    {0xFEC00000, 0xFEC00FFF, "the I/O APIC"},
    {0xFED00000, 0xFED003FF, "the HPET"},
    {0xFEE00000, 0xFEEFFFFF, "the local APICs"},
    {0xFF000000, 0xFFFFFFFF, "the firmware's flash"},
};

static const char *find(const struct claim *claims, size_t count, uint64_t first, uint64_t last)
{
    for (size_t i = 0; i < count; i++)
        if (first <= claims[i].last && last >= claims[i].first)
            return claims[i].by;
    return NULL;
}

const char *claimed_ports(uint64_t first, uint64_t last)
{
    return find(ports, sizeof(ports) / sizeof(ports[0]), first, last);
}

const char *claimed_memory(uint64_t first, uint64_t last)
{
    return find(memory, sizeof(memory) / sizeof(memory[0]), first, last);
}
