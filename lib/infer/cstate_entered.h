/* SPDX-License-Identifier: MIT */
/*
 * Requested against entered: the verdict from what the counters and the latencies of one state say. Any context.
 *
 * A residency counter that moved is proof. Where there is none, MPERF tells C0 from not C0, and the latency tells deep
 * from shallow: that is an inference, and the verdict says so. "Demoted" needs a counter that says where the time went,
 * or one that is known to be alive; a counter that never moved may not work, and then only the latency counts. The
 * reasons are words that docs/cstates.md, section 2, explains.
 */
#ifndef LAB_LIB_INFER_CSTATE_ENTERED_H
#define LAB_LIB_INFER_CSTATE_ENTERED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"
#include "lib/residency.h"

enum {
    CSTATE_PPM = 1000000,
    CSTATE_UNKNOWN = 0xff, /* a request for no known state; greater than each, because it may be a deep one */
};

enum cstate_end {
    CSTATE_ENTERED,
    CSTATE_REQUESTED,  /* nothing shows that it was entered */
    CSTATE_DEMOTED,    /* another state was */
    CSTATE_UNVERIFIED, /* unknown */
};

struct cstate_verdict {
    enum cstate_end end;
    uint8_t got; /* the core's C-state; 0: unknown */
    enum confidence confidence;
    const char *why; /* a word: docs/cstates.md, section 2 */
};

/* The evidence for a verdict. */
struct cstate_evidence {
    uint8_t want; /* or CSTATE_UNKNOWN */
    bool guest;
    uint32_t naps, kept, spurious;
    uint32_t counters; /* bit per enum residency: present, and not zero */
    uint32_t zero;     /* the same: present, and zero since the reset */
    uint32_t alive;    /* the same: moved in this step */
    uint32_t share_ppm[RESIDENCY_COUNT];
    bool has_c0;
    uint32_t c0_ppm;
    int64_t p50_tsc;
    int64_t c1_p50_tsc; /* of the shallowest state by the same source; 0: unknown */
    int64_t clear_tsc;  /* smallest difference of latencies that counts */
};

struct cstate_verdict cstate_judge(const struct cstate_evidence *evidence);

/*
 * True where the counters prove that a state deeper than C1 was not entered: another state's counter has most of the
 * time, or those of this one and deeper work and have nearly nothing of it. False where no counter says anything, and
 * of an unknown request. Confidence is low where the counters did not move at all and no other has most of the time:
 * they may have stopped.
 */
bool cstate_not_entered(const struct cstate_evidence *evidence, enum confidence *confidence);

/* "entered" and so on. */
const char *cstate_end_name(enum cstate_end end);

/* The deepest package counter with at least a twentieth of the time; RESIDENCY_COUNT: none. */
enum residency cstate_package_of(const struct cstate_evidence *evidence);

/*
 * The deepest core counter, of RESIDENCY_CC1 to CC7, that moved by half of the time slept or more, and its share;
 * RESIDENCY_COUNT: none, or one of them has more than all the time and a tenth, which is another clock's.
 */
enum residency cstate_proven(const uint64_t *residency_tsc, uint64_t slept_tsc, uint32_t *percent);

/* Time share, in ppm, of the counters of core states at least that deep. */
uint32_t cstate_core_ppm(const struct cstate_evidence *evidence, uint8_t depth);

#endif /* LAB_LIB_INFER_CSTATE_ENTERED_H */
