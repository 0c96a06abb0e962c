/* SPDX-License-Identifier: MIT */
/*
 * The ACPI power management timer: 3.579545 MHz, 24 or 32 bits, read by port.
 *
 * Any CPU; each read is an exit under a hypervisor. Source: ACPI specification 6.5, section 4.8.3.3.
 */
#ifndef LAB_ARCH_TIME_PMTIMER_H
#define LAB_ARCH_TIME_PMTIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/fadt.h"

enum {
    PMTIMER_HZ = 3579545,
};

struct pmtimer {
    uint16_t port; /* 0 = none */
    uint32_t mask; /* of the bits that count */
};

/* False, with port 0, where the FADT has none or the counter stands still. */
bool pmtimer_open(struct pmtimer *timer, const struct acpi_fadt *fadt);

uint32_t pmtimer_read(const struct pmtimer *timer);

/* Ticks from one reading to a later one, right while less than one turn lies between: 4.6 s at 24 bits. Pure. */
uint32_t pmtimer_delta(const struct pmtimer *timer, uint32_t from, uint32_t to);

#endif /* LAB_ARCH_TIME_PMTIMER_H */
