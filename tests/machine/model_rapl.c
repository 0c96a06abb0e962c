// SPDX-License-Identifier: MIT
/* The seam of cpu/rapl.h in the model's time: the counter is read until it steps. */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/rapl.h"
#include "tests/machine/model.h"

bool rapl_wait_step(const struct rapl *rapl, uint64_t limit_tsc, struct rapl_reading *reading,
                    uint64_t *at_tsc)
{
    uint64_t start_tsc = model_now()->now_tsc, first, value;

    msr_read(rapl->msr[RAPL_PKG], &first);
    do {
        msr_read(rapl->msr[RAPL_PKG], &value);
        *at_tsc = model_now()->now_tsc;
        if (value != first) {
            rapl_read(rapl, reading);
            return true;
        }
    } while (*at_tsc - start_tsc < limit_tsc);
    rapl_read(rapl, reading);
    return false;
}
