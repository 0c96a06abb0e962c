/* SPDX-License-Identifier: MIT */
/* The core's clock by chains: of a Zen 4 at 3.67 GHz with a TSC of 2.596 GHz, a disturbed one, and an emulator. */
#include "lib/infer/core_clock.h"

#include "tests/unit/tap.h"

static struct core_clock of(uint64_t add, uint64_t multiply, uint64_t load)
{
    return core_clock_of(&(struct core_chains){add, multiply, load}, 2596000000);
}

int main(void)
{
    struct core_clock zen = of(707, 2122, 2828), disturbed = of(707, 2700, 2828), emulator = of(4000, 4000, 4100);

    TAP_OK(zen.agree && zen.hz > 3665000000 && zen.hz < 3675000000, "the clock of the additions");
    TAP_OK(zen.multiply_mcycles == 3001 && zen.load_mcycles == 4000, "a multiplication of 3 cycles, a load of 4");
    TAP_OK(!disturbed.agree && disturbed.hz, "a multiplication of 3.8 cycles is not believed");
    TAP_OK(!emulator.agree, "nor one as long as an addition");
    TAP_OK(of(710, 2100, 3600).agree, "a load of five cycles is one, give or take");
    TAP_OK(!of(0, 0, 0).hz && !of(0, 0, 0).agree, "nothing is known of nothing");
    TAP_OK(!of(100, 900, 400).agree, "nine cycles are no multiplication's");
    return tap_done();
}
