/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/panic.h"

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/insn.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/machine.h"

static __attribute__((noreturn)) void stop(const struct fault_report *report, const char *text)
{
    struct machine *machine = this_cpu()->machine;

    cli();
    /* One CPU ends the run; a second that fails meanwhile (or the reporter itself) waits here. */
    if (!__atomic_exchange_n(&machine->panicked, 1, __ATOMIC_ACQ_REL) && machine->panic.fatal)
        machine->panic.fatal(machine->panic.context, report, text);
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
