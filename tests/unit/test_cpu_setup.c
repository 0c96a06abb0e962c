/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/cpu/setup.c arch/x86/cpu/setup_native.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/amd_ports.c tests/machine/model.c
// UNIT_EXTRA: tests/machine/model_[ns]*.c tests/machine/models.c arch/x86/cpu/topology.c
/* What a CPU is told about its IA32_TSC_ADJUST: nothing, or the value of CPU 0. */
#include "arch/x86/cpu/setup.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { TSC_ADJUST = 0x3b };

static struct model_machine at;

/* The register of a CPU that firmware left at `found`, CPU 0's being `first`, after its set-up. */
static int64_t after(bool listed, bool equal, int64_t found, int64_t first)
{
    static struct model model;
    struct machine *machine = &at.machine;
    unsigned i = 0;

    model = *model_find("skylake_x");
    while (model.registers[i].msr)
        i++;
    if (listed)
        model.registers[i] = (struct model_register){TSC_ADJUST, (uint64_t)found, UINT64_MAX};
    model_start(&at, &model, &(struct model_plan){0});
    for (i = 0; i < machine->snapshot.leaf_count; i++)
        if (machine->snapshot.leaves[i].leaf == 7)
            machine->snapshot.leaves[i].regs.ebx = listed ? 2 : 0;
    machine->tsc_adjust_equal = equal;
    machine->cpus[1]->machine = machine;
    machine->cpus[0]->tsc_adjust = first;
    cpu_setup(machine->cpus[1]);
    TAP_INT(machine->cpus[1]->tsc_adjust, listed ? found : 0, "what firmware left is kept in mind");
    return listed ? (int64_t)model_register(&at, TSC_ADJUST) : 0;
}

int main(void)
{
    TAP_INT(after(true, false, 78394770, 45960750), 78394770, "left as it was");
    TAP_INT(at.writes, 0, "and not written");
    TAP_INT(after(true, true, 78394770, -45960750), -45960750, "made equal to CPU 0's");
    TAP_INT(after(true, true, 5, 5), 5, "equal before");
    TAP_INT(at.writes, 0, "and not written");
    TAP_INT(after(false, true, 0, 0), 0, "no such register");
    TAP_INT(at.writes, 0, "and none written");
    return tap_done();
}
