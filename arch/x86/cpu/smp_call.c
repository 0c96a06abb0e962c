/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/smp.h"

#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"

enum { CALL_WAIT_US = 2 * 1000 * 1000 };

bool smp_call(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    return smp_run(machine, cpu, fn, argument) && smp_wait(cpu, delay_tsc(machine, CALL_WAIT_US));
}
