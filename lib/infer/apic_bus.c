/* SPDX-License-Identifier: MIT */
#include "lib/infer/apic_bus.h"

enum { ONE_GHZ = 1000000000, SAME_PPM = 100, WORST_PPM = 50000 };

bool apic_bus_is_virtual(uint64_t hz, uint64_t bound_ppb, int64_t *within_ppm)
{
    int64_t off_ppm = ((int64_t)hz - ONE_GHZ) / (ONE_GHZ / 1000000);

    *within_ppm = (int64_t)(bound_ppb / 1000) + SAME_PPM;
    return hz && *within_ppm <= WORST_PPM && off_ppm <= *within_ppm && off_ppm >= -*within_ppm;
}
