/* SPDX-License-Identifier: MIT */
#include "lib/record/boot_phase.h"

#include <stddef.h>

const char *const boot_phase_words[PHASES + 1] = {
    [PHASE_NONE] = "none",
    [PHASE_MEMORY] = "memory",
    [PHASE_CPUID] = "cpuid",
    [PHASE_FIRMWARE] = "firmware",
    [PHASE_FEATURES] = "features",
    [PHASE_APIC] = "apic",
    [PHASE_MTRR] = "mtrr",
    [PHASE_CLOCKS] = "clocks",
    [PHASE_TSC] = "tsc",
    [PHASE_TIMER] = "timer",
    [PHASE_LIST] = "list",
    [PHASE_CPUS] = "cpus",
    [PHASE_SYNC] = "sync",
    [PHASE_DEADLINE] = "deadline",
    [PHASE_WATCHDOG] = "watchdog",
    [PHASE_UP] = "up",
    [PHASES] = NULL,
};
