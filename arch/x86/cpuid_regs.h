/* SPDX-License-Identifier: MIT */
/*
 * CPUID facts: one constant names the leaf, sub-leaf, register and bits of a feature or field.
 *
 * Numbers only; any file may include this. cpu_has() and cpu_field() (arch/x86/cpu/cpuid.h) read a constant out of the
 * snapshot. Sources: Intel SDM volume 2A, CPUID, tables 3-8 to 3-17; AMD APM volume 3, appendix E; KVM:
 * Documentation/virt/kvm/x86/cpuid.rst.
 */
#ifndef LAB_ARCH_CPUID_REGS_H
#define LAB_ARCH_CPUID_REGS_H

#include <stdint.h>

enum cpuid_register {
    CPUID_EAX,
    CPUID_EBX,
    CPUID_ECX,
    CPUID_EDX,
};

struct cpuid_field {
    uint32_t leaf;
    uint8_t subleaf;
    uint8_t reg; /* enum cpuid_register */
    uint8_t high;
    uint8_t low;
};

/* Leaf ranges, each of which has its own highest leaf in EAX of its first. */
#define CPUID_BASE_BASIC      UINT32_C(0x00000000)
#define CPUID_BASE_HYPERVISOR UINT32_C(0x40000000)
#define CPUID_BASE_EXTENDED   UINT32_C(0x80000000)

/* Zero, or a compile-time error. */
#define CPUID_CHECK(condition)                                                                                         \
    (0 * sizeof(struct {                                                                                               \
         _Static_assert(condition, "CPUID constant out of range");                                                     \
         char unused;                                                                                                  \
     }))

#define CPUID_LEAF_IN_RANGE(leaf) (((leaf)&UINT32_C(0x3FFFFFFF)) < UINT32_C(0x10100) && ((leaf) >> 30) != 3)

/* Bits high:low of one register. */
#define CPUID_FIELD(leaf_, subleaf_, reg_, high_, low_)                                                                \
    ((struct cpuid_field){                                                                                             \
        .leaf = (leaf_) + CPUID_CHECK(CPUID_LEAF_IN_RANGE(leaf_)),                                                     \
        .subleaf = (subleaf_) + CPUID_CHECK((subleaf_) < 64),                                                          \
        .reg = CPUID_##reg_,                                                                                           \
        .high = (high_) + CPUID_CHECK((high_) < 32 && (low_) <= (high_)),                                              \
        .low = (low_),                                                                                                 \
    })
#define CPUID_FEATURE(leaf_, subleaf_, reg_, bit_) CPUID_FIELD(leaf_, subleaf_, reg_, bit_, bit_)

/* Leaf 1: version and features. */
#define CPUID_STEPPING        CPUID_FIELD(0x00000001, 0, EAX, 3, 0)
#define CPUID_MODEL           CPUID_FIELD(0x00000001, 0, EAX, 7, 4)
#define CPUID_FAMILY          CPUID_FIELD(0x00000001, 0, EAX, 11, 8)
#define CPUID_EXTENDED_MODEL  CPUID_FIELD(0x00000001, 0, EAX, 19, 16)
#define CPUID_EXTENDED_FAMILY CPUID_FIELD(0x00000001, 0, EAX, 27, 20)
#define CPUID_MAX_LOGICAL_IDS CPUID_FIELD(0x00000001, 0, EBX, 23, 16)
#define CPUID_MONITOR         CPUID_FEATURE(0x00000001, 0, ECX, 3)
#define CPUID_VMX             CPUID_FEATURE(0x00000001, 0, ECX, 5)
#define CPUID_EIST            CPUID_FEATURE(0x00000001, 0, ECX, 7)
#define CPUID_PDCM            CPUID_FEATURE(0x00000001, 0, ECX, 15)
#define CPUID_PCID            CPUID_FEATURE(0x00000001, 0, ECX, 17)
#define CPUID_X2APIC          CPUID_FEATURE(0x00000001, 0, ECX, 21)
#define CPUID_TSC_DEADLINE    CPUID_FEATURE(0x00000001, 0, ECX, 24)
#define CPUID_XSAVE           CPUID_FEATURE(0x00000001, 0, ECX, 26)
#define CPUID_RDRAND          CPUID_FEATURE(0x00000001, 0, ECX, 30)
#define CPUID_HYPERVISOR      CPUID_FEATURE(0x00000001, 0, ECX, 31)
#define CPUID_TSC             CPUID_FEATURE(0x00000001, 0, EDX, 4)
#define CPUID_MSR             CPUID_FEATURE(0x00000001, 0, EDX, 5)
#define CPUID_APIC            CPUID_FEATURE(0x00000001, 0, EDX, 9)
#define CPUID_MTRR            CPUID_FEATURE(0x00000001, 0, EDX, 12)
#define CPUID_MCE             CPUID_FEATURE(0x00000001, 0, EDX, 7)
#define CPUID_MCA             CPUID_FEATURE(0x00000001, 0, EDX, 14)
#define CPUID_PAT             CPUID_FEATURE(0x00000001, 0, EDX, 16)
#define CPUID_CLFLUSH         CPUID_FEATURE(0x00000001, 0, EDX, 19)
#define CPUID_ACPI_THERMAL    CPUID_FEATURE(0x00000001, 0, EDX, 22)
#define CPUID_HTT             CPUID_FEATURE(0x00000001, 0, EDX, 28)

