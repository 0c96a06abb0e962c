/* SPDX-License-Identifier: MIT */
/*
 * KVM's paravirtual interface: feature bits, MSRs and the structures shared with the host.
 *
 * Sources: Linux Documentation/virt/kvm/x86/cpuid.rst, msr.rst; arch/x86/include/uapi/asm/kvm_para.h, pvclock-abi.h.
 */
#ifndef LAB_ARCH_HV_KVM_REGS_H
#define LAB_ARCH_HV_KVM_REGS_H

#include <stddef.h>
#include <stdint.h>

/* 40000001h EAX, by bit number. */
enum kvm_feature {
    KVM_FEATURE_CLOCKSOURCE = 0,
    KVM_FEATURE_NOP_IO_DELAY = 1,
    KVM_FEATURE_MMU_OP = 2,
    KVM_FEATURE_CLOCKSOURCE2 = 3,
    KVM_FEATURE_ASYNC_PF = 4,
    KVM_FEATURE_STEAL_TIME = 5,
    KVM_FEATURE_PV_EOI = 6,
    KVM_FEATURE_PV_UNHALT = 7,
    KVM_FEATURE_PV_TLB_FLUSH = 9,
    KVM_FEATURE_ASYNC_PF_VMEXIT = 10,
    KVM_FEATURE_PV_SEND_IPI = 11,
    KVM_FEATURE_POLL_CONTROL = 12,
    KVM_FEATURE_PV_SCHED_YIELD = 13,
    KVM_FEATURE_ASYNC_PF_INT = 14,
    KVM_FEATURE_MSI_EXT_DEST_ID = 15,
    KVM_FEATURE_HC_MAP_GPA_RANGE = 16,
    KVM_FEATURE_MIGRATION_CONTROL = 17,
    KVM_FEATURE_CLOCKSOURCE_STABLE = 24,
};

/* 40000001h EDX, by bit number. */
enum kvm_hint {
    KVM_HINT_REALTIME = 0, /* the host promises never to preempt a vCPU for long */
};

#define MSR_KVM_SYSTEM_TIME     UINT32_C(0x00000012)
#define MSR_KVM_SYSTEM_TIME_NEW UINT32_C(0x4B564D01)
#define MSR_KVM_STEAL_TIME      UINT32_C(0x4B564D03)
#define MSR_KVM_PV_EOI_EN       UINT32_C(0x4B564D04)
#define MSR_KVM_POLL_CONTROL    UINT32_C(0x4B564D05)
#define KVM_AREA_ENABLE         UINT64_C(1)

/*
 * Hypercall numbers (Documentation/virt/kvm/x86/hypercalls.rst); number in RAX, arguments in RBX, RCX, RDX, RSI, result
 * in RAX.
 */
#define KVM_HC_SEND_IPI 10
#define KVM_IPI_TARGETS 128 /* APIC identifiers from the lowest one on */

/* What the host writes into the clock area. Odd version = being written. */
struct pvclock_time {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time_ns;
    uint32_t tsc_to_system_mul; /* 0.32 fixed point */
    int8_t tsc_shift;
    uint8_t flags; /* bit 0: the clock is the same on all vCPUs */
    uint8_t pad1[2];
} __attribute__((aligned(32)));
_Static_assert(sizeof(struct pvclock_time) == 32, "pvclock-abi.h");
_Static_assert(offsetof(struct pvclock_time, tsc_to_system_mul) == 24, "pvclock-abi.h");

/* What the host writes into the steal time area; it must not cross a page. */
struct kvm_steal_time {
    uint64_t steal_ns;
    uint32_t version; /* odd = being written */
    uint32_t flags;
    uint8_t preempted;
    uint8_t pad1[3];
    uint32_t pad2[11];
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct kvm_steal_time) == 64, "kvm_para.h");
_Static_assert(offsetof(struct kvm_steal_time, preempted) == 16, "kvm_para.h");

#endif /* LAB_ARCH_HV_KVM_REGS_H */
