/* SPDX-License-Identifier: MIT */
#include "lib/infer/exit_cost.h"

enum {
    STAYS_SHARE = 4, /* of CPUID's cost; and: */
    STAYS_TSC = 300, /* no exit and entry is as short, by the TSC of any clock */
};

bool exit_by_cost(int64_t cost_tsc, int64_t cpuid_tsc, bool *sure)
{
    if (cost_tsc >= cpuid_tsc / 2)
        return true;
    if (cost_tsc > cpuid_tsc / STAYS_SHARE || cost_tsc > STAYS_TSC)
        *sure = false;
    return false;
}
