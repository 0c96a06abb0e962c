/* SPDX-License-Identifier: MIT */
/* I/O APIC registers, reached through a selector and a window. Source: Intel 82093AA data sheet (290566), section 3. */
#ifndef LAB_ARCH_IRQ_IOAPIC_REGS_H
#define LAB_ARCH_IRQ_IOAPIC_REGS_H

#include <stdint.h>

#define IOAPIC_MMIO_BYTES  UINT32_C(0x20)
#define IOAPIC_SELECT_WORD 0 /* offset 00h, in 32-bit words */
#define IOAPIC_WINDOW_WORD 4 /* offset 10h */

#define IOAPIC_VERSION            UINT32_C(0x01)
#define IOAPIC_VERSION_PINS_SHIFT 16 /* highest input, 8 bits */
#define IOAPIC_VERSION_PINS_MASK  UINT32_C(0xFF)

#define IOAPIC_ENTRY_LOW(pin)     (UINT32_C(0x10) + 2 * (pin))
#define IOAPIC_ENTRY_HIGH(pin)    (UINT32_C(0x11) + 2 * (pin))
#define IOAPIC_LOW_DELIVERY_SHIFT 8
#define IOAPIC_LOW_ACTIVE_LOW     (UINT32_C(1) << 13)
#define IOAPIC_LOW_LEVEL          (UINT32_C(1) << 15)
#define IOAPIC_LOW_MASKED         (UINT32_C(1) << 16)
#define IOAPIC_HIGH_DESTINATION   24 /* physical APIC id, 8 bits */

#endif /* LAB_ARCH_IRQ_IOAPIC_REGS_H */
