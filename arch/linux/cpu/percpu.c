/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/percpu.h"

#include <asm/prctl.h>
#include <sys/syscall.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/mem.h"
#include "arch/x86/insn_privileged.h"

struct percpu *percpu_create(struct mem *mem, struct machine *machine, uint32_t index, uint32_t apic_id)
{
    struct percpu *cpu = mem_alloc(mem, sizeof(*cpu), _Alignof(struct percpu));
    struct os_cpu *os = mem_alloc(mem, sizeof(*os), _Alignof(struct percpu));

    if (!cpu || !os)
        return NULL;
    cpu->self = cpu;
    cpu->machine = machine;
    cpu->index = index;
    cpu->apic_id = apic_id;
    cpu->park_hint = PARK_HLT;
    cpu->os = os;
    return cpu;
}

/* GS is free for a program on x86-64: the C library keeps its own block at FS. */
void percpu_load(struct percpu *cpu)
{
    syscall(SYS_arch_prctl, ARCH_SET_GS, cpu);
}

/* As the kernel gave it with the fault's signal. */
uint64_t read_cr2(void)
{
    return this_cpu()->os->fault_address;
}
