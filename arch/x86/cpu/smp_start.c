/* SPDX-License-Identifier: MIT */
/*
 * Starting the other CPUs: INIT, 10 ms, STARTUP, 200 us, STARTUP (SDM volume 3, 8.4.4.1), to all in parallel; without
 * the 10 ms where no processor needs them.
 *
 * A CPU may come late, even when nobody waits for it any more. So who is in and who stays out is settled once for each,
 * in `online`, by a compare and exchange on either side; what a late one runs through stays where it is. Modelled in
 * tests/model/startup.pml.
 */
#include "arch/x86/cpu/smp.h"

#include "arch/x86/cpu/ap_regs.h"
#include "arch/x86/cpu/cpus_out.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/paging.h"
#include "arch/x86/cpu/setup.h"
#include "arch/x86/cr_regs.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "lib/cstring.h"
#include "lib/fixed.h"

enum {
    INIT_WAIT_US = 10000,
    STARTUP_WAIT_US = 200,
    ONLINE_WAIT_US = 5 * 1000 * 1000, /* an emulator may share one core among all of them */
    PAGE_BYTES = 4096,
};

/* The words that boot/ap_entry.S reads; offsets in ap_regs.h. */
struct ap_block {
    uint16_t gdt_limit;
    uint32_t gdt_base;
    uint16_t pad0;
    uint32_t far32_offset;
    uint32_t far32_selector;
    uint32_t far64_offset;
    uint32_t far64_selector;
    uint32_t cr0, cr3, cr4, efer;
    uint32_t count;
    uint32_t pad1;
    uint64_t table;
    uint64_t main;
    uint64_t gdt[4];
} __attribute__((packed));
_Static_assert(offsetof(struct ap_block, gdt_limit) == AP_GDT_POINTER, "offset");
_Static_assert(offsetof(struct ap_block, far32_offset) == AP_FAR32, "offset");
_Static_assert(offsetof(struct ap_block, far64_offset) == AP_FAR64, "offset");
_Static_assert(offsetof(struct ap_block, cr0) == AP_CR0, "offset");
_Static_assert(offsetof(struct ap_block, cr3) == AP_CR3, "offset");
_Static_assert(offsetof(struct ap_block, cr4) == AP_CR4, "offset");
_Static_assert(offsetof(struct ap_block, efer) == AP_EFER, "offset");
_Static_assert(offsetof(struct ap_block, count) == AP_COUNT, "offset");
_Static_assert(offsetof(struct ap_block, table) == AP_TABLE, "offset");
_Static_assert(offsetof(struct ap_block, main) == AP_MAIN, "offset");

/* Null; 32-bit code; data; 64-bit code (SDM volume 3, 3.4.5). */
static const uint64_t ap_gdt[4] = {0, UINT64_C(0x00cf9b000000ffff), UINT64_C(0x00cf93000000ffff),
                                   UINT64_C(0x00af9b000000ffff)};

/* A monitored line must be write-back on every CPU, and firmware may have left out this one (SDM volume 3, 12.11.8). */
static void mtrr_match(const struct machine *machine)
{
    struct mtrr_state mine;

    mtrr_read(&mine, &machine->snapshot);
    if (machine->mtrr.present && !mtrr_same(&mine, &machine->mtrr))
        mtrr_load(&machine->mtrr);
}

/* Once for each CPU: true where this is what became of it. */
static bool settle(struct percpu *cpu, enum cpu_online as)
{
    uint32_t expected = CPU_EXPECTED;

    return __atomic_compare_exchange_n(&cpu->online, &expected, as, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static bool is_online(const struct percpu *cpu)
{
    return __atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE) == CPU_ONLINE;
}

/* Nobody knows this CPU; it has an IDT, so that an NMI or a machine check finds a handler. */
static __attribute__((noreturn)) void stay_out(void)
{
    for (;;) {
        cli();
        hlt();
    }
}

static __attribute__((noreturn)) void ap_main(struct percpu *cpu)
{
    percpu_load(cpu);
    cpuid_unlimit();
    cpu_setup(cpu);
    cpu->kind_sum = cpu_kind_take();
    machine_check_enable(cpu->machine);
    mtrr_match(cpu->machine);
    apic_enable(&cpu->machine->apic);
    if (!settle(cpu, CPU_ONLINE))
        stay_out();
    smp_park(cpu);
}

/* The last whole usable page below the EBDA and video memory; 0: none. Firmware and loaders use the low end. */
static uint64_t find_low_page(const struct boot_info *boot)
{
    enum { LOW_LIMIT = 0xA0000 };
    uint64_t best = 0;

    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory *m = &boot->memory[i];
        uint64_t end = m->start + m->bytes < LOW_LIMIT ? m->start + m->bytes : LOW_LIMIT;
        uint64_t page = end / PAGE_BYTES * PAGE_BYTES;

        if (m->type != BOOT_MEMORY_USABLE || page < PAGE_BYTES || page - PAGE_BYTES < m->start)
            continue;
        if (page - PAGE_BYTES > best)
            best = page - PAGE_BYTES;
    }
    return best;
}

