/* SPDX-License-Identifier: MIT */
/* Memory type range registers. Source: SDM volume 3A, section 12.11.1 to 12.11.3; numbers in volume 4, table 2-2. */
#ifndef LAB_ARCH_CPU_MTRR_REGS_H
#define LAB_ARCH_CPU_MTRR_REGS_H

#include <stdint.h>

#define MSR_IA32_MTRRCAP      UINT32_C(0x0FE)
#define MTRRCAP_VARIABLE_MASK UINT64_C(0xFF)
#define MTRRCAP_FIXED         (UINT64_C(1) << 8)

#define MSR_IA32_MTRR_DEF_TYPE     UINT32_C(0x2FF)
#define MTRR_DEF_TYPE_MASK         UINT64_C(0xFF)
#define MTRR_DEF_TYPE_FIXED_ENABLE (UINT64_C(1) << 10)
#define MTRR_DEF_TYPE_ENABLE       (UINT64_C(1) << 11)

#define MSR_IA32_MTRR_PHYSBASE(n) (UINT32_C(0x200) + 2 * (n))
#define MSR_IA32_MTRR_PHYSMASK(n) (UINT32_C(0x201) + 2 * (n))
#define MTRR_PHYSMASK_VALID       (UINT64_C(1) << 11)
#define MTRR_PAGE_MASK            UINT64_C(0xFFF)

/* Eight ranges each: 64 KiB from 0; 16 KiB from 80000h, A0000h; 4 KiB from C0000h. */
#define MSR_IA32_MTRR_FIX64K_00000 UINT32_C(0x250)
#define MSR_IA32_MTRR_FIX16K_80000 UINT32_C(0x258)
#define MSR_IA32_MTRR_FIX4K_C0000  UINT32_C(0x268)

#endif /* LAB_ARCH_CPU_MTRR_REGS_H */
