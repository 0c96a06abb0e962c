/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/idt.h"

#include <stdint.h>

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/vectors_regs.h"

enum {
    IDT_VECTORS = 256,
    STUB_BYTES = 16,
    GATE_INTERRUPT = 0x8e, /* present, DPL 0, 64-bit interrupt gate (SDM volume 3, 6.14.1) */
};

struct idt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct idt_gate) == 16, "IDT gate size");

extern const uint8_t vector_stubs[IDT_VECTORS * STUB_BYTES];
extern const uint8_t vector_wake_x2apic[], vector_wake_xapic[];

/* Boot-time fact: written by idt_init() only, read by the CPUs themselves. */
static struct idt_gate idt[IDT_VECTORS] __attribute__((aligned(4096)));

static void gate_set(unsigned vector, const uint8_t *handler, uint8_t ist)
{
    uint64_t offset = (uint64_t)(uintptr_t)handler;

    idt[vector] = (struct idt_gate){
        .offset_low = (uint16_t)offset,
        .selector = SELECTOR_CODE64,
        .ist = ist,
        .type = GATE_INTERRUPT,
        .offset_middle = (uint16_t)(offset >> 16),
        .offset_high = (uint32_t)(offset >> 32),
    };
}

void idt_init(bool x2apic)
{
    const uint8_t *wake = x2apic ? vector_wake_x2apic : vector_wake_xapic;

    for (unsigned v = 0; v < IDT_VECTORS; v++)
        gate_set(v, vector_stubs + v * STUB_BYTES, 0);
    gate_set(VECTOR_NMI, vector_stubs + VECTOR_NMI * STUB_BYTES, IST_NMI);
    gate_set(VECTOR_DF, vector_stubs + VECTOR_DF * STUB_BYTES, IST_DOUBLE_FAULT);
    gate_set(VECTOR_MC, vector_stubs + VECTOR_MC * STUB_BYTES, IST_MACHINE_CHECK);
    gate_set(VECTOR_WAKE_TIMER, wake, 0);
    gate_set(VECTOR_WAKE_IPI, wake, 0);
}

void idt_load(void)
{
    struct descriptor_pointer pointer = {sizeof(idt) - 1, (uint64_t)(uintptr_t)idt};

    lidt(&pointer);
}
