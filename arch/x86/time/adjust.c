/* SPDX-License-Identifier: MIT */
#include "arch/x86/machine.h"
#include "arch/x86/time/sync.h"

enum tsc_adjust_kind tsc_adjust_kind(const struct machine *machine)
{
    int64_t first = machine->cpus[0]->tsc_adjust;

    if (!cpu_has(&machine->snapshot, CPUID_TSC_ADJUST))
        return TSC_ADJUST_ABSENT;
    for (uint32_t i = 1; i < machine->cpu_count; i++)
        if (machine->cpus[i]->tsc_adjust != first)
            return TSC_ADJUST_DIFFERS;
    return first ? TSC_ADJUST_SAME : TSC_ADJUST_ZERO;
}

const char *tsc_adjust_kind_name(enum tsc_adjust_kind kind)
{
    static const char *const names[] = {
        [TSC_ADJUST_ABSENT] = "absent",
        [TSC_ADJUST_ZERO] = "zero",
        [TSC_ADJUST_SAME] = "same",
        [TSC_ADJUST_DIFFERS] = "differs",
    };

    return names[kind];
}
