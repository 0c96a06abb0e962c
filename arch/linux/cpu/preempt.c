/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel took the CPU from the thread while it waited: switches that the thread did not ask for, by
 * getrusage(2), and another CPU's number in IA32_TSC_AUX. Interrupts and steal that end without a switch leave no trace
 * there: they stay in the sample.
 */
#include <sched.h>
#include <sys/resource.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/machine.h"
#include "lib/record/sample.h"

enum { AUX_CPU_MASK = 0xfff }; /* the node's number lies above: arch/x86/include/asm/segment.h, VDSO_CPUNODE_BITS */

static uint32_t processor_now(const struct percpu *cpu)
{
    uint32_t low, high, aux;

    if (!cpu_has(machine_cpuid(cpu->machine, cpu), CPUID_RDTSCP))
        return (uint32_t)sched_getcpu();
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux) : : "memory");
    return aux & AUX_CPU_MASK;
}

static uint64_t switches_now(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_THREAD, &usage) ? 0 : (uint64_t)usage.ru_nivcsw;
}

void os_preempt_begin(struct percpu *cpu)
{
    cpu->os->preempt.switches = switches_now();
}

uint32_t os_preempt_end(struct percpu *cpu)
{
    bool moved = processor_now(cpu) != (uint32_t)cpu->os->number;

    return moved || switches_now() != cpu->os->preempt.switches ? REASON(REJECT_PREEMPTED) : 0;
}
