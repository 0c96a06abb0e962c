/* SPDX-License-Identifier: MIT */
/*
 * The local APIC in its two forms: xAPIC (memory mapped) and x2APIC (MSRs).
 *
 * The mode is chosen once, by the boot CPU; every CPU then enters it in apic_enable(). A register is named by its xAPIC
 * offset (apic_regs.h) in both. Source: SDM volume 3, chapter 10.
 */
#ifndef LAB_ARCH_IRQ_APIC_H
#define LAB_ARCH_IRQ_APIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/apic_regs.h"

struct apic {
    bool present;
    bool x2apic;
    bool found_x2apic, found_on; /* as the firmware left it */
    uint32_t found_in_service;   /* interrupts that the firmware left in service on the boot CPU, */
    uint32_t found_requested;    /* and pending; all vectors */
    uint32_t thermal;            /* the boot CPU's LVT thermal entry as found; 0: it has none */
    uint64_t base;               /* physical address, xAPIC */
    volatile uint32_t *mmio;     /* mapped registers, xAPIC; NULL in x2APIC mode */
};

enum apic_mode_wish {
    APIC_MODE_AUTO, /* x2APIC where the CPU has it and the DMAR does not ask for xAPIC */
    APIC_MODE_X2APIC,
    APIC_MODE_XAPIC,
};

/* Reaches every CPU in xAPIC mode (SDM volume 3, 10.6.2.1); larger identifiers exist in x2APIC mode only. */
#define APIC_ID_BROADCAST 255

/*
 * Enters the mode's registers: maps those of xAPIC. A CPU that the firmware already put into x2APIC mode stays there:
 * only a reset leads back (SDM volume 3, 10.12.5). Boot CPU only.
 */
void apic_init(struct apic *apic, bool x2apic);

/*
 * Enters the chosen mode on the boot CPU and notes what the firmware left there, before apic_enable() changes it. The
 * interrupts are then taken by apic_drain().
 */
void apic_note_found(struct apic *apic);

/*
 * Enters the chosen mode on the running CPU: all local vectors masked, spurious vector set, task priority 0. A thermal
 * entry that the firmware sends as an SMI stays so, and the other CPUs, whose INIT has cleared it, get the boot CPU's:
 * the firmware throttles by it (Linux, arch/x86/kernel/cpu/mce/therm_throt.c or drivers/thermal/intel/therm_throt.c).
 */
void apic_enable(const struct apic *apic);

/* True where the firmware handles heat by an SMI. */
static inline bool apic_thermal_is_smi(const struct apic *apic)
{
    return (apic->thermal & APIC_LVT_DELIVERY) == APIC_LVT_SMI && !(apic->thermal & APIC_LVT_MASKED);
}

static inline __attribute__((always_inline)) uint32_t apic_read(const struct apic *apic, uint32_t offset)
{
    if (apic->x2apic)
        return (uint32_t)rdmsr(MSR_X2APIC_FIRST + (offset >> 4));
    return apic->mmio[offset / 4];
}

static inline __attribute__((always_inline)) void apic_write(const struct apic *apic, uint32_t offset, uint32_t value)
{
    if (apic->x2apic)
        wrmsr(MSR_X2APIC_FIRST + (offset >> 4), value);
    else
        apic->mmio[offset / 4] = value;
}

/* This CPU's identifier, 32 bits in x2APIC mode, 8 in xAPIC mode. */
static inline uint32_t apic_id(const struct apic *apic)
{
    uint32_t id = apic_read(apic, APIC_ID);

    return apic->x2apic ? id : id >> 24;
}

static inline __attribute__((always_inline)) void apic_eoi(const struct apic *apic)
{
    apic_write(apic, APIC_EOI, 0);
}

/*
 * Sends an interrupt. `command` is the low half of the ICR. In x2APIC mode the write is not serialising: a store that
 * must be seen by the target goes before an MFENCE;LFENCE here (SDM volume 3, 10.12.3; tests/model/park.pml,
 * NO_FENCE_BEFORE_ICR). In xAPIC mode it first waits, bounded, until the last one was sent.
 */
#ifdef LAB_RING3
void apic_send(const struct apic *apic, uint32_t destination, uint32_t command); /* a signal to that CPU's thread */
#else
static inline __attribute__((always_inline)) void apic_send(const struct apic *apic, uint32_t destination,
                                                            uint32_t command)
{
    enum { PENDING_TRIES = 100000 };

    if (apic->x2apic) {
        mfence();
        lfence();
        wrmsr(MSR_X2APIC_ICR, ((uint64_t)destination << 32) | command);
        return;
    }
    for (unsigned i = 0; i < PENDING_TRIES; i++) {
        if (!(apic->mmio[APIC_ICR_LOW / 4] & APIC_ICR_PENDING))
            break;
        pause();
    }
    apic->mmio[APIC_ICR_HIGH / 4] = destination << 24;
    apic->mmio[APIC_ICR_LOW / 4] = command;
}
#endif

/* Fixed interrupts to one CPU, to the sender itself, to all others; and an NMI. */
static inline void apic_send_fixed(const struct apic *apic, uint32_t destination, uint8_t vector)
{
    apic_send(apic, destination, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | vector);
}

static inline void apic_send_self(const struct apic *apic, uint8_t vector)
{
    apic_send(apic, 0, APIC_ICR_TO_SELF | APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | vector);
}

static inline void apic_send_others(const struct apic *apic, uint8_t vector)
{
    apic_send(apic, 0, APIC_ICR_TO_OTHERS | APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | vector);
}

static inline void apic_send_nmi(const struct apic *apic, uint32_t destination)
{
    apic_send(apic, destination, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_NMI);
}

/* True where this vector is set in the interrupt request register of the running CPU. */
bool apic_requested(const struct apic *apic, uint8_t vector);

/* The same of the in-service register: the vector still needs its EOI. */
bool apic_in_service(const struct apic *apic, uint8_t vector);

/* Acknowledges whatever is in service and takes whatever is pending, until both registers are empty. IF must be 0. */
void apic_drain(const struct apic *apic);

#endif /* LAB_ARCH_IRQ_APIC_H */
