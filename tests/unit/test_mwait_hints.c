/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
/*
 * Of all hints those are tried that leaf 5 of real processors lists, worked out by hand from EDX: nibble n is the
 * sub-states of Cn. By name any sub-state of a listed C-state may be asked for.
 */
#include "arch/x86/idle/mwait_hints.h"

#include "arch/x86/cpu/features.h"

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

static void take_model(struct cpu_snapshot *snapshot, uint32_t signature, uint32_t ecx, uint32_t edx)
{
    const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000005, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {signature, 0x00010800, 0x00000008, 0x00000000}},
        {0x00000005, 0, {0x00000040, 0x00000040, ecx, edx}},
    };
    const struct recorded_cpu cpu = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(snapshot, &cpu);
}

static void take_snapshot(struct cpu_snapshot *snapshot, uint32_t ecx, uint32_t edx)
{
    take_model(snapshot, 0x000306C3, ecx, edx);
}

/* The core's and the named state of a hint, by the model: the tables of Linux's intel_idle and turbostat. */
static void check_targets(void)
{
    static const struct {
        uint32_t signature, hint;
        uint8_t core, name;
        const char *title;
    } rows[] = {
        {0x000306C3, 0x20, 6, 6, "C6 on a Haswell"},
        {0x000306C3, 0x60, 7, 10, "C10 counts as C7"},
        {0x000306C3, 0xf0, 1, 0, "Fxh is C0"},
        {0x00030678, 0x20, 3, 3, "20h on a Silvermont is C3"},
        {0x00030678, 0x52, 6, 6, "52h on a Silvermont"},
        {0x00030678, 0x64, 6, 7, "its C7 is counted with C6"},
        {0x00050671, 0x10, 6, 6, "10h on Knights Landing"},
        {0x000306C3, 0x10, 3, 3, "and elsewhere"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct cpu_snapshot snapshot;
        struct mwait_target target;

        take_model(&snapshot, rows[i].signature, 3, 0x11111111);
        target = mwait_hint_target(&snapshot, rows[i].hint);
        TAP_INT(target.core, rows[i].core, rows[i].title);
        TAP_INT(target.name, rows[i].name, rows[i].title);
    }
}

/* Silvermont's sub-states of C6 are 52h and 58h: where leaf 5 counts eight, 0 to 7 are listed, and 58h is one more. */
static void check_sparse(void)
{
    static struct cpu_snapshot snapshot;
    uint8_t hints[MWAIT_HINTS_MAX];
    uint32_t count, found = 0, between = 0;

    take_model(&snapshot, 0x00030678, 3, 0x08000020);
    count = mwait_hints_list(&snapshot, hints);
    for (uint32_t i = 0; i < count; i++) {
        found += hints[i] == 0x52 || hints[i] == 0x58;
        between += hints[i] == 0x50 || hints[i] == 0x57;
    }
    TAP_OK(found == 2 && between == 0, "the table's sub-states where the count does not reach them");
}

/* The extensions' bits count for nothing without the extensions. */
static void check_extensions(void)
{
    static struct cpu_snapshot snapshot;

    take_snapshot(&snapshot, 3, 0x20);
    TAP_OK(cpu_mwait_info(&snapshot).break_on_masked, "break on masked interrupts");
    take_snapshot(&snapshot, 2, 0x20);
    TAP_OK(!cpu_mwait_info(&snapshot).break_on_masked, "not without the extensions");
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
    check_targets();
    check_sparse();
    check_extensions();
    return tap_done();
}
