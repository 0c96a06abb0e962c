/* SPDX-License-Identifier: MIT */
/* The watchdog inside Linux: a timer of the thread of CPU 0, whose signal stands for the NMI. */
#include "arch/x86/irq/watchdog.h"

#include <signal.h>
#include <time.h>

#include "arch/linux/os.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

enum { TICKS_S = 1000000000 };

/* Fires once, so far ahead; 0 disarms. */
static void set(const struct machine *machine, uint64_t in_tsc)
{
    uint64_t in_ns = muldiv_u64(in_tsc, TICKS_S, clock_wait_hz(&machine->clock));
    struct itimerspec spec = {.it_value = {(time_t)(in_ns / TICKS_S), (long)(in_ns % TICKS_S)}};

    if (in_tsc && !in_ns)
        spec.it_value.tv_nsec = 1;
    timer_settime(machine->cpus[0]->os->watchdog, 0, &spec, NULL);
}

void watchdog_nmi(struct watchdog *watchdog, struct machine *machine, struct percpu *cpu)
{
    uint64_t now_tsc = tsc_now(), due_tsc = __atomic_load_n(&watchdog->due_tsc, __ATOMIC_ACQUIRE);

    if (!__atomic_load_n(&watchdog->armed, __ATOMIC_ACQUIRE))
        return;
    if (now_tsc < due_tsc) {
        set(machine, due_tsc - now_tsc);
        return;
    }
    __atomic_store_n(&watchdog->armed, 0, __ATOMIC_RELEASE);
    watchdog_abort_others(machine, cpu);
    __atomic_store_n(&cpu->abort, 1, __ATOMIC_RELEASE);
}

void watchdog_arm(struct watchdog *watchdog, struct machine *machine, uint64_t limit_tsc)
{
    watchdog->limit_tsc = limit_tsc;
    __atomic_store_n(&watchdog->due_tsc, tsc_now() + limit_tsc, __ATOMIC_RELEASE);
    __atomic_store_n(&machine->cpus[0]->abort, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&watchdog->armed, 1, __ATOMIC_RELEASE);
    set(machine, limit_tsc);
}

/* One store: the signal that comes too early sets the timer again. */
void watchdog_pet(struct watchdog *watchdog, struct machine *machine, uint64_t tsc)
{
    uint64_t now_tsc = tsc - (uint64_t)this_cpu()->tsc_offset; /* CPU 0's */

    (void)machine;
    __atomic_store_n(&watchdog->due_tsc, now_tsc + watchdog->limit_tsc, __ATOMIC_RELEASE);
}

void watchdog_disarm(struct watchdog *watchdog, struct machine *machine)
{
    __atomic_store_n(&watchdog->armed, 0, __ATOMIC_RELEASE);
    set(machine, 0);
}
