/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/mwait_hints.h"

#include <stddef.h>

#include "arch/x86/cpu/features.h"

enum {
    HINT_MAX = 0xff,
    HINT_STATE_SHIFT = 4,
    HINT_FIELD_MASK = 0xf,
    HINT_C0 = 0xf, /* hint Fxh asks for C0 */
    STATE_MAX = 7, /* the last one in CPUID.05H:EDX */
};

const char *mwait_hint_problem(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    struct cpu_mwait info = cpu_mwait_info(snapshot);
    uint32_t field = hint >> HINT_STATE_SHIFT, state = field + 1;

    if (hint > HINT_MAX)
        return "an MWAIT hint is 0 to FFh";
    /* C1 needs no listing: emulators offer MONITOR with an empty leaf. */
    if (field == HINT_C0 || hint == 0)
        return NULL;
    if (state > STATE_MAX || !info.substates[state])
        return "CPUID.05H:EDX does not list that C-state";
    if ((hint & HINT_FIELD_MASK) >= info.substates[state])
        return "CPUID.05H:EDX lists fewer sub-states of that C-state";
    return NULL;
}

const char *mwait_monitorless_problem(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    if (!cpu_mwait_info(snapshot).monitorless)
        return "needs CPUID.05H:ECX[3] monitor-less MWAIT";
    return mwait_hint_problem(snapshot, hint);
}
