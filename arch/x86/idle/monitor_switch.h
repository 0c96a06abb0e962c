/* SPDX-License-Identifier: MIT */
/*
 * Whether firmware has switched MONITOR and MWAIT off: CPUID then does not list them. IA32_MISC_ENABLE[18] clear (SDM
 * volume 4, table 2-2), MSRC001_0015[9] set (AMD, PPR, HWCR.MonMwaitDis, from family 10h on). Not in a guest. Reads the
 * running CPU's register.
 */
#ifndef LAB_ARCH_IDLE_MONITOR_SWITCH_H
#define LAB_ARCH_IDLE_MONITOR_SWITCH_H

struct cpu_snapshot;

enum monitor_switch {
    MONITOR_UNKNOWN, /* the register can't be read, or no such vendor */
    MONITOR_ON,
    MONITOR_OFF,
};

enum monitor_switch monitor_switch_read(const struct cpu_snapshot *snapshot);

/* "IA32_MISC_ENABLE[18]" or "MSRC001_0015[9]". */
const char *monitor_switch_name(const struct cpu_snapshot *snapshot);

#endif /* LAB_ARCH_IDLE_MONITOR_SWITCH_H */
