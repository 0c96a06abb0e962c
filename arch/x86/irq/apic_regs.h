/* SPDX-License-Identifier: MIT */
/* Local APIC registers. Source: SDM volume 3, tables 10-1 (xAPIC offsets) and 10-6 (x2APIC: MSR 800h + offset / 16). */
#ifndef LAB_ARCH_IRQ_APIC_REGS_H
#define LAB_ARCH_IRQ_APIC_REGS_H

#define MSR_IA32_APIC_BASE     0x1B
#define APIC_BASE_EXTD         (1 << 10)
#define APIC_BASE_EN           (1 << 11)
#define APIC_BASE_ADDRESS_MASK 0x000ffffffffff000

#define MSR_X2APIC_FIRST 0x800
#define MSR_X2APIC_ICR   0x830

#define APIC_ID            0x020
#define APIC_VERSION       0x030
#define APIC_TPR           0x080
#define APIC_EOI           0x0B0
#define APIC_LDR           0x0D0
#define APIC_DFR           0x0E0
#define APIC_SVR           0x0F0
#define APIC_ISR           0x100
#define APIC_IRR           0x200
#define APIC_ESR           0x280
#define APIC_LVT_CMCI      0x2F0
#define APIC_ICR_LOW       0x300
#define APIC_ICR_HIGH      0x310
#define APIC_LVT_TIMER     0x320
#define APIC_LVT_THERMAL   0x330
#define APIC_LVT_PERF      0x340
#define APIC_LVT_LINT0     0x350
#define APIC_LVT_LINT1     0x360
#define APIC_LVT_ERROR     0x370
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE  0x3E0

/* APIC_VERSION */
#define APIC_VERSION_MAX_LVT_SHIFT 16
#define APIC_VERSION_MAX_LVT_MASK  0xff

/* APIC_LDR, flat model: SDM volume 3, figure 10-13 */
#define APIC_LDR_SHIFT 24

/* APIC_SVR */
#define APIC_SVR_ENABLE (1 << 8)

/* Local vector table entries, SDM volume 3, figure 10-8 */
#define APIC_LVT_DELIVERY           (7 << 8)
#define APIC_LVT_SMI                (2 << 8)
#define APIC_LVT_MASKED             (1 << 16)
#define APIC_LVT_TIMER_ONESHOT      (0 << 17)
#define APIC_LVT_TIMER_PERIODIC     (1 << 17)
#define APIC_LVT_TIMER_TSC_DEADLINE (2 << 17)

/* APIC_TIMER_DIVIDE: divide by 1 (SDM volume 3, figure 10-10) */
#define APIC_TIMER_DIVIDE_1 0xB

/* Interrupt command register, SDM volume 3, figure 10-12 */
#define APIC_ICR_DELIVERY_FIXED   (0 << 8)
#define APIC_ICR_DELIVERY_NMI     (4 << 8)
#define APIC_ICR_DELIVERY_INIT    (5 << 8)
#define APIC_ICR_DELIVERY_STARTUP (6 << 8)
#define APIC_ICR_LOGICAL          (1 << 11)
#define APIC_ICR_PENDING          (1 << 12)
#define APIC_ICR_ASSERT           (1 << 14)
#define APIC_ICR_TO_SELF          (1 << 18)
#define APIC_ICR_TO_OTHERS        (3 << 18)

#define MSR_IA32_TSC_DEADLINE 0x6E0

#endif /* LAB_ARCH_IRQ_APIC_REGS_H */
