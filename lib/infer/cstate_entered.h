/* SPDX-License-Identifier: MIT */
/*
 * Requested against entered: the verdict from what the counters and the latencies of one state say. Any
 * context.
 *
 * A residency counter that moved is proof. Where there is none, MPERF tells C0 from not C0, and the latency tells deep
 * from shallow: that is an inference, and is called so. "Demoted" needs a counter that says where the time went, or one
 * that is known to be alive; a counter that never moved may be a lie, and then only the latency speaks. The reasons are
 * words that docs/cstates.md, section 2, explains.
 */
#ifndef LAB_LIB_INFER_CSTATE_ENTERED_H
#define LAB_LIB_INFER_CSTATE_ENTERED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"
#include "lib/residency.h"

enum { CSTATE_PPM = 1000000 };

enum cstate_end {
    CSTATE_ENTERED,
    CSTATE_REQUESTED,  /* nothing shows that it was entered */
    CSTATE_DEMOTED,    /* another one was */
    CSTATE_UNVERIFIED, /* nothing can be said */
};

struct cstate_verdict {
    enum cstate_end end;
    uint8_t got; /* the core's C-state; 0: not known */
    enum confidence confidence;
    const char *why; /* a word: docs/cstates.md, section 2 */
};

/* What a verdict is made of. */
struct cstate_evidence {
    uint8_t want;
    bool guest;
    uint32_t naps, kept, spurious;
    uint32_t counters; /* bit per enum residency: it is there, and not zero */
    uint32_t zero;     /* the same: it is there, and has been zero since the reset */
    uint32_t alive;    /* the same: it moved in this step */
    uint32_t share_ppm[RESIDENCY_COUNT];
    bool has_c0;
    uint32_t c0_ppm;
    int64_t p50_tsc;
    int64_t c1_p50_tsc; /* of the shallowest state by the same source; 0: not known */
    int64_t clear_tsc;  /* a difference of latencies that is worth the name */
};

struct cstate_verdict cstate_judge(const struct cstate_evidence *evidence);

/* "entered" and so on. */
const char *cstate_end_name(enum cstate_end end);

/* The deepest package counter with at least a twentieth of the time; RESIDENCY_COUNT: none. */
enum residency cstate_package_of(const struct cstate_evidence *evidence);

/* The share of the counters of core states at least that deep. */
uint32_t cstate_core_ppm(const struct cstate_evidence *evidence, uint8_t depth);

#endif /* LAB_LIB_INFER_CSTATE_ENTERED_H */
