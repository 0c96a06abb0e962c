/* SPDX-License-Identifier: MIT */
/* HPET registers. Source: IA-PC HPET specification 1.0a, section 2.3. */
#ifndef LAB_ARCH_TIME_HPET_REGS_H
#define LAB_ARCH_TIME_HPET_REGS_H

#include <stdint.h>

#define HPET_MMIO_BYTES UINT32_C(0x400)

#define HPET_CAPABILITY       UINT32_C(0x000) /* bits 31:0 */
#define HPET_CAP_COUNTER_64   (UINT32_C(1) << 13)
#define HPET_CAP_TIMERS_SHIFT 8 /* highest timer, 5 bits */
#define HPET_CAP_TIMERS_MASK  UINT32_C(0x1F)
#define HPET_PERIOD           UINT32_C(0x004) /* femtoseconds per tick, at most 100 ns */
#define HPET_PERIOD_MAX_FS    UINT32_C(0x05F5E100)

#define HPET_CONFIGURATION UINT32_C(0x010)
#define HPET_CONFIG_ENABLE (UINT32_C(1) << 0)
#define HPET_CONFIG_LEGACY (UINT32_C(1) << 1)
#define HPET_COUNTER_LOW   UINT32_C(0x0F0)
#define HPET_COUNTER_HIGH  UINT32_C(0x0F4)

#define HPET_TIMER_CONFIG(n)     (UINT32_C(0x100) + UINT32_C(0x20) * (n))
#define HPET_TIMER_ROUTES(n)     (HPET_TIMER_CONFIG(n) + 4) /* bit g: may go to GSI g */
#define HPET_TIMER_COMPARATOR(n) (HPET_TIMER_CONFIG(n) + 8)
#define HPET_TIMER_LEVEL         (UINT32_C(1) << 1)
#define HPET_TIMER_INTERRUPT     (UINT32_C(1) << 2)
#define HPET_TIMER_PERIODIC      (UINT32_C(1) << 3)
#define HPET_TIMER_FORCE_32      (UINT32_C(1) << 8)
#define HPET_TIMER_ROUTE_SHIFT   9
#define HPET_TIMER_ROUTE_MASK    (UINT32_C(0x1F) << HPET_TIMER_ROUTE_SHIFT)
#define HPET_TIMER_FSB           (UINT32_C(1) << 14)
#define HPET_TIMER_FSB_ABLE      (UINT32_C(1) << 15)         /* Tn_FSB_INT_DEL_CAP */
#define HPET_TIMER_MESSAGE(n)    (HPET_TIMER_CONFIG(n) + 16) /* what is written, then where */

#endif /* LAB_ARCH_TIME_HPET_REGS_H */
