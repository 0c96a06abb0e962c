/* SPDX-License-Identifier: MIT */
#include "lib/infer/core_clock.h"

#include "lib/fixed.h"

enum {
    CYCLE = 1000, /* thousandths */
    OFF = 60,     /* so far from a whole number, and this for each cycle of a link: */
    OFF_PER_CYCLE = 20,
    LEAST = 2, /* cycles of a multiplication or of a load */
    MOST = 8,
};

/* A link that is none of a core's would be 1 cycle, or far more. */
static bool is_whole(uint64_t mcycles)
{
    uint64_t cycles = (mcycles + CYCLE / 2) / CYCLE, whole = cycles * CYCLE;
    uint64_t off = mcycles < whole ? whole - mcycles : mcycles - whole;

    return cycles >= LEAST && cycles <= MOST && off <= OFF + cycles * OFF_PER_CYCLE;
}

struct core_clock core_clock_of(const struct core_chains *chains, uint64_t tsc_hz)
{
    struct core_clock clock = {0};

    if (!chains->add_mtsc)
        return clock;
    clock.hz = muldiv_u64(tsc_hz, CYCLE, chains->add_mtsc);
    clock.multiply_mcycles = muldiv_u64(chains->multiply_mtsc, CYCLE, chains->add_mtsc);
    clock.load_mcycles = muldiv_u64(chains->load_mtsc, CYCLE, chains->add_mtsc);
    clock.agree = is_whole(clock.multiply_mcycles) && is_whole(clock.load_mcycles);
    return clock;
}
