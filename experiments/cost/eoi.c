/* SPDX-License-Identifier: MIT */
/*
 * EOI of an interrupt that is in service, in turn by the register and by KVM's word in memory (PV EOI).
 *
 * With PV EOI on, KVM may set bit 0 of the word when it delivers an interrupt. Where the bit is set, the guest clears
 * it in one instruction, and that is the EOI; else it writes the register. Any exit in between clears the bit, so
 * `pv_used` counts how often it was set. The CPU interrupts itself; the handler leaves the EOI to this code, between
 * two stamps. Sources: Linux Documentation/virt/kvm/x86/msr.rst, MSR_KVM_PV_EOI_EN; SDM volume 3, 10.8.5.
 */
#include "experiments/cost/parts.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/probe.h"

const char *cost_check_pv_eoi(const struct step *step)
{
    return kvm_has(&step->machine->hv, KVM_FEATURE_PV_EOI) ? NULL : "no KVM that offers PV EOI";
}

/* The list of saved registers turns it off again. */
void cost_begin_pv_eoi(struct step *step, struct cost *cost)
{
    cost->unreal = !msr_change(&step->cpu->msr_saves, MSR_KVM_PV_EOI_EN, (uintptr_t)cost->line | KVM_AREA_ENABLE);
}

static inline __attribute__((always_inline)) bool test_and_clear(uint64_t *word)
{
    bool was;
    __asm__ volatile("btrl $0, %1" : "=@ccc"(was), "+m"(*(uint32_t *)word) : : "memory");
    return was;
}

bool cost_sample_pv_eoi(struct step *step, struct cost *cost, int64_t *cost_tsc)
{
    uint64_t start_tsc;
    bool used;

    (void)step;
    wrmsr(MSR_KVM_PV_EOI_EN, 0);
    if (!probe_hold_interrupt(cost->apic))
        return false;
    start_tsc = tsc_begin();
    apic_eoi(cost->apic);
    cost->plain[cost->count] = (int64_t)(tsc_end() - start_tsc);
    *cost->line = 0;
    wrmsr(MSR_KVM_PV_EOI_EN, (uintptr_t)cost->line | KVM_AREA_ENABLE);
    if (!probe_hold_interrupt(cost->apic))
        return false;

    start_tsc = tsc_begin();
    used = test_and_clear(cost->line);
    if (!used)
        apic_eoi(cost->apic);
    *cost_tsc = (int64_t)(tsc_end() - start_tsc);
    cost->pv_used += used && cost->warmed == COST_WARMUP;
    return true;
}
