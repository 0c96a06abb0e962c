/* SPDX-License-Identifier: MIT */
/*
 * The offset of another CPU's TSC against this one's, by ping-pong over one cache line.
 *
 * In each round the boot CPU stamps, asks, the other CPU stamps and answers, the boot CPU stamps. The other's stamp was
 * taken between the two, so its offset lies in [other - second, other - first]; all rounds hold at once, so the
 * intersection of their intervals holds, and its half width is the bound. An empty intersection says that the offset is
 * not a constant. No clock is assumed.
 */
#ifndef LAB_ARCH_TIME_SYNC_H
#define LAB_ARCH_TIME_SYNC_H

struct machine;

/*
 * Measures every CPU of the machine against CPU 0 and fills percpu.tsc_offset and _bound and clock.synchronised. Boot
 * CPU, all others parked. Each CPU is given a bounded time; one that does not answer leaves clock.offsets_known false.
 */
void tsc_sync_all(struct machine *machine);

/* What firmware left in IA32_TSC_ADJUST over all CPUs. */
enum tsc_adjust_kind {
    TSC_ADJUST_ABSENT, /* CPUID.07H:EBX[1] is clear */
    TSC_ADJUST_ZERO,
    TSC_ADJUST_SAME, /* the same, not zero */
    TSC_ADJUST_DIFFERS,
};

enum tsc_adjust_kind tsc_adjust_kind(const struct machine *machine);

/* "absent", "zero", "same", "differs". */
const char *tsc_adjust_kind_name(enum tsc_adjust_kind kind);

#endif /* LAB_ARCH_TIME_SYNC_H */
