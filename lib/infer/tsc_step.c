/* SPDX-License-Identifier: MIT */
#include "lib/infer/tsc_step.h"

#include <stdbool.h>

#include "lib/stats.h"

enum {
    LOOSE_ABOVE = 8, /* a scaled TSC's step has a fraction: its multiples are off by one */
    FIT_PERCENT = 97,
    OTHER_PERCENT = 2, /* as many must be another multiple than the most frequent one, or the work alone explains it */
};

/* The multiple of `step` that a difference is; -1: none. */
static int64_t multiple_of(int64_t difference_tsc, int64_t step)
{
    int64_t loose = step > LOOSE_ABOVE, multiple = (difference_tsc + step / 2) / step;
    int64_t off = difference_tsc - multiple * step;

    return off <= loose && off >= -loose ? multiple : -1;
}

static bool fits(const int64_t *sorted_tsc, size_t n, int64_t step, int64_t mode_tsc)
{
    int64_t usual = multiple_of(mode_tsc, step);
    size_t good = 0, others = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t multiple = multiple_of(sorted_tsc[i], step);

        good += multiple >= 0;
        others += multiple >= 0 && multiple != usual;
    }
    return usual > 0 && good * 100 >= n * FIT_PERCENT && others * 100 >= n * OTHER_PERCENT;
}

static int64_t mode_of(const int64_t *sorted, size_t n)
{
    size_t best = 0, run = 0;
    int64_t mode = n ? sorted[0] : 0;

    for (size_t i = 0; i < n; i++) {
        run = i && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > best) {
            best = run;
            mode = sorted[i];
        }
    }
    return mode;
}

struct tsc_step tsc_step_of(int64_t *differences_tsc, size_t n)
{
    struct tsc_step answer = {.step_tsc = 1, .n = (uint32_t)n};

    if (!n)
        return answer;
    stats_sort(differences_tsc, n);
    answer.mode_tsc = mode_of(differences_tsc, n);
    answer.p50_tsc = differences_tsc[(n - 1) / 2];
    for (uint32_t step = TSC_STEP_MOST; step > 1; step--)
        if (fits(differences_tsc, n, step, answer.mode_tsc)) {
            answer.step_tsc = step;
            break;
        }
    return answer;
}
