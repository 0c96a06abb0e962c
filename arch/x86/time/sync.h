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

#endif /* LAB_ARCH_TIME_SYNC_H */
