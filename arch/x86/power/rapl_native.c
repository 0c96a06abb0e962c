/* SPDX-License-Identifier: MIT */
/* The half of rapl.h that needs a clock: it waits for the counter's updates, about a millisecond apart. */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/rapl.h"
#include "arch/x86/time/tsc.h"

bool rapl_wait_step(const struct rapl *rapl, uint64_t limit_tsc, struct rapl_reading *reading, uint64_t *at_tsc)
{
    uint64_t start_tsc = tsc_now(), first, value;

    if (!msr_read(rapl->msr[RAPL_PKG], &first))
        return false;
    do {
        if (!msr_read(rapl->msr[RAPL_PKG], &value))
            return false;
        *at_tsc = tsc_now();
        if ((uint32_t)value != (uint32_t)first)
            return rapl_read(rapl, reading);
    } while (*at_tsc - start_tsc < limit_tsc);
    return false;
}
