/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/machine_check.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/cr_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/power/health_msr_regs.h"

static uint32_t bank_count(const struct machine *machine, uint64_t *cap)
{
    *cap = 0;
    if (!cpu_has(&machine->snapshot, CPUID_MCA) || !msr_read(MSR_IA32_MCG_CAP, cap))
        return 0;
    return (*cap & MCG_CAP_BANKS) < MACHINE_CHECK_BANKS ? (uint32_t)(*cap & MCG_CAP_BANKS) : MACHINE_CHECK_BANKS;
}

static bool is_same(const struct machine_check_bank *a, const struct machine_check_bank *b)
{
    return a->bank == b->bank && a->status == b->status && a->addr == b->addr && a->misc == b->misc;
}

/* All CPUs may be here at once: two that see a shared bank at the same time may both note it. */
static void add(struct machine_check_list *list, const struct machine_check_bank *bank)
{
    uint32_t count = __atomic_load_n(&list->count, __ATOMIC_RELAXED), at;

    for (uint32_t i = 0; i < count && i < MACHINE_CHECKS_MAX; i++) {
        if (__atomic_load_n(&list->banks[i].noted, __ATOMIC_ACQUIRE) && is_same(&list->banks[i], bank)) {
            __atomic_fetch_add(&list->banks[i].cpus, 1, __ATOMIC_RELAXED);
            return;
        }
    }
    at = __atomic_fetch_add(&list->count, 1, __ATOMIC_RELAXED);
    if (at < MACHINE_CHECKS_MAX) {
        list->banks[at] = *bank;
        __atomic_store_n(&list->banks[at].noted, true, __ATOMIC_RELEASE);
    }
}

static void note_banks(struct machine_check_list *list, uint32_t count, bool clear)
{
    for (uint32_t i = 0; i < count; i++) {
        struct machine_check_bank bank = {.cpu = this_cpu(), .cpus = 1, .bank = i};

        if (!msr_read(MSR_IA32_MC_STATUS(i), &bank.status) || !(bank.status & MC_STATUS_VALID))
            continue;
        if (bank.status & MC_STATUS_ADDR_VALID)
            msr_read(MSR_IA32_MC_ADDR(i), &bank.addr);
        if (bank.status & MC_STATUS_MISC_VALID)
            msr_read(MSR_IA32_MC_MISC(i), &bank.misc);
        add(list, &bank);
        if (clear)
            msr_write(MSR_IA32_MC_STATUS(i), 0);
    }
}

void machine_check_enable(struct machine *machine)
{
    const struct cpu_snapshot *snapshot = &machine->snapshot;
    /* On these models bank 0 CTL is a register that belongs to the firmware; Linux leaves it alone, too. */
    bool keeps_first = snapshot->vendor == CPU_VENDOR_INTEL && snapshot->family == 6 && snapshot->model < 0x1A;
    uint64_t cap;
    uint32_t count;

    if (!cpu_has(snapshot, CPUID_MCE))
        return;
    count = bank_count(machine, &cap);
    note_banks(&machine->machine_checks.found, count, true);
    if (cap & MCG_CAP_CTL)
        msr_write(MSR_IA32_MCG_CTL, UINT64_MAX);
    for (uint32_t i = keeps_first; i < count; i++)
        msr_write(MSR_IA32_MC_CTL(i), UINT64_MAX);
    write_cr4(read_cr4() | CR4_MCE);
}

void machine_check_take(struct machine *machine)
{
    struct machine_checks *checks = &machine->machine_checks;
    uint64_t mcg_status = 0, cap;

    note_banks(&checks->taken, bank_count(machine, &cap), false);
    if (msr_read(MSR_IA32_MCG_STATUS, &mcg_status)) {
        __atomic_store_n(&checks->mcg_status, mcg_status, __ATOMIC_RELAXED);
        /* A second #MC while MCIP is set shuts the processor down. */
        msr_write(MSR_IA32_MCG_STATUS, 0);
    }
}

void machine_check_take_pending(struct machine *machine)
{
    uint64_t mcg_status = 0;

    if (cpu_has(&machine->snapshot, CPUID_MCA) && msr_read(MSR_IA32_MCG_STATUS, &mcg_status) &&
        (mcg_status & MCG_STATUS_MCIP))
        machine_check_take(machine);
}
