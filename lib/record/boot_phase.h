/* SPDX-License-Identifier: MIT */
/*
 * The phases in which the image brings a machine up. Each begins with a record `boot` and with its number on I/O port
 * 80h, which POST displays and BMCs show: a machine that hangs has said where. Launcher and host tool name the phase.
 */
#ifndef LAB_LIB_RECORD_BOOT_PHASE_H
#define LAB_LIB_RECORD_BOOT_PHASE_H

enum boot_phase {
    PHASE_NONE,
    PHASE_MEMORY, /* on port 80h alone: no console yet */
    PHASE_CPUID,
    PHASE_FIRMWARE,
    PHASE_FEATURES,
    PHASE_APIC,
    PHASE_MTRR,
    PHASE_CLOCKS,
    PHASE_TSC,
    PHASE_TIMER,
    PHASE_LIST,
    PHASE_CPUS,
    PHASE_SYNC,
    PHASE_DEADLINE,
    PHASE_WATCHDOG,
    PHASE_UP, /* not a phase: the machine is up */
    PHASES,
};

/* Words by phase; NULL behind the last. */
extern const char *const boot_phase_words[PHASES + 1];

#endif /* LAB_LIB_RECORD_BOOT_PHASE_H */
