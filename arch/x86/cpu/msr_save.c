// SPDX-License-Identifier: MIT
#include "arch/x86/cpu/msr_save.h"

#include "arch/x86/irq/fault.h"

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    uint64_t old, now;

    if (saves->count == MSR_SAVES_MAX || rdmsr_try(msr, &old).valid)
        return false;
    if (old == value)
        return true;
    saves->list[saves->count].msr = msr;
    saves->list[saves->count].value = old;
    saves->count++;
    if (!wrmsr_try(msr, value).valid && !rdmsr_try(msr, &now).valid && now == value)
        return true;
    wrmsr_try(msr, old);
    saves->count--;
    return false;
}

uint32_t msr_restore(struct msr_saves *saves)
{
    uint32_t failed = 0;

    while (saves->count) {
        saves->count--;
        failed += wrmsr_try(saves->list[saves->count].msr, saves->list[saves->count].value).valid;
    }
    return failed;
}