static void fill_block(const struct machine *machine, uint8_t *page)
{
    struct ap_block *block = (struct ap_block *)(void *)(page + AP_BLOCK_OFFSET);
    uint32_t base = (uint32_t)(uintptr_t)page;

    memset(block, 0, sizeof(*block));
    memcpy(block->gdt, ap_gdt, sizeof(ap_gdt));
    block->gdt_limit = sizeof(ap_gdt) - 1;
    block->gdt_base = base + AP_BLOCK_OFFSET + offsetof(struct ap_block, gdt);
    block->far32_offset = base + machine->boot->trampoline.entry32_offset;
    block->far32_selector = AP_SELECTOR_CODE32;
    block->far64_offset = base + machine->boot->trampoline.entry64_offset;
    block->far64_selector = AP_SELECTOR_CODE64;
    block->cr0 = (uint32_t)read_cr0();
    block->cr3 = (uint32_t)read_cr3();
    block->cr4 = (uint32_t)(read_cr4() & ~CR4_MCE); /* until the CPU has an IDT */
    block->efer = (uint32_t)rdmsr(MSR_IA32_EFER);
    block->count = machine->cpu_count;
    block->table = (uint64_t)(uintptr_t)machine->cpus;
    block->main = (uint64_t)(uintptr_t)ap_main;
}

static void send_all(const struct machine *machine, uint32_t command, bool only_missing)
{
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];

        if (!only_missing || !is_online(cpu))
            apic_send(&machine->apic, cpu->apic_id, command);
    }
}

static uint32_t count_online(const struct machine *machine)
{
    uint32_t online = 1;

    for (uint32_t i = 1; i < machine->cpu_count; i++)
        online += is_online(machine->cpus[i]);
    return online;
}

/* By the frequency of the figures: a wrong tsc_hz= makes CPUs late, as tests want them. */
static void wait_online(const struct machine *machine, uint64_t limit_us)
{
    uint64_t end_tsc = rdtsc() + muldiv_u64(limit_us, machine->clock.tsc_hz, 1000000);

    while (count_online(machine) < machine->cpu_count && rdtsc() < end_tsc)
        pause();
}

/*
 * Numbers stay dense: a CPU that did not start is left out, and sent back to wait for STARTUP in case it was only late.
 * One that is in the trampoline now may still run through it. Returns how many are left out.
 */
static uint32_t drop_missing(struct machine *machine)
{
    uint32_t kept = 1, dropped;

    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (settle(cpu, CPU_GIVEN_UP)) {
            apic_send(&machine->apic, cpu->apic_id, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_INIT);
            cpu_note_out(machine, cpu->apic_id, CPU_OUT_SILENT);
            continue;
        }
        cpu->index = kept;
        machine->cpus[kept++] = cpu;
    }
    dropped = machine->cpu_count - kept;
    machine->cpu_count = kept;
    return dropped;
}

uint32_t smp_start(struct machine *machine)
{
    uint64_t page = machine->cpu_count > 1 ? find_low_page(machine->boot) : 0;
    uint32_t startup = APIC_ICR_ASSERT | APIC_ICR_DELIVERY_STARTUP | (uint32_t)(page / PAGE_BYTES);

    if (!page || !paging_make_executable(page, true)) {
        for (uint32_t i = 1; i < machine->cpu_count; i++)
            cpu_note_out(machine, machine->cpus[i]->apic_id, CPU_OUT_LOW_PAGE);
        machine->cpu_count = 1;
        return 1;
    }
    memcpy((void *)(uintptr_t)page, machine->boot->trampoline.code, machine->boot->trampoline.code_bytes);
    fill_block(machine, (uint8_t *)(uintptr_t)page);
    send_all(machine, APIC_ICR_ASSERT | APIC_ICR_DELIVERY_INIT, false);
    if (cpu_init_is_slow(&machine->snapshot))
        delay_us(machine, INIT_WAIT_US);
    send_all(machine, startup, false);
    wait_online(machine, STARTUP_WAIT_US);
    send_all(machine, startup, true);
    wait_online(machine, ONLINE_WAIT_US);
    if (!drop_missing(machine))
        paging_make_executable(page, false);
    return machine->cpu_count;
}
