/* SPDX-License-Identifier: MIT */
#include "lib/infer/clock_obeys.h"

enum { PPM = 1000000, EXACT_PARTS = 20, EXACT_PPM = PPM / 50 };

bool clock_obeys(uint64_t asked_ppm, uint64_t found_ppm, bool at_least)
{
    uint64_t slack_ppm = asked_ppm / EXACT_PARTS;

    if (slack_ppm < EXACT_PPM)
        slack_ppm = EXACT_PPM;
    if (found_ppm + slack_ppm < asked_ppm)
        return false;
    if (asked_ppm < PPM && (PPM - asked_ppm) / 2 > slack_ppm)
        slack_ppm = (PPM - asked_ppm) / 2;
    return at_least || found_ppm <= asked_ppm + slack_ppm;
}
