/* SPDX-License-Identifier: MIT */
#include "arch/x86/power/power_model.h"

#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/power/power_msr_regs.h"
#include "lib/fixed.h"

enum {
    CC1 = 1 << RESIDENCY_CC1,
    CC3 = 1 << RESIDENCY_CC3,
    CC6 = 1 << RESIDENCY_CC6,
    CC7 = 1 << RESIDENCY_CC7,
    MC6 = 1 << RESIDENCY_MC6,
    PC2 = 1 << RESIDENCY_PC2,
    PC3 = 1 << RESIDENCY_PC3,
    PC6 = 1 << RESIDENCY_PC6,
    PC7 = 1 << RESIDENCY_PC7,
    PC8_TO_10 = 1 << RESIDENCY_PC8 | 1 << RESIDENCY_PC9 | 1 << RESIDENCY_PC10,
    PC8 = 1 << RESIDENCY_PC8,
    PC10 = 1 << RESIDENCY_PC10,
    P6 = 6,
    FAMILY_18 = 18, /* of CPUID.01H:EAX, decimal as Linux writes it */
    FAMILY_19 = 19,
    CORE_SWITCHES = POWER_C1E | POWER_DEMOTE | POWER_UNDEMOTE,
    PACKAGE_SWITCHES = CORE_SWITCHES | POWER_PKG_DEMOTE,
    SERVER = CC6 | PC2 | PC6,
    CLIENT = CC3 | CC6 | CC7 | PC2 | PC3 | PC6 | PC7,
};

static const struct power_model table[] = {
    /* nehalem */ {
        P6, {0x1a, 0x1e, 0x1f, 0x2e, 0x25, 0x2c, 0x2f}, CC3 | CC6 | PC3 | PC6, PACKAGE_SWITCHES, LIMITS_NEHALEM},
    /* sandy bridge */ {P6, {0x2a, 0x3a}, CLIENT, CORE_SWITCHES, LIMITS_SANDY_BRIDGE},
    /* sandy bridge x */ {P6, {0x2d}, CLIENT, CORE_SWITCHES | POWER_PKG_C6, LIMITS_SANDY_BRIDGE},
    /* ivy bridge x: its own table of E2h reserves bits 63:16 */
    {P6, {0x3e}, CLIENT, POWER_C1E | POWER_PKG_C6, LIMITS_SANDY_BRIDGE},
    /* haswell */ {P6, {0x3c, 0x46}, CLIENT, CORE_SWITCHES, LIMITS_HASWELL},
    /* haswell x: the limits of the servers, as its own table of E2h has them; turbostat takes the client's */
    {P6, {0x3f}, CLIENT, PACKAGE_SWITCHES | POWER_PKG_C6, LIMITS_SKYLAKE_X},
    /* broadwell g */ {P6, {0x47}, CLIENT, PACKAGE_SWITCHES, LIMITS_HASWELL},
    /* broadwell x and d: the same */
    {P6, {0x4f, 0x56}, CC3 | CC6 | PC2 | PC3 | PC6, PACKAGE_SWITCHES | POWER_C1_CONVERSION, LIMITS_SKYLAKE_X},
    /* haswell l */ {P6, {0x45}, CLIENT | PC8_TO_10, CORE_SWITCHES, LIMITS_HASWELL},
    /* broadwell, skylake: the latter's manual tables include the former's */
    {P6, {0x3d, 0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6}, CLIENT | PC8_TO_10, PACKAGE_SWITCHES, LIMITS_HASWELL},
    /* ice lake */
    {P6,
     {0x66, 0x7d, 0x7e, 0x9d, 0xa7, 0x8c, 0x8d, 0x8a},
     CC1 | CC6 | CC7 | PC2 | PC3 | PC6 | PC7 | PC8_TO_10,
     CORE_SWITCHES,
     LIMITS_HASWELL},
    /* alder lake */
    {P6,
     {0x97, 0x9a, 0xbe, 0xb7, 0xba, 0xbf, 0xaa, 0xac, 0xb5, 0xc5, 0xc6, 0xd7},
     CC1 | CC6 | CC7 | PC2 | PC3 | PC6 | PC8 | PC10,
     CORE_SWITCHES,
     LIMITS_HASWELL},
    /* lunar lake */
    {P6, {0xbd, 0xcc, 0xd5}, CC1 | CC6 | CC7 | PC2 | PC6 | PC10, CORE_SWITCHES, LIMITS_HASWELL},
    /* nova lake */ {FAMILY_18, {0x01, 0x03}, CC1 | CC6 | CC7 | MC6 | PC2 | PC6 | PC10, CORE_SWITCHES, LIMITS_HASWELL},
    /* skylake x */ {P6, {0x55}, SERVER, PACKAGE_SWITCHES | POWER_C1_CONVERSION, LIMITS_SKYLAKE_X},
    /* ice lake x */ {P6, {0x6a, 0x6c}, CC1 | SERVER, CORE_SWITCHES | POWER_PREWAKE, LIMITS_ICE_LAKE_X},
    /* sapphire rapids */
    {P6, {0x8f, 0xcf, 0xad, 0xae}, CC1 | SERVER, CORE_SWITCHES | POWER_PREWAKE, LIMITS_SKYLAKE_X},
    /* diamond rapids */
    {FAMILY_19, {0x01}, CC1 | MC6 | SERVER, CORE_SWITCHES | POWER_PREWAKE, LIMITS_SKYLAKE_X},
    /* sierra forest */
    {P6, {0xaf, 0xdd}, CC1 | MC6 | SERVER, POWER_C1E | POWER_PREWAKE, LIMITS_SKYLAKE_X},
    /* grand ridge */ {P6, {0xb6}, CC1 | CC6 | MC6, POWER_C1E | POWER_PREWAKE, LIMITS_SKYLAKE_X},
    /* silvermont */
    {P6, {0x37}, CC1 | CC6 | MC6 | PC6, POWER_C1E | POWER_C6_POLICY | POWER_ATOM_PC6, LIMITS_SILVERMONT},
    /* silvermont d */
    {P6, {0x4d}, CC1 | CC6 | PC6, POWER_C1E | POWER_ATOM_PC6, LIMITS_SILVERMONT},
    /* airmont */
    {P6, {0x4c}, CC1 | CC6 | PC6, POWER_C1E | POWER_C6_POLICY | POWER_ATOM_PC6, LIMITS_AIRMONT},
    /* airmont np: no source tells more than its counters */
    {P6, {0x75}, CC1 | CC6 | PC6, POWER_ATOM_PC6, LIMITS_UNKNOWN},
    /* goldmont */ {P6, {0x5c, 0x7a}, CC1 | CLIENT | PC8_TO_10, POWER_C1E, LIMITS_GOLDMONT},
    /* goldmont d */ {P6, {0x5f}, CC1 | SERVER, POWER_C1E, LIMITS_GOLDMONT},
    /* tremont */
    {P6, {0x96, 0x9c}, CC6 | CC7 | PC2 | PC3 | PC6 | PC7 | PC8_TO_10, POWER_C1E, LIMITS_GOLDMONT},
    /* tremont d */ {P6, {0x86}, CC6, POWER_C1E, LIMITS_GOLDMONT},
    /* knights landing */ {P6, {0x57, 0x85}, CC6 | PC2 | PC3 | PC6, POWER_KNL_CC6, LIMITS_SKYLAKE_X},
};

