/* SPDX-License-Identifier: MIT */
/*
 * KVM's paravirtual interface as seen by a guest: feature names, the TSC frequency out of kvmclock, steal time.
 *
 * The decoders are pure. The functions that write MSRs act on the CPU they run on, need the exception table, and must
 * not run inside a measurement. The areas belong to the caller and must be identity mapped (their physical address is
 * their pointer).
 */
#ifndef LAB_ARCH_HV_KVM_H
#define LAB_ARCH_HV_KVM_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/hv/detect.h"
#include "arch/x86/hv/kvm_regs.h"
#include "arch/x86/insn.h"
#include "arch/x86/irq/fault.h"

/* The name of bit 0 to 31 of the feature word or of the hint word; NULL for a bit without one. */
const char *kvm_feature_name(uint32_t bit);
const char *kvm_hint_name(uint32_t bit);

static inline bool kvm_has(const struct hv_info *info, enum kvm_feature feature)
{
    return info->kvm_base != 0 && ((info->kvm_features >> feature) & 1) != 0;
}

/*
 * True where VMMCALL is the processor's instruction, false for VMCALL: KVM rewrites the wrong one in place, but text is
 * read-only here.
 */
static inline bool kvm_call_is_vmmcall(const struct cpu_snapshot *snapshot)
{
    return snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;
}

/*
 * Sends one interrupt to all CPUs of a bitmap: bit i of `low`, then of `high`, is the APIC identifier first + i; icr as
 * the low half of that register. Returns the number of CPUs, or a negative error of Linux. A fault outside KVM, and
 * under some (docs/platforms.md): kvm_send_ipi_try() goes first.
 */
static inline __attribute__((always_inline)) int64_t kvm_send_ipi(bool is_vmmcall, uint64_t low, uint64_t high,
                                                                  uint32_t first, uint32_t icr)
{
    int64_t result;

    if (is_vmmcall)
        __asm__ volatile("vmmcall"
                         : "=a"(result)
                         : "a"(KVM_HC_SEND_IPI), "b"(low), "c"(high), "d"(first), "S"(icr)
                         : "memory");
    else
        __asm__ volatile("vmcall"
                         : "=a"(result)
                         : "a"(KVM_HC_SEND_IPI), "b"(low), "c"(high), "d"(first), "S"(icr)
                         : "memory");
    return result;
}

/* The same with its fault as a value: a page fault on the instruction itself is a host that wants to rewrite it. */
struct fault kvm_send_ipi_try(bool is_vmmcall, uint64_t low, uint32_t first, uint32_t icr, int64_t *result);

/* TSC frequency in Hz from a clock area's multiplier and shift; 0 where they make no sense. */
uint64_t pvclock_tsc_hz(uint32_t tsc_to_system_mul, int8_t tsc_shift);

/* Copies the area while its version stands still. False after a bounded number of tries, or before the first write. */
bool pvclock_copy(const volatile struct pvclock_time *area, struct pvclock_time *copy);

/*
 * Enables kvmclock into area, reads it once, disables it. Returns the TSC frequency in Hz, or 0 where KVM has no clock
 * or does not write one. copy gets what was read; it may be NULL.
 */
uint64_t kvm_clock_tsc_hz(const struct hv_info *info, struct pvclock_time *area, struct pvclock_time *copy);

/* Starts and ends steal time accounting for this CPU. enable returns false where KVM does not have it. */
bool kvm_steal_enable(const struct hv_info *info, struct kvm_steal_time *area);
void kvm_steal_disable(const struct hv_info *info);

/*
 * Nanoseconds this CPU was ready to run and not run, since it was enabled. False: no consistent value within a bounded
 * number of tries.
 */
bool kvm_steal_ns(const volatile struct kvm_steal_time *area, uint64_t *steal_ns);

#endif /* LAB_ARCH_HV_KVM_H */
