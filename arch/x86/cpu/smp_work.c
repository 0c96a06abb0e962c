/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/smp_work.h"

#include "arch/x86/cpu/smp.h"

/* Runs under the guard: an abort that came before the guard is seen here, a later one ends this call. */
static void begin(void *argument)
{
    struct percpu *cpu = argument;

    if (!__atomic_load_n(&cpu->abort, __ATOMIC_ACQUIRE))
        cpu->work.fn(cpu->work.argument);
}

/* Modelled in tests/model/park.pml and abort.pml. */
void smp_work_do(struct percpu *cpu)
{
    struct work *work = &cpu->work;

    __atomic_store_n(&work->state, WORK_RUNNING, __ATOMIC_RELEASE);
    work->end = fault_guard_run(begin, cpu, &work->report);
    if (work->end == GUARD_DONE && __atomic_load_n(&cpu->abort, __ATOMIC_ACQUIRE))
        work->end = GUARD_WATCHDOG;
}

bool smp_work_give(struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    if (!smp_parked(cpu))
        return false;
    __atomic_store_n(&cpu->abort, 0, __ATOMIC_RELEASE); /* drops an abort of earlier work (STALE_ABORT) */
    cpu->work.fn = fn;
    cpu->work.argument = argument;
    cpu->work.end = GUARD_DONE;
    __atomic_store_n(&cpu->work.state, WORK_GIVEN, __ATOMIC_RELEASE);
    return true;
}
