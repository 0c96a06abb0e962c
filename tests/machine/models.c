/* SPDX-License-Identifier: MIT */
/*
 * The machines: Intel from Sandy Bridge to Alder Lake, two Atoms, AMD Zen 2 to 4.
 *
 * CPUID values and registers as the manuals and recorded processors have them; exit latencies are plausible ones, power
 * and transition energies are made up: what matters is that the truth is known. Counter numbers are typed here a second
 * time on purpose.
 */
#include <stddef.h>
#include <string.h>

#include "tests/machine/model.h"

#define CC1                                                                                                            \
    {                                                                                                                  \
        0x660, MODEL_CORE, 1                                                                                           \
    }
#define CC3                                                                                                            \
    {                                                                                                                  \
        0x3fc, MODEL_CORE, 3                                                                                           \
    }
#define CC6                                                                                                            \
    {                                                                                                                  \
        0x3fd, MODEL_CORE, 6                                                                                           \
    }
#define CC7                                                                                                            \
    {                                                                                                                  \
        0x3fe, MODEL_CORE, 7                                                                                           \
    }
#define PC2                                                                                                            \
    {                                                                                                                  \
        0x60d, MODEL_PACKAGE, 2                                                                                        \
    }
#define PC3                                                                                                            \
    {                                                                                                                  \
        0x3f8, MODEL_PACKAGE, 3                                                                                        \
    }
#define PC6                                                                                                            \
    {                                                                                                                  \
        0x3f9, MODEL_PACKAGE, 6                                                                                        \
    }
#define PC7                                                                                                            \
    {                                                                                                                  \
        0x3fa, MODEL_PACKAGE, 7                                                                                        \
    }
#define PC8                                                                                                            \
    {                                                                                                                  \
        0x630, MODEL_PACKAGE, 8                                                                                        \
    }
#define PC10                                                                                                           \
    {                                                                                                                  \
        0x632, MODEL_PACKAGE, 10                                                                                       \
    }
#define PC6_ATOM                                                                                                       \
    {                                                                                                                  \
        0x3fa, MODEL_PACKAGE, 6                                                                                        \
    }

/* E2h: demotion bits above the lock may always be written, the low ones while it is not set. */
#define CST_CONTROL(value)                                                                                             \
    {                                                                                                                  \
        0xe2, (value), 0x1e00ffff                                                                                      \
    }
#define POWER_CONTROL(value, bits)                                                                                     \
    {                                                                                                                  \
        0x1fc, (value), (bits)                                                                                         \
    }
#define UMWAIT_CONTROL                                                                                                 \
    {                                                                                                                  \
        0xe1, 0x30d40, 0xffffffff                                                                                      \
    }
#define PLATFORM(base, least)                                                                                          \
    {                                                                                                                  \
        0xce, (uint64_t)(least) << 40 | (base) << 8, 0                                                                 \
    }
#define HWP                                                                                                            \
    {0x770, 1, 1}, {0x771, 0x01080f20, 0},                                                                             \
    {                                                                                                                  \
        0x774, 0x80002008, 0xffffffff                                                                                  \
    }
#define PERF_CTL(ratio)                                                                                                \
    {                                                                                                                  \
        0x199, (ratio) << 8, 0xffff                                                                                    \
    }
#define INTEL_RAPL                                                                                                     \
    {                                                                                                                  \
        0x606, 0xa0e03, 0                                                                                              \
    }
#define SMI                                                                                                            \
    {                                                                                                                  \
        0x34, 0, 0                                                                                                     \
    }

