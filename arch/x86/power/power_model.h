/* SPDX-License-Identifier: MIT */
/*
 * What a processor model documents about its idle states: residency counters, switches, the package limit's meaning.
 *
 * Pure functions of the snapshot and of one table; any CPU, any context. Sources: Intel SDM volume 4, the tables of
 * each model; Linux, drivers/idle/intel_idle.c (switches), arch/x86/events/intel/cstate.c (counters) and
 * tools/power/x86/turbostat (counters, limits, pre-wake). Where they differ about counters, an entry may have one that
 * cstate.c or turbostat leaves out, or leave out one that it has: readers drop those that fault (#GP) or stay at zero,
 * and never see the others. The package limits of 3Fh, 4Fh and 56h are the manual's; turbostat has the client's there.
 */
#ifndef LAB_ARCH_POWER_POWER_MODEL_H
#define LAB_ARCH_POWER_POWER_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/residency.h"

struct cpu_snapshot;

enum power_switch {
    POWER_C1E = 1 << 0,           /* MSR_POWER_CTL[1] */
    POWER_PREWAKE = 1 << 1,       /* MSR_POWER_CTL[30] */
    POWER_DEMOTE = 1 << 2,        /* MSR_PKG_CST_CONFIG_CONTROL[26:25] */
    POWER_UNDEMOTE = 1 << 3,      /* the same, [28:27] */
    POWER_C6_POLICY = 1 << 4,     /* MSR_CC6_DEMOTION_POLICY, MSR_MC6_DEMOTION_POLICY */
    POWER_ATOM_PC6 = 1 << 5,      /* package C6 is counted at 3FAh */
    POWER_KNL_CC6 = 1 << 6,       /* core C6 is counted at 3FFh */
    POWER_PKG_DEMOTE = 1 << 7,    /* MSR_PKG_CST_CONFIG_CONTROL[29] and [30] */
    POWER_C1_CONVERSION = 1 << 8, /* the same, [16] */
    POWER_PKG_C6 = 1 << 9,        /* no package state is deeper than C6, whatever counters are tried */
};

enum power_limits {
    LIMITS_NEHALEM,
    LIMITS_SANDY_BRIDGE,
    LIMITS_HASWELL,
    LIMITS_SKYLAKE_X,
    LIMITS_ICE_LAKE_X,
    LIMITS_SILVERMONT,
    LIMITS_AIRMONT,
    LIMITS_GOLDMONT,
    LIMITS_UNKNOWN, /* E2h is neither judged nor written */
    LIMITS_KINDS,
};

enum {
    POWER_MODEL_CPUS = 12,
    LIMIT_RESERVED = -1,
    LIMIT_NONE = 15,
};

struct power_model {
    uint8_t family;
    uint8_t cpus[POWER_MODEL_CPUS]; /* models of that family; ends at 0 */
    uint16_t counters;              /* bit per enum residency */
    uint16_t switches;              /* enum power_switch */
    uint8_t limits;                 /* enum power_limits */
};

/* NULL: no entry. Then no switch is changed, and the counters that most models have are tried. */
const struct power_model *power_model_of(const struct cpu_snapshot *snapshot);

static inline bool power_model_has(const struct power_model *model, enum power_switch what)
{
    return model && (model->switches & what);
}

/* How many clocks one count of APERF or of MPERF stands for: 1024 on Knights Landing and Knights Mill (turbostat). */
static inline uint64_t clocks_per_count(const struct power_model *model)
{
    return power_model_has(model, POWER_KNL_CC6) ? 1024 : 1;
}

/*
 * The counters that a model lists, a bit each; of a model that is not in the table (NULL): those that nearly all have.
 */
uint32_t residency_counters(const struct power_model *model);

/*
 * What a counter has counted, in ticks of the TSC: all count at its rate, but the C6 of a Silvermont's module, which is
 * counted in microseconds (SDM volume 4, table 2-6 and following, 664H).
 */
uint64_t residency_tsc(const struct power_model *model, enum residency counter, uint64_t count, uint64_t tsc_hz);

/* The register of a residency counter on that model (NULL: on most). */
uint32_t residency_msr(const struct power_model *model, enum residency counter);

/*
 * The deepest package C-state that a value of MSR_PKG_CST_CONFIG_CONTROL allows; LIMIT_NONE: no limit; LIMIT_RESERVED:
 * no meaning.
 */
int power_limit_depth(const struct power_model *model, uint64_t pkg_cst_config_control);

#endif /* LAB_ARCH_POWER_POWER_MODEL_H */
