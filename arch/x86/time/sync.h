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

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct percpu;

struct tsc_offset {
    int64_t low_tsc, high_tsc; /* the offset lies between them; low > high: not constant */
    uint32_t rounds;
};

/* Pure: one round's stamps narrow the interval. Start from {INT64_MIN, INT64_MAX, 0}. */
void tsc_offset_narrow(struct tsc_offset *offset, uint64_t first_tsc, uint64_t other_tsc, uint64_t second_tsc);

/* Middle of the interval, and half its width rounded up. */
int64_t tsc_offset_value(const struct tsc_offset *offset);
uint64_t tsc_offset_bound(const struct tsc_offset *offset);

/*
 * Measures every CPU of the machine against CPU 0 and fills percpu.tsc_offset and _bound and clock.synchronised. Boot
 * CPU, all others parked. Each CPU is given a bounded time; one that does not answer leaves clock.offsets_known false.
 */
void tsc_sync_all(struct machine *machine);

#endif /* LAB_ARCH_TIME_SYNC_H */