const struct power_model *power_model_of(const struct cpu_snapshot *snapshot)
{
    if (snapshot->vendor != CPU_VENDOR_INTEL)
        return NULL;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        for (const uint8_t *cpu = table[i].cpus; *cpu && table[i].family == snapshot->family; cpu++)
            if (*cpu == snapshot->model)
                return &table[i];
    }
    return NULL;
}

static const uint32_t msrs[RESIDENCY_COUNT] = {
    [RESIDENCY_CC1] = MSR_CORE_C1_RESIDENCY,   [RESIDENCY_CC3] = MSR_CORE_C3_RESIDENCY,
    [RESIDENCY_CC6] = MSR_CORE_C6_RESIDENCY,   [RESIDENCY_CC7] = MSR_CORE_C7_RESIDENCY,
    [RESIDENCY_MC6] = MSR_MODULE_C6_RESIDENCY, [RESIDENCY_PC2] = MSR_PKG_C2_RESIDENCY,
    [RESIDENCY_PC3] = MSR_PKG_C3_RESIDENCY,    [RESIDENCY_PC6] = MSR_PKG_C6_RESIDENCY,
    [RESIDENCY_PC7] = MSR_PKG_C7_RESIDENCY,    [RESIDENCY_PC8] = MSR_PKG_C8_RESIDENCY,
    [RESIDENCY_PC9] = MSR_PKG_C9_RESIDENCY,    [RESIDENCY_PC10] = MSR_PKG_C10_RESIDENCY,
};

uint32_t residency_counters(const struct power_model *model)
{
    return model ? model->counters : CC6 | CC7 | PC2 | PC6;
}

uint64_t residency_tsc(const struct power_model *model, enum residency counter, uint64_t count, uint64_t tsc_hz)
{
    enum { US_PER_S = 1000000 };

    if (counter == RESIDENCY_MC6 && power_model_has(model, POWER_C6_POLICY))
        return muldiv_u64(count, tsc_hz, US_PER_S);
    return count;
}

uint32_t residency_msr(const struct power_model *model, enum residency counter)
{
    if (counter == RESIDENCY_CC6 && power_model_has(model, POWER_KNL_CC6))
        return MSR_KNL_CORE_C6_RESIDENCY;
    if (counter == RESIDENCY_PC6 && power_model_has(model, POWER_ATOM_PC6))
        return MSR_PKG_C7_RESIDENCY;
    return msrs[counter];
}

int power_limit_depth(const struct power_model *model, uint64_t pkg_cst_config_control)
{
    enum { VALUES = 9, R = LIMIT_RESERVED, ALL = LIMIT_NONE };
    static const int8_t depths[LIMITS_KINDS][VALUES] = {
        [LIMITS_NEHALEM] = {0, 1, 3, 6, 7, R, R, ALL, R},    [LIMITS_SANDY_BRIDGE] = {0, 2, 6, 6, 7, 7, R, ALL, R},
        [LIMITS_HASWELL] = {0, 2, 3, 6, 7, 7, 8, 9, ALL},    [LIMITS_SKYLAKE_X] = {0, 2, 6, 6, R, R, R, ALL, R},
        [LIMITS_ICE_LAKE_X] = {0, 2, 6, 6, R, R, R, ALL, R}, [LIMITS_SILVERMONT] = {0, 1, R, R, 4, R, 6, 7, R},
        [LIMITS_AIRMONT] = {ALL, 1, 2, R, R, R, 6, 7, R},    [LIMITS_GOLDMONT] = {ALL, 1, 3, 6, 7, 7, 8, 9, 10},
        [LIMITS_UNKNOWN] = {R, R, R, R, R, R, R, R, R},
    };
    uint64_t value = pkg_cst_config_control & PKG_CST_LIMIT_MASK;

    return model && value < VALUES ? depths[model->limits][value] : LIMIT_RESERVED;
}
