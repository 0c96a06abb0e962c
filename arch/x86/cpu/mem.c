/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/mem.h"

#include "lib/cstring.h"

#define MEM_LOW  UINT64_C(0x100000)
#define PAGE     UINT64_C(4096)
#define MEM_HIGH UINT64_C(0x100000000)

uint64_t mem_init(struct mem *mem, const struct boot_info *info)
{
    mem->next = 0;
    mem->end = 0;
    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];
        uint64_t start = m->start < MEM_LOW ? MEM_LOW : m->start;
        uint64_t end = m->start + m->bytes;

        if (end > MEM_HIGH)
            end = MEM_HIGH;
        if (m->type != BOOT_MEMORY_USABLE || end <= start)
            continue;
        if (end - start > mem->end - mem->next) {
            mem->next = start;
            mem->end = end;
        }
    }
    return mem->end - mem->next;
}

void *mem_take(struct mem *mem, uint64_t bytes, uint64_t align)
{
    uint64_t start = (mem->next + align - 1) & ~(align - 1);

    if (start < mem->next || start > mem->end || bytes > mem->end - start)
        return NULL;
    mem->next = start + bytes;
    return (void *)(uintptr_t)start;
}

void *mem_take_at(struct mem *mem, uint64_t address, uint64_t bytes, uint64_t align)
{
    struct mem there = *mem;
    void *taken;

    if (address > mem->end)
        return NULL;
    if (address > mem->next)
        there.next = address;
    taken = mem_take(&there, bytes, align);
    if (taken)
        *mem = there;
    return taken;
}

void *mem_take_end(struct mem *mem, uint64_t bytes, uint64_t align)
{
    uint64_t start = (mem->end - bytes) & ~(align - 1);

    if (bytes > mem->end - mem->next || start < mem->next)
        return NULL;
    mem->end = start;
    return (void *)(uintptr_t)start;
}

void *mem_alloc(struct mem *mem, uint64_t bytes, uint64_t align)
{
    void *taken = mem_take(mem, bytes, align);

    return taken ? memset(taken, 0, bytes) : NULL;
}

uint64_t mem_left(const struct mem *mem)
{
    return mem->end - mem->next;
}

uint64_t mem_mark(const struct mem *mem)
{
    return mem->next;
}

void mem_release(struct mem *mem, uint64_t mark)
{
    mem->next = mark;
}

static bool is_kept(enum boot_memory_type type)
{
    return type == BOOT_MEMORY_USABLE || type == BOOT_MEMORY_ACPI_RECLAIM || type == BOOT_MEMORY_ACPI_NVS;
}

bool mem_is_ram(const struct boot_info *info, uint64_t address, uint64_t bytes)
{
    uint64_t first = address & ~(PAGE - 1), last = (address + bytes - 1) | (PAGE - 1);

    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];

        if (is_kept(m->type) && first < m->start + m->bytes && m->start <= last)
            return true;
    }
    return false;
}
