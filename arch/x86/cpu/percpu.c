/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/percpu.h"

#include "arch/x86/cpu/mem.h"
#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/idt.h"

/* Flat descriptors, SDM volume 3, 3.4.5: present, code execute/read with L, data read/write. */
#define GDT_CODE64   UINT64_C(0x00af9b000000ffff)
#define GDT_DATA     UINT64_C(0x00cf93000000ffff)
/* Available 64-bit TSS, present (SDM volume 3, table 3-2). */
#define GDT_TSS_TYPE UINT64_C(0x89)

#define MSR_GS_BASE 0xC0000101

enum { PAGE_BYTES = 4096 };

static void fill_gdt(struct percpu *cpu)
{
    uint64_t base = (uint64_t)(uintptr_t)&cpu->tss;
    uint64_t limit = sizeof(struct tss) - 1;

    cpu->gdt[0] = 0;
    cpu->gdt[SELECTOR_CODE64 / 8] = GDT_CODE64;
    cpu->gdt[SELECTOR_DATA / 8] = GDT_DATA;
    cpu->gdt[SELECTOR_TSS / 8] =
        limit | ((base & 0xffffff) << 16) | (GDT_TSS_TYPE << 40) | (((base >> 24) & 0xff) << 56);
    cpu->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

/*
 * A stack with an unmapped page below it: an overflow is a page fault, then a double fault on a stack of its own. It
 * holds whatever was there.
 */
static uint64_t stack_create(struct mem *mem, uint64_t bytes)
{
    uint8_t *low = mem_take(mem, bytes + PAGE_BYTES, PAGE_BYTES);

    if (!low || !paging_unmap_page((uint64_t)(uintptr_t)low))
        return 0;
    return (uint64_t)(uintptr_t)low + PAGE_BYTES + bytes;
}

struct percpu *percpu_create(struct mem *mem, struct machine *machine, uint32_t index, uint32_t apic_id)
{
    struct percpu *cpu = mem_alloc(mem, sizeof(*cpu), _Alignof(struct percpu));

    if (!cpu)
        return NULL;
    cpu->self = cpu;
    cpu->machine = machine;
    cpu->index = index;
    cpu->park_hint = PARK_HLT;
    cpu->apic_id = apic_id;
    cpu->stack_top = stack_create(mem, CPU_STACK_BYTES);
    if (!cpu->stack_top)
        return NULL;
    for (unsigned i = 0; i < IST_COUNT; i++) {
        cpu->tss.ist[i] = stack_create(mem, CPU_IST_STACK_BYTES);
        if (!cpu->tss.ist[i])
            return NULL;
    }
    cpu->tss.io_map_base = sizeof(struct tss);
    fill_gdt(cpu);
    return cpu;
}

void percpu_load(struct percpu *cpu)
{
    struct descriptor_pointer gdt = {sizeof(cpu->gdt) - 1, (uint64_t)(uintptr_t)cpu->gdt};

    lgdt(&gdt);
    /* A far return is the only way to load CS in 64-bit code (SDM volume 2, JMP: no far direct form). */
    __asm__ volatile("pushq %0\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movw %w1, %%ds\n\t"
                     "movw %w1, %%es\n\t"
                     "movw %w1, %%ss\n\t"
                     "movw %w2, %%fs\n\t"
                     "movw %w2, %%gs"
                     :
                     : "i"(SELECTOR_CODE64), "r"(SELECTOR_DATA), "r"(0)
                     : "rax", "memory");
    wrmsr(MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
    /* LTR refuses a busy TSS: make it available again where this CPU loads it a second time. */
    cpu->gdt[SELECTOR_TSS / 8] &= ~(UINT64_C(2) << 40);
    ltr(SELECTOR_TSS);
    idt_load();
}
