/* SPDX-License-Identifier: MIT */
/*
 * The 8254 interval timer and the speaker port that gates its channel 2. Source: Intel 8254 data sheet (231164); PC/AT
 * technical reference, system board, port 61h.
 */
#ifndef LAB_ARCH_TIME_PIT_REGS_H
#define LAB_ARCH_TIME_PIT_REGS_H

#include <stdint.h>

#define PIT_PORT_CHANNEL0 UINT16_C(0x40)
#define PIT_PORT_CHANNEL2 UINT16_C(0x42)
#define PIT_PORT_COMMAND  UINT16_C(0x43)

#define PIT_CHANNEL0        (UINT8_C(0) << 6)
#define PIT_CHANNEL2        (UINT8_C(2) << 6)
#define PIT_ACCESS_LOW_HIGH (UINT8_C(3) << 4)
#define PIT_MODE_TERMINAL   (UINT8_C(0) << 1) /* output rises at zero, once */

#define PIT_PORT_GATE     UINT16_C(0x61)
#define PIT_GATE_CHANNEL2 (UINT8_C(1) << 0)
#define PIT_GATE_SPEAKER  (UINT8_C(1) << 1)
#define PIT_GATE_OUTPUT2  (UINT8_C(1) << 5)

#endif /* LAB_ARCH_TIME_PIT_REGS_H */
