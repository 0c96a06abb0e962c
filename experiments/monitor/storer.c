/* SPDX-License-Identifier: MIT */
/* The CPU that stores for `monitor`, at a place and at a time that it is told. */
#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "experiments/monitor/parts.h"

enum { STOP_LIMIT_US = 2 * 1000 * 1000 };

static void loop(void *argument)
{
    struct monitor_storer *storer = argument;
    uint64_t next = storer->answered + 1;

    for (;;) {
        while (__atomic_load_n(&storer->asked, __ATOMIC_ACQUIRE) < next) {
            if (__atomic_load_n(&storer->stop, __ATOMIC_ACQUIRE))
                return;
            pause();
        }
        uint64_t due_tsc = storer->due_tsc + (uint64_t)storer->ahead_tsc;

        while ((int64_t)(due_tsc - tsc_now()) > 0)
            pause();
        uint64_t value = __atomic_load_n(storer->word, __ATOMIC_RELAXED) + 1;
        uint64_t event_tsc = tsc_end();

        __atomic_store_n(storer->word, value, __ATOMIC_RELEASE);
        storer->event_tsc = event_tsc - (uint64_t)storer->ahead_tsc;
        __atomic_store_n(&storer->answered, next, __ATOMIC_RELEASE);
        next++;
    }
}

void monitor_storer_start(struct run *run, struct monitor_storer *storer)
{
    if (!storer->cpu)
        return;
    storer->stop = 0;
    smp_run(run->machine, storer->cpu, loop, storer);
}

void monitor_storer_stop(struct run *run, struct monitor_storer *storer)
{
    if (!storer->cpu)
        return;
    __atomic_store_n(&storer->stop, 1, __ATOMIC_RELEASE);
    smp_wait(storer->cpu, delay_tsc(run->machine, STOP_LIMIT_US));
}
