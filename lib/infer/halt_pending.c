/* SPDX-License-Identifier: MIT */
#include "lib/infer/halt_pending.h"

enum {
    STAMP_EXITS_TSC = 500, /* no processor takes so long for RDTSC itself */
    DELIVERY_PERCENT = 80, /* of CPUID's cost: the delivery includes an exit */
    DELIVERY_TSC = 1200,   /* more than a delivery without one takes; steal may have made CPUID dearer than that */
    EXIT_TIMES_MAX = 16,   /* of CPUID's cost: KVM's exits of HLT take one to five */
};

enum halt_pending halt_pending_judge(const struct halt_pending_costs *costs, enum confidence *confidence)
{
    int64_t extra_tsc = costs->hlt_tsc - costs->nop_tsc;

    *confidence = CONFIDENCE_LOW;
    if (costs->stamp_tsc > STAMP_EXITS_TSC)
        return HALT_PENDING_STAMPS;
    if (extra_tsc > EXIT_TIMES_MAX * costs->cpuid_tsc)
        return HALT_PENDING_SLEPT;
    if (2 * extra_tsc >= costs->cpuid_tsc) {
        *confidence = CONFIDENCE_HIGH;
        return HALT_PENDING_LEAVES;
    }
    if (costs->nop_tsc * 100 >= costs->cpuid_tsc * DELIVERY_PERCENT || costs->nop_tsc > DELIVERY_TSC)
        return HALT_PENDING_DELIVERY;
    if (8 * extra_tsc > costs->cpuid_tsc)
        return HALT_PENDING_PART;
    *confidence = CONFIDENCE_MEDIUM;
    return HALT_PENDING_STAYS;
}
