/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/errata.h"

#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"

#define MCU_OPT_CTRL_IGN_UMONITOR (UINT64_C(1) << 6)

enum { FAMILY_P6 = 6 };

static bool is_model(const struct cpu_snapshot *snapshot, const uint8_t *models, size_t count)
{
    if (snapshot->vendor != CPU_VENDOR_INTEL || snapshot->family != FAMILY_P6)
        return false;
    for (size_t i = 0; i < count; i++)
        if (snapshot->model == models[i])
            return true;
    return false;
}

bool errata_flush_before_monitor(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {0x1d, 0x2e, 0x2f}; /* Dunnington, Nehalem-EX, Westmere-EX */

    return is_model(snapshot, models, sizeof models);
}

bool errata_monitor_loses_stores(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {0x5c, 0xbd}; /* Goldmont, Lunar Lake */

    return is_model(snapshot, models, sizeof models);
}

bool errata_umonitor_ignored(uint64_t control)
{
    return (control & MCU_OPT_CTRL_IGN_UMONITOR) != 0;
}
