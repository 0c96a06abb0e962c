/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/msr_save.h"

#include "arch/x86/cpu/msr.h"

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    uint64_t old, now;

    if (saves->count == MSR_SAVES_MAX || !msr_read(msr, &old))
        return false;
    if (old == value)
        return true;
    saves->list[saves->count].msr = msr;
    saves->list[saves->count].value = old;
    saves->count++;
    if (msr_write(msr, value) && msr_read(msr, &now) && now == value)
        return true;
    msr_write(msr, old);
    saves->count--;
    return false;
}

uint32_t msr_restore_to(struct msr_saves *saves, uint32_t mark)
{
    uint32_t failed = 0;

    while (saves->count > mark) {
        uint32_t msr = saves->list[--saves->count].msr;
        uint64_t old = saves->list[saves->count].value, now;

        failed += !msr_write(msr, old) || !msr_read(msr, &now) || now != old;
    }
    saves->lost += failed;
    return failed;
}

uint32_t msr_restore(struct msr_saves *saves)
{
    return msr_restore_to(saves, 0);
}
