/* SPDX-License-Identifier: MIT */
/*
 * The 8254 interval timer: channel 2 to calibrate against, channel 0 as a one-shot for the watchdog.
 *
 * Boot CPU, interrupts off. Each access is an exit under a hypervisor. Newer machines may have none: ask pit_present()
 * first.
 */
#ifndef LAB_ARCH_TIME_PIT_H
#define LAB_ARCH_TIME_PIT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PIT_HZ = 1193182, /* 14.31818 MHz / 12 */
    PIT_ISA_IRQ = 0,  /* acpi_madt_isa_irq() says where it arrives */
};

/* Times of a wait on channel 2, in TSC ticks. */
struct pit_wait {
    bool done;            /* the output rose within the limit */
    uint64_t loaded_tsc;  /* just before the gate was opened: counting began between here and start_tsc */
    uint64_t start_tsc;   /* just after it */
    uint64_t end_tsc;     /* after the first poll that saw the output high */
    uint64_t end_low_tsc; /* before that poll; the output rose after the poll before it */
    uint64_t before_tsc;  /* before the last poll that saw it low */
    uint32_t polls;
};

/* True when channel 2 counts down and its output can be seen. Takes about a millisecond, bounded. */
bool pit_present(void);

/*
 * Lets channel 2 count `count` ticks (1 to 65535) and polls its output, without an interrupt; gives up after
 * limit_polls polls. The gate is left closed and the speaker off.
 */
struct pit_wait pit_wait_channel2(uint16_t count, uint32_t limit_polls);

/* Channel 0 in mode 0: its line rises once, `count` ticks (1 to 65535; 54.9 ms at most) from now. */
void pit_arm_oneshot(uint16_t count);

/* Channel 0 is left loaded but never started, so that it stays silent. */
void pit_disarm(void);

#endif /* LAB_ARCH_TIME_PIT_H */
