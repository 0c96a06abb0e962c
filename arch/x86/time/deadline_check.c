/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/deadline_check.h"

void deadline_note(struct deadline_tries *tries, int64_t behind_tsc, uint64_t early_tsc, uint64_t late_tsc)
{
    tries->tried++;
    if (behind_tsc < 0 && (uint64_t)-behind_tsc > early_tsc)
        tries->early++;
    else if (behind_tsc > 0 && (uint64_t)behind_tsc > late_tsc)
        tries->late++;
}

bool deadline_is_untrue(const struct deadline_tries *tries)
{
    return tries->lost >= DEADLINE_LOST_MAX ||
           (tries->tried && 2 * (tries->early + tries->late + tries->lost) >= tries->tried);
}
