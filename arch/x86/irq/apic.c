/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/apic.h"

#include "arch/x86/cpu/paging.h"
#include "arch/x86/irq/vectors_regs.h"

enum {
    APIC_WINDOW_BYTES = 4096,
    APIC_VECTOR_WORDS = 8,
    LVT_THERMAL = 5,
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

/*
 * Which entries exist follows from the number of the last one (SDM volume 3, 10.4.8): 0 timer, LINT0, LINT1, 3 error, 4
 * performance counters, 5 thermal, 6 CMCI.
 */
static uint32_t highest_lvt(const struct apic *apic)
{
    return (apic_read(apic, APIC_VERSION) >> APIC_VERSION_MAX_LVT_SHIFT) & APIC_VERSION_MAX_LVT_MASK;
}

static void mask_local_vectors(const struct apic *apic)
{
    uint32_t max_lvt = highest_lvt(apic);

    apic_write(apic, APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_WAKE_TIMER);
    apic_write(apic, APIC_LVT_LINT0, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    apic_write(apic, APIC_LVT_LINT1, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 3)
        apic_write(apic, APIC_LVT_ERROR, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 4)
        apic_write(apic, APIC_LVT_PERF, APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= LVT_THERMAL)
        apic_write(apic, APIC_LVT_THERMAL,
                   apic_thermal_is_smi(apic) ? apic->thermal & APIC_LVT_DELIVERY : APIC_LVT_MASKED | VECTOR_SPURIOUS);
    if (max_lvt >= 6)
        apic_write(apic, APIC_LVT_CMCI, APIC_LVT_MASKED | VECTOR_SPURIOUS);
}

static void enter_mode(const struct apic *apic)
{
    uint64_t base = rdmsr(MSR_IA32_APIC_BASE);

    /* x2APIC is entered from xAPIC mode, never from disabled (SDM volume 3, figure 10-27). */
    if (!(base & APIC_BASE_EN)) {
        base |= APIC_BASE_EN;
        wrmsr(MSR_IA32_APIC_BASE, base);
    }
    if (apic->x2apic && !(base & APIC_BASE_EXTD))
        wrmsr(MSR_IA32_APIC_BASE, base | APIC_BASE_EXTD);
}

static uint32_t count_bits(const struct apic *apic, uint32_t first)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < APIC_VECTOR_WORDS; i++)
        for (uint32_t word = apic_read(apic, first + i * 0x10); word; word &= word - 1)
            count++;
    return count;
}

void apic_note_found(struct apic *apic)
{
    enter_mode(apic);
    apic->found_in_service = count_bits(apic, APIC_ISR);
    apic->found_requested = count_bits(apic, APIC_IRR);
    apic->thermal = highest_lvt(apic) >= LVT_THERMAL ? apic_read(apic, APIC_LVT_THERMAL) : 0;
}

void apic_enable(const struct apic *apic)
{
    enter_mode(apic);
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

bool apic_in_service(const struct apic *apic, uint8_t vector)
{
    return vector_bit(apic, APIC_ISR, vector);
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
