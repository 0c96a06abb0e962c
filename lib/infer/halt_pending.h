/* SPDX-License-Identifier: MIT */
/*
 * Whether HLT exits to a hypervisor although its interrupt is pending already, from what it costs beside the same
 * without HLT and beside CPUID, which always exits. Medians in ticks, because a host's tail is in each. Pure.
 */
#ifndef LAB_LIB_INFER_HALT_PENDING_H
#define LAB_LIB_INFER_HALT_PENDING_H

#include <stdint.h>

#include "lib/infer/confidence.h"

struct halt_pending_costs {
    int64_t cpuid_tsc;
    int64_t hlt_tsc;
    int64_t nop_tsc;   /* the interrupt's delivery alone */
    int64_t stamp_tsc; /* the shortest time between two stamps */
};

enum halt_pending {
    HALT_PENDING_LEAVES,
    HALT_PENDING_STAYS,    /* native, or not intercepted then */
    HALT_PENDING_STAMPS,   /* unknown: time stamps exit, too, and exits differ in price */
    HALT_PENDING_DELIVERY, /* unknown: taking the interrupt exits by itself, and HLT's exit takes its place */
    HALT_PENDING_PART,     /* unknown: it costs a part of an exit */
    HALT_PENDING_SLEPT,    /* unknown: no exit is so dear; the CPU slept although its interrupt was pending */
};

enum halt_pending halt_pending_judge(const struct halt_pending_costs *costs, enum confidence *confidence);

#endif /* LAB_LIB_INFER_HALT_PENDING_H */
