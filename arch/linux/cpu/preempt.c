/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel took the CPU from the thread while it waited: switches that the thread did not ask for, by
 * getrusage(2), a stop of the process, and another CPU's number in IA32_TSC_AUX. Interrupts and steal that end without
 * a switch leave no trace there: they stay in the sample.
 *
 * A thread that polls asks for no switch: a stop, a debugger and the freezer count as voluntary ones. Of one that
 * sleeps the voluntary ones are its sleep. sched_yield(2) leaves the thread ready to run, so the kernel counts its
 * switches as it counts preemption (Linux, __schedule()): there neither count says anything.
 */
#include <sched.h>
#include <sys/resource.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/idle.h"
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

static uint64_t switches_now(uint8_t leaves)
{
    struct rusage usage;

    if (leaves == IDLE_YIELDS || getrusage(RUSAGE_THREAD, &usage))
        return 0;
    return (uint64_t)usage.ru_nivcsw + (leaves == IDLE_KEEPS ? (uint64_t)usage.ru_nvcsw : 0);
}

bool os_preempt_counts(void)
{
    struct rusage usage;

    return !getrusage(RUSAGE_THREAD, &usage);
}

void os_preempt_begin(struct percpu *cpu, const struct idle_method *method)
{
    struct os_preempt *preempt = &cpu->os->preempt;

    preempt->leaves = method->leaves;
    preempt->stops = os_signals_stops();
    preempt->switches = switches_now(preempt->leaves);
}

uint32_t os_preempt_end(struct percpu *cpu)
{
    const struct os_preempt *preempt = &cpu->os->preempt;
    bool moved = processor_now(cpu) != (uint32_t)cpu->os->number;
    bool switched = switches_now(preempt->leaves) != preempt->switches;

    return moved || switched || os_signals_stops() != preempt->stops ? REASON(REJECT_PREEMPTED) : 0;
}
