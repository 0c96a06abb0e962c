/* SPDX-License-Identifier: MIT */
#include "lib/energy.h"

#include "lib/fixed.h"

#define PJ_PER_J  UINT64_C(1000000000000)
#define PJ_PER_UJ UINT64_C(1000000)
#define PJ_PER_NJ UINT64_C(1000)

enum { UNIT_SHIFT = 8, UNIT_MASK = 0x1f };

uint64_t energy_unit_pj(uint64_t unit_register, enum energy_coding coding)
{
    uint64_t n = (unit_register >> UNIT_SHIFT) & UNIT_MASK;

    if (coding == ENERGY_ATOM)
        return PJ_PER_UJ << n;
    return muldiv_round_u64(PJ_PER_J, 1, UINT64_C(1) << n);
}

uint64_t energy_nj(uint64_t counts, uint64_t unit_pj)
{
    return muldiv_round_u64(counts, unit_pj, PJ_PER_NJ);
}

/* nJ per ns are W; times a million for uW. */
uint64_t energy_uw(uint64_t nj, uint64_t time_ns)
{
    return time_ns ? muldiv_round_u64(nj, 1000000, time_ns) : 0;
}

/* 2^32 counts in pJ, divided by the power; a uW is 10^-3 pJ per ns. */
uint64_t energy_wrap_ns(uint64_t unit_pj, uint64_t power_uw)
{
    uint64_t full_nj = energy_nj(UINT64_C(1) << 32, unit_pj);

    return power_uw ? muldiv_u64(full_nj, 1000000, power_uw) : UINT64_MAX;
}
