/* SPDX-License-Identifier: MIT */
#include "arch/x86/wake/waker.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum { STOP_LIMIT_US = 2 * 1000 * 1000 };

static void waker_loop(void *argument)
{
    struct waker *waker = argument;
    uint64_t next = waker->answered + 1;

    for (;;) {
        uint64_t event_tsc, due_tsc;

        while (__atomic_load_n(&waker->asked, __ATOMIC_ACQUIRE) < next) {
            if (__atomic_load_n(&waker->stop, __ATOMIC_ACQUIRE))
                return;
            pause();
        }
        due_tsc = waker->due_tsc + (uint64_t)waker->ahead_tsc;

        while ((int64_t)(due_tsc - tsc_now()) > 0)
            pause();
        event_tsc = waker->source->fire(waker->machine, waker->target, waker->word);

        waker->event_tsc = event_tsc - (uint64_t)waker->ahead_tsc;
        __atomic_store_n(&waker->answered, next, __ATOMIC_RELEASE);
        next++;
    }
}

void waker_init(struct waker *waker, struct machine *machine, const struct wake_source *source, struct percpu *cpu,
                struct percpu *target)
{
    *waker = (struct waker){
        .machine = machine,
        .source = source,
        .cpu = cpu,
        .target = target,
        .word = &target->wake_line,
        .ahead_tsc = cpu->tsc_offset - target->tsc_offset,
    };
}

bool waker_start(struct waker *waker)
{
    waker->stop = 0;
    return smp_run(waker->machine, waker->cpu, waker_loop, waker);
}

bool waker_stop(struct waker *waker)
{
    __atomic_store_n(&waker->stop, 1, __ATOMIC_RELEASE);
    return smp_wait(waker->cpu, delay_tsc(waker->machine, STOP_LIMIT_US));
}

uint64_t waker_event(const struct waker *waker)
{
    while (__atomic_load_n(&waker->answered, __ATOMIC_ACQUIRE) != waker->asked)
        pause();
    return waker->event_tsc;
}

static void spin(void *argument)
{
    const struct spinners *spinners = argument;

    while (!__atomic_load_n(&spinners->stop, __ATOMIC_RELAXED))
        pause();
}

void spinners_start(struct spinners *spinners, struct machine *machine, const struct percpu *but1,
                    const struct percpu *but2)
{
    spinners->machine = machine;
    spinners->stop = 0;
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (cpu != but1 && cpu != but2)
            smp_run(machine, cpu, spin, spinners);
    }
}

bool spinners_stop(struct spinners *spinners)
{
    struct machine *machine = spinners->machine;
    bool all = true;

    __atomic_store_n(&spinners->stop, 1, __ATOMIC_RELEASE);
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (cpu != this_cpu() && cpu->work.fn == spin)
            all &= smp_wait(cpu, delay_tsc(machine, STOP_LIMIT_US));
    }
    return all;
}
