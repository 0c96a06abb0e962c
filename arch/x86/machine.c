/* SPDX-License-Identifier: MIT */
#include "arch/x86/machine.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/paging.h"
#include "arch/x86/cpu/setup.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/irq/idt.h"
#include "arch/x86/irq/pic.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/pit.h"
#include "arch/x86/time/sync.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum { PORT_POST = 0x80 };

struct machine *machine_create(const struct boot_info *boot)
{
    struct mem mem;
    uint64_t ram_bytes, mark;
    struct machine *machine;

    outb(PORT_POST, PHASE_MEMORY);
    paging_init(boot);
    ram_bytes = mem_init(&mem, boot);
    machine = mem_alloc(&mem, sizeof(*machine), _Alignof(struct machine));
    if (!machine)
        return NULL;
    machine->boot = boot;
    machine->mem = mem;
    machine->ram_bytes = ram_bytes;
    mark = mem_mark(&machine->mem);
    machine->cpus[0] = percpu_create(&machine->mem, machine, 0, 0);
    if (!machine->cpus[0])
        return NULL;
    machine->cpu_bytes = mem_mark(&machine->mem) - mark;
    machine->cpu_count = 1;
    machine->cpus[0]->online = CPU_ONLINE;
    idt_init(false);
    percpu_load(machine->cpus[0]);
    return machine;
}

void machine_read_tables(struct machine *machine)
{
    struct acpi_memory memory = acpi_native_memory();

    outb(PORT_POST, PHASE_FIRMWARE);
    acpi_read(&machine->acpi, machine->boot, &memory);
    paging_seal_page0();
}

static void find_hypervisor(struct machine *machine)
{
    struct hv_clues clues;

    hv_gather_clues(&clues, machine->acpi.oem);
    hv_detect(&machine->hv, &machine->snapshot, &clues);
}

static bool choose_x2apic(const struct machine *machine, enum apic_mode_wish wish)
{
    const struct acpi_madt *madt = &machine->acpi.madt;
    bool has_x2apic = cpu_has(&machine->snapshot, CPUID_X2APIC);
    uint32_t highest = 0;

    if (wish != APIC_MODE_AUTO)
        return has_x2apic && wish == APIC_MODE_X2APIC;
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id > highest && topology_id_plausible(&machine->topology, madt->cpus[i].apic_id))
            highest = madt->cpus[i].apic_id;
    return has_x2apic && !acpi_dmar_keeps_xapic(&machine->acpi.dmar, highest);
}

/* As firmware may leave a machine: one interrupt pending on the 8259s' vectors, one in service, heat handled by SMI. */
static void plant_left_over(const struct apic *apic)
{
    apic_enable(apic);
    apic_send_self(apic, VECTOR_HELD);
    sti_nop_cli();
    apic_send_self(apic, VECTOR_PIC_BASE + 1);
    apic_write(apic, APIC_LVT_THERMAL, APIC_LVT_SMI);
}

static void start_apic(struct machine *machine, const struct machine_wish *wish)
{
    struct percpu *cpu = machine->cpus[0];

    machine->pic_in_service = pic_disable(VECTOR_PIC_BASE);
    ioapic_open(&machine->ioapics, &machine->acpi.madt);
    apic_init(&machine->apic, choose_x2apic(machine, wish->apic_mode));
    idt_init(machine->apic.x2apic);
    if (wish->left_over)
        plant_left_over(&machine->apic);
    apic_note_found(&machine->apic);
    apic_enable(&machine->apic);
    if (!machine->apic.x2apic)
        cpu->apic_eoi = (uint64_t)(uintptr_t)&machine->apic.mmio[APIC_EOI / 4];
    apic_drain(&machine->apic);
    cpu->apic_id = apic_id(&machine->apic);
}

static void open_clocks(struct machine *machine)
{
    if (machine->acpi.hpet.present)
        hpet_open(&machine->hpet, machine->acpi.hpet.address);
    if (machine->acpi.fadt.present)
        pmtimer_open(&machine->pmtimer, &machine->acpi.fadt);
    machine->pit = pit_present();
    /* Firmware leaves channel 0 ticking, and its line may be the HPET's too: unwanted NMIs. */
    pit_disarm();
}

/* The blocks and stacks of all CPUs leave the steps half of the memory. */
static struct percpu *create_cpu(struct machine *machine, uint32_t apic_id)
{
    if (mem_left(&machine->mem) < machine->ram_bytes / 2)
        return NULL;
    return percpu_create(&machine->mem, machine, machine->cpu_count, apic_id);
}