/* Leaf 4, sub-leaf 0: deterministic cache parameters, used for its core count. */
#define CPUID_CACHE_TYPE   CPUID_FIELD(0x00000004, 0, EAX, 4, 0)
#define CPUID_MAX_CORE_IDS CPUID_FIELD(0x00000004, 0, EAX, 31, 26) /* less one */

/* Leaf 5: MONITOR/MWAIT. */
#define CPUID_MONITOR_LINE_MIN  CPUID_FIELD(0x00000005, 0, EAX, 15, 0) /* bytes */
#define CPUID_MONITOR_LINE_MAX  CPUID_FIELD(0x00000005, 0, EBX, 15, 0) /* bytes */
#define CPUID_MWAIT_EMX         CPUID_FEATURE(0x00000005, 0, ECX, 0)   /* extensions are enumerated */
#define CPUID_MWAIT_IBE         CPUID_FEATURE(0x00000005, 0, ECX, 1)   /* break on masked interrupt */
#define CPUID_MWAIT_MONITORLESS CPUID_FEATURE(0x00000005, 0, ECX, 3)
#define CPUID_MWAIT_SUBSTATES   CPUID_FIELD(0x00000005, 0, EDX, 31, 0) /* nibble n: sub-states of Cn */

/* Leaf 6: power management. */
#define CPUID_TURBO             CPUID_FEATURE(0x00000006, 0, EAX, 1)
#define CPUID_ARAT              CPUID_FEATURE(0x00000006, 0, EAX, 2) /* APIC timer runs in every C-state */
#define CPUID_HWP               CPUID_FEATURE(0x00000006, 0, EAX, 7)
#define CPUID_HARDWARE_FEEDBACK CPUID_FEATURE(0x00000006, 0, EAX, 19)
#define CPUID_APERFMPERF        CPUID_FEATURE(0x00000006, 0, ECX, 0)
#define CPUID_EPB               CPUID_FEATURE(0x00000006, 0, ECX, 3)

/* Leaf 7: structured extended features. */
#define CPUID_TSC_ADJUST        CPUID_FEATURE(0x00000007, 0, EBX, 1)
#define CPUID_SMEP              CPUID_FEATURE(0x00000007, 0, EBX, 7)
#define CPUID_INVPCID           CPUID_FEATURE(0x00000007, 0, EBX, 10)
#define CPUID_RDSEED            CPUID_FEATURE(0x00000007, 0, EBX, 18)
#define CPUID_SMAP              CPUID_FEATURE(0x00000007, 0, EBX, 20)
#define CPUID_CLFLUSHOPT        CPUID_FEATURE(0x00000007, 0, EBX, 23)
#define CPUID_CLWB              CPUID_FEATURE(0x00000007, 0, EBX, 24)
#define CPUID_WAITPKG           CPUID_FEATURE(0x00000007, 0, ECX, 5)
#define CPUID_LA57              CPUID_FEATURE(0x00000007, 0, ECX, 16)
#define CPUID_RDPID             CPUID_FEATURE(0x00000007, 0, ECX, 22)
#define CPUID_CLDEMOTE          CPUID_FEATURE(0x00000007, 0, ECX, 25)
#define CPUID_UINTR             CPUID_FEATURE(0x00000007, 0, EDX, 5)
#define CPUID_SERIALIZE         CPUID_FEATURE(0x00000007, 0, EDX, 14)
#define CPUID_HYBRID            CPUID_FEATURE(0x00000007, 0, EDX, 15)
#define CPUID_AMX_TILE          CPUID_FEATURE(0x00000007, 0, EDX, 24)
#define CPUID_ARCH_CAPABILITIES CPUID_FEATURE(0x00000007, 0, EDX, 29)
#define CPUID_MONITOR_MITG_NO   CPUID_FEATURE(0x00000007, 2, EDX, 7)

