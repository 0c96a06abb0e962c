/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/madt.c arch/x86/acpi/table.c
/*
 * MADTs made by hand, most of them after tables that real machines had: the right answer is what the firmware meant.
 */
#include <stdlib.h>

#include "arch/x86/acpi/madt.h"
#include "tests/unit/tap.h"

static struct acpi_problems problems;

static const struct acpi_problem *find_problem(const char *table, enum acpi_reason reason)
{
    for (uint32_t i = 0; i < problems.count; i++) {
        const struct acpi_problem *p = &problems.list[i];
        if (strcmp(p->table, table) == 0 && p->reason == reason)
            return p;
    }
    return NULL;
}

static bool has_effect(const char *table, enum acpi_reason reason, enum acpi_effect effect)
{
    const struct acpi_problem *problem = find_problem(table, reason);

    return problem && problem->effect == effect;
}

/* A MADT of entries made by hand; the result is in madt. */
static void read_entries(struct acpi_madt *madt, const uint8_t *entries, uint32_t bytes)
{
    uint8_t *table = calloc(1, 44 + bytes);
    struct acpi_table t;

    memcpy(table, "APIC", 4);
    table[36] = 0x00;
    table[39] = 0xFE;
    memcpy(table + 44, entries, bytes);
    problems = (struct acpi_problems){0};
    t = (struct acpi_table){.bytes = table, .length_bytes = 44 + bytes, .address = 0x1000};
    acpi_madt_read(madt, &t, &problems);
    free(table);
}

static struct acpi_madt madt;

static void check_madt_entries(void)
{
    static const uint8_t entries[] = {
        0,    8,  1, 5, 1,   0,   0,    0,                            /* enabled, APIC id 5 */
        0,    8,  2, 3, 0,   0,   0,    0,                            /* not there */
        0,    8,  3, 7, 2,   0,   0,    0,                            /* online capable */
        0,    8,  4, 5, 1,   0,   0,    0,                            /* id 5 again */
        9,    16, 0, 0, 0,   4,   0,    0,    1, 0, 0, 0, 9, 0, 0, 0, /* x2APIC id 400h */
        9,    16, 0, 0, 255, 255, 255,  255,  1, 0, 0, 0, 9, 0, 0, 0, /* broadcast */
        0,    8,  5, 7, 1,   0,   0,    0,                            /* id 7, enabled now */
        5,    12, 0, 0, 0,   0,   0xE0, 0xFE, 1, 0, 0, 0,             /* LAPIC at 1FEE00000h */
        2,    10, 0, 0, 2,   0,   0,    0,    0, 0,                   /* IRQ 0 to GSI 2 */
        0x7F, 6,  1, 2, 3,   4,                                       /* a kind from the future */
    };
    read_entries(&madt, entries, sizeof(entries));
    TAP_OK(madt.present && problems.count == 0, "madt_present");
    TAP_INT(madt.cpu_count, 3, "madt_cpu_count");
    TAP_INT(madt.cpus[0].apic_id, 5, "madt_order_kept");
    TAP_OK(madt.cpus[1].apic_id == 0x400 && madt.cpus[1].x2apic && madt.cpus[1].uid == 9, "madt_x2apic");
    TAP_OK(madt.cpus[2].apic_id == 7 && madt.cpus[2].uid == 5, "madt_enabled_wins_over_online_capable");
    TAP_INT(madt.empty_slots, 1, "madt_online_capable");
    TAP_INT(madt.lapic_address, 0x1FEE00000, "madt_lapic_override");
    TAP_INT(acpi_madt_isa_irq(&madt, 0).gsi, 2, "madt_override");
}

/* Field reports: what stands in front of the damage, or behind one bad entry, is good. */
static void check_madt_damage(void)
{
    static const struct {
        const char *name;
        uint8_t bytes[24];
        uint32_t count, cpus, offset;
        enum acpi_effect effect;
        enum acpi_reason reason;
    } damages[] = {
        {"madt_six_zero_bytes", {0, 8, 1, 5, 1, 0, 0, 0}, 14, 1, 52, ACPI_TAIL_IGNORED, ACPI_REASON_ENTRY},
        {"madt_entry_cut", {0, 8, 1, 5, 1, 0, 0, 0, 0, 8, 2}, 11, 1, 52, ACPI_TAIL_IGNORED, ACPI_REASON_ENTRY},
        {"madt_one_byte_left", {0, 8, 1, 5, 1, 0, 0, 0, 9}, 9, 1, 52, ACPI_TAIL_IGNORED, ACPI_REASON_ENTRY},
        {"madt_entry_too_small",
         {9, 8, 0, 0, 1, 0, 0, 0, 0, 8, 1, 5, 1, 0, 0, 0},
         16,
         1,
         44,
         ACPI_ENTRY_IGNORED,
         ACPI_REASON_LENGTH},
        {"madt_ioapic_nowhere",
         {1, 12, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 5, 1, 0, 0, 0},
         20,
         1,
         44,
         ACPI_ENTRY_IGNORED,
         ACPI_REASON_VALUE},
        {"madt_override_of_irq_99",
         {0, 8, 1, 5, 1, 0, 0, 0, 2, 10, 0, 99, 2},
         18,
         1,
         52,
         ACPI_ENTRY_IGNORED,
         ACPI_REASON_VALUE},
    };

    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        read_entries(&madt, damages[i].bytes, damages[i].count);
        TAP_OK(madt.present && madt.cpu_count == damages[i].cpus, damages[i].name);
        TAP_OK(has_effect("APIC", damages[i].reason, damages[i].effect), damages[i].name);
        TAP_INT(problems.list[0].offset, damages[i].offset, damages[i].name);
    }
}

