/* SPDX-License-Identifier: MIT */
/* The half of msr.h that executes instructions. */
#include "arch/x86/cpu/msr.h"

#include "arch/x86/irq/fault.h"

bool msr_read(uint32_t msr, uint64_t *value)
{
    return !rdmsr_try(msr, value).valid;
}

bool msr_write(uint32_t msr, uint64_t value)
{
    return !wrmsr_try(msr, value).valid;
}
