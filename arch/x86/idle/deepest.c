/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/deepest.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/hv/detect.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/known_states.h"
#include "arch/x86/idle/mwait_hints.h"

enum { HINT_DEEP = 0x10 }; /* from here on a hint asks for more than C1 */

static uint32_t deepest_hint(const struct cpu_snapshot *snapshot)
{
    const struct kernel_table *table = known_states(snapshot);
    uint8_t hints[MWAIT_HINTS_MAX];
    uint32_t count;

    for (uint32_t i = table ? table->count : 0; i-- > 0;)
        if (!mwait_hint_problem(snapshot, table->states[i].hint))
            return table->states[i].hint;
    count = mwait_hints_list(snapshot, hints);
    return hints[count - 1];
}

const char *idle_deepest(const struct hv_info *hv, const struct cpu_snapshot *snapshot, uint32_t *hint)
{
    *hint = deepest_hint(snapshot);
    if (hv_is_guest(hv) && !hv->emulator)
        return "a hypervisor decides how it sleeps";
    if (!cpu_has(snapshot, CPUID_MONITOR) || *hint < HINT_DEEP)
        return "CPUID lists no MWAIT hint deeper than C1";
    if (errata_rapid_c6(snapshot))
        return "erratum RAPID_C6";
    return NULL;
}
