/* SPDX-License-Identifier: MIT */
#include "lib/infer/waitpkg_is.h"

#include "lib/stats.h"

enum { LEAST_TSC = 20000, PAST_TIMES = 4, STAMPS_TSC = 500, LATE_TIMES = 3, LATE_TSC = 2000 };

uint64_t waitpkg_ask(int64_t past_tsc)
{
    return LEAST_TSC + PAST_TIMES * (uint64_t)past_tsc;
}

void waitpkg_judge(struct waitpkg_proof *proof, int64_t slept_tsc[WAITPKG_TRIES], int64_t past_tsc[WAITPKG_TRIES],
                   unsigned limited)
{
    int64_t asked_tsc = (int64_t)proof->asked_tsc, most_tsc;
    unsigned in_time = 0;

    proof->slept_tsc = stats_sort_median(slept_tsc, WAITPKG_TRIES);
    proof->past_tsc = stats_sort_median(past_tsc, WAITPKG_TRIES);
    proof->limited = limited > WAITPKG_TRIES / 2;
    /* In time: what takes the CPU away makes a no-op long, too, but not so long. */
    most_tsc = asked_tsc + LATE_TIMES * past_tsc[0] + LATE_TSC;
    for (unsigned i = 0; i < WAITPKG_TRIES; i++)
        in_time += slept_tsc[i] >= asked_tsc && slept_tsc[i] <= most_tsc;
    proof->is = WAITPKG_UNCLEAR;
    proof->confidence = CONFIDENCE_LOW;
    if (proof->limited || in_time > WAITPKG_TRIES / 2)
        proof->is = WAITPKG_REAL;
    else if (proof->slept_tsc < asked_tsc / 2 && proof->slept_tsc <= 2 * past_tsc[0] + STAMPS_TSC)
        proof->is = WAITPKG_SWALLOWED;
    if (proof->is != WAITPKG_UNCLEAR)
        proof->confidence = CONFIDENCE_HIGH;
}
