/* SPDX-License-Identifier: MIT */
#include "lib/infer/ple_loop.h"

enum {
    SLACK_TSC = 3,
    SLACK_SHARE = 512, /* of the stretch: a clock or a core that is not quite steady */
    STEP_SHARE = 16,
};

uint64_t ple_loop_distance_tsc(const struct ple_loop *loop)
{
    uint64_t tsc = 0, count = 0;

    for (uint32_t i = 0; i < loop->stretch_count; i++) {
        tsc += loop->stretches[i].tsc;
        count += loop->stretches[i].count;
    }
    return count ? (tsc + count / 2) / count : 0;
}

struct ple_range ple_stretch_time(const struct ple_stretch *stretch)
{
    uint64_t step = stretch->count ? stretch->tsc / stretch->count + 1 : 0;
    uint64_t slack = SLACK_TSC + stretch->tsc / SLACK_SHARE + step / STEP_SHARE;
    uint64_t below = step + slack;

    return (struct ple_range){stretch->tsc > below ? stretch->tsc - below : 0, stretch->tsc + slack};
}

struct ple_range ple_stretch_count(const struct ple_stretch *stretch)
{
    uint64_t slack = 1 + stretch->count / SLACK_SHARE;

    return (struct ple_range){stretch->count > slack ? stretch->count - slack : 0, stretch->count + slack};
}
