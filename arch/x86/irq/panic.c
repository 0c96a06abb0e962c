/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/panic.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"

enum { STOP_MS = 10 };

/* Where the TSC's frequency is not known yet. */
#define TSC_HZ_ASSUMED UINT64_C(4000000000)

/*
 * Another CPU may be writing to the console: its NMI handler stops it. The wait gives the CPUs time to stop and to note
 * their banks: #MC goes to every CPU of an Intel machine, and the error may be in another one's banks.
 */
static void stop_others(struct machine *machine)
{
    const struct percpu *self = this_cpu();
    uint64_t tsc_hz = machine->clock.tsc_hz ? clock_wait_hz(&machine->clock) : TSC_HZ_ASSUMED;
    uint64_t start_tsc = tsc_now();

    for (uint32_t i = 0; machine->apic.present && i < machine->cpu_count; i++)
        if (machine->cpus[i] != self && __atomic_load_n(&machine->cpus[i]->online, __ATOMIC_ACQUIRE) == CPU_ONLINE)
            apic_send_nmi(&machine->apic, machine->cpus[i]->apic_id);
    while (tsc_now() - start_tsc < tsc_hz / 1000 * STOP_MS)
        pause();
}

bool panic_stops(const struct percpu *cpu)
{
    uint32_t panicked = __atomic_load_n(&cpu->machine->panicked, __ATOMIC_ACQUIRE);

    return panicked && panicked != cpu->index + 1;
}

static __attribute__((noreturn)) void stop(const struct fault_report *report, const char *text)
{
    struct machine *machine = this_cpu()->machine;
    uint32_t none = 0;

    cli();
    /* One CPU ends the run; a second that fails meanwhile (or the reporter itself) waits here. */
    if (__atomic_compare_exchange_n(&machine->panicked, &none, this_cpu()->index + 1, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED) &&
        machine->panic.fatal) {
        /* Neither the watchdog nor a fault in the reporter leads back into the step. */
        this_cpu()->guard = NULL;
        stop_others(machine);
        machine->panic.fatal(machine->panic.context, report, text);
    }
    for (;;)
        hlt();
}

void panic_fault(const struct fault_report *report)
{
    stop(report, 0);
}

void panic(const char *text)
{
    stop(0, text);
}
