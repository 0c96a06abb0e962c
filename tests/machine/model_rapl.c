/* SPDX-License-Identifier: MIT */
/* The seam of power/rapl.h in the model's time: the counter is read until it steps. */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/rapl.h"
#include "tests/machine/model.h"

bool rapl_wait_step(const struct rapl *rapl, uint64_t limit_tsc, struct rapl_reading *reading, uint64_t *at_tsc)
{
    uint64_t start_tsc = model_now()->now_tsc, first, value;

    if (!msr_read(rapl->msr[RAPL_PKG], &first))
        return false;
    do {
        if (!msr_read(rapl->msr[RAPL_PKG], &value))
            return false;
        *at_tsc = model_now()->now_tsc;
        if (value != first)
            return rapl_read(rapl, reading);
    } while (*at_tsc - start_tsc < limit_tsc);
    return false;
}
