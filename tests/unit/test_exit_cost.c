/* SPDX-License-Identifier: MIT */
/* What an instruction's cost beside CPUID's says of leaving to a hypervisor, and when it says nothing for sure. */
#include "lib/infer/exit_cost.h"
#include "tests/unit/tap.h"

static const char *judge(int64_t cost_tsc, int64_t cpuid_tsc)
{
    bool sure = true, leaves = exit_by_cost(cost_tsc, cpuid_tsc, &sure);

    return leaves ? sure ? "leaves" : "leaves?" : sure ? "stays" : "stays?";
}

int main(void)
{
    TAP_STR(judge(1200, 1300), "leaves", "as dear as CPUID");
    TAP_STR(judge(650, 1300), "leaves", "half of it");
    TAP_STR(judge(649, 1300), "stays?", "less than half, but no instruction that stays");
    TAP_STR(judge(300, 1300), "stays", "as cheap as one that stays");
    TAP_STR(judge(301, 1300), "stays?", "a little dearer");
    TAP_STR(judge(250, 900), "stays?", "over a quarter of a cheap exit");
    TAP_STR(judge(2000, 20000), "stays?", "a tenth of what a hypervisor in another takes: the outer one's exit");
    return tap_done();
}
