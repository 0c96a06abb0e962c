/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/madt.c arch/x86/acpi/table.c arch/x86/cpu/cpus_out.c arch/x86/cpu/topology.c
// UNIT_EXTRA: arch/x86/cpu/cpuid.c
/*
 * Which of the CPUs that a MADT lists are started, and what is said of the others: 1,100 of them with gaps in their
 * ids, listed twice, switched off, cut, beyond xAPIC's reach, and the id 17161514h of a NovaCustom laptop.
 */
#include "arch/x86/machine.h"
#include "tests/unit/tap.h"

enum { CPUS = 1100, ODD_ID = 0x17161514 };

static struct machine machine;
static uint8_t entries[CPUS * 24 + 64], *end;
static uint32_t taken;

static void put_x2apic(uint32_t id, uint32_t uid, uint8_t flags, uint8_t length)
{
    uint8_t entry[16] = {9, length, 0, 0, 0, 0, 0, 0, flags};

    memcpy(entry + 4, &id, sizeof(id));
    memcpy(entry + 12, &uid, sizeof(uid));
    memcpy(end, entry, length);
    end += length;
}

static void put_lapic(uint8_t id, uint8_t uid, uint8_t flags)
{
    const uint8_t entry[8] = {0, 8, uid, id, flags};

    memcpy(end, entry, sizeof(entry));
    end += sizeof(entry);
}

/* As machine.c does, the boot CPU being the one with id 0. */
static void list(bool x2apic, uint32_t limit)
{
    static uint8_t table[44 + sizeof(entries)];
    struct cpu_rules rules = {&machine.topology, x2apic, limit};
    struct acpi_madt *madt = &machine.acpi.madt;
    struct acpi_problems problems = {0};
    struct acpi_table t = {.bytes = table, .length_bytes = 44 + (uint32_t)(end - entries), .address = 0x1000};

    memcpy(table, "APIC", 4);
    memcpy(table + 44, entries, sizeof(entries));
    machine.topology = (struct topology){.source = TOPOLOGY_LEAF_0B, .core_shift = 1, .package_shift = 8};
    machine.out = (struct cpus_out){0};
    acpi_madt_read(madt, &t, &problems);
    taken = 1;
    for (uint32_t i = 0; i < madt->cpu_count; i++) {
        enum cpu_out why;

        if (madt->cpus[i].apic_id == 0)
            continue;
        why = cpu_judge(&rules, madt->cpus[i].apic_id, taken);
        if (why == CPU_RUNS)
            taken++;
        else
            cpu_note_out(&machine, madt->cpus[i].apic_id, why);
    }
}

static void check_large(void)
{
    end = entries;
    for (uint32_t i = 0; i < CPUS; i++)
        put_x2apic(2 * i, i, 1, 16); /* every second id */
    list(true, 0);
    TAP_INT(taken, 1024, "limit_of_cpus_run");
    TAP_INT(machine.out.count[CPU_OUT_LIMIT], CPUS - 1024, "above_the_limit_counted");
    TAP_OK(cpus_left(&machine.out) == CPUS - 1024 && cpus_missing(&machine.out) == 0, "limit_is_no_fault");
    list(true, 100);
    TAP_OK(taken == 100 && machine.out.count[CPU_OUT_CMDLINE] == CPUS - 100, "cpus_on_the_command_line");
    list(false, 0);
    TAP_INT(taken, 128, "xapic_reaches_ids_to_254");
    TAP_INT(machine.out.count[CPU_OUT_XAPIC], CPUS - 128, "beyond_xapic_counted");
    TAP_INT(cpus_missing(&machine.out), CPUS - 128, "beyond_xapic_missing");
    TAP_OK(machine.out.named_count == CPUS_OUT_NAMED && machine.out.named[0].apic_id == 256 &&
               machine.out.named[0].uid == 128 && machine.out.named[0].why == CPU_OUT_XAPIC,
           "first_ones_named");
}

static void check_lies(void)
{
    const struct acpi_madt *madt = &machine.acpi.madt;

    end = entries;
    put_lapic(0, 0, 1);
    put_lapic(2, 1, 1);
    put_x2apic(0, 0, 1, 16); /* both again, as the other kind */
    put_x2apic(2, 1, 1, 16);
    put_x2apic(ODD_ID, 0x10, 1, 16);
    put_lapic(4, 2, 0);
    put_x2apic(300, 3, 2, 16);
    put_x2apic(301, 4, 1, 12); /* cut */
    put_x2apic(302, 5, 1, 16);
    list(true, 0);
    TAP_INT(taken, 3, "lies_leave_the_good_ones");
    TAP_INT(machine.out.count[CPU_OUT_ID], 1, "odd_id_counted");
    TAP_OK(machine.out.named[0].apic_id == ODD_ID && machine.out.named[0].uid == 0x10, "odd_id_named");
    TAP_INT(madt->doubles, 2, "doubles_counted");
    TAP_INT(madt->disabled, 1, "disabled_counted");
    TAP_INT(madt->empty_slots, 1, "empty_counted");
    TAP_INT(madt->refused, 1, "cut_entry_counted");
    list(false, 0);
    TAP_OK(taken == 2 && machine.out.count[CPU_OUT_XAPIC] == 1, "lies_in_xapic_mode");
}

static void check_reach(void)
{
    const struct topology topology = {.source = TOPOLOGY_LEAF_0B, .core_shift = 1, .package_shift = 8};
    struct cpu_rules rules = {&topology, false, 0};

    TAP_INT(cpu_judge(&rules, 254, 1), CPU_RUNS, "the_last_one_that_xapic_reaches");
    TAP_INT(cpu_judge(&rules, 255, 1), CPU_OUT_XAPIC, "broadcast_is_no_cpu");
    rules.x2apic = true;
    TAP_INT(cpu_judge(&rules, 255, 1), CPU_RUNS, "but_in_x2apic_mode");
}

int main(void)
{
    check_reach();
    check_large();
    check_lies();
    TAP_OK(strcmp(cpu_out_name(CPU_OUT_SILENT), "silent") == 0, "reasons_have_words");
    return tap_done();
}
