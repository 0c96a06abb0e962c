/* SPDX-License-Identifier: MIT */
/* Does the APIC timer count at 1 GHz, as KVM's and QEMU's does by default and no known board's. Pure; any context. */
#ifndef LAB_LIB_INFER_APIC_BUS_H
#define LAB_LIB_INFER_APIC_BUS_H

#include <stdbool.h>
#include <stdint.h>

/* The rate as measured, and what it is good for; *within_ppm: the bound, 100 ppm for the references with it. */
bool apic_bus_is_virtual(uint64_t hz, uint64_t bound_ppb, int64_t *within_ppm);

#endif /* LAB_LIB_INFER_APIC_BUS_H */
