/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/smp.h"

bool smp_parked(const struct percpu *cpu)
{
    return work_ended(&cpu->work);
}

bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc)
{
    uint64_t start_tsc = rdtsc();

    while (!smp_parked(cpu)) {
        if (rdtsc() - start_tsc > limit_tsc)
            return false;
        pause();
    }
    return true;
}
