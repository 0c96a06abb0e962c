/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
/*
 * Of all hints those are tried that leaf 5 of real processors lists, worked out by hand from EDX: nibble n is the
 * sub-states of Cn. By name any sub-state of a listed C-state may be asked for.
 */
#include "arch/x86/idle/mwait_hints.h"

#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { HINTS = 0x200 }; /* more than a hint can be */

struct processor {
    const char *name;
    uint32_t ecx, edx;
    const char *hints; /* that are tried, as hex numbers with a blank behind each */
};

static const struct processor processors[] = {
    {"penryn_t9600", 3, 0x03122220, "00 01 10 11 20 21 30 31 40 50 51 52 "},
    {"nehalem_to_ivy_bridge", 3, 0x00001120, "00 01 10 20 "},
    {"haswell_4770", 3, 0x00042120, "00 01 10 20 21 30 31 32 33 "},
    {"broadwell_u", 3, 0x11142120, "00 01 10 20 21 30 31 32 33 40 50 60 "},
    {"skylake_x", 3, 0x00002020, "00 01 20 21 "},
    {"ice_lake_u_tiger_lake", 3, 0x11121020, "00 01 20 30 31 40 50 60 "},
    {"cannon_lake", 3, 0x11142020, "00 01 20 21 30 31 32 33 40 50 60 "},
    {"sapphire_rapids", 3, 0x00001020, "00 01 20 "},
    {"arrow_lake", 3, 0x10102020, "00 01 20 21 40 60 "},
    {"wildcat_lake", 3, 0x10002020, "00 01 20 21 60 "},
    {"zen", 3, 0x00000011, "00 "},
    /* Emulators: MONITOR with an empty leaf, and a leaf whose EDX counts for nothing without ECX[0]. */
    {"empty_leaf", 0, 0, "00 "},
    {"no_extensions", 0, 0x00042120, "00 "},
};

static void take_snapshot(struct cpu_snapshot *snapshot, uint32_t ecx, uint32_t edx)
{
    const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000005, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {0x000306C3, 0x00010800, 0x00000008, 0x00000000}},
        {0x00000005, 0, {0x00000040, 0x00000040, ecx, edx}},
    };
    const struct recorded_cpu cpu = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(snapshot, &cpu);
}

static void check(const struct processor *processor)
{
    static struct cpu_snapshot snapshot;
    uint8_t hints[MWAIT_HINTS_MAX];
    char text[1024] = "", name[64];
    size_t length = 0;
    uint32_t count, wrong = 0;

    take_snapshot(&snapshot, processor->ecx, processor->edx);
    count = mwait_hints_list(&snapshot, hints);
    for (uint32_t i = 0; i < count && length < sizeof(text); i++) {
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%02x ", hints[i]);
        TAP_OK(!mwait_hint_problem(&snapshot, hints[i]), "a_hint_that_is_tried_is_listed");
    }
    TAP_STR(text, processor->hints, processor->name);
    /* Fxh is C0, which every processor has; a state is listed with all its sub-states or not at all. */
    for (uint32_t hint = 0x10; hint < HINTS; hint++) {
        bool listed =
            hint >> 4 == 0xf || (hint < 0x70 && processor->ecx && (processor->edx >> (hint / 16 * 4 + 4) & 0xf));

        if (listed == (mwait_hint_problem(&snapshot, hint) != NULL))
            wrong++;
    }
    TAP_INT(wrong, 0, processor->name);
    snprintf(name, sizeof(name), "%s_not_monitorless", processor->name);
    TAP_OK(mwait_monitorless_problem(&snapshot, 0) != NULL, name);
}

static void check_monitorless(void)
{
    static struct cpu_snapshot snapshot;

    take_snapshot(&snapshot, 0xB, 0x00001020);
    TAP_OK(!mwait_monitorless_problem(&snapshot, 0x20), "monitorless_listed");
    TAP_OK(mwait_monitorless_problem(&snapshot, 0x10) != NULL, "monitorless_state_not_listed");
    take_snapshot(&snapshot, 0x8, 0x00001020);
    TAP_OK(mwait_monitorless_problem(&snapshot, 0) != NULL, "monitorless_without_extensions");
}

int main(void)
{
    for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
        check(&processors[i]);
    check_monitorless();
    return tap_done();
}