const struct model MODELS[] = {
    {.name = "sandy_bridge",
     .signature = 0x206a7,
     .mwait_edx = 0x00001120,
     .power_eax = 0x6,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 400, 1500, 0, 9000, 2000},
                {NAP_MWAIT, 0x01, 1, 0, 800, 4000, 0, 7000, 9000},
                {NAP_MWAIT, 0x10, 3, 3, 5000, 40000, 0, 5000, 200000},
                {NAP_MWAIT, 0x20, 6, 6, 15000, 60000, 20000, 2500, 700000}},
     .counters = {CC3, CC6, CC7, PC2, PC3, PC6, PC7},
     .registers = {CST_CONTROL(0x407), POWER_CONTROL(0, 2), PLATFORM(20, 16), PERF_CTL(20), INTEL_RAPL, SMI},
     .package_limit = 15,
     .package_entry_ns = 300000,
     .awake_mw = 30000,
     .energy_shift = 14},
    {.name = "haswell",
     .signature = 0x306c3,
     .mwait_edx = 0x00042120,
     .power_eax = 0x6,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 400, 1300, 0, 8000, 2000},
                {NAP_MWAIT, 0x01, 1, 0, 700, 3000, 0, 6500, 6000},
                {NAP_MWAIT, 0x10, 3, 3, 4000, 25000, 0, 4500, 150000},
                {NAP_MWAIT, 0x20, 6, 6, 12000, 50000, 30000, 2200, 500000},
                {NAP_MWAIT, 0x32, 7, 7, 15000, 70000, 50000, 1500, 900000}},
     .counters = {CC3, CC6, CC7, PC2, PC3, PC6, PC7},
     .registers = {CST_CONTROL(0x1e000008), POWER_CONTROL(2, 2), PLATFORM(20, 8), PERF_CTL(20), INTEL_RAPL, SMI},
     .package_limit = 15,
     .demote_below_ns = 200000,
     .package_entry_ns = 300000,
     .awake_mw = 28000,
     .energy_shift = 14},
    {.name = "skylake_x",
     .signature = 0x50654,
     .mwait_edx = 0x00002020,
     .power_eax = 0x86,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 1000, 0, 60000, 3000},
                {NAP_MWAIT, 0x01, 1, 0, 500, 2500, 0, 50000, 20000},
                {NAP_MWAIT, 0x20, 6, 6, 10000, 60000, 40000, 25000, 4000000}},
     .counters = {CC6, PC2, PC6},
     .registers = {{0xe2, 0x1e000003, 0x7e00ffff}, POWER_CONTROL(0, 2), PLATFORM(20, 10), HWP, INTEL_RAPL, SMI},
     .package_limit = 6,
     .demote_below_ns = 0,
     .package_entry_ns = 500000,
     .awake_mw = 120000,
     .energy_shift = 14},
    {.name = "ice_lake_x",
     .signature = 0x606a6,
     .mwait_edx = 0x00002020,
     .power_eax = 0x86,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 900, 0, 70000, 3000},
                {NAP_MWAIT, 0x01, 1, 0, 500, 2000, 0, 58000, 15000},
                {NAP_MWAIT, 0x20, 6, 6, 12000, 80000, 50000, 28000, 6000000}},
     .counters = {CC1, CC6, PC2, PC6},
     .registers = {CST_CONTROL(0x1e000002), POWER_CONTROL(0, 0x40000002), PLATFORM(20, 8), HWP, INTEL_RAPL, SMI},
     .package_limit = 6,
     .prewake = true,
     .package_entry_ns = 600000,
     .awake_mw = 150000,
     .energy_shift = 14},
    {.name = "sapphire_rapids",
     .signature = 0x806f8,
     .mwait_edx = 0x00001020,
     .power_eax = 0x86,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 800, 0, 90000, 3000},
                {NAP_MWAIT, 0x20, 6, 6, 14000, 110000, 90000, 35000, 9000000}},
     .counters = {CC1, CC6, PC2, PC6},
     .registers = {CST_CONTROL(0x1e000003), POWER_CONTROL(0, 0x40000002), PLATFORM(20, 8), HWP, INTEL_RAPL,
                   UMWAIT_CONTROL, SMI},
     .package_limit = 6,
     .prewake = true,
     .package_entry_ns = 800000,
     .awake_mw = 180000,
     .energy_shift = 14},
    {.name = "alder_lake",
     .signature = 0x90672,
     .mwait_edx = 0x10102020,
     .power_eax = 0x86,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 200, 700, 0, 6000, 1000},
                {NAP_MWAIT, 0x01, 1, 0, 300, 1500, 0, 5000, 4000},
                {NAP_MWAIT, 0x20, 6, 6, 9000, 70000, 40000, 2000, 600000},
                {NAP_MWAIT, 0x40, 7, 8, 15000, 90000, 110000, 900, 1500000},
                {NAP_MWAIT, 0x60, 7, 10, 20000, 100000, 400000, 400, 3000000}},
     .counters = {CC1, CC6, CC7, PC2, PC3, PC6, PC8, PC10},
     .registers = {CST_CONTROL(0x1e000008), POWER_CONTROL(0, 2), PLATFORM(20, 8), HWP, INTEL_RAPL, UMWAIT_CONTROL, SMI},
     .package_limit = 15,
     .package_entry_ns = 400000,
     .awake_mw = 25000,
     .energy_shift = 14},
    {.name = "silvermont",
     .signature = 0x30678,
     .mwait_edx = 0x33000020,
     .power_eax = 0x4,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 1000, 0, 1500, 500},
                {NAP_MWAIT, 0x58, 6, 0, 20000, 90000, 0, 700, 60000},
                {NAP_MWAIT, 0x60, 6, 6, 40000, 300000, 200000, 150, 300000}},
     .counters = {CC1, CC6, PC6_ATOM, {0x664, MODEL_MODULE, 6, true}},
     .registers = {{0xe2, 7, 0xffff},
                   POWER_CONTROL(0, 2),
                   {0x668, 0, 0xffffffff},
                   {0x669, 0, 0xffffffff},
                   PERF_CTL(16),
                   INTEL_RAPL,
                   SMI},
     .package_limit = 15,
     .package_entry_ns = 500000,
     .awake_mw = 4000,
     .energy_shift = 14},
    {.name = "goldmont_d",
     .signature = 0x506f1,
     .mwait_edx = 0x00000120,
     .power_eax = 0x4,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 1500, 0, 6000, 1000}, {NAP_MWAIT, 0x01, 1, 0, 500, 8000, 0, 5000, 5000}},
     .counters = {CC1, CC6, PC2, PC6},
     .registers = {{0xe2, 0, 0xffff}, POWER_CONTROL(2, 2), PERF_CTL(16), INTEL_RAPL, SMI},
     .package_limit = 15,
     .package_entry_ns = 500000,
     .awake_mw = 12000,
     .energy_shift = 14},
    {.name = "zen2",
     .amd = true,
     .signature = 0x870f10,
     .mwait_edx = 0x00000011,
     .power_eax = 0x4,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 300, 900, 0, 14000, 1500},
                {NAP_IOPORT, 0x413, 6, 0, 8000, 18000, 0, 9000, 400000},
                {NAP_IOPORT, 0x414, 6, 0, 8000, 18000, 0, 9000, 400000},
                {NAP_IOPORT, 0x415, 6, 0, 8000, 18000, 0, 9000, 400000}},
     .registers = {{0xc0010073, 0x413, 0},
                   {0xc0010296, 0x484848, 0},
                   {0xc0010064, UINT64_C(0x8000000000000890), 0}, /* 3.6 GHz */
                   {0xc0010066, UINT64_C(0x8000000000000858), 0}, /* 2.2 GHz */
                   {0xc0010299, 0xa1003, 0},
                   {0xc0010061, 0x20, 0},
                   {0xc0010062, 0, 7}},
     .cc6_timer_ns = 50000,
     .awake_mw = 35000,
     .energy_shift = 16},
    {.name = "zen3",
     .amd = true,
     .signature = 0xa20f10,
     .mwait_edx = 0x00000011,
     .power_eax = 0x4,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 250, 800, 0, 13000, 1500},
                {NAP_IOPORT, 0x413, 6, 0, 6000, 16000, 0, 8000, 350000},
                {NAP_IOPORT, 0x414, 6, 0, 6000, 16000, 0, 8000, 350000},
                {NAP_IOPORT, 0x415, 6, 0, 6000, 16000, 0, 8000, 350000}},
     .registers = {{0xc0010073, 0x413, 0},
                   {0xc0010296, 0x484848, 0},
                   {0xc0010299, 0xa1003, 0},
                   {0xc0010061, 0x20, 0},
                   {0xc0010062, 0, 7}},
     .cc6_timer_ns = 100000,
     .awake_mw = 33000,
     .energy_shift = 16},
    {.name = "zen4",
     .amd = true,
     .signature = 0xa60f12,
     .mwait_edx = 0x00000011,
     .power_eax = 0x4,
     .states = {{NAP_MWAIT, 0x00, 1, 0, 200, 700, 0, 16000, 1500},
                {NAP_IOPORT, 0x413, 6, 0, 5000, 14000, 0, 9000, 300000},
                {NAP_IOPORT, 0x414, 6, 0, 5000, 14000, 0, 9000, 300000},
                {NAP_IOPORT, 0x415, 6, 0, 5000, 14000, 0, 9000, 300000}},
     .registers = {{0xc0010073, 0x413, 0},
                   {0xc0010296, 0x484848, 0},
                   {0xc0010299, 0xa1003, 0},
                   {0xc0010061, 0x20, 0},
                   {0xc0010062, 0, 7}},
     .cc6_timer_ns = 200000,
     .awake_mw = 36000,
     .energy_shift = 16},
};
const unsigned MODEL_COUNT = sizeof(MODELS) / sizeof(MODELS[0]);

const struct model *model_find(const char *name)
{
    for (unsigned i = 0; i < MODEL_COUNT; i++)
        if (strcmp(MODELS[i].name, name) == 0)
            return &MODELS[i];
    return NULL;
}