/*
 * Field reports: LINT numbers above 1 (Dell Inspiron 3558: 4Ch, 78h, E8h, FCh), and 40 entries for NMIs. Nothing here
 * uses such entries, so nothing is wrong.
 */
static void check_madt_nmis(void)
{
    enum { NMIS = 40 };
    static uint8_t entries[8 + NMIS * 6] = {0, 8, 1, 5, 1, 0, 0, 0};

    for (uint32_t i = 0; i < NMIS; i++) {
        uint8_t *e = entries + 8 + 6 * i;
        e[0] = 4;
        e[1] = 6;
        e[5] = i % 2 ? 0x4C : 1;
    }
    read_entries(&madt, entries, sizeof(entries));
    TAP_OK(madt.cpu_count == 1 && problems.count == 0, "madt_nmi_entries_are_no_problem");
}

/* Problems of one kind in one table are one, so that others keep their place. */
static void check_problem_count(void)
{
    static uint8_t entries[40 * 12 + 8 + 2];

    for (uint32_t i = 0; i < 40; i++)
        memcpy(entries + 12 * i, "\x01\x0C", 2); /* an I/O APIC at 0 */
    memcpy(entries + 40 * 12, "\x00\x08\x01\x05\x01", 5);
    read_entries(&madt, entries, sizeof(entries));
    TAP_INT(problems.count, 2, "problems_of_a_kind_are_one");
    TAP_INT(problems.list[0].count, 40, "problems_of_a_kind_counted");
    TAP_OK(has_effect("APIC", ACPI_REASON_ENTRY, ACPI_TAIL_IGNORED) && madt.cpu_count == 1, "later_problem_kept");
}

static void check_madt_small(void)
{
    static const uint8_t entries[] = {
        0, 7,  1, 5,   1, 0, 0,          /* one byte short */
        0, 8,  2, 255, 1, 0, 0, 0,       /* 8 bits of broadcast */
        0, 8,  3, 6,   1, 0, 0, 0,       /* one CPU */
        2, 10, 0, 5,   5, 0, 0, 0, 3, 0, /* active low */
        2, 10, 0, 9,   9, 0, 0, 0, 1, 0, /* active high */
    };

    read_entries(&madt, entries, sizeof(entries));
    TAP_OK(madt.cpu_count == 1 && madt.cpus[0].apic_id == 6, "madt_a_short_entry_and_broadcast_are_no_cpus");
    TAP_INT(madt.refused, 1, "madt_short_entry_counted");
    TAP_OK(acpi_madt_isa_irq(&madt, 5).active_low && !acpi_madt_isa_irq(&madt, 9).active_low, "madt_polarity");
}

/* More than there is room for are counted, and nothing is written behind it. */
static void check_problems_full(void)
{
    problems = (struct acpi_problems){0};
    for (uint64_t i = 0; i <= ACPI_PROBLEMS_MAX; i++)
        acpi_problem_add(&problems, "APIC", ACPI_REASON_VALUE, 0x1000 + i);
    TAP_OK(problems.count == ACPI_PROBLEMS_MAX && problems.lost == 1, "problems_full");
}

/* A crafted table of 600 slots that are online capable only, in front of two CPUs. */
static void check_madt_slots(void)
{
    enum { SLOTS = 600 };
    static uint8_t entries[SLOTS * 16 + 16];

    for (uint32_t i = 0; i < SLOTS; i++) {
        uint8_t *e = entries + 16 * i;
        e[0] = 9;
        e[1] = 16;
        e[4] = (uint8_t)(1000 + i);
        e[5] = (uint8_t)((1000 + i) >> 8);
        e[8] = 2;
    }
    memcpy(entries + 16 * SLOTS, "\x00\x08\x00\x00\x01\x00\x00\x00\x00\x08\x01\x01\x01\x00\x00\x00", 16);
    read_entries(&madt, entries, sizeof(entries));
    TAP_OK(madt.cpu_count == 2 && madt.cpus[1].apic_id == 1, "madt_slots_take_no_place");
    TAP_OK(madt.empty_slots == SLOTS && problems.count == 0, "madt_slots_counted");
}

static void check_madt_full(void)
{
    enum { CPUS = ACPI_CPUS_MAX + 88 };
    static uint8_t entries[CPUS * 16];
    for (uint32_t i = 0; i < CPUS; i++) {
        uint8_t *e = entries + 16 * i;
        e[0] = 9;
        e[1] = 16;
        e[4] = (uint8_t)i;
        e[5] = (uint8_t)(i >> 8);
        e[8] = 1;
    }
    read_entries(&madt, entries, sizeof(entries));
    TAP_INT(madt.cpu_count, ACPI_CPUS_MAX, "madt_full");
    TAP_INT(madt.lost_cpus, CPUS - ACPI_CPUS_MAX, "madt_lost_counted");
    TAP_OK(has_effect("APIC", ACPI_REASON_TOO_MANY, ACPI_ENTRY_IGNORED), "madt_full_said");
}

int main(void)
{
    check_madt_entries();
    check_madt_damage();
    check_madt_nmis();
    check_problem_count();
    check_madt_slots();
    check_madt_full();
    check_madt_small();
    check_problems_full();
    return tap_done();
}
