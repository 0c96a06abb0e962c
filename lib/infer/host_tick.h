/* SPDX-License-Identifier: MIT */
/*
 * The period of a host's clock tick, from the times at which waits ended without an event of the lab.
 *
 * Each interrupt that a host takes while its guest sleeps in MWAIT brings the guest back. A tick shows as wakes that
 * have another one exactly one period later, more often than wakes at random would, and none half a period later. A
 * device that interrupts at one of these rates looks the same. Any context; pure.
 */
#ifndef LAB_LIB_INFER_HOST_TICK_H
#define LAB_LIB_INFER_HOST_TICK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum host_tick_is {
    HOST_TICK_UNKNOWN,
    HOST_TICK_NONE, /* too few wakes: no tick while idle (nohz), or no host */
    HOST_TICK_PERIODIC,
};

struct host_tick {
    enum host_tick_is is;
    uint32_t hz; /* 100, 250, 300 or 1000 where it is periodic */
    uint64_t per_1000s;
    uint32_t share_percent; /* of the wakes have another one a period later */
    enum confidence confidence;
};

/*
 * `at_tsc` are n wakes in ascending order, of waits that lasted `watched_tsc` in all; n is at most some hundred (the
 * time taken is n * n). tsc_hz is nonzero.
 */
struct host_tick host_tick_find(const uint64_t *at_tsc, size_t n, uint64_t watched_tsc, uint64_t tsc_hz);

#endif /* LAB_LIB_INFER_HOST_TICK_H */
