/* SPDX-License-Identifier: MIT */
/* The half of kvm.h that writes MSRs; kvm.c is pure. */
#include "arch/x86/hv/kvm.h"

#include "arch/x86/cpu/msr.h"

uint64_t kvm_clock_tsc_hz(const struct hv_info *info, struct pvclock_time *area, struct pvclock_time *copy)
{
    struct pvclock_time local = {0};
    uint32_t msr = MSR_KVM_SYSTEM_TIME_NEW;
    bool copied;

    if (!kvm_has(info, KVM_FEATURE_CLOCKSOURCE2)) {
        if (!kvm_has(info, KVM_FEATURE_CLOCKSOURCE))
            return 0;
        msr = MSR_KVM_SYSTEM_TIME;
    }
    *area = local;
    if (!msr_write(msr, (uintptr_t)area | KVM_AREA_ENABLE))
        return 0;
    copied = pvclock_copy(area, &local);
    msr_write(msr, 0);
    if (copy != NULL)
        *copy = local;
    return copied ? pvclock_tsc_hz(local.tsc_to_system_mul, local.tsc_shift) : 0;
}

bool kvm_steal_enable(const struct hv_info *info, struct kvm_steal_time *area)
{
    if (!kvm_has(info, KVM_FEATURE_STEAL_TIME))
        return false;
    *area = (struct kvm_steal_time){0};
    return msr_write(MSR_KVM_STEAL_TIME, (uintptr_t)area | KVM_AREA_ENABLE);
}

void kvm_steal_disable(const struct hv_info *info)
{
    if (kvm_has(info, KVM_FEATURE_STEAL_TIME))
        msr_write(MSR_KVM_STEAL_TIME, 0);
}

struct fault kvm_send_ipi_try(bool is_vmmcall, uint64_t low, uint32_t first, uint32_t icr, int64_t *result)
{
    register uint64_t code __asm__("r11") = 0;

    if (is_vmmcall)
        __asm__ volatile("1: vmmcall\n" FAULT_RESUME
                         : "=a"(*result), "+r"(code)
                         : "a"(KVM_HC_SEND_IPI), "b"(low), "c"(0), "d"(first), "S"(icr)
                         : "memory");
    else
        __asm__ volatile("1: vmcall\n" FAULT_RESUME
                         : "=a"(*result), "+r"(code)
                         : "a"(KVM_HC_SEND_IPI), "b"(low), "c"(0), "d"(first), "S"(icr)
                         : "memory");
    return fault_from_code(code);
}
