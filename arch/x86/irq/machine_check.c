/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/machine_check.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/cr_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/power/health_msr_regs.h"

static uint32_t bank_count(void)
{
    uint64_t cap = 0;

    msr_read(MSR_IA32_MCG_CAP, &cap);
    return (uint32_t)(cap & MCG_CAP_BANKS);
}

void machine_check_enable(const struct machine *machine)
{
    const struct cpu_snapshot *snapshot = &machine->snapshot;
    /* On family 6 before model 1Ah bank 0 CTL is an alias of a register of the firmware (quirk of Linux for Intel). */
    bool keeps_first = snapshot->vendor == CPU_VENDOR_INTEL && snapshot->family == 6 && snapshot->model < 0x1A;
    uint64_t cap = 0;

    if (!cpu_has(snapshot, CPUID_MCE))
        return;
    if (cpu_has(snapshot, CPUID_MCA)) {
        msr_read(MSR_IA32_MCG_CAP, &cap);
        if (cap & MCG_CAP_CTL)
            msr_write(MSR_IA32_MCG_CTL, UINT64_MAX);
        for (uint32_t i = keeps_first; i < (cap & MCG_CAP_BANKS); i++)
            msr_write(MSR_IA32_MC_CTL(i), UINT64_MAX);
    }
    write_cr4(read_cr4() | CR4_MCE);
}

void machine_check_take(struct machine *machine)
{
    struct machine_checks *checks = &machine->machine_checks;
    uint32_t count = cpu_has(&machine->snapshot, CPUID_MCA) ? bank_count() : 0;
    uint64_t mcg_status = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct machine_check_bank bank = {.cpu = this_cpu()->index, .bank = i};
        uint32_t at;

        if (!msr_read(MSR_IA32_MC_STATUS(i), &bank.status) || !(bank.status & MC_STATUS_VALID))
            continue;
        if (bank.status & MC_STATUS_ADDR_VALID)
            msr_read(MSR_IA32_MC_ADDR(i), &bank.addr);
        if (bank.status & MC_STATUS_MISC_VALID)
            msr_read(MSR_IA32_MC_MISC(i), &bank.misc);
        at = __atomic_fetch_add(&checks->count, 1, __ATOMIC_RELAXED);
        if (at < MACHINE_CHECKS_MAX)
            checks->banks[at] = bank;
    }
    if (msr_read(MSR_IA32_MCG_STATUS, &mcg_status)) {
        __atomic_store_n(&checks->mcg_status, mcg_status, __ATOMIC_RELAXED);
        /* A second #MC while MCIP is set shuts the processor down. */
        msr_write(MSR_IA32_MCG_STATUS, 0);
    }
}
