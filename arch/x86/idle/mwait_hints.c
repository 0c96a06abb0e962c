/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/mwait_hints.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/known_states.h"

enum {
    HINT_MAX = 0xff,
    HINT_STATE_SHIFT = 4,
    HINT_FIELD_MASK = 0xf,
    HINT_C0 = 0xf, /* hint Fxh asks for C0 */
    STATE_MAX = 7, /* the last one in CPUID.05H:EDX */
    FAMILY_P6 = 6,
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
    return NULL;
}

const char *mwait_monitorless_problem(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    if (!cpu_mwait_info(snapshot).monitorless)
        return "needs CPUID.05H:ECX[3] monitor-less MWAIT";
    return mwait_hint_problem(snapshot, hint);
}

/*
 * Models whose hints count C1, C2, C3 and so on: Core 2, and the Atoms before Goldmont (Linux's tables atom, tangier,
 * byt, cht, avn in drivers/idle/intel_idle.c).
 */
static bool counts_each_state(const struct cpu_snapshot *snapshot)
{
    static const uint8_t models[] = {
        0x0f, 0x16, 0x17, 0x1d,             /* Core 2 */
        0x1c, 0x26, 0x27, 0x35, 0x36,       /* Bonnell, Saltwell */
        0x37, 0x4a, 0x4d, 0x5a, 0x4c, 0x75, /* Silvermont, Airmont */
    };

    if (snapshot->vendor != CPU_VENDOR_INTEL || snapshot->family != FAMILY_P6)
        return false;
    for (size_t i = 0; i < sizeof(models); i++)
        if (snapshot->model == models[i])
            return true;
    return false;
}

/* True where the table has a hint of that field whose sub-state is beyond the count. */
static bool is_sparse(const struct kernel_table *table, uint32_t field, uint32_t count)
{
    for (uint32_t i = 0; table && i < table->count; i++) {
        uint32_t hint = table->states[i].hint;

        if (hint >> HINT_STATE_SHIFT == field && (hint & HINT_FIELD_MASK) >= count)
            return true;
    }
    return false;
}

uint32_t mwait_hints_list(const struct cpu_snapshot *snapshot, uint8_t hints[MWAIT_HINTS_MAX])
{
    const struct kernel_table *table = known_states(snapshot);
    struct cpu_mwait info = cpu_mwait_info(snapshot);
    uint32_t n = 0;

    if (!info.substates[1])
        hints[n++] = 0;
    for (uint32_t field = 0; field < STATE_MAX; field++) {
        uint32_t count = info.substates[field + 1];
        bool sparse = count && counts_each_state(snapshot) && is_sparse(table, field, count);

        for (uint32_t i = 0; sparse && i < table->count; i++)
            if (table->states[i].hint >> HINT_STATE_SHIFT == field)
                hints[n++] = table->states[i].hint;
        for (uint32_t sub = 0; !sparse && sub < count; sub++)
            hints[n++] = (uint8_t)(field << HINT_STATE_SHIFT | sub);
    }
    return n;
}

static bool is_knights(const struct cpu_snapshot *snapshot)
{
    return snapshot->vendor == CPU_VENDOR_INTEL && snapshot->family == FAMILY_P6 &&
           (snapshot->model == 0x57 || snapshot->model == 0x85);
}

struct mwait_target mwait_hint_target(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    /* C1, C3, C6, C7, and the client's C8, C9, C10, by the hint's bits 7:4. */
    static const struct mwait_target core[STATE_MAX + 1] = {{1, 1}, {3, 3}, {6, 6},  {7, 7},
                                                            {7, 8}, {7, 9}, {7, 10}, {7, 10}};
    uint32_t field = (hint >> HINT_STATE_SHIFT) & HINT_FIELD_MASK, major = field & STATE_MAX;
    struct mwait_target counted = {(uint8_t)(major + 1), (uint8_t)(major + 1)};

    if (field == HINT_C0)
        return (struct mwait_target){1, 0};
    if (is_knights(snapshot) && major == 1)
        return core[2];
    if (!counts_each_state(snapshot))
        return core[major];
    if (counted.core > 6)
        counted.core = 6; /* C7 is counted with C6 there */
    return counted;
}