static void list_cpu(struct machine *machine, const struct cpu_rules *rules, uint32_t apic_id)
{
    enum cpu_out why = cpu_judge(rules, apic_id, machine->cpu_count);
    struct percpu *cpu = why == CPU_RUNS ? create_cpu(machine, apic_id) : NULL;

    machine->cpus_listed++;
    if (!cpu) {
        cpu_note_out(machine, apic_id, why == CPU_RUNS ? CPU_OUT_MEMORY : why);
        return;
    }
    cpu->apic_eoi = machine->cpus[0]->apic_eoi;
    machine->cpus[machine->cpu_count++] = cpu;
}

/* The boot CPU keeps number 0; the others follow in MADT order. */
static void list_cpus(struct machine *machine, uint32_t limit)
{
    const struct acpi_madt *madt = &machine->acpi.madt;
    struct cpu_rules rules = {&machine->topology, machine->apic.x2apic, limit};
    uint64_t mark = mem_mark(&machine->mem);

    machine->cpus_listed = 1 + madt->lost_cpus;
    machine->out.count[CPU_OUT_LIMIT] = madt->lost_cpus;
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id != machine->cpus[0]->apic_id)
            list_cpu(machine, &rules, madt->cpus[i].apic_id);
    machine->cpus_bytes = machine->cpu_bytes + mem_mark(&machine->mem) - mark;
}

static void place_cpus(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->cpu_count; i++)
        machine->cpus[i]->place = topology_place(&machine->topology, machine->cpus[i]->apic_id);
}

/* Says that the phase begins, before anything in it can hang. */
static void begin_phase(const struct machine_wish *wish, enum boot_phase phase)
{
    outb(PORT_POST, (uint8_t)phase);
    wish->on_phase(wish->context, phase);
    while (wish->hang == phase)
        pause();
}

const char *machine_start(struct machine *machine, const struct machine_wish *wish)
{
    struct acpi_memory memory = acpi_native_memory();
    uint64_t start_tsc;

    begin_phase(wish, PHASE_CPUID);
    cpuid_unlimit();
    cpu_snapshot_take(&machine->snapshot);
    machine->topology = topology_read(&machine->snapshot);
    if (!cpu_has(&machine->snapshot, CPUID_APIC))
        return "the CPU has no local APIC (CPUID.01H:EDX[9])";
    begin_phase(wish, PHASE_FIRMWARE);
    acpi_read_aml(&machine->acpi, &memory);
    find_hypervisor(machine);
    machine->hv.is_hardware = wish->is_hardware;
    machine->hv.emulator = wish->is_emulator || (machine->hv.emulator && !wish->is_hardware);
    machine->tsc_adjust_equal = wish->tsc_adjust_equal;
    machine->park = wish->park;
    machine->apic_wish = wish->apic_mode;
    machine->wants_deadline = wish->deadline_timer;
    begin_phase(wish, PHASE_FEATURES);
    cpu_setup(machine->cpus[0]);
    machine->cpus[0]->kind_sum = cpu_kind_take();
    machine_check_enable(machine);
    begin_phase(wish, PHASE_APIC);
    start_apic(machine, wish);
    begin_phase(wish, PHASE_MTRR);
    mtrr_read(&machine->mtrr, &machine->snapshot);
    begin_phase(wish, PHASE_CLOCKS);
    open_clocks(machine);
    begin_phase(wish, PHASE_TSC);
    clock_calibrate(machine, wish->tsc_hz);
    begin_phase(wish, PHASE_TIMER);
    apic_timer_calibrate(machine, cpu_has(&machine->snapshot, CPUID_TSC_DEADLINE), wish->one_shot_timer);
    if (!machine->timer.hz && !machine->timer.has_deadline)
        return "the local APIC timer does not count";
    begin_phase(wish, PHASE_LIST);
    list_cpus(machine, wish->cpus);
    begin_phase(wish, PHASE_CPUS);
    start_tsc = tsc_now();
    smp_start(machine);
    cpu_kinds_find(machine);
    begin_phase(wish, PHASE_SYNC);
    tsc_sync_all(machine);
    machine->smp_start_us = muldiv_u64(tsc_now() - start_tsc, 1000000, machine->clock.tsc_hz);
    place_cpus(machine);
    begin_phase(wish, PHASE_DEADLINE);
    deadline_check_all(machine);
    begin_phase(wish, PHASE_WATCHDOG);
    watchdog_start(&machine->watchdog, machine, wish->watchdog);
    begin_phase(wish, PHASE_UP);
    return NULL;
}
