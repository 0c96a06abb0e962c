/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/kind.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/machine.h"
#include "lib/crc.h"

enum {
    LEAF1_ECX_OSXSAVE = 1 << 27, /* follow CR4 */
    LEAF7_ECX_OSPKE = 1 << 4,
    LEAF6_EDX_HFI_ROW = 0xffffu << 16, /* this CPU's row in the hardware feedback table (SDM volume 2, CPUID) */
};

uint32_t cpu_kind_sum(struct cpuid_source source)
{
    static const uint32_t whole[] = {5, 6, 0x1a, 0x80000001, 0x80000007};
    struct cpuid_regs one = source.read(source.ctx, 1, 0), seven = {0}, amd = {0}, regs;
    uint32_t basic = source.read(source.ctx, CPUID_BASE_BASIC, 0).eax;
    uint32_t extended = source.read(source.ctx, CPUID_BASE_EXTENDED, 0).eax;
    uint32_t sum = 0;

    if (basic >= 7)
        seven = source.read(source.ctx, 7, 0);
    if (extended >= 0x80000026)
        amd = source.read(source.ctx, 0x80000026, 0);
    one.ebx = 0;
    one.ecx &= ~(uint32_t)LEAF1_ECX_OSXSAVE;
    seven.ecx &= ~(uint32_t)LEAF7_ECX_OSPKE;
    sum = crc32_update(sum, &one, sizeof(one));
    sum = crc32_update(sum, &seven, sizeof(seven));
    sum = crc32_update(sum, &amd.ebx, sizeof(amd.ebx));
    for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        if (whole[i] > (whole[i] >= CPUID_BASE_EXTENDED ? extended : basic))
            continue;
        regs = source.read(source.ctx, whole[i], 0);
        if (whole[i] == 6)
            regs.edx &= ~(uint32_t)LEAF6_EDX_HFI_ROW;
        sum = crc32_update(sum, &regs, sizeof(regs));
    }
    return sum;
}

uint32_t cpu_kind_take(void)
{
    return cpu_kind_sum(cpuid_native());
}

static void take(void *argument)
{
    cpu_snapshot_take(argument);
}

/* A snapshot of that CPU's own; CPU 0's where there is no room, or it does not answer. */
static const struct cpu_snapshot *take_from(struct machine *machine, struct percpu *cpu)
{
    struct cpu_snapshot *own = NULL;

    if (machine->kind_count < CPU_KINDS_MAX)
        own = mem_alloc(&machine->mem, sizeof(*own), _Alignof(struct cpu_snapshot));
    if (own && smp_call(machine, cpu, take, own)) {
        machine->kinds[machine->kind_count++] = cpu;
        return own;
    }
    machine->kinds_lost++;
    return &machine->snapshot;
}

void cpu_kinds_find(struct machine *machine)
{
    machine->cpus[0]->snapshot = &machine->snapshot;
    machine->kinds[0] = machine->cpus[0];
    machine->kind_count = 1;
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];
        uint32_t k = 0;

        while (k < machine->kind_count && machine->kinds[k]->kind_sum != cpu->kind_sum)
            k++;
        cpu->snapshot = k < machine->kind_count ? machine->kinds[k]->snapshot : take_from(machine, cpu);
    }
}
