/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/apic.h"

#include "arch/x86/cpu/paging.h"
#include "arch/x86/irq/vectors_regs.h"

enum {
    APIC_WINDOW_BYTES = 4096,
    APIC_VECTOR_WORDS = 8,
    DRAIN_ROUNDS = 64,
    DRAIN_LOOKS = 10000,
};

void apic_init(struct apic *apic, bool x2apic)
{
    uint64_t base = rdmsr(MSR_IA32_APIC_BASE);

    apic->present = true;
    apic->base = base & APIC_BASE_ADDRESS_MASK;
    apic->found_on = base & APIC_BASE_EN;
    apic->found_x2apic = apic->found_on && (base & APIC_BASE_EXTD);
    apic->x2apic = apic->found_x2apic || x2apic;
    if (!apic->x2apic)
        apic->mmio = paging_map_mmio(apic->base, APIC_WINDOW_BYTES);
}

static void mask_local_vectors(const struct apic *apic)
{
    uint32_t version = apic_read(apic, APIC_VERSION);
    uint32_t max_lvt = (version >> APIC_VERSION_MAX_LVT_SHIFT) & APIC_VERSION_MAX_LVT_MASK;

    /*
     * Which entries exist follows from their number (SDM volume 3, 10.4.8): 0 timer, LINT0, LINT1, 3 error, 4
     * performance counters, 5 thermal, 6 CMCI.
     */
    apic_write(apic, APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_WAKE_TIMER);
    apic_write(apic, APIC_LVT_LINT0, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    apic_write(apic, APIC_LVT_LINT1, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 3)
        apic_write(apic, APIC_LVT_ERROR, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 4)
        apic_write(apic, APIC_LVT_PERF, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 5)
        apic_write(apic, APIC_LVT_THERMAL, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 6)
        apic_write(apic, APIC_LVT_CMCI, APIC_LVT_MASKED | VECTOR_SPURIOUS);
}

void apic_enable(const struct apic *apic)
{
    uint64_t base = rdmsr(MSR_IA32_APIC_BASE);

    /* x2APIC is entered from xAPIC mode, never from disabled (SDM volume 3, figure 10-27). */
    if (!(base & APIC_BASE_EN)) {
        base |= APIC_BASE_EN;
        wrmsr(MSR_IA32_APIC_BASE, base);
    }
    if (apic->x2apic && !(base & APIC_BASE_EXTD))
        wrmsr(MSR_IA32_APIC_BASE, base | APIC_BASE_EXTD);

    apic_write(apic, APIC_SVR, APIC_SVR_ENABLE | VECTOR_SPURIOUS);
    mask_local_vectors(apic);
    apic_write(apic, APIC_TPR, 0);
    if (!apic->x2apic) {
        apic_write(apic, APIC_DFR, 0xffffffff);
        /* Flat logical destinations: a bit for each of 8 CPUs. In x2APIC mode they follow from the identifier. */
        apic_write(apic, APIC_LDR, UINT32_C(1) << (APIC_LDR_SHIFT + apic_id(apic) % 8));
    }
    apic_write(apic, APIC_ESR, 0);
}

static bool vector_bit(const struct apic *apic, uint32_t first, uint8_t vector)
{
    uint32_t word = apic_read(apic, first + (vector / 32u) * 0x10);

    return (word >> (vector % 32)) & 1;
}

bool apic_requested(const struct apic *apic, uint8_t vector)
{
    return vector_bit(apic, APIC_IRR, vector);
}

static bool any_bit(const struct apic *apic, uint32_t first)
{
    for (uint32_t i = 0; i < APIC_VECTOR_WORDS; i++)
        if (apic_read(apic, first + i * 0x10))
            return true;
    return false;
}

static void end_all(const struct apic *apic)
{
    for (unsigned i = 0; i < DRAIN_ROUNDS && any_bit(apic, APIC_ISR); i++)
        apic_eoi(apic);
}

void apic_drain(const struct apic *apic)
{
    bool taken = false;

    end_all(apic);
    /* A software APIC may show a request and deliver it only some time later. */
    for (unsigned i = 0; i < DRAIN_LOOKS && any_bit(apic, APIC_IRR); i++) {
        sti_nop_cli();
        pause();
        taken = true;
    }
    /* VECTOR_HELD's handler leaves it in service. */
    if (taken)
        end_all(apic);
}
