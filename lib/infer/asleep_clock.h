/* SPDX-License-Identifier: MIT */
/*
 * Is a tick of the TSC during sleep as long as one awake: the TSC's rate by another clock while the processor waited,
 * against what the same clock said of it at boot. Pure; any context.
 */
#ifndef LAB_LIB_INFER_ASLEEP_CLOCK_H
#define LAB_LIB_INFER_ASLEEP_CLOCK_H

#include <stdint.h>

#include "lib/infer/confidence.h"

struct asleep_seen {
    uint64_t passed_tsc;   /* between the two readings */
    uint64_t passed_ticks; /* of the other clock; at least 1 */
    uint64_t hz;           /* its rate */
    uint64_t bound_tsc;    /* both readings' width */
    uint64_t awake_hz;     /* the TSC's rate at boot by that clock; at least 1 */
    uint64_t awake_bound_ppm;
};

struct asleep_answer {
    int64_t ppm;        /* how much faster the TSC ran asleep */
    uint64_t bound_ppm; /* give or take */
    const char *word;   /* "as" long as awake, "not as" */
    enum confidence confidence;
};

/*
 * A clock that a hypervisor makes follows the host's, whose time daemon slews it by up to 500 ppm, and after a
 * migration the TSC's rate differs by up to 250 (Linux, tsc_tolerance_ppm). So less than 1000 ppm is not held against
 * the sleep: "perhaps as", with low confidence.
 */
struct asleep_answer asleep_clock_judge(const struct asleep_seen *seen);

#endif /* LAB_LIB_INFER_ASLEEP_CLOCK_H */
