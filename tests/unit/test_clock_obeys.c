/* SPDX-License-Identifier: MIT */
/* A core's clock against the one that was asked for. */
#include "lib/infer/clock_obeys.h"
#include "tests/unit/tap.h"

int main(void)
{
    TAP_OK(clock_obeys(1000000, 1000000, false) && clock_obeys(1000000, 960000, false), "the base clock is held");
    TAP_OK(!clock_obeys(1000000, 1300000, false), "turbo where the base clock was asked for");
    TAP_OK(!clock_obeys(1000000, 900000, false), "a throttled core");
    TAP_OK(clock_obeys(1000000, 1300000, true) && !clock_obeys(1000000, 800000, true), "the fastest: turbo is right");
    TAP_OK(clock_obeys(400000, 400000, false) && clock_obeys(400000, 690000, false), "the slowest, or nearly");
    TAP_OK(!clock_obeys(400000, 1000000, false) && !clock_obeys(400000, 710000, false), "it runs on as before");
    TAP_OK(!clock_obeys(900000, 0, false), "a core that stands still");
    return tap_done();
}
