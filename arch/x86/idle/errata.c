/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/errata.h"

#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"

#define MCU_OPT_CTRL_IGN_UMONITOR (UINT64_C(1) << 6)

enum {
    FAMILY_P6 = 6,
    FAMILY_K8 = 0x0f,
    FAMILY_K10 = 0x10,
    FAMILY_ZEN = 0x17,
    OSVW_E400 = 1, /* AMD's list of errata that the OS should know of: its number there */
};

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

    return cpu_has(snapshot, CPUID_CLFLUSH) && is_model(snapshot, models, sizeof(models));
}

bool errata_monitor_loses_stores(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {0x5c, 0xbd}; /* Goldmont, Lunar Lake */

    return is_model(snapshot, models, sizeof(models));
}

bool errata_umonitor_ignored(uint64_t control)
{
    return (control & MCU_OPT_CTRL_IGN_UMONITOR) != 0;
}

bool errata_rapid_c6(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {0x1a, 0x1e, 0x1f, 0x2e, 0x25, 0x2c};

    return is_model(snapshot, models, sizeof(models));
}

bool errata_ryzen_idle(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {0x01, 0x08, 0x11, 0x18, 0x71}; /* Ryzen 1000, 2000, their APUs, 3000 */

    if (snapshot->vendor != CPU_VENDOR_AMD || snapshot->family != FAMILY_ZEN)
        return false;
    for (size_t i = 0; i < sizeof(models); i++)
        if (snapshot->model == models[i])
            return true;
    return false;
}

bool errata_amd_e400(const struct cpu_snapshot *snapshot, uint64_t osvw_length, uint64_t osvw_status)
{
    uint32_t part = snapshot->model << 4 | snapshot->stepping;

    if (snapshot->vendor != CPU_VENDOR_AMD)
        return false;
    if (osvw_length > OSVW_E400)
        return (osvw_status >> OSVW_E400) & 1;
    return (snapshot->family == FAMILY_K8 && part >= 0x412) || (snapshot->family == FAMILY_K10 && part >= 0x021);
}

uint32_t errata_deadline_revision(const struct cpu_snapshot *snapshot)
{
    enum { ANY = 0xff };
    static const struct {
        uint8_t model, stepping;
        uint32_t revision;
    } fixed[] = {
        {0x3c, ANY, 0x22},     {0x45, ANY, 0x20},     {0x46, ANY, 0x17},     {0x3f, 2, 0x3a},
        {0x3f, 4, 0x0f},       {0x3d, ANY, 0x25},     {0x47, ANY, 0x17},     {0x4f, ANY, 0x0b000020},
        {0x56, 2, 0x11},       {0x56, 3, 0x0700000e}, {0x56, 4, 0x0f00000c}, {0x56, 5, 0x0e000003},
        {0x55, 3, 0x01000136}, {0x55, 4, 0x02000014}, {0x4e, ANY, 0xb2},     {0x5e, ANY, 0xb2},
        {0x8e, ANY, 0x52},     {0x9e, ANY, 0x52},
    };

    if (snapshot->vendor != CPU_VENDOR_INTEL || snapshot->family != FAMILY_P6)
        return 0;
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (fixed[i].model == snapshot->model && (fixed[i].stepping == ANY || fixed[i].stepping == snapshot->stepping))
            return fixed[i].revision;
    return 0;
}
