/* SPDX-License-Identifier: MIT */
/*
 * Registers of idle states, their residencies, clocks and energy, by the manuals' names.
 *
 * Sources: Intel SDM volume 4 (the tables of each model; where two models differ, see power_model.h); AMD PPR of family
 * 17h and 19h, section "MSRs"; pre-wake (POWER_CTL[30]) and the models that have it: Linux, tools/power/x86/turbostat.
 */
#ifndef LAB_ARCH_POWER_POWER_MSR_REGS_H
#define LAB_ARCH_POWER_POWER_MSR_REGS_H

#include "lib/const.h"

#define MSR_SMI_COUNT              0x34
#define MSR_PLATFORM_INFO          0xCE
#define MSR_PKG_CST_CONFIG_CONTROL 0xE2
#define MSR_IA32_MPERF             0xE7
#define MSR_IA32_APERF             0xE8
#define MSR_IA32_UMWAIT_CONTROL    0xE1
#define MSR_IA32_PERF_CTL          0x199
#define MSR_IA32_MISC_ENABLE       0x1A0
#define MSR_TEMPERATURE_TARGET     0x1A2
#define MSR_IA32_ENERGY_PERF_BIAS  0x1B0
#define MSR_POWER_CTL              0x1FC
#define MSR_PKG_C3_RESIDENCY       0x3F8
#define MSR_PKG_C6_RESIDENCY       0x3F9
#define MSR_PKG_C7_RESIDENCY       0x3FA /* Atom: package C6 */
#define MSR_CORE_C3_RESIDENCY      0x3FC
#define MSR_CORE_C6_RESIDENCY      0x3FD
#define MSR_CORE_C7_RESIDENCY      0x3FE
#define MSR_KNL_CORE_C6_RESIDENCY  0x3FF
#define MSR_RAPL_POWER_UNIT        0x606
#define MSR_PKGC3_IRTL             0x60A
#define MSR_PKGC6_IRTL             0x60B
#define MSR_PKGC7_IRTL             0x60C
#define MSR_PKG_C2_RESIDENCY       0x60D
#define MSR_PKG_ENERGY_STATUS      0x611
#define MSR_DRAM_ENERGY_STATUS     0x619
#define MSR_UNCORE_RATIO_LIMIT     0x620
#define MSR_UNCORE_PERF_STATUS     0x621
#define MSR_PKG_C8_RESIDENCY       0x630
#define MSR_PKG_C9_RESIDENCY       0x631
#define MSR_PKG_C10_RESIDENCY      0x632
#define MSR_PKGC8_IRTL             0x633
#define MSR_PKGC9_IRTL             0x634
#define MSR_PKGC10_IRTL            0x635
#define MSR_PP0_ENERGY_STATUS      0x639
#define MSR_CORE_C1_RESIDENCY      0x660
#define MSR_MODULE_C6_RESIDENCY    0x664
#define MSR_CC6_DEMOTION_POLICY    0x668
#define MSR_MC6_DEMOTION_POLICY    0x669
#define MSR_IA32_PM_ENABLE         0x770
#define MSR_IA32_HWP_CAPABILITIES  0x771
#define MSR_IA32_HWP_REQUEST       0x774

#define MSR_AMD_PSTATE_LIMIT       0xC0010061
#define MSR_AMD_PSTATE_CONTROL     0xC0010062
#define MSR_AMD_PSTATE(n)          (0xC0010064 + (n))
#define MSR_AMD_CSTATE_BASE        0xC0010073
#define MSR_AMD_PMGT_MISC          0xC0010292
#define MSR_AMD_CSTATE_CONFIG      0xC0010296
#define MSR_AMD_RAPL_POWER_UNIT    0xC0010299
#define MSR_AMD_CORE_ENERGY_STATUS 0xC001029A
#define MSR_AMD_PKG_ENERGY_STATUS  0xC001029B

/* MSR_PKG_CST_CONFIG_CONTROL. The lock holds bits 15:0 until the next reset; the demotion bits stand above it. */
#define PKG_CST_LIMIT_MASK    U64C(0xF)
#define PKG_CST_LOCK          (U64C(1) << 15)
#define PKG_CST_LOCKED_MASK   U64C(0xFFFF)
#define PKG_CST_C1_CONVERSION (U64C(1) << 16) /* HLT and MWAIT(C1) become C6 */
#define PKG_CST_C3_DEMOTE     (U64C(1) << 25)
#define PKG_CST_C1_DEMOTE     (U64C(1) << 26)
#define PKG_CST_C3_UNDEMOTE   (U64C(1) << 27)
#define PKG_CST_C1_UNDEMOTE   (U64C(1) << 28)
#define PKG_CST_PKG_DEMOTE    (U64C(1) << 29)
#define PKG_CST_PKG_UNDEMOTE  (U64C(1) << 30)
#define PKG_CST_DEMOTE_MASK   (PKG_CST_C3_DEMOTE | PKG_CST_C1_DEMOTE)
#define PKG_CST_UNDEMOTE_MASK (PKG_CST_C3_UNDEMOTE | PKG_CST_C1_UNDEMOTE)
#define PKG_CST_PKG_MASK      (PKG_CST_PKG_DEMOTE | PKG_CST_PKG_UNDEMOTE)

#define POWER_CTL_C1E             (U64C(1) << 1)  /* a request for C1 is promoted to C1E */
#define POWER_CTL_PREWAKE_DISABLE (U64C(1) << 30) /* set: the processor does not wake ahead of its timer */

#define PM_ENABLE_HWP      U64C(1)
/*
 * IA32_HWP_REQUEST[7:0] least, [15:8] most, [23:16] desired performance, 0 = the processor chooses. SDM volume 3,
 * 15.4.4.
 */
#define HWP_REQUEST_LEVELS U64C(0xFFFFFF)
#define PERF_CTL_RATIO     U64C(0xFF00)
#define AMD_PSTATE_COMMAND U64C(7)

/* MSRC001_0296: bits 6, 14 and 22, of the requests by port base + 0, 1 and 2. */
#define AMD_CSTATE_CONFIG_CC6EN(port) (U64C(0x40) << (8 * (port)))

#endif /* LAB_ARCH_POWER_POWER_MSR_REGS_H */
