/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/known_states.h"

#include "arch/x86/cpu/cpuid.h"

const struct kernel_table *known_states(const struct cpu_snapshot *snapshot)
{
    struct kernel_place place = {
        .intel = true, .family = snapshot->family, .model = snapshot->model, .pkg_limit = KERNEL_LIMIT_UNKNOWN};

    return snapshot->vendor == CPU_VENDOR_INTEL ? kernel_table_of(&place) : NULL;
}
