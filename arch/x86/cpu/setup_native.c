/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/setup.h"
#include "arch/x86/machine.h"

void cpu_setup(struct percpu *cpu)
{
    const struct machine *machine = cpu->machine;

    cpu->lfence = lfence_setup(&machine->snapshot, hv_is_guest(&machine->hv));
    cpu->tsc_adjust = tsc_adjust_read(&machine->snapshot);
    if (machine->tsc_adjust_equal)
        tsc_adjust_equalise(cpu->tsc_adjust, machine->cpus[0]->tsc_adjust);
}
