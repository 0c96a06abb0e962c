/* SPDX-License-Identifier: MIT */
/*
 * Registers that say what disturbs a machine: machine checks, heat, locks. Numbers only. Sources: Intel SDM volume 4,
 * table 2-2; volume 3, 16.3 (machine check banks, also AMD's), 15.8 (thermal status).
 */
#ifndef LAB_ARCH_POWER_HEALTH_MSR_REGS_H
#define LAB_ARCH_POWER_HEALTH_MSR_REGS_H

#include "lib/const.h"

#define MSR_IA32_FEATURE_CONTROL      0x3A
#define MSR_IA32_MCG_CAP              0x179
#define MSR_IA32_MCG_STATUS           0x17A
#define MSR_IA32_MCG_CTL              0x17B
#define MSR_IA32_MC_CTL(bank)         (0x400 + 4 * (bank))
#define MSR_IA32_MC_STATUS(bank)      (0x401 + 4 * (bank))
#define MSR_IA32_MC_ADDR(bank)        (0x402 + 4 * (bank))
#define MSR_IA32_MC_MISC(bank)        (0x403 + 4 * (bank))
#define MSR_IA32_THERM_STATUS         0x19C
#define MSR_IA32_PACKAGE_THERM_STATUS 0x1B1

#define MCG_CAP_BANKS        U64C(0xFF)
#define MCG_CAP_CTL          (U64C(1) << 8) /* IA32_MCG_CTL exists */
#define MCG_STATUS_MCIP      (U64C(1) << 2) /* a machine check is being handled */
#define MC_STATUS_VALID      (U64C(1) << 63)
#define MC_STATUS_MISC_VALID (U64C(1) << 59)
#define MC_STATUS_ADDR_VALID (U64C(1) << 58)
/* Heat, PROCHOT#, critical, power limit: now; each one's sticky log is the next bit. */
#define THERM_STATUS_NOW     U64C(0x415)
#define THERM_STATUS_EVER    U64C(0x82A)
/* IA32_MISC_ENABLE (1A0h), SDM volume 4, table 2-2. */
#define MISC_ENABLE_MONITOR  (U64C(1) << 18) /* MONITOR and MWAIT are on */
#define MISC_ENABLE_NO_TURBO (U64C(1) << 38)
#define MSR_AMD_HWCR         0xC0010015
#define AMD_HWCR_NO_MONITOR  (U64C(1) << 9) /* MONITOR and MWAIT are off */
#define AMD_HWCR_NO_BOOST    (U64C(1) << 25)
#define AMD_PMGT_MISC_PC6    (U64C(1) << 32)

#endif /* LAB_ARCH_POWER_HEALTH_MSR_REGS_H */