/* Leaf 0Ah: architectural performance monitoring. */
#define CPUID_PMU_VERSION       CPUID_FIELD(0x0000000A, 0, EAX, 7, 0)
#define CPUID_PMU_COUNTERS      CPUID_FIELD(0x0000000A, 0, EAX, 15, 8)
#define CPUID_PMU_WIDTH         CPUID_FIELD(0x0000000A, 0, EAX, 23, 16) /* bits */
#define CPUID_PMU_EVENTS        CPUID_FIELD(0x0000000A, 0, EAX, 31, 24) /* valid bits of EBX */
#define CPUID_PMU_NO_CYCLES     CPUID_FEATURE(0x0000000A, 0, EBX, 0)
#define CPUID_PMU_NO_INSTR      CPUID_FEATURE(0x0000000A, 0, EBX, 1)
#define CPUID_PMU_NO_REF_CYCLES CPUID_FEATURE(0x0000000A, 0, EBX, 2)
#define CPUID_PMU_FIXED         CPUID_FIELD(0x0000000A, 0, EDX, 4, 0)
#define CPUID_PMU_FIXED_WIDTH   CPUID_FIELD(0x0000000A, 0, EDX, 12, 5) /* bits */

/* Leaf 14h to 1Ah: time stamp counter and core type. */
#define CPUID_TSC_DENOMINATOR CPUID_FIELD(0x00000015, 0, EAX, 31, 0)
#define CPUID_TSC_NUMERATOR   CPUID_FIELD(0x00000015, 0, EBX, 31, 0)
#define CPUID_CRYSTAL_HZ      CPUID_FIELD(0x00000015, 0, ECX, 31, 0)
#define CPUID_BASE_MHZ        CPUID_FIELD(0x00000016, 0, EAX, 15, 0)
#define CPUID_CORE_TYPE       CPUID_FIELD(0x0000001A, 0, EAX, 31, 24) /* 20h Atom, 40h Core */

/* Leaf 40000001h of KVM at its usual place, and 40000010h, VMware's timing leaf. */
#define CPUID_HV_TSC_KHZ CPUID_FIELD(0x40000010, 0, EAX, 31, 0)

/* Extended leaves. */
#define CPUID_OSVW              CPUID_FEATURE(0x80000001, 0, ECX, 9)
#define CPUID_TOPOEXT           CPUID_FEATURE(0x80000001, 0, ECX, 22)
#define CPUID_MWAITX            CPUID_FEATURE(0x80000001, 0, ECX, 29)
#define CPUID_SVM               CPUID_FEATURE(0x80000001, 0, ECX, 2)
#define CPUID_NX                CPUID_FEATURE(0x80000001, 0, EDX, 20)
#define CPUID_PAGE_1GB          CPUID_FEATURE(0x80000001, 0, EDX, 26)
#define CPUID_RDTSCP            CPUID_FEATURE(0x80000001, 0, EDX, 27)
#define CPUID_INVARIANT_TSC     CPUID_FEATURE(0x80000007, 0, EDX, 8)
#define CPUID_LFENCE_SERIALISES CPUID_FEATURE(0x80000021, 0, EAX, 2) /* always, without a switch */
#define CPUID_PHYSICAL_BITS     CPUID_FIELD(0x80000008, 0, EAX, 7, 0)
#define CPUID_AMD_THREADS       CPUID_FIELD(0x80000008, 0, ECX, 7, 0) /* per package, less one */
#define CPUID_AMD_APIC_ID_BITS  CPUID_FIELD(0x80000008, 0, ECX, 15, 12)
#define CPUID_AMD_HETEROGENEOUS CPUID_FEATURE(0x80000026, 0, EAX, 30) /* cores of several types */
#define CPUID_AMD_CORE_TYPE     CPUID_FIELD(0x80000026, 0, EBX, 31, 28)
#define CPUID_AMD_CORE_THREADS  CPUID_FIELD(0x8000001E, 0, EBX, 15, 8) /* less one */

#endif /* LAB_ARCH_CPUID_REGS_H */
