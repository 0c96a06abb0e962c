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

bool deadline_await(const struct deadline_wait *wait, uint64_t limit_tsc)
{
    bool came, last;

    do {
        last = wait->now_tsc(wait->context) >= limit_tsc;
        came = wait->look(wait->context);
    } while (!came && !last);
    return came;
}

uint32_t deadline_lost_us(bool guest)
{
    return guest ? 250000 : 50000;
}

uint32_t deadline_lost_max(bool guest)
{
    return guest ? DEADLINE_LOST_GUEST : DEADLINE_LOST_MAX;
}

bool deadline_is_untrue(const struct deadline_tries *tries, bool guest)
{
    return tries->lost >= deadline_lost_max(guest) ||
           (tries->tried && 2 * (tries->early + tries->late + tries->lost) >= tries->tried);
}
